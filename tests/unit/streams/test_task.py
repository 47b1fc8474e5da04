"""What a task becomes, and what it adds to the days of its owner."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.errors import InvalidEvent
from ioc.streams.engine.event import Event
from ioc.streams.task import STREAM
from tests.unit.streams.lives import after, keys, lived, measured, same_in_any_order, stories, teller

tell = teller(STREAM)


def assigned(minutes: float = 0, **data: Any) -> Event[Any]:
    return tell("assigned", minutes, **{"owner_org": "H13.06", **data})


def due(minutes: float, name: str = "due_at") -> dict[str, Any]:
    return {name: after(minutes).isoformat()}


ANYTHING = {
    "assigned": st.builds(lambda owner, unit, minutes: {"owner_org": owner, "unit_code": unit, **due(minutes)},
                          st.sampled_from(["A", "B"]), st.sampled_from(["U1", "U2"]), st.sampled_from([30, 5000])),
    "reported": st.fixed_dictionaries({"progress_pct": st.integers(0, 100)}),
    "extended": st.sampled_from([due(9000, "new_due_at"), due(40, "new_due_at")]),
}


def test_task_is_acknowledged_reported_and_completed_in_time() -> None:
    found = lived(STREAM, assigned(**due(600), source_document="H13,2026/11/18,152/NQ"), tell("acknowledged", 30),
                  tell("reported", 60, progress_pct=40), tell("completed", 120, result_code="filed"))
    assert (found.name, found.state.progress_pct, found.state.result_code, found.state.outcome) == ("completed", 100, "filed", "on_time")
    assert measured(STREAM, found) == {"assigned": 1, "acknowledged": 1, "completed": 1, "on_time": 1, "first_on_time": 1, "complete_s": 7200}


@pytest.mark.parametrize(("minutes", "outcome"), [(None, None), (119, "late"), (120, "on_time")])
def test_task_is_judged_where_it_has_a_deadline(minutes: int | None, outcome: str | None) -> None:
    found = lived(STREAM, assigned(**(due(minutes) if minutes else {})), tell("completed", 120))
    assert found.state.outcome == outcome
    assert set(measured(STREAM, found)) & {"on_time", "late"} == ({outcome} if outcome else set())


def test_extension_makes_a_task_in_time_but_not_at_first() -> None:
    found = lived(STREAM, assigned(**due(100)), tell("extended", 90, **due(500, "new_due_at")), tell("completed", 400))
    assert (found.state.due_at, found.state.first_due_at, found.state.first_outcome) == (after(500), after(100), "late")
    assert measured(STREAM, found) == {"assigned": 1, "extended": 1, "acknowledged": 1, "completed": 1, "on_time": 1, "complete_s": 24_000}


def test_every_extension_and_every_reopening_is_kept() -> None:
    found = lived(STREAM, assigned(**due(100)), tell("extended", 10, **due(500, "new_due_at")), tell("extended", 20, **due(900, "new_due_at")),
                  tell("completed", 30), tell("reopened", 40), tell("completed", 50), tell("reopened", 60))
    assert (found.state.extension_count, found.state.reopened_count, found.state.due_at) == (2, 2, after(900))
    assert (measured(STREAM, found)["extended"], measured(STREAM, found)["reopened"]) == (1, 1)


def test_another_owner_keeps_the_first_deadline() -> None:
    found = lived(STREAM, assigned(**due(100)), assigned(50, owner_org="H13.08", **due(900)))
    assert (found.state.owner_org, found.state.first_due_at, found.state.due_at) == ("H13.08", after(100), after(900))


def test_late_extension_judges_the_result_again() -> None:
    told = assigned(**due(100)), tell("completed", 400)
    assert lived(STREAM, *told).state.outcome == "late"
    assert lived(STREAM, *told, tell("extended", 90, **due(500, "new_due_at"))).state.outcome == "on_time"


@pytest.mark.parametrize(("minutes", "limit"), [
    (0, datetime(2026, 11, 23, 10, tzinfo=UTC)), (60 * 30, datetime(2026, 11, 24, 10, tzinfo=UTC)),
])
def test_task_is_to_be_acknowledged_by_the_end_of_the_next_working_day(minutes: int, limit: datetime) -> None:
    assert lived(STREAM, assigned(minutes)).state.acknowledge_due_at == limit


@pytest.mark.parametrize(("minutes", "late"), [(81 * 60, False), (81 * 60 + 1, True)])
def test_acknowledgement_is_late_only_after_its_deadline(minutes: int, late: bool) -> None:  # noqa: FBT001
    found = measured(STREAM, lived(STREAM, assigned(), tell("acknowledged", minutes)))
    assert ("acknowledged_late" in found) == late


@pytest.mark.parametrize(("fact", "data"), [("reported", {"progress_pct": 5}), ("completed", {})])
def test_report_and_result_acknowledge_a_task(fact: str, data: dict[str, Any]) -> None:
    assert lived(STREAM, assigned(), tell(fact, 20, **data)).state.acknowledged_at == after(20)


def test_acknowledgement_keeps_its_first_moment() -> None:
    found = lived(STREAM, assigned(), tell("acknowledged", 5), tell("reported", 9, progress_pct=1))
    assert found.state.acknowledged_at == after(5)


def test_task_given_back_goes_to_another_owner_and_stays_counted_with_the_first() -> None:
    found = lived(STREAM, assigned(unit_code="U1"), tell("acknowledged", 5), tell("returned", 9, reason_code="not-competent"),
                  assigned(1600, owner_org="H13.08", unit_code="U2"))
    assert (found.name, found.state.acknowledged_at, found.state.acknowledge_due_at) == ("assigned", None, datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert keys(STREAM, found) == {"returned": (date(2026, 11, 20), "U1", "H13.06"), "assigned": (date(2026, 11, 21), "U2", "H13.08")}


def test_reopened_task_is_not_completed_any_more() -> None:
    told = assigned(**due(600)), tell("completed", 60), tell("reopened", 90, progress_pct=70, **due(900, "new_due_at"))
    found = lived(STREAM, *told)
    assert (found.name, found.state.progress_pct, found.state.due_at, found.state.outcome) == ("in_progress", 70, after(900), None)
    assert measured(STREAM, found) == {"assigned": 1, "acknowledged": 1, "reopened": 1}
    again = lived(STREAM, *told, tell("completed", 800))
    assert (again.state.outcome, again.state.first_outcome, measured(STREAM, again)["completed"]) == ("on_time", "late", 1)


def test_cancelled_task_counts_as_such() -> None:
    found = lived(STREAM, assigned(), tell("cancelled", 5))
    assert (found.name, measured(STREAM, found)) == ("cancelled", {"assigned": 1, "cancelled": 1})


@pytest.mark.parametrize(("told", "reason"), [
    ((tell("reported", progress_pct=1),), "'reported' cannot follow 'nothing'"),
    ((assigned(), tell("acknowledged", 1), tell("acknowledged", 2)), "'acknowledged' cannot follow 'acknowledged'"),
    ((assigned(), tell("completed", 1), tell("extended", 2, **due(9, "new_due_at"))), "'extended' cannot follow 'completed'"),
    ((assigned(), tell("cancelled", 1), tell("reopened", 2)), "'reopened' cannot follow 'cancelled'"),
    ((assigned(), tell("returned", 1), tell("completed", 2)), "'completed' cannot follow 'returned'"),
])
def test_step_out_of_turn_is_an_irregularity(told: tuple[Event[Any], ...], reason: str) -> None:
    assert [i.reason for i in lived(STREAM, *told).irregularities] == [reason]


def test_extension_that_does_not_extend_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="new_due_at after due_at"):
        tell("extended", **due(50), **due(50, "new_due_at"))


@given(told=stories(STREAM, tell, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=100, deadline=None)
def test_task_comes_out_the_same_in_any_order_and_any_batches(told: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, told, lengths, random)


@given(told=stories(STREAM, tell, ANYTHING))
@settings(max_examples=100, deadline=None)
def test_task_is_judged_once_and_only_while_it_is_completed(told: list[Any]) -> None:
    found = lived(STREAM, *told)
    counted = measured(STREAM, found)
    assert counted.get("completed", 0) == (found.name == "completed")
    assert counted.get("on_time", 0) + counted.get("late", 0) == (found.name == "completed" and found.state.due_at is not None)
    assert all(n > 0 for n in counted.values())
    assert found.name not in {"acknowledged", "in_progress", "completed"} or counted["acknowledged"] == 1
