"""Visits, beds, cases, schools and allowances, counted by hand."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioc.db.connect import Connection
from tests.integration.kpi_ways import both_ways, bring, figures, lives
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import Wire, event
from tests.integration.test_kpi_reform_indices import told

TODAY = 1500


def health(facility: str, minutes: float = 0, *, day: str = "2026-11-19", **data: Any) -> Wire:
    return event("social", "health_daily", minutes, subject=f"{facility}/{day}", facility_code=facility, day=day, **data)


def cases(number: int, minutes: float = 0, *, unit: str = "U1", onset: str = "2026-11-17") -> Wire:
    return event("social", "disease_case", minutes, subject=f"A90/{unit}/{onset}", disease_code="A90", unit_code=unit, onset_on=onset, cases=number)


def batch(code: str, due: str, paid: float | None = None, **data: Any) -> list[Wire]:
    told_of = [event("social", "payment_batch_due", -2000, subject=code, due_on=due, beneficiaries_due=100, **data)]
    return told_of if paid is None else [*told_of, event("social", "payment_batch_paid", paid, subject=code, beneficiaries_paid_by_account=80)]


def test_card_share_is_of_facilities_that_tell_it(dsn: str, conn: Connection) -> None:
    sunk(dsn, [health("H1", visits=100, insurance_visits=80, cccd_visits=60, beds_occupied=90, beds_available=100),
               health("H2", visits=50, insurance_visits=40)])
    found = figures(conn, "social_services")
    assert (found["visits"].value, found["insurance_visits"].value, found["facility_days"].value) == (150, 120, 2)
    assert (found["cccd_rate"].numerator, found["cccd_rate"].denominator, found["bed_occupancy"].value) == (60, 80, 90)


@pytest.mark.parametrize(("asked", "visits"), [
    ({}, 130), ({"at": "2026-11-20"}, 120), ({"at": "2026-11-20T08:30:00"}, 100), ({"at": "2026-11-20", "known": "2026-11-21T07:59:30Z"}, 100)])
def test_corrected_day_shows_from_then_on_and_to_those_who_knew(dsn: str, conn: Connection, asked: dict[str, Any], visits: int) -> None:
    sunk(dsn, [health("H1", visits=100)], seconds=-60)
    sunk(dsn, [health("H1", 120, visits=120), health("H1", TODAY, visits=130)])
    assert figures(conn, "social_services", **asked)["visits"].value == visits


def test_incidence_is_per_100_000_of_who_lives_there_in_the_iso_week(dsn: str, conn: Connection) -> None:
    sunk(dsn, [cases(6), cases(4, unit="U2"), cases(50, onset="2026-11-10"), told("population", "2025", value=200_000),
               told("population", "2025", place="U1", unit_code="U1", value=10_000)])
    found = figures(conn, "social_services", "week")
    assert (found["cases"].value, found["incidence"].value, "few" in found["incidence"].flags) == (10, 5, True)
    by_unit = figures(conn, "social_services", "week", scope="unit")
    assert (by_unit["incidence@U1"].value, by_unit["incidence@U2"].value) == (60, None)


@pytest.mark.parametrize(("asked", "beds"), [({"at": "2026-11-20"}, (131, 180)), ({"at": "2026-11-21"}, (41, 80)), ({"at": "2026-11-18"}, (None, None))])
def test_beds_of_now_are_of_the_newest_day_of_each_hospital_while_it_is_new(
        dsn: str, conn: Connection, asked: dict[str, Any], beds: tuple[float | None, float | None]) -> None:
    sunk(dsn, [health("H1", visits=1, beds_occupied=90, beds_available=100, day="2026-11-18"), health("H2", visits=1, beds_occupied=60, beds_available=80,
               day="2026-11-18"), health("H2", visits=1, beds_occupied=41, beds_available=80), health("K1", visits=1)])
    found = figures(conn, "social_services", **asked)["beds_now"]
    assert (found.numerator, found.denominator) == beds


def test_newest_snapshot_of_each_school_counts(dsn: str, conn: Connection) -> None:
    def school(code: str, day: str, **data: Any) -> Wire:
        return event("social", "school_snapshot", 0, subject=f"school/{code}/{day}", facility_code=code, day=day, **data)

    sunk(dsn, [school("S1", "2026-09-05", pupils=500, dropped_out=0), school("S1", "2026-11-05", pupils=495, dropped_out=5, teachers=30),
               school("S2", "2026-11-05", pupils=300), school("S3", "2024-11-05", pupils=900)])
    found = figures(conn, "social_services")
    assert (found["schools"].value, found["pupils"].value, found["teachers"].value, found["classes"].value) == (2, 795, 30, None)
    assert (found["dropped_out_rate"].numerator, found["dropped_out_rate"].denominator) == (5, 495)


def test_batch_is_on_schedule_late_or_overdue_but_not_before_its_day_is_over(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*batch("P1", "2026-11-19", -1000), *batch("P2", "2026-11-19", 0), *batch("P3", "2026-11-19"), *batch("P4", "2026-11-20")])
    at_noon, at_end = figures(conn, "social_services", at="2026-11-20T12:00:00"), figures(conn, "social_services", at="2026-11-20")
    rates = [found["batches_on_time_rate"] for found in (at_noon, at_end)]
    assert [(r.numerator, r.denominator) for r in rates] == [(1, 3), (1, 3)]
    later = figures(conn, "social_services")
    assert (later["batches_on_time_rate"].denominator, later["batches_overdue"].value, later["beneficiaries_waiting"].value) == (4, 2, 200)
    assert (later["by_account_rate"].numerator, later["by_account_rate"].denominator, later["batches_late"].value) == (160, 400, 1)


def test_typed_shares_and_counts_are_those_last_told(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("vaccinated_children", "2026-09", numerator=80, denominator=100, unit="%"), told("infographics", "2025", value=368),
               told("vaccinated_children", "2026-10", numerator=90, denominator=100, unit="%", manual=True)])
    found = figures(conn, "social_services")
    assert (found["vaccinated_children"].value, found["infographics"].value, "manual" in found["vaccinated_children"].flags) == (90, 368, True)


def test_empty_database_tells_no_amount(conn: Connection) -> None:
    found = figures(conn, "social_services")
    assert {key: f.value for key, f in found.items() if f.value is not None} == {"batches_overdue": 0, "beneficiaries_waiting": 0}


FACTS = ("health_daily", "disease_case", "payment_batch_due", "payment_batch_due", "payment_batch_paid", "payment_batch_paid")


def _data(random: Random) -> dict[str, Any]:
    day = random.choice(["2026-11-17", "2026-11-18", "2026-11-20"])
    return {"facility_code": random.choice(["H1", "H2"]), "disease_code": "A90", "day": day, "onset_on": day, "due_on": day, "amount_vnd": 5,
            "visits": 90, "insurance_visits": 50, "cccd_visits": random.choice([None, 30]), "cases": random.randrange(1, 9)}


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_daily_counts_and_history_tell_the_same(dsn: str, conn: Connection, seed: int) -> None:
    random = Random(seed)
    bring(dsn, conn, random, lives(random, "social", FACTS, 8, _data))
    for kind, scope in (("day", "province"), ("week", "unit")):
        by_counts, by_history = both_ways(conn, "social_services", kind=kind, scope=scope)
        assert by_counts == by_history
