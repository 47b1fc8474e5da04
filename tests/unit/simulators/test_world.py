"""Whether the world that all streams share is the one its text promises."""

import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from statistics import correlation, fmean

import pytest

from ioc.clock import LOCAL, local_day, start_of
from ioc.profiles.scenarios import Effect
from simulators.engine.effects import Effects
from simulators.engine.world import World
from tests.unit.simulators.telling import SHIPPED, effect, local, profile

TET = {2019: date(2019, 2, 5), 2020: date(2020, 1, 25), 2021: date(2021, 2, 12), 2022: date(2022, 2, 1), 2023: date(2023, 1, 22),
       2024: date(2024, 2, 10), 2025: date(2025, 1, 29), 2026: date(2026, 2, 17)}
M2, S2, K1, O1 = 12.4206, 12.0, 23.9345, 25.8193
YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]


def world(*effects: Effect, seed: str = "1") -> World:
    return World(profile(SHIPPED), seed, Effects(effects))


def near_tet(year: int) -> tuple[list[date], list[date]]:
    """Working days of the six weeks before and after the first day of the lunar year."""
    days = [TET[year] + timedelta(days=n) for n in range(-20, 42)]
    working = [d for d in days if world().works(d)]
    return [d for d in working if d < TET[year]], [d for d in working if d >= TET[year]]


def weekday_factor(day: date) -> float:
    return {1: 1.25, 2: 1.0, 3: 0.95, 4: 0.9, 5: 0.9}.get(day.isoweekday(), 1.0)


# --- the same answer

def test_the_answer_is_the_same_whatever_was_asked_before() -> None:
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=37 * n) for n in range(200)]
    shuffled = Random(1).sample(moments, len(moments))
    one, other = world(), world()

    def answers(w: World, at: datetime) -> tuple[float, ...]:
        day = local_day(at)
        return (w.load(day), w.rain_mm_h(at), w.wind_kmh(at), w.temperature_c(at), w.tide_m(at), w.dryness_ratio(day), w.random("x", day).random())

    assert {at: answers(one, at) for at in moments} == {at: answers(other, at) for at in shuffled}


def test_the_answer_is_the_same_after_its_day_was_forgotten() -> None:
    w, days = world(), [date(2020, 1, 1) + timedelta(days=n) for n in range(1500)]
    first = [w.weather(d) for d in days]
    assert [w.weather(d) for d in days] == first


def test_another_seed_has_other_weather_and_the_same_tide_and_tet() -> None:
    one, other, at = world(seed="1"), world(seed="2"), local("2026-09-15T10:00")
    assert [one.weather(d) for d in YEAR] != [other.weather(d) for d in YEAR]
    assert one.tide_m(at) == other.tide_m(at)
    assert one.tet(2026) == other.tet(2026)


def test_a_random_depends_on_its_name_only() -> None:
    w = world()
    first = w.random("a", 1).random()
    w.random("b").random()
    assert w.random("a", 1).random() == first != w.random("a", 2).random()


# --- the load of a day

@pytest.mark.parametrize("year", TET)
def test_tet_is_the_first_day_of_the_lunar_year(year: int) -> None:
    assert world().tet(year) == TET[year]


@pytest.mark.parametrize("year", TET)
def test_the_ten_working_days_before_tet_are_busy_and_those_before_them_are_not(year: int) -> None:
    before, _ = near_tet(year)
    factors = [world().load(d) / weekday_factor(d) for d in before]
    assert factors[-10:] == pytest.approx([1.3] * 10)
    assert factors[:-10] == pytest.approx([1.0] * len(factors[:-10]))


@pytest.mark.parametrize("year", TET)
def test_the_five_working_days_after_tet_are_quiet_and_those_after_them_are_not(year: int) -> None:
    _, after = near_tet(year)
    factors = [world().load(d) / weekday_factor(d) for d in after]
    assert factors[:5] == pytest.approx([0.2] * 5)
    assert factors[5:] == pytest.approx([1.0] * len(factors[5:]))


@pytest.mark.parametrize("year", TET)
def test_tet_itself_is_off(year: int) -> None:
    assert [world().load(TET[year] + timedelta(days=n)) for n in range(3)] == [0.0] * 3


def test_nothing_is_loaded_on_days_off_and_mondays_most_of_an_ordinary_week() -> None:
    loads = [world().load(date(2026, 9, 14) + timedelta(days=n)) for n in range(7)]
    assert loads == [1.25, 1.0, 0.95, 0.9, 0.9, 0.0, 0.0]


def test_a_swapped_saturday_is_worked_like_an_ordinary_day() -> None:
    assert world().load(date(2026, 8, 22)) == 1.0
    assert world().load(date(2026, 8, 31)) == 0.0


def test_the_scenario_multiplies_the_load_of_a_day_and_opens_no_day_off() -> None:
    w = world(effect("day.load", "2026-09-18T00:00", "2026-09-20T00:00", by=2.0))
    assert [w.load(date(2026, 9, n)) for n in (17, 18, 19)] == [0.9, 1.8, 0.0]


# --- rain, wind, warmth

@cache
def years_of_rain() -> list[list[float]]:
    """Twenty years of months, in mm."""
    return [_months(world(seed=f"rain-{n}")) for n in range(20)]


def _months(w: World) -> list[float]:
    months = [0.0] * 12
    for d in YEAR:
        months[d.month - 1] += sum(mm * ((end - begin) / timedelta(hours=1)) for begin, end, mm in w.weather(d).rain)
    return months


def test_a_year_has_about_1850_mm_of_rain() -> None:
    # A year spreads by some 200 mm, so that the mean of twenty lies within a tenth if the promise does.
    assert fmean(map(sum, years_of_rain())) == pytest.approx(1850, rel=0.1)


def test_nine_tenths_of_the_rain_fall_from_may_to_november() -> None:
    share = sum(sum(year[4:11]) for year in years_of_rain()) / sum(map(sum, years_of_rain()))
    assert share == pytest.approx(0.9, abs=0.05)


def test_rain_of_a_stretch_is_that_of_its_showers() -> None:
    w, days = world(), [d for d in YEAR if d.month in {8, 9}]
    told = w.rain_mm(start_of(days[0]), start_of(days[-1] + timedelta(days=1)))
    # Quarters of an hour miss or double up to 15 minutes of a shower; over sixty showers the mean is right.
    assert told == pytest.approx(sum(_months(w)[7:9]), rel=0.06)


def test_most_showers_begin_in_the_afternoon() -> None:
    begins = [begin.astimezone(LOCAL).hour for d in YEAR for begin, _, _ in world().weather(d).rain]
    assert sum(12 <= hour < 20 for hour in begins) > 0.7 * len(begins)


def test_no_shower_is_heavier_than_is_known() -> None:
    heaviest = max(mm for n in range(5) for d in YEAR for _, _, mm in world(seed=f"rain-{n}").weather(d).rain)
    assert heaviest <= 45.001


def test_no_shower_goes_on_after_the_day_that_knows_of_it() -> None:
    late = [d for n in range(20) for d in YEAR for _, end, _ in world(seed=f"rain-{n}").weather(d).rain if end > start_of(d + timedelta(days=1))]
    assert not late


def test_the_scenario_adds_rain_and_cools_the_air() -> None:
    at = local("2026-03-10T09:00")
    w = world(effect("rain.mm_h", "2026-03-10T08:00", "2026-03-10T12:00", by=30.0))
    assert w.rain_mm_h(at) == world().rain_mm_h(at) + 30.0
    assert w.rain_mm(local("2026-03-10T08:00"), local("2026-03-10T12:00")) == pytest.approx(120.0)
    assert w.temperature_c(at) == world().temperature_c(at) - 3.0


def test_wet_days_are_windier_and_less_warm() -> None:
    wet, dry = ([w for w in (world(seed=f"rain-{n}").weather(d) for n in range(3) for d in YEAR if d.month == 6) if bool(w.rain) == so]
                for so in (True, False))
    assert fmean(w.wind_kmh for w in wet) > fmean(w.wind_kmh for w in dry) + 4
    assert fmean(w.warm_c for w in wet) < fmean(w.warm_c for w in dry)


def test_nights_are_calmer_than_noon() -> None:
    w, day = world(), start_of(date(2026, 9, 15))
    assert w.wind_kmh(day) < 0.8 * w.wind_kmh(day + timedelta(hours=12))


def test_early_afternoon_is_warmest_and_no_day_is_strange_to_the_delta() -> None:
    w, day = world(), start_of(date(2026, 4, 14))
    temperatures = [w.temperature_c(day + timedelta(hours=n)) for n in range(24)]
    assert temperatures.index(max(temperatures)) in {13, 14, 15}
    noons = [w.temperature_c(start_of(d) + timedelta(hours=14)) for d in YEAR]
    # A downpour takes 3 degrees.
    assert 22 < min(noons) < max(noons) < 39


def test_it_is_driest_at_the_end_of_march_and_not_dry_in_the_wet_season() -> None:
    dryness = {d: world().dryness_ratio(d) for d in YEAR}
    assert abs((max(dryness, key=dryness.__getitem__) - date(2026, 3, 26)).days) <= 3
    assert max(dryness.values()) == pytest.approx(1.0, abs=0.01)
    assert {v for d, v in dryness.items() if 7 <= d.month <= 11} == {0.0}


# --- the tide

@cache
def levels() -> list[float]:
    """Two years by the hour."""
    w, start = world(), datetime(2025, 1, 1, tzinfo=UTC)
    return [w.tide_m(start + timedelta(hours=n)) for n in range(24 * 738)]


def amplitude(values: list[float], period: float) -> float:
    """Of the part of a series that has a period, in steps of the series."""
    mean = fmean(values)
    waves = [(v - mean, 2 * math.pi * n / period) for n, v in enumerate(values)]
    return 2 * math.hypot(sum(v * math.cos(a) for v, a in waves), sum(v * math.sin(a) for v, a in waves)) / len(values)


def daily_ranges() -> list[float]:
    # By lunar days (24.84 h), else the moment of high water wanders through the day's edge.
    edges = [round(24.8412 * n) for n in range(713)]
    return [max(levels()[a:b + 1]) - min(levels()[a:b + 1]) for a, b in pairwise(edges)]


def test_the_lunar_semi_diurnal_constituent_dominates_and_is_as_large_as_promised() -> None:
    found = {period: amplitude(levels(), period) for period in (M2, S2, K1, O1)}
    assert found[M2] == max(found.values())
    assert found == pytest.approx({M2: 0.85, S2: 0.32, K1: 0.55, O1: 0.38}, abs=0.03)


def test_spring_and_neap_come_every_14_77_days() -> None:
    ranges, lunar_day = daily_ranges(), 24.8412 / 24
    found = max((n / 100 for n in range(1420, 1540)), key=lambda days: amplitude(ranges, days / lunar_day))
    # Two years tell periods of a fortnight apart to about 0.3 days; the peak lies far nearer.
    assert found == pytest.approx(14.77, abs=0.06)


def test_ranges_repeat_after_two_spring_neap_cycles_and_oppose_after_one_and_a_half() -> None:
    ranges = daily_ranges()
    same, against = (correlation(ranges[lag:], ranges[:-lag]) for lag in (29, 21))
    assert same > 0.5
    assert against < 0


def test_springs_range_about_three_and_a_half_metres() -> None:
    ranges = daily_ranges()
    springs = [max(ranges[n:n + 14]) for n in range(0, len(ranges) - 14, 14)]
    assert fmean(springs) == pytest.approx(3.5, abs=0.35)


def test_almost_every_day_has_two_high_waters() -> None:
    series = levels()
    highs = Counter(n // 24 for n in range(1, len(series) - 1) if series[n - 1] < series[n] >= series[n + 1])
    assert sum(count == 2 for count in highs.values()) > 0.8 * len(highs)


def test_new_and_full_moon_bring_spring_tides() -> None:
    # New moons of 2026 (UTC); the spring follows within two days.
    w = world()

    def day_range(day: date) -> float:
        day_levels = [w.tide_m(start_of(day) + timedelta(hours=n)) for n in range(26)]
        return max(day_levels) - min(day_levels)

    for moon in (date(2026, 3, 19), date(2026, 6, 15), date(2026, 9, 11), date(2026, 10, 10)):
        spring, neap = (fmean(day_range(moon + timedelta(days=n)) for n in days) for days in ((1, 2, 3), (8, 9, 10)))
        assert spring > neap + 0.4


def test_the_surge_of_a_scenario_lifts_the_water_while_it_lasts() -> None:
    w = world(effect("tide.surge_m", "2026-10-10T00:00", "2026-10-12T00:00", by=0.4))
    for text, more in (("2026-10-09T23:59", 0.0), ("2026-10-10T00:00", 0.4), ("2026-10-11T23:59", 0.4), ("2026-10-12T00:00", 0.0)):
        assert w.tide_m(local(text)) - world().tide_m(local(text)) == pytest.approx(more)
