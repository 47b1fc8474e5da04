"""What an enterprise becomes, and how its inspections of a calendar year are counted."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine.event import Event
from ioc.streams.enterprise import STREAM
from tests.unit.streams.lives import contributed, keys, lived, measured, same_in_any_order, stories, teller
from tests.unit.streams.stored import stored, told

enterprise = teller(STREAM, enterprise_ref="5f1d3c0a9b7e4d22")
DAYS = 1440.0
INSPECTION = st.fixed_dictionaries({"inspection_ref": st.sampled_from(["K1", "K2", "K3"]), "planned_on": st.dates(date(2026, 10, 1), date(2027, 3, 1)).map(str)})
ANYTHING = {fact: INSPECTION for fact in STREAM.facts if fact.startswith("inspection")} | {
    "suspended": st.fixed_dictionaries({"unit_code": st.sampled_from(["U1", "U2"])})}


def life(*facts: str) -> list[Event[Any]]:
    return [enterprise(fact, n * DAYS) for n, fact in enumerate(facts)]


def planned(ref: str, day: str, minutes: float = 0) -> Event[Any]:
    return enterprise("inspection_planned", minutes, id_=f"plan-{ref}-{minutes:g}", inspection_ref=ref, planned_on=day)


def conducted(ref: str, minutes: float) -> Event[Any]:
    return enterprise("inspection_conducted", minutes, inspection_ref=ref)


def cancelled(ref: str, minutes: float) -> Event[Any]:
    return enterprise("inspection_cancelled", minutes, inspection_ref=ref)


def years(*events: Event[Any]) -> tuple[int | None, int, int, int | None, int]:
    state = lived(STREAM, *events).state
    return state.inspection_year, state.planned_count, state.conducted_count, state.conflict_year, state.conflict_conducted


@pytest.mark.parametrize(("facts", "name"), [
    (("registered",), "active"), (("registered", "suspended"), "suspended"), (("registered", "suspended", "resumed"), "active"),
    (("registered", "suspended", "dissolved"), "dissolved"), (("suspended", "resumed"), "active"), (("dissolved",), "dissolved"),
])
def test_enterprise_lives_as_the_table_allows(facts: tuple[str, ...], name: str) -> None:
    found = lived(STREAM, *life(*facts))
    assert (found.name, found.irregularities) == (name, [])


@pytest.mark.parametrize("facts", [
    ("registered", "registered"), ("registered", "resumed"), ("registered", "suspended", "suspended"), ("registered", "dissolved", "registered"),
    ("registered", "dissolved", "resumed"), ("registered", "dissolved", "dissolved"), ("suspended", "registered"),
])
def test_forbidden_step_is_an_irregularity_and_changes_nothing(facts: tuple[str, ...]) -> None:
    found, before = lived(STREAM, *life(*facts)), lived(STREAM, *life(*facts[:-1]))
    assert [i.event.fact for i in found.irregularities] == [facts[-1]]
    assert (found.name, found.state, found.counts) == (before.name, before.state, before.counts)


def test_inspection_after_dissolution_is_an_irregularity_but_its_plan_may_still_be_cancelled() -> None:
    dissolved = [planned("K1", "2026-12-01"), enterprise("dissolved", 60)]
    assert [i.event.fact for i in lived(STREAM, *dissolved, conducted("K1", 90)).irregularities] == ["inspection_conducted"]
    assert years(*dissolved, cancelled("K1", 90)) == (None, 0, 0, None, 0)


def test_each_suspension_counts_on_its_own_day_and_unit() -> None:
    story = life("registered", "suspended", "resumed", "suspended")
    moved = lived(STREAM, *story, enterprise("resumed", 5 * DAYS, unit_code="U2"))
    assert measured(STREAM, moved) == {"new": 1, "suspended": 2, "resumed": 2}
    assert (date(2026, 11, 21), "U1", "suspended") in contributed(STREAM, moved)
    assert keys(STREAM, moved)["resumed"] == (date(2026, 11, 25), "U2")


def test_second_inspection_planned_in_a_year_is_seen_before_it_happens() -> None:
    assert years(planned("K1", "2026-12-01")) == (2026, 1, 0, None, 0)
    assert years(planned("K1", "2026-12-01"), planned("K2", "2026-12-20", 60)) == (2026, 2, 0, 2026, 0)


def test_second_inspection_conducted_is_told_from_a_planned_one() -> None:
    story = [planned("K1", "2026-11-20"), conducted("K1", 60), planned("K2", "2026-11-25", 90), conducted("K2", 3 * DAYS)]
    assert years(*story[:3]) == (2026, 1, 1, 2026, 1)
    assert years(*story) == (2026, 0, 2, 2026, 2)


def test_plan_and_its_conduct_are_one_inspection() -> None:
    found = lived(STREAM, planned("K1", "2026-11-20"), conducted("K1", 3 * DAYS))
    assert measured(STREAM, found) == {"inspections_planned": 1, "inspections_conducted": 1, "enterprises_inspected": 1}


def test_inspection_without_a_plan_counts_too() -> None:
    assert years(conducted("K1", 0), conducted("K2", 60)) == (2026, 0, 2, 2026, 2)


def test_inspections_of_two_years_are_no_conflict() -> None:
    assert years(planned("K1", "2026-12-01"), planned("K2", "2027-01-05", 60)) == (2027, 1, 0, None, 0)


def test_inspection_belongs_to_the_year_in_which_it_was_done() -> None:
    slipped = [planned("K1", "2026-12-20"), conducted("K1", -355 * DAYS)]
    assert years(planned("K2", "2026-12-24"), *slipped) == (2026, 1, 0, None, 0)


@pytest.mark.parametrize("end", [cancelled("K2", 90), planned("K2", "2027-02-01", 90)])
def test_conflict_ends_when_one_plan_is_cancelled_or_moved_to_another_year(end: Event[Any]) -> None:
    assert years(planned("K1", "2026-12-01"), planned("K2", "2026-12-20", 60), end)[3] is None


def test_what_is_done_cannot_be_cancelled() -> None:
    assert years(conducted("K1", 0), cancelled("K1", 60)) == (2026, 0, 1, None, 0)


def test_second_inspection_counts_on_its_own_day() -> None:
    found = lived(STREAM, planned("K2", "2026-12-20"), planned("K1", "2026-12-01", 60), planned("K3", "2026-12-24", 70))
    assert measured(STREAM, found) == {"inspections_planned": 3, "enterprises_inspected": 1, "second_inspections": 1}
    assert keys(STREAM, found)["second_inspections"] == (date(2026, 12, 20), "U1")


def test_inspections_wait_for_a_registration_that_comes_late() -> None:
    inspected = [planned("K1", "2026-12-01", 60)]
    assert lived(STREAM, *inspected).name == "known"
    found = lived(STREAM, *inspected, enterprise("registered"))
    assert (found.name, found.state.planned_count, found.irregularities) == ("active", 1, [])


@pytest.mark.parametrize("ref", ["0301234567", "0301234567001", "CÔNG TY A", "5f1d3c0a9b7e4d22\n", "5F1D3C0A9B7E4D22"])
def test_tax_code_or_name_in_place_of_the_hash_is_refused(ref: str) -> None:
    with pytest.raises(InvalidEvent, match="enterprise_ref"):
        enterprise("registered", enterprise_ref=ref)


def test_plan_beyond_any_calendar_is_refused() -> None:
    with pytest.raises(InvalidEvent, match="1900 to 2199"):
        planned("K1", "9999-12-31")


@given(story=stories(STREAM, enterprise, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=80, deadline=None)
def test_enterprise_comes_out_the_same_in_any_order_and_any_batches(story: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, story, lengths, random)


@given(story=stories(STREAM, enterprise, ANYTHING))
@settings(max_examples=80, deadline=None)
def test_year_in_conflict_is_a_year_with_a_second_inspection(story: list[Any]) -> None:
    found = lived(STREAM, *story)
    crowded = {day.year for day, _, measure in contributed(STREAM, found) if measure == "second_inspections"}
    assert max(crowded, default=None) == found.state.conflict_year


def test_late_events_leave_the_same_tables(conn: Connection) -> None:
    story = [*life("registered", "suspended", "resumed"), planned("K1", "2026-12-01", 10), planned("K2", "2026-12-20", 20), conducted("K1", 5 * DAYS),
             cancelled("K2", 6 * DAYS)]
    assert stored(conn, STREAM, story) == told(STREAM, story)
