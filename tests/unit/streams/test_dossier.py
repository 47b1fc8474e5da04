"""What a dossier becomes, and what it adds to the daily counts."""

from datetime import date
from functools import partial
from typing import Any

import pytest

from ioc.streams._dossier_state import DossierState, contributions
from ioc.streams.engine.fold import Folded
from ioc.streams.engine.registry import streams
from tests.integration.streams_wire import Wire, at, event
from tests.unit.streams.lives import lived_in_province

lived = partial(lived_in_province, streams()["dossier"])


def told(*facts: str, **last: Any) -> list[Wire]:
    return [event("dossier", fact, n * 10, **(last if n == len(facts) - 1 else {})) for n, fact in enumerate(facts)]


def counted(found: Folded) -> set[str]:
    assert isinstance(found.state, DossierState)
    return {measure for c in contributions(found.name, found.state) for measure in c.measures}


def ready(due: str, **last: Any) -> list[Wire]:
    return [event("dossier", "received", due_at=due), event("dossier", "transferred", 10), event("dossier", "result_ready", 20, **last)]


@pytest.mark.parametrize(("due", "outcome"), [
    (at(19), "late"), (at(20), "on_time"), ("2026-11-20T23:59:00+07:00", "on_time"), ("2026-11-21T00:00:00+07:00", "on_time"),
    ("2026-11-21T09:00:00+07:00", "on_time"), ("2026-11-23T08:00:00+07:00", "early"),
])
def test_result_is_judged_against_the_deadline_and_its_working_day(due: str, outcome: str) -> None:
    assert lived(*ready(due)).state.outcome == outcome


@pytest.mark.parametrize(("delivered", "measures"), [
    (None, {"late", "late_other", "delivery_unknown"}), (at(19), {"late", "late_other", "really_late"}), (at(5), {"late", "late_other"}),
])
def test_late_result_is_really_late_only_when_the_citizen_waited(delivered: str | None, measures: set[str]) -> None:
    assert counted(lived(*ready(at(10), delivered_at=delivered))) == {"received", "resolved", "apology_owed"} | measures


def test_correction_after_the_result_judges_it_again() -> None:
    late = ready(at(10))
    assert lived(*late, event("dossier", "corrected", 30, due_at=at(25))).state.outcome == "on_time"


def test_extension_moves_the_deadline_and_is_counted() -> None:
    state = lived(*told("received", "transferred", "extended", new_due_at=at(500))).state
    assert (state.due_at.isoformat(), state.extension_count) == (at(500), 1)
    assert state.first_due_at.isoformat() == at(60)


@pytest.mark.parametrize("fact", ["resumed", "supplemented"])
def test_resumption_takes_a_new_deadline_when_it_brings_one(fact: str) -> None:
    before = {"resumed": "suspended", "supplemented": "supplement_requested"}[fact]
    assert lived(*told("received", before, fact, new_due_at=at(900))).state.due_at.isoformat() == at(900)
    state = lived(*told("received", before, fact)).state
    assert (state.due_at.isoformat(), state.first_due_at, state.suspended_s) == (at(70), state.due_at, 600)


def test_deadline_is_computed_from_the_promise_where_the_source_gives_none() -> None:
    state = lived(event("dossier", "received", due_at=None, committed_n=1, committed_unit="working_day")).state
    assert (state.due_at.isoformat(), state.due_differs) == ("2026-11-23T10:00:00+00:00", False)


def test_deadline_of_the_source_wins_and_the_difference_is_a_flag() -> None:
    state = lived(event("dossier", "received", due_at=at(60), committed_n=1, committed_unit="working_day")).state
    assert (state.due_at.isoformat(), state.due_differs) == (at(60), True)


def test_clock_stands_while_a_result_is_waited_for_by_payment() -> None:
    paid_late = lived(*told("received", "payment_requested"), event("dossier", "result_ready", 300))
    assert (paid_late.state.outcome, paid_late.state.used_s) == ("on_time", 600)


def test_dossier_answers_to_its_receiver_wherever_it_lies() -> None:
    state = lived(*told("received", "transferred", to_org="STP", to_unit="U9")).state
    assert (state.org_code, state.unit_code, state.holder_org, state.holder_unit) == ("SNV", "U1", "STP", "U9")


def test_first_agency_that_overruns_its_step_is_remembered() -> None:
    wires = [*told("received", "transferred", to_org="STP"), event("dossier", "step_started", 20, step_due_at=at(25)),
             event("dossier", "step_finished", 30), event("dossier", "transferred", 40), event("dossier", "step_started", 50, step_due_at=at(51)),
             event("dossier", "step_finished", 60)]
    assert lived(*wires).state.late_org == "STP"


def test_online_dossier_is_to_be_received_within_eight_working_hours() -> None:
    assert lived(event("dossier", "submitted", channel="online")).state.reception_due_at.isoformat() == "2026-11-23T01:00:00+00:00"


def test_in_time_first_is_judged_without_extensions() -> None:
    found = lived(*told("received", "transferred", "extended", new_due_at=at(500)), event("dossier", "result_ready", 90))
    assert {"on_time", "apology_owed"} <= counted(found)
    assert "in_time_first" not in counted(found)


@pytest.mark.parametrize(("facts", "measures"), [
    (("submitted", "withdrawn"), {"submitted", "withdrawn_unreceived"}),
    (("submitted", "received", "withdrawn"), {"submitted", "received", "withdrawn"}),
    (("submitted", "refused"), {"submitted", "refused"}),
    (("received", "stopped"), {"received", "stopped"}),
    (("submitted", "supplement_requested", "supplemented"), {"submitted"}),
])
def test_each_ending_counts_as_itself(facts: tuple[str, ...], measures: set[str]) -> None:
    assert counted(lived(*told(*facts))) == measures


def test_counts_fall_on_the_local_day_under_the_last_known_place() -> None:
    wire = {**event("dossier", "submitted", unit_code="U7", channel="online"), "time": "2026-11-20T17:00:00Z"}
    (found,) = contributions("submitted", lived(wire).state)
    assert (found.day, found.key) == (date(2026, 11, 21), ("U7", "SNV", "online", ""))


def test_delivery_is_the_moment_of_return_when_nothing_else_is_known() -> None:
    state = lived(*ready(at(60)), event("dossier", "result_returned", 90)).state
    assert state.delivered_at == state.returned_at


def test_apology_keeps_its_first_moment() -> None:
    assert lived(*told("received", "apology_issued", "apology_issued")).state.apology_at.isoformat() == at(10)
