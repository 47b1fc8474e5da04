"""What a document between agencies becomes, and what it adds to the days of its issuer and its recipient."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.errors import InvalidEvent
from ioc.streams.document import EDXML, STREAM
from ioc.streams.engine.event import Event
from tests.unit.streams.lives import after, keys, lived, measured, same_in_any_order, stories, teller

tell = teller(STREAM)
PAPER = {"from_org": "G22", "number": "1204", "symbol": "BTTTT", "issued_on": "2026-11-20", "level": "central"}


def sent(minutes: float = 0, **data: Any) -> Event[Any]:
    return tell("sent", minutes, **{**PAPER, "to_org": "H13.02", "unit_code": "HN", **data})


def arrived(minutes: float = 0, **data: Any) -> Event[Any]:
    return tell("arrived", minutes, **{**PAPER, "to_org": "H13.02", **data})


def deadlines(draw_from: tuple[int, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(draw_from).map(lambda minutes: {"due_at": after(minutes).isoformat()})


ANYTHING = {
    "sent": st.just({**PAPER, "signed": True, "electronic": True, "unit_code": "HN"}),
    "arrived": st.builds(lambda due, urgency: {**PAPER, **due, "to_org": "STC", "urgency": urgency},
                         deadlines((60, 4000)), st.sampled_from(["normal", "urgent", "express"])),
    "assigned": deadlines((300, 9000)),
    "finished": st.sampled_from([{}, {"electronic": True}, {"electronic": False}]),
}


def test_document_is_registered_worked_on_and_finished_in_time() -> None:
    found = lived(STREAM, sent(signed=True, electronic=True), arrived(1, due_at=after(9000).isoformat()), tell("accepted", 30), tell("assigned", 40),
                  tell("processing", 50), tell("finished", 121, electronic=True))
    assert (found.name, found.state.register_outcome, found.state.outcome) == ("finished", "on_time", "on_time")
    assert measured(STREAM, found) == {"sent": 1, "sent_signed": 1, "arrived": 1, "registered_on_time": 1, "finished": 1, "on_time": 1,
                                       "finished_online": 1, "finish_s": 7200}


def test_document_counts_out_for_its_issuer_and_in_for_its_recipient() -> None:
    found = keys(STREAM, lived(STREAM, sent(), arrived(5)))
    day = date(2026, 11, 20)
    assert found == {"sent": (day, "HN", "G22", "out", "normal", "central"), "arrived": (day, "U1", "H13.02", "in", "normal", "central")}


@pytest.mark.parametrize(("signed", "electronic"), [(True, False), (False, True), (True, None), (None, True)])
def test_outgoing_document_counts_as_signed_only_without_paper(signed: bool | None, electronic: bool | None) -> None:  # noqa: FBT001
    assert measured(STREAM, lived(STREAM, sent(signed=signed, electronic=electronic))) == {"sent": 1}


@pytest.mark.parametrize(("urgency", "minutes"), [("express", 60), ("very_urgent", 120), ("urgent", 240)])
def test_urgent_document_is_registered_within_hours_by_the_clock(urgency: str, minutes: int) -> None:
    friday_evening = 60 * 12
    assert lived(STREAM, arrived(friday_evening, urgency=urgency)).state.register_due_at == after(friday_evening + minutes)


@pytest.mark.parametrize(("minutes", "due"), [
    (0, datetime(2026, 11, 23, 10, tzinfo=UTC)), (60 * 12, datetime(2026, 11, 24, 10, tzinfo=UTC)),
])
def test_usual_document_is_registered_by_the_end_of_the_next_working_day(minutes: int, due: datetime) -> None:
    assert lived(STREAM, arrived(minutes)).state.register_due_at == due


@pytest.mark.parametrize(("fact", "minutes", "measure"), [
    ("accepted", 60, "registered_on_time"), ("accepted", 60.1, "registered_late"), ("refused", 61, "registered_late"),
])
def test_registration_is_judged_against_its_own_deadline(fact: str, minutes: float, measure: str) -> None:
    assert measure in measured(STREAM, lived(STREAM, arrived(urgency="express"), tell(fact, minutes)))


@pytest.mark.parametrize(("due", "outcome"), [(None, None), (99, "late"), (100, "on_time")])
def test_document_is_judged_where_it_has_a_deadline(due: int | None, outcome: str | None) -> None:
    found = lived(STREAM, arrived(due_at=due and after(due).isoformat()), tell("accepted", 1), tell("finished", 100))
    assert found.state.outcome == outcome
    assert set(measured(STREAM, found)) & {"on_time", "late"} == ({outcome} if outcome else set())


def test_last_deadline_that_was_given_holds() -> None:
    found = lived(STREAM, sent(due_at=after(10).isoformat()), arrived(1), tell("accepted", 2), tell("assigned", 3, due_at=after(500).isoformat()))
    assert found.state.due_at == after(500)


def test_recipient_is_asked_before_a_document_is_taken_back() -> None:
    asked = arrived(), tell("accepted", 1), tell("recalled", 2)
    found = lived(STREAM, *asked)
    assert (found.name, found.state.recall_asked_at) == ("accepted", after(2))
    refused = lived(STREAM, *asked, tell("update_refused", 3))
    assert (refused.name, refused.state.recall_asked_at) == ("accepted", None)
    agreed = lived(STREAM, *asked, tell("update_agreed", 3))
    assert (agreed.name, agreed.state.recalled_at, measured(STREAM, agreed)["recalled"]) == ("recalled", after(3), 1)


def test_finished_document_that_comes_again_mended_is_not_finished_any_more() -> None:
    found = lived(STREAM, arrived(), tell("accepted", 1), tell("finished", 2), tell("update_agreed", 3), arrived(4))
    assert (found.name, found.state.recalled_at, measured(STREAM, found)) == ("arrived", None, {"arrived": 1})


def test_document_that_nobody_has_yet_is_taken_back_at_once() -> None:
    found = lived(STREAM, sent(), tell("recalled", 5))
    assert (found.name, measured(STREAM, found)) == ("recalled", {"sent": 1, "recalled": 1})
    assert keys(STREAM, found)["recalled"][3] == "out"


def test_refused_document_that_comes_again_is_worked_on_and_its_refusal_stays_counted() -> None:
    found = lived(STREAM, arrived(), tell("refused", 20), arrived(3000), tell("accepted", 3010), tell("finished", 3060))
    assert (found.name, found.state.arrived_at, found.state.last_arrived_at) == ("finished", after(0), after(3000))
    assert measured(STREAM, found) == {"arrived": 1, "refused": 1, "registered_on_time": 1, "finished": 1, "finish_s": 3600}


@pytest.mark.parametrize(("told", "reason"), [
    ((arrived(), tell("finished", 1)), "'finished' cannot follow 'arrived'"),
    ((arrived(), tell("accepted", 1), tell("refused", 2)), "'refused' cannot follow 'accepted'"),
    ((sent(), tell("accepted", 1)), "'accepted' cannot follow 'sent'"),
    ((arrived(), arrived(1)), "'arrived' cannot follow 'arrived'"),
    ((tell("update_agreed"),), "'update_agreed' cannot follow 'nothing'"),
])
def test_step_that_the_axis_does_not_know_is_an_irregularity(told: tuple[Event[Any], ...], reason: str) -> None:
    assert [i.reason for i in lived(STREAM, *told).irregularities] == [reason]


@pytest.mark.parametrize(("fact", "code"), [("accepted", "05"), ("sent", "01")])
def test_code_of_another_fact_is_refused(fact: str, code: str) -> None:
    with pytest.raises(InvalidEvent, match="edxml_state"):
        tell(fact, **PAPER, edxml_state=code)


def test_every_fact_but_the_sending_has_a_code_of_its_own() -> None:
    assert set(EDXML) == set(STREAM.facts) - {"sent"}
    assert max(Counter(EDXML.values()).values()) == 1


def test_urgency_off_the_list_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="urgency"):
        arrived(urgency="hoa-toc")


@given(told=stories(STREAM, tell, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=100, deadline=None)
def test_document_comes_out_the_same_in_any_order_and_any_batches(told: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, told, lengths, random)


@given(told=stories(STREAM, tell, ANYTHING))
@settings(max_examples=100, deadline=None)
def test_document_never_counts_more_than_there_was(told: list[Any]) -> None:
    found = measured(STREAM, lived(STREAM, *told))
    assert all(n > 0 for n in found.values())
    assert found.get("registered_on_time", 0) + found.get("registered_late", 0) <= found.get("arrived", 0)
    assert found.get("on_time", 0) + found.get("late", 0) <= found.get("finished", 0) <= found.get("arrived", 0)
