"""Whether simulated reports show what their note promises."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from ioc.clock import LOCAL, local_day, start_of
from ioc.profiles.scenarios import Effect
from simulators.engine.contract import SimulatedEvent
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, local, longest_pause_s, profile, scene, told

START, DAYS = date(2026, 8, 22), 90
DAY = date(2026, 3, 10)


@cache
def quarter() -> list[SimulatedEvent]:
    return told("report", START, DAYS)


def submitted(events: Sequence[SimulatedEvent], *categories: str) -> list[SimulatedEvent]:
    return [e for e in events if e.fact == "submitted" and (not categories or e.data["category"] in categories)]


def many(start: date, days: float, *effects: Effect, seeds: int = 6) -> list[SimulatedEvent]:
    return [e for n in range(seeds) for e in told("report", start, days, *effects, seed=str(n))]


def test_about_43_reports_a_day_and_at_most_thirty_thousand_events_in_ninety_days() -> None:
    # 3,850 ± 62 (Poisson); the rainy season brings some more.
    assert 39 < len(submitted(quarter())) / DAYS < 50
    assert len(quarter()) <= 30_000


def test_the_evening_has_the_peak_and_the_night_few() -> None:
    hours = Counter(e.time.astimezone(LOCAL).hour for e in submitted(quarter()))
    assert max(hours, key=lambda hour: hours[hour]) in {18, 19, 20}
    assert sum(hours[h] for h in range(6)) < 0.12 * hours.total()


def test_about_thirty_per_cent_are_invalid_or_double() -> None:
    facts = Counter(e.fact for e in quarter())
    assert 0.26 < (facts["rejected"] + facts["merged"]) / facts["submitted"] < 0.33


def _late(events: Sequence[SimulatedEvent]) -> tuple[int, int]:
    due: dict[str, datetime] = {}
    late = done = 0
    for e in events:
        due |= {e.subject: e.data["due_at"]} if "due_at" in e.data else {}
        if e.fact == "resolved":
            done, late = done + 1, late + (e.time > due[e.subject])
    return late, done


def test_nearly_one_per_cent_is_late() -> None:
    # 0.85 % of about 2,900: 25 ± 5.
    late, done = _late(quarter())
    assert 0.004 < late / done < 0.014


def test_late_by_order_is_late_in_that_unit() -> None:
    begin = start_of(date(2026, 10, 1))
    events = told("report", date(2026, 10, 1), 28, effect("report.late", begin, begin + timedelta(days=28), 60.0, units=("31510",)))
    late, done = _late([e for e in events if e.data["unit_code"] == "31510"])
    others, of = _late([e for e in events if e.data["unit_code"] != "31510"])
    assert late / done > 0.2
    assert others / of < 0.02


def test_satisfied_are_about_92_per_cent() -> None:
    # Of about 1,170 who rate: ± 0.8 per cent.
    ratings = [e.data["rating"] for e in quarter() if e.fact == "rated"]
    assert 0.895 < sum(r > 1 for r in ratings) / len(ratings) < 0.945


def test_triage_takes_about_five_minutes() -> None:
    first = {e.subject: e.time for e in submitted(quarter())}
    times = sorted((e.time - first[e.subject]).total_seconds() / 60 for e in quarter() if e.fact in {"verified", "rejected", "merged"})
    assert 2.5 < times[len(times) // 2] < 6


def test_rain_floods_streets_and_fells_trees_but_makes_no_noise() -> None:
    rain = effect("rain.mm_h", local(DAY, 15), local(DAY, 18), 25.0)
    dry, wet = (Counter(e.data["category"] for e in submitted(many(DAY, 1, *effects))) for effects in ((), (rain,)))
    assert wet["WA-FLOOD"] > 5 * max(1, dry["WA-FLOOD"])
    assert wet["UR-TREE"] + wet["EM-WIRE"] > 1.15 * (dry["UR-TREE"] + dry["EM-WIRE"])
    assert wet["EN-NOISE"] < 1.6 * dry["EN-NOISE"]


def test_the_simulated_weather_shows_in_the_floods() -> None:
    world = scene().world
    floods, rained = Counter(local_day(e.time) for e in submitted(quarter(), "WA-FLOOD")), dict[date, float]()
    for day in (START + timedelta(days=n) for n in range(DAYS)):
        if max(world.tide_m(local(day, hour)) for hour in range(24)) < 1.6:
            rained[day] = world.rain_mm(start_of(day), start_of(day + timedelta(days=1)))
    wet, dry = [floods[day] for day, mm in rained.items() if mm > 10], [floods[day] for day, mm in rained.items() if mm < 1]
    assert sum(wet) / len(wet) > 2 * sum(dry) / len(dry)


def test_a_surge_of_the_tide_floods_low_units_most() -> None:
    spring = date(2026, 3, 18)
    surge = effect("tide.surge_m", local(spring, 0), local(spring, 23), 0.4)
    floods = Counter(e.data["unit_code"] in {"31673", "31639", "31645", "31540"} for e in submitted(many(spring, 1, surge, seeds=100), "WA-FLOOD"))
    people = {u.code: u.population for u in profile().units_on(spring)}
    low = sum(people[code] for code in ("31673", "31639", "31645", "31540")) / sum(people.values())
    assert floods.total() > 100
    assert floods[True] / floods.total() > 1.5 * low


def test_salt_is_reported_in_the_dry_season_and_more_when_it_is_saltier() -> None:
    wet, dry = len(submitted(told("report", date(2026, 9, 1), 15), "WA-SALT")), len(submitted(told("report", DAY, 15), "WA-SALT"))
    saltier = effect("environment.salinity", start_of(DAY), start_of(DAY) + timedelta(days=15), 2.0)
    assert dry > 3 * max(wet, 2)
    assert len(submitted(told("report", DAY, 15, saltier), "WA-SALT")) > 1.4 * dry


def test_more_reports_by_order_are_of_that_category_in_that_unit() -> None:
    order: dict[str, Any] = {"units": ("31510",), "only": ("EN-WASTE",)}
    events = submitted(told("report", DAY, 2, effect("report.rate", local(DAY, 0), local(DAY + timedelta(days=2), 0), 50.0, **order)))
    found = Counter((e.data["unit_code"], e.data["category"]) for e in events)
    assert found["31510", "EN-WASTE"] > 10
    assert found.total() - found["31510", "EN-WASTE"] < 140


def test_agencies_and_units_are_those_of_the_day_across_the_reform() -> None:
    events = submitted(told("report", date(2025, 6, 29), 5))
    owners = {(a.unit_code, a.code) for a in profile().agencies}
    for e in events:
        assert profile().units.at(e.data["unit_code"], local_day(e.time))
        assert (e.data["unit_code"], e.data["org_code"]) in owners
        assert any(a.code == e.data["org_code"] and a.valid_on(local_day(e.time)) for a in profile().agencies)
        assert 8.9 < e.data["lat_deg"] < 10.1


def test_no_pause_is_longer_than_promised_day_or_night() -> None:
    for of in (SHIPPED, FICTIONAL):
        promise = next(s for s in profile(of).file.sources if s.stream == "report")
        longest = longest_pause_s(told("report", START, 10, of=of), START)
        assert longest <= min(promise.expected_closed_s, 3 * promise.expected_s)
