"""Whether simulated enterprises are what the realism note promises."""

from collections import Counter
from datetime import date

import pytest

from ioc.clock import local_day
from simulators.engine.contract import SimulatedEvent
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, folded, of_fact, profile, stories, told, too_quiet

START, DAYS = "2025-08-04", 420


def long_year() -> list[SimulatedEvent]:
    return told("enterprise", START, DAYS)


def a_year(fact: str) -> int:
    return sum(local_day(e.time).isoformat() < "2026-08-04" for e in of_fact(long_year(), fact))


@pytest.mark.parametrize(("fact", "expected"), [("registered", 375), ("suspended", 250), ("dissolved", 100), ("inspection_planned", 500)])
def test_a_year_brings_as_many_for_a_million_residents_as_promised(fact: str, expected: int) -> None:
    # Poisson: three standard errors of 120 are 27 %, of 450 14 %; one a day at least adds a few.
    people = sum(u.population for u in profile().units_on(date(2026, 1, 1))) / 1e6
    assert a_year(fact) / people == pytest.approx(expected, rel=3.3 / (expected * people) ** 0.5 + 0.05)


def test_most_suspensions_begin_in_january() -> None:
    months = Counter(local_day(e.time).month for e in of_fact(long_year(), "suspended") if local_day(e.time).isoformat() < "2026-08-01")
    assert months.most_common(1)[0][0] == 1


def test_seven_in_ten_of_the_suspended_come_back_at_midnight_of_any_day() -> None:
    early = [s for s in stories(long_year()).values() if s[0].fact == "suspended" and local_day(s[0].time).isoformat() < "2025-09-15"]
    back = [s[1] for s in early if len(s) > 1]
    assert 0.45 < len(back) / len(early) < 0.9
    assert {local_day(e.time).isoweekday() for e in of_fact(long_year(), "resumed")} >= {6, 7}


def test_wards_have_more_than_communes_for_their_population() -> None:
    held = profile().units_on(date(2026, 1, 1))
    found = Counter(e.data["unit_code"] for e in of_fact(long_year(), "registered"))
    rate = {of_ward: sum(found[u.code] for u in held if (u.kind == "Phường") == of_ward) / sum(u.population for u in held if (u.kind == "Phường") == of_ward)
            for of_ward in (True, False)}
    assert 1.8 < rate[True] / rate[False] < 3.4


def test_inspections_fall_on_working_days_and_most_are_held() -> None:
    planned = {e.data["inspection_ref"]: e for e in of_fact(long_year(), "inspection_planned") if e.data["planned_on"].isoformat() < "2026-08-01"}
    held = {e.data["inspection_ref"] for e in of_fact(long_year(), "inspection_conducted")} & set(planned)
    assert all(profile().calendar.is_working_day(e.data["planned_on"]) for e in planned.values())
    assert all(e.data["planned_on"] > local_day(e.time) for e in planned.values())
    assert 0.76 < len(held) / len(planned) < 0.91


def test_second_inspections_are_rare_and_the_effect_makes_them_frequent() -> None:
    many = told("enterprise", "2026-03-02", 90, effect("enterprise.second_inspections", "2026-03-01", "2026-07-01", 40))
    few = [s for s in stories(long_year()).values() if len({e.data.get("inspection_ref") for e in s}) > 1]
    more = [s for s in stories(many).values() if len({e.data.get("inspection_ref") for e in s} - {None}) > 1]
    assert len(few) < 0.05 * len(of_fact(long_year(), "inspection_planned"))
    assert len(more) > 0.1 * len(of_fact(many, "inspection_planned"))
    years = [{e.data["planned_on"].year for e in s if "planned_on" in e.data} for s in more]
    assert all(len(found) == 1 for found in years)
    assert folded("enterprise", many).wrongs == []


def test_nothing_is_irregular_in_a_year_and_across_the_reform() -> None:
    assert folded("enterprise", long_year()).wrongs == []
    assert folded("enterprise", told("enterprise", "2025-05-05", 120)).wrongs == []


def test_a_day_is_the_same_whenever_the_simulator_began() -> None:
    later = {e.id for e in told("enterprise", "2026-06-01", 28) if e.fact != "inspection_cancelled"}
    before = {e.id for e in long_year() if e.fact != "inspection_cancelled" and "2026-06-01" <= local_day(e.time).isoformat() < "2026-06-29"}
    assert later == before


@pytest.mark.parametrize("of", [SHIPPED, FICTIONAL])
def test_no_pause_makes_the_source_late_by_day_by_night_or_at_the_weekend(of: str) -> None:
    assert too_quiet("enterprise", told("enterprise", "2026-09-07", 63, of=of), of) == []


def test_rate_multiplies_one_kind_in_one_unit() -> None:
    more = told("enterprise", "2026-09-07", 63,
                effect("enterprise.rate", "2026-09-01", "2026-12-01", 8, units=["31507"], only=["dissolved"]))
    plain = told("enterprise", "2026-09-07", 63)
    found = [Counter((e.fact, e.data["unit_code"] == "31507") for e in events) for events in (plain, more)]
    assert found[1]["dissolved", True] >= 4 * max(1, found[0]["dissolved", True])
    assert found[1]["registered", True] < 3 * max(3, found[0]["registered", True])
