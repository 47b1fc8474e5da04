"""Whether simulated tourism is what the realism note promises."""

from collections import defaultdict
from datetime import date, timedelta
from statistics import mean

import pytest

from ioc.clock import local_day, start_of
from simulators.engine.contract import SimulatedEvent
from simulators.engine.visitors import feast
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, folded, profile, scene, told, too_quiet

START, DAYS = "2026-01-05", 350


def year() -> list[SimulatedEvent]:
    return told("tourism", START, DAYS)


def province(events: list[SimulatedEvent]) -> dict[date, int]:
    """Day → arrivals as last told for the whole province."""
    return {e.data["unit_valid_on"]: e.data["arrivals"] for e in events if not e.data["unit_code"] and len(e.data["period"]) == 10}


def test_a_resident_stands_for_about_two_and_a_half_visits_a_year() -> None:
    people = sum(u.population for u in profile().units_on(date(2026, 6, 1)))
    assert mean(province(year()).values()) * 365 / people == pytest.approx(2.6, rel=0.12)


def test_ooc_om_boc_is_the_greatest_crowd_of_the_year() -> None:
    days = province(year())
    best = max(days, key=lambda d: days[d])
    assert abs((best - date(2026, 11, 23)).days) <= 2


@pytest.mark.parametrize(("lunar_year", "full_moon"), [(2023, date(2023, 11, 27)), (2024, date(2024, 11, 15)), (2025, date(2025, 12, 4)), (2026, date(2026, 11, 23))])
def test_the_feast_falls_on_the_full_moon_of_the_tenth_lunar_month(lunar_year: int, full_moon: date) -> None:
    world = scene().world
    crowded = [day for n in range(60) if feast(world, day := date(lunar_year, 10, 25) + timedelta(days=n)) > 3]
    assert full_moon in crowded
    assert len(crowded) == 4


def test_weekends_draw_about_twice_as_many() -> None:
    plain = {d: n for d, n in province(year()).items() if feast(scene().world, d) == 1.0}
    assert 1.7 < mean(n for d, n in plain.items() if d.isoweekday() >= 6) / mean(n for d, n in plain.items() if d.isoweekday() <= 4) < 3.0


def test_rain_keeps_visitors_away() -> None:
    world = scene().world
    found: dict[bool, list[int]] = defaultdict(list)
    for d, n in province(year()).items():
        if d.isoweekday() <= 4 and world.works(d) and feast(world, d) == 1.0:
            found[world.rain_mm(start_of(d) + timedelta(hours=8), start_of(d) + timedelta(hours=18)) > 15].append(n)
    assert len(found[True]) > 10
    assert mean(found[True]) < 0.88 * mean(found[False])


def test_nobody_sleeps_in_a_room_that_is_not_on_offer() -> None:
    assert all(e.data["rooms_occupied"] <= e.data["rooms_available"] and e.data["overnight_guests"] <= e.data["arrivals"] for e in year())


def test_months_are_sums_of_their_days() -> None:
    first = {e.subject: e.data["arrivals"] for e in reversed(year())}
    days = sum(n for subject, n in first.items() if subject.startswith("province/2026-10-"))
    assert first["province/2026-10"] == days
    units = sum(n for subject, n in first.items() if subject.endswith("/2026-10") and not subject.startswith("province"))
    assert units == days


def test_months_come_on_the_second_to_fifth_working_day() -> None:
    first = {e.subject: e for e in reversed(year()) if len(e.data["period"]) == 7}
    calendar = profile().calendar
    turns = {calendar.working_days_between(e.data["unit_valid_on"], local_day(e.time)) for e in first.values()}
    assert turns == {2, 3, 4, 5}


def test_one_report_in_fifteen_is_corrected() -> None:
    # About 2,900 reports: three binomial standard errors are 1.4 points.
    reports = {e.subject for e in year()}
    assert (len(year()) - len(reports)) / len(reports) == pytest.approx(1 / 15, abs=0.014)


def test_nothing_is_irregular_across_the_reform() -> None:
    assert folded("tourism", told("tourism", "2025-06-16", 40)).wrongs == []


@pytest.mark.parametrize("of", [SHIPPED, FICTIONAL])
def test_no_pause_makes_the_source_late_even_at_tet(of: str) -> None:
    assert too_quiet("tourism", told("tourism", "2026-02-02", 40, of=of), of) == []


def test_rate_multiplies_the_visitors_of_the_named_unit() -> None:
    many = told("tourism", "2026-10-01", 20, effect("tourism.rate", "2026-10-05", "2026-10-08", 2, units=["31507"]))
    plain = told("tourism", "2026-10-01", 20)
    gain = {d: province(many)[d] - n for d, n in province(plain).items()}
    assert all((n > 0) == (date(2026, 10, 5) <= d < date(2026, 10, 8)) for d, n in gain.items())
