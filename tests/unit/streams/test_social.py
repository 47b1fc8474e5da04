"""What is known of a facility's day, of disease cases, schools and payments, and where it is counted."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams._social_state import iso_week
from ioc.streams.social import STREAM
from tests.unit.streams.lives import after, keys, lived, measured, same_in_any_order, stories, teller
from tests.unit.streams.stored import stored, told

health = teller(STREAM, facility_code="BV-1", day="2026-11-19", visits=100)
disease = teller(STREAM, disease_code="A90", onset_on="2026-11-17", cases=6)
school = teller(STREAM, day="2026-11-19", pupils=500)
batch = teller(STREAM)
DAY = local_day(after(0))
N = st.integers(0, 1000)
DUE = {"due_on": "2026-11-21", "beneficiaries_due": 120, "amount_vnd": 60_000_000}
PAID = {"beneficiaries_paid_by_account": 100, "amount_vnd": 59_000_000}
ANYTHING = {
    "health_daily": st.fixed_dictionaries({"facility_code": st.just("BV-1"), "day": st.just("2026-11-19"), "visits": N}),
    "disease_case": st.fixed_dictionaries({"disease_code": st.just("A90"), "onset_on": st.dates(date(2026, 11, 1), date(2026, 11, 19)).map(str), "cases": N}),
    "school_snapshot": st.fixed_dictionaries({"day": st.just("2026-11-19"), "pupils": N}),
    "payment_batch_due": st.fixed_dictionaries({"due_on": st.dates(date(2026, 11, 19), date(2026, 11, 29)).map(str), "beneficiaries_due": N},
                                               optional={"unit_code": st.sampled_from(["U1", "U2"])}),
    "payment_batch_paid": st.fixed_dictionaries({"beneficiaries_paid_by_account": N}, optional={"amount_vnd": N}),
}


def payment(*paid: float, **due: Any) -> Any:
    return lived(STREAM, batch("payment_batch_due", **(DUE | due)), *(batch("payment_batch_paid", minutes, **PAID) for minutes in paid))


def test_facility_day_counts_its_visits_and_beds_on_the_day_it_describes() -> None:
    found = lived(STREAM, health("health_daily", insurance_visits=80, cccd_visits=60, beds_occupied=44, beds_available=40))
    assert measured(STREAM, found) == {"facility_days": 1, "visits": 100, "insurance_visits": 80, "cccd_visits": 60, "cccd_base": 80,
                                       "beds_occupied": 44, "beds_available": 40}
    assert keys(STREAM, found)["visits"] == (date(2026, 11, 19), "U1", "BV-1", "")


def test_visits_of_a_facility_that_does_not_read_cards_are_no_base_of_their_share() -> None:
    assert "cccd_base" not in measured(STREAM, lived(STREAM, health("health_daily", insurance_visits=80)))


def test_correction_of_a_facility_day_replaces_it_whenever_it_comes() -> None:
    story = [health("health_daily", beds_occupied=4, beds_available=9), health("health_daily", 60, visits=110), health("health_daily", 90, visits=104)]
    for order in (story, story[::-1]):
        state = lived(STREAM, *order).state
        assert (state.visits, state.beds_occupied, state.corrections) == (104, None, 2)


def test_correction_shows_only_from_its_own_day_on() -> None:
    counts = lived(STREAM, health("health_daily"), health("health_daily", 1440, visits=90)).counts
    day = date(2026, 11, 19)
    assert (counts[day, DAY, "U1", "BV-1", ""]["visits"], counts[day, DAY + timedelta(days=1), "U1", "BV-1", ""]["visits"]) == (100, -10)


def test_cases_count_on_their_day_of_onset_and_in_its_week() -> None:
    found = lived(STREAM, disease("disease_case"), disease("disease_case", 60, cases=7))
    assert (found.state.cases, found.state.iso_week, measured(STREAM, found)) == (7, "2026-W47", {"cases": 7})
    assert keys(STREAM, found)["cases"] == (date(2026, 11, 17), "U1", "", "A90")


@pytest.mark.parametrize(("day", "week"), [
    (date(2027, 1, 3), "2026-W53"), (date(2027, 1, 4), "2027-W01"), (date(2024, 12, 30), "2025-W01"), (date(2026, 11, 22), "2026-W47"),
])
def test_week_is_the_iso_one(day: date, week: str) -> None:
    assert iso_week(day) == week


def test_school_snapshot_counts_what_it_says_and_nothing_more() -> None:
    found = lived(STREAM, school("school_snapshot", schools=9, teachers=30, dropped_out=2))
    assert measured(STREAM, found) == {"school_reports": 1, "schools": 9, "pupils": 500, "teachers": 30, "dropped_out": 2}


def test_figures_of_another_kind_are_not_taken() -> None:
    found = lived(STREAM, health("health_daily", disease_code="A90", cases=4, onset_on="2026-11-01", pupils=7))
    assert (found.state.cases, found.state.pupils) == (None, None)
    assert keys(STREAM, found) == dict.fromkeys(("facility_days", "visits"), (date(2026, 11, 19), "U1", "BV-1", ""))


def test_batch_waits_until_it_is_paid() -> None:
    assert (payment().name, measured(STREAM, payment())) == ("due", {"batches_due": 1, "beneficiaries_due": 120, "amount_due_vnd": 60_000_000})
    found = payment(600)
    assert (found.name, found.state.paid_at, keys(STREAM, found)["amount_paid_vnd"][0]) == ("paid", after(600), date(2026, 11, 21))
    assert measured(STREAM, found)["beneficiaries_paid_by_account"] == 100


@pytest.mark.parametrize(("due_on", "due_at"), [
    ("2026-11-20", "2026-11-21T00:00:00+07:00"), ("2026-11-21", "2026-11-24T00:00:00+07:00"), ("2026-11-23", "2026-11-24T00:00:00+07:00"),
])
def test_deadline_ends_with_the_day_due_or_with_the_next_working_day(due_on: str, due_at: str) -> None:
    assert payment(due_on=due_on).state.due_at == datetime.fromisoformat(due_at)


@pytest.mark.parametrize("due_on", ["1900-01-01", "2199-12-31"])
def test_deadline_at_the_edge_of_what_is_taken_can_be_computed(due_on: str) -> None:
    assert payment(due_on=due_on).state.due_at.year in {1900, 2199, 2200}


@pytest.mark.parametrize(("paid_at", "outcome"), [("2026-11-24T00:00:00+07:00", "on_time"), ("2026-11-24T00:00:01+07:00", "late")])
def test_batch_is_judged_by_the_moment_it_was_paid(paid_at: str, outcome: str) -> None:
    found = lived(STREAM, batch("payment_batch_due", **DUE), batch("payment_batch_paid", 9000, **PAID, paid_at=paid_at))
    assert (found.state.outcome, measured(STREAM, found)[f"batches_{outcome}"]) == (outcome, 1)


def test_batch_is_judged_again_when_it_is_announced_anew() -> None:
    anew = batch("payment_batch_due", 9100, **(DUE | {"due_on": "2026-11-30"}))
    found = lived(STREAM, batch("payment_batch_due", **DUE), batch("payment_batch_paid", 9000, **PAID), anew)
    assert (payment(9000).state.outcome, found.state.outcome, found.name) == ("late", "on_time", "paid")


def test_correction_of_what_was_paid_keeps_the_moment() -> None:
    state = payment(600, 9000).state
    assert (state.paid_at, state.outcome, state.corrections) == (after(600), "on_time", 1)


def test_payment_before_its_announcement_is_judged_again_when_that_comes_late() -> None:
    paid = batch("payment_batch_paid", 60, **PAID)
    assert len(lived(STREAM, paid).irregularities) == 1
    found = lived(STREAM, paid, batch("payment_batch_due", **DUE))
    assert (found.name, found.irregularities) == ("paid", [])


def test_subject_never_turns_into_one_of_another_kind() -> None:
    found = lived(STREAM, health("health_daily"), disease("disease_case", 10), batch("payment_batch_due", 20, **DUE))
    assert (found.name, [i.event.fact for i in found.irregularities]) == ("health", ["disease_case", "payment_batch_due"])
    assert found.state.cases is None


@pytest.mark.parametrize(("fact", "data", "message"), [
    ("health_daily", {"facility_code": ""}, "needs the field 'facility_code'"), ("health_daily", {"insurance_visits": 101}, "insurance_visits 101 of visits 100"),
    ("health_daily", {"cccd_visits": 1}, "cccd_visits 1 of insurance_visits None"), ("health_daily", {"beds_occupied": 1}, "only one of beds_occupied"),
    ("health_daily", {"lon_deg": 105.9}, "only one of lon_deg"), ("health_daily", {"visits": None}, "needs the field 'visits'"),
    ("disease_case", {"onset_on": "2026-11-17", "cases": 1}, "needs the field 'disease_code'"), ("payment_batch_due", {"due_on": "2026-11-21"}, "beneficiaries_due"),
    ("payment_batch_due", DUE | {"due_on": "9999-12-31"}, "1900 to 2199"), ("health_daily", {"day": "0026-11-19"}, "1900 to 2199"),
])
def test_what_one_event_alone_shows_to_be_wrong_is_refused(fact: str, data: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidEvent, match=message):
        health(fact, **data)


@given(story=stories(STREAM, batch, ANYTHING), lengths=st.lists(st.integers(1, 4)), random=st.randoms())
@settings(max_examples=100, deadline=None)
def test_subject_comes_out_the_same_in_any_order_and_any_batches(story: list[Any], lengths: list[int], random: Any) -> None:
    same_in_any_order(STREAM, story, lengths, random)


@pytest.mark.parametrize("story", [
    [health("health_daily"), health("health_daily", 60, visits=90, beds_occupied=3, beds_available=4), disease("disease_case", 70)],
    [batch("payment_batch_due", **DUE), batch("payment_batch_paid", 9000, **PAID), batch("payment_batch_due", 9100, **(DUE | {"unit_code": "U2"}))],
])
def test_late_events_leave_the_same_tables(conn: Connection, story: list[Any]) -> None:
    assert stored(conn, STREAM, story) == told(STREAM, story)
