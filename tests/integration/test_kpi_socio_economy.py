"""Targets of the year, enterprises and their inspections, guests, counted by hand."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioc.db.connect import Connection
from tests.integration.kpi_ways import both_ways, bring, figures, lives
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import Wire, event
from tests.integration.test_kpi_reform_indices import aimed, told

REF = "0123456789abcdef"
TODAY = 1500
"""Minutes from BASE to Saturday morning, 21 November."""


def firm(fact: str, minutes: float, number: int = 1, **data: Any) -> Wire:
    ref = f"{number:016x}"
    return event("enterprise", fact, minutes, subject=ref, enterprise_ref=ref, **data)


def guests(period: str, arrivals: int, minutes: float = 0, *, place: str = "U1", facility: str = "", **data: Any) -> Wire:
    return event("tourism", "arrivals", minutes, subject=f"{facility or place}/{period}", period=period, arrivals=arrivals, unit_code=place,
                 facility_code=facility, **data)


def test_amounts_are_added_up_and_stand_for_the_months_that_were_told(dsn: str, conn: Connection) -> None:
    sunk(dsn, [aimed("export_value", "2026", 3650), *(told("export_value", f"2026-{month:02}", value=300) for month in range(1, 11)),
               *(told("export_value", f"2025-{month:02}", value=250) for month in range(1, 11))])
    found = figures(conn, "socio_economy")
    assert (found["export_value"].value, found["export_value_target"].value) == (3000, 3650)
    assert found["export_value_done_pct"].value == pytest.approx(3000 / 36.5)
    assert found["export_value_pace"].value == pytest.approx(3000 / (3650 * 304 / 365))
    assert found["export_value_change"].value == pytest.approx(20)


def test_month_that_was_not_told_makes_no_slow_province(dsn: str, conn: Connection) -> None:
    sunk(dsn, [aimed("export_value", "2026", 3650), *(told("export_value", f"2026-{month:02}", value=310) for month in (1, 3)),
               told("export_value", "2025-01", value=250)])
    found = figures(conn, "socio_economy")
    assert (found["export_value_pace"].value, found["export_value_change"].value) == (1, None)


def test_pace_follows_the_season_of_three_whole_years(dsn: str, conn: Connection) -> None:
    past = [told("retail_sales", f"{year}-Q{quarter}", value=10 if quarter == 1 else 30) for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
    sunk(dsn, [*past, aimed("retail_sales", "2026", 200), told("retail_sales", "2026-Q1", value=20)])
    assert figures(conn, "socio_economy")["retail_sales_pace"].value == pytest.approx(20 / (200 * 0.1))


def test_running_share_keeps_its_money_and_compares_it_with_the_same_month(dsn: str, conn: Connection) -> None:
    sunk(dsn, [aimed("disbursement", "2026", 95), told("disbursement", "2026-06", numerator=2, denominator=10, unit="%"),
               told("disbursement", "2026-10", numerator=6, denominator=10, unit="%"), told("disbursement", "2025-10", numerator=5, denominator=8, unit="%")])
    found = figures(conn, "socio_economy")
    share = found["disbursement"]
    assert (share.value, share.numerator, share.denominator, "few" in share.flags) == (60, 6, 10, False)
    assert found["disbursement_change"].value == pytest.approx(20)
    assert found["disbursement_done_pct"].value == pytest.approx(60 / 0.95)


def test_disbursement_is_shown_by_investor(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("disbursement", "2026-10", place="STC", org_code="STC", numerator=3, denominator=4, unit="%")])
    by_agency = figures(conn, "socio_economy", scope="agency")["disbursement"]
    assert (by_agency.org_code, by_agency.value) == ("STC", 75)
    assert figures(conn, "socio_economy")["disbursement"].value is None


def test_enterprises_are_counted_by_step_and_stand_until_they_are_dissolved(dsn: str, conn: Connection) -> None:
    sunk(dsn, [firm("registered", 0, 1), firm("registered", 1, 2), firm("suspended", 2, 2), firm("registered", 3, 3), firm("dissolved", TODAY, 3),
               firm("dissolved", TODAY + 1, 3)])
    found = figures(conn, "socio_economy")
    assert {key: found[key].value for key in ("new", "suspended", "dissolved", "net", "active", "paused")} == {
        "new": 3, "suspended": 1, "dissolved": 1, "net": 1, "active": 1, "paused": 1}
    assert figures(conn, "socio_economy", at="2026-11-20")["active"].value == 2


def test_second_inspection_of_a_year_is_seen_before_it_happens(dsn: str, conn: Connection) -> None:
    sunk(dsn, [firm("inspection_conducted", 0, 1, inspection_ref="K1"), firm("inspection_planned", 60, 1, inspection_ref="K2", planned_on="2026-11-21"),
               firm("inspection_conducted", 0, 2, inspection_ref="K3"), firm("inspection_planned", TODAY, 3, inspection_ref="K4"),
               firm("inspection_cancelled", TODAY + 5, 3, inspection_ref="K4")])
    found = figures(conn, "socio_economy")
    assert (found["planned_twice"].value, found["conducted_twice"].value) == (1, 0)
    rate = found["inspected_twice_rate"]
    assert (rate.value, rate.numerator, rate.denominator) == (50, 1, 2)
    assert figures(conn, "socio_economy", at="2026-11-20T08:30:00")["planned_twice"].value == 0


@pytest.mark.parametrize(("at", "planned", "conducted"), [("2026-11-20T08:30:00", 1, 0), ("2026-11-20", 0, 0), ("2026-11-21T09:30:00", 0, 1)])
def test_inspection_moves_from_plan_to_conduct_within_days(dsn: str, conn: Connection, at: str, planned: int, conducted: int) -> None:
    sunk(dsn, [firm("inspection_planned", 0, inspection_ref="K1", planned_on="2026-11-20"), firm("inspection_cancelled", 120, inspection_ref="K1"),
               firm("inspection_conducted", TODAY, inspection_ref="K1")])
    found = figures(conn, "socio_economy", at=at)
    assert (found["inspections_planned"].value, found["inspections_conducted"].value) == (planned, conducted)


def test_feedback_of_enterprises_is_answered_in_time_or_not(dsn: str, conn: Connection) -> None:
    def report(subject: str, minutes: float, kind: str, due: str) -> list[Wire]:
        return [event("report", "submitted", 0, subject=subject, reporter_kind=kind, due_at=due),
                *(event("report", fact, minutes + n, subject=subject) for n, fact in enumerate(("verified", "assigned", "accepted", "resolved"))
                  if minutes)]

    soon, late = "2026-11-20T03:00:00Z", "2026-11-30T03:00:00Z"
    sunk(dsn, [*report("A", 30, "enterprise", late), *report("B", 600, "enterprise", soon), *report("C", 0, "enterprise", soon), *report("D", 30, "", late)])
    found = figures(conn, "socio_economy")
    rate = found["feedback_on_time_rate"]
    assert (rate.numerator, rate.denominator, found["feedback_answered"].value, found["feedback_overdue"].value) == (1, 3, 2, 1)
    assert figures(conn, "socio_economy", at="2026-11-20T09:45:00")["feedback_overdue"].value == 0


def test_guests_are_never_counted_as_days_and_months_together(dsn: str, conn: Connection) -> None:
    sunk(dsn, [guests("2026-10", 900), guests("2026-10-05", 30), guests("2026-11", 500), guests("2026-10", 400, place="U2", facility="H1"),
               guests("2026-10", 100, place="U2", facility="H2")])
    found = figures(conn, "socio_economy")
    assert found["arrivals"].value == 1400
    assert figures(conn, "socio_economy", "day", at="2026-10-05")["arrivals"].value is None
    by_unit = figures(conn, "socio_economy", scope="unit")
    assert (by_unit["arrivals@U1"].value, by_unit["arrivals@U2"].value) == (900, 500)
    assert (found["guests_staying"].value, found["receipts_vnd"].value) == (None, None)


def test_what_is_told_for_the_whole_province_is_not_added_to_its_units(dsn: str, conn: Connection) -> None:
    sunk(dsn, [guests("2026-10", 5000, place="94"), guests("2026-10", 900), guests("2026-10", 7, facility="H1", rooms_occupied=30, rooms_available=40)])
    found = figures(conn, "socio_economy")
    assert (found["arrivals"].value, found["room_occupancy"].value, found["room_occupancy"].numerator) == (5000, 75, 30)


@pytest.mark.parametrize(("asked", "arrivals"), [
    ({}, 410), ({"at": "2026-11-20"}, 400), ({"at": "2026-11-20T08:30:00"}, 390), ({"at": "2026-11-20", "known": "2026-11-21T07:59:30Z"}, 390)])
def test_corrected_guests_show_from_then_on_and_to_those_who_knew(dsn: str, conn: Connection, asked: dict[str, Any], arrivals: int) -> None:
    sunk(dsn, [guests("2026-10", 390)], seconds=-60)
    sunk(dsn, [guests("2026-10", 400, 120), guests("2026-10", 410, TODAY)])
    assert figures(conn, "socio_economy", **asked)["arrivals"].value == arrivals


def test_empty_database_tells_no_amount(conn: Connection) -> None:
    found = figures(conn, "socio_economy")
    assert {key for key, f in found.items() if f.value is not None} == {
        "new", "resumed", "suspended", "dissolved", "net", "active", "paused", "inspections_planned", "inspections_conducted", "enterprises_inspected",
        "planned_twice", "conducted_twice", "feedback_answered", "feedback_overdue"}
    assert {f.value for f in found.values()} == {0, None}


STEPS = ("registered", "resumed", "suspended", "dissolved")
INSPECTIONS = ("inspection_planned", "inspection_conducted", "inspection_cancelled")


def _firm(random: Random) -> dict[str, Any]:
    return {"enterprise_ref": REF, "inspection_ref": random.choice(["K1", "K2"]), "planned_on": random.choice(["2026-11-18", "2026-11-20", "2027-01-05"])}


def _guests(random: Random) -> dict[str, Any]:
    return {"period": random.choice(["2026-11-17", "2026-11-18", "2026-W46"]), "facility_code": random.choice(["", "H1"]),
            "arrivals": random.randrange(1, 9), "revenue_vnd": random.randrange(9), "rooms_occupied": 3, "rooms_available": 5}


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_daily_counts_and_history_tell_the_same(dsn: str, conn: Connection, seed: int) -> None:
    random = Random(seed)
    firms = lives(random, "enterprise", (*STEPS, *INSPECTIONS, *INSPECTIONS), 6, _firm)
    bring(dsn, conn, random, firms + lives(random, "tourism", ("arrivals",), 5, _guests))
    for kind, scope in (("day", "province"), ("year", "unit")):
        by_counts, by_history = both_ways(conn, "socio_economy", kind=kind, scope=scope)
        assert by_counts == by_history


def test_targets_on_pace_are_those_that_add_up_and_are_not_behind(dsn: str, conn: Connection) -> None:
    sunk(dsn, [aimed("export_value", "2026", 3650), *(told("export_value", f"2026-{month:02}", value=300) for month in range(1, 11)),
               aimed("retail_sales", "2026", 3650), told("retail_sales", "2026-01", value=200), aimed("rice_output", "2026", 9),
               aimed("iip_growth", "2026", 9), told("iip_growth", "2026-01", value=2)])
    found = figures(conn, "socio_economy")["on_pace_rate"]
    assert (found.numerator, found.denominator, "few" in found.flags) == (1, 2, True)
    assert figures(conn, "socio_economy", at="2026-11-20T07:00")["on_pace_rate"].value is None
