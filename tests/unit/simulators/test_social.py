"""Whether simulated health, schools and welfare are as their realism note says."""

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from statistics import correlation, fmean

import pytest

from ioc.clock import local_day, start_of
from simulators.engine.contract import SimulatedEvent
from simulators.engine.social_disease import DISEASES, Wave
from simulators.engine.social_health import facilities
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import effect, of_fact, profile, scene, told

START = date(2026, 9, 1)


@cache
def quarter() -> list[SimulatedEvent]:
    return told("social", START, 90)


@cache
def short(*effects: tuple[str, float]) -> list[SimulatedEvent]:
    return told("social", START, 21, *(effect(what, "2026-09-08", "2026-09-15", by=by) for what, by in effects))


def cases(events: list[SimulatedEvent]) -> Counter[date]:
    last = {e.subject: e for e in of_fact(events, "disease_case")}
    counted: Counter[date] = Counter()
    for e in last.values():
        counted[e.data["onset_on"]] += e.data["cases"]
    return counted


def occupancy(events: list[SimulatedEvent]) -> list[tuple[date, float]]:
    days = [e.data for e in of_fact(events, "health_daily") if "beds_occupied" in e.data]
    return [(d["day"], d["beds_occupied"] / d["beds_available"]) for d in days]


def test_beds_are_28_to_10_000_people() -> None:
    people = sum(u.population for u in profile().units_on(START))
    assert sum(f.beds for f in facilities(profile())) / people * 10_000 == pytest.approx(28, abs=0.5)


def test_every_hospital_tells_each_day_and_clinics_only_working_days() -> None:
    days = defaultdict(set)
    for e in of_fact(quarter(), "health_daily"):
        days[e.data["facility_code"]].add(e.data["day"])
    world = scene().world
    for f in facilities(profile()):
        assert len(days[f.code]) == 90 if f.beds else all(map(world.works, days[f.code]))


def test_beds_are_about_80_percent_full_and_never_alarming_on_an_ordinary_day() -> None:
    ratios = [ratio for _, ratio in occupancy(quarter())]
    assert fmean(ratios) == pytest.approx(0.79, abs=0.04)
    assert max(ratios) <= 0.95


def test_beds_empty_at_tet() -> None:
    winter = occupancy(told("social", date(2026, 1, 25), 40))
    tet = date(2026, 2, 17)
    near = fmean(r for d, r in winter if abs((d - tet).days) <= 2)
    far = fmean(r for d, r in winter if abs((d - tet).days) > 7)
    assert near < far - 0.2


def test_days_off_have_a_third_of_the_visits_and_mondays_the_most() -> None:
    visits = Counter[date]()
    for e in of_fact(quarter(), "health_daily"):
        if e.data["facility_code"].startswith("BV-"):
            visits[e.data["day"]] += e.data["visits"]
    world = scene().world
    off = fmean(n for d, n in visits.items() if not world.works(d))
    monday, friday = (fmean(n for d, n in visits.items() if world.works(d) and d.isoweekday() == w) for w in (1, 5))
    assert off / friday == pytest.approx(0.36, abs=0.04)
    assert monday > friday * 1.05


def test_most_insured_visits_are_by_card_but_for_a_reader_that_fails_now_and_then() -> None:
    shares = [e.data["cccd_visits"] / e.data["insurance_visits"] for e in of_fact(quarter(), "health_daily")]
    assert fmean(shares) == pytest.approx(0.84, abs=0.01)
    assert sum(s < 0.6 for s in shares) <= 13  # 4.4 are expected of 2,200: four standard deviations


def test_cases_are_as_many_as_the_yearly_rates_and_seasons_promise() -> None:
    wave, people = Wave(scene()), sum(u.population for u in profile().units_on(START))
    days = [START + timedelta(days=n) for n in range(85)]
    year = {d: scene().world.random("social.year", d, 2026).lognormvariate(0, 0.3) for d in DISEASES}
    expected = sum(DISEASES[d] * year[d] * wave.shape(d, day) * people / 100_000 / 365 for d in DISEASES for day in days)
    found = sum(n for d, n in cases(quarter()).items() if d in days)
    # Local weeks spread by 0.4 over 43 units, 12 weeks and 5 diseases: a fiftieth; Poisson as much.
    assert found == pytest.approx(expected, rel=0.1)


def test_dengue_follows_the_rain_of_three_to_seven_weeks_before() -> None:
    scenario = scene()
    wave, weeks = Wave(scenario), [date(2026, 1, 1) + timedelta(weeks=n) for n in range(52)]
    rain = [scenario.world.rain_mm(start_of(d - timedelta(days=49)), start_of(d - timedelta(days=21))) for d in weeks]
    dengue = Counter[int]()
    for n, week in enumerate(weeks):
        for k in range(7):
            for story in wave.cases(week + timedelta(days=k)):
                dengue[n] += sum(e.data["cases"] for e in story[-1:] if e.data["disease_code"] == "A90")
    # Some 35 cases a week: with noise of a sixth the correlation stays far above what chance gives (0.27 at 52 weeks, 5 %).
    assert correlation(rain, [dengue[n] for n in range(52)]) > 0.7


def test_children_are_less_ill_in_the_holidays() -> None:
    wave = Wave(scene())
    assert wave.shape("B08", date(2026, 10, 7)) > 2 * wave.shape("B08", date(2026, 7, 8))


def test_cases_are_told_after_their_onset_and_within_a_week() -> None:
    for e in of_fact(quarter(), "disease_case"):
        assert timedelta() < e.time - start_of(e.data["onset_on"]) < timedelta(days=7)


def test_about_one_in_twenty_is_told_again_with_one_case_more() -> None:
    stories = defaultdict(list)
    for e in of_fact(quarter(), "disease_case"):
        stories[e.subject].append(e.data["cases"])
    again = [s for s in stories.values() if len(s) > 1]
    n = len(stories)
    assert abs(len(again) - 0.05 * n) < 4 * math.sqrt(n * 0.05 * 0.95)
    assert all(s[1] == s[0] + 1 for s in again)


def test_pupils_are_told_at_once_and_each_month_and_dropping_out_grows() -> None:
    by_unit = defaultdict(list)
    for e in of_fact(told("social", date(2026, 9, 7), 120, of=FICTIONAL), "school_snapshot"):
        by_unit[e.data["unit_code"]].append(e)
    for story in by_unit.values():
        assert len(story) == 5
        left = [e.data["dropped_out"] for e in story]
        assert left == sorted(left)
        assert len({e.data["pupils"] for e in story}) == 1
    assert {local_day(s[1].time) for s in by_unit.values()} == {date(2026, 10, 1)}


def test_a_batch_in_thirty_is_paid_late() -> None:
    late = late_batches(told("social", date(2026, 2, 20), 120, seed="4"))
    n = len(late)
    assert n > 100
    assert 1 <= sum(late) < n * 0.03 + 4 * math.sqrt(n * 0.03)


def late_batches(events: list[SimulatedEvent]) -> list[bool]:
    world = scene().world
    due = {e.subject: e.data["due_on"] for e in of_fact(events, "payment_batch_due")}

    def last(day: date) -> date:
        return day if world.works(day) else last(day + timedelta(days=1))

    return [local_day(e.time) > last(due[e.subject]) for e in of_fact(events, "payment_batch_paid")]


def test_the_late_factor_makes_batches_late() -> None:
    more = effect("social.late", "2026-09-01T00:00", "2026-12-01T00:00", by=20.0)
    late = late_batches(told("social", START, 60, more))
    assert sum(late) / len(late) > 0.3


def test_an_epidemic_multiplies_the_cases_of_its_days_only() -> None:
    plain, ill = cases(short()), cases(short(("social.disease", 4.0)))
    inside = [date(2026, 9, 8) + timedelta(days=n) for n in range(7)]
    assert sum(ill[d] for d in inside) / sum(plain[d] for d in inside) == pytest.approx(4.0, rel=0.15)
    assert all(ill[d] == plain[d] for d in plain if d not in inside)


def test_an_epidemic_of_one_disease_and_unit_leaves_the_others_alone() -> None:
    unit = profile().units_on(START)[0].code
    dengue = effect("social.disease", "2026-09-08T00:00", "2026-09-15T00:00", by=30.0, units=(unit,), only=("A90",))
    ill = {e.subject: e.data["cases"] for e in of_fact(told("social", START, 21, dengue), "disease_case")}
    plain = {e.subject: e.data["cases"] for e in of_fact(short(), "disease_case")}
    other = {s for s in ill.keys() | plain.keys() if ill.get(s) != plain.get(s)}
    assert other
    assert all(s.startswith(f"A90/{unit}/") for s in other)


def test_the_bed_factor_fills_the_beds() -> None:
    beds = occupancy(short(("social.beds", 1.3)))
    inside = [r for d, r in beds if date(2026, 9, 8) <= d < date(2026, 9, 15)]
    outside = [r for d, r in beds if not date(2026, 9, 8) <= d < date(2026, 9, 15)]
    assert min(inside) > 0.9
    assert fmean(inside) / fmean(outside) == pytest.approx(1.3, rel=0.05)


def test_an_epidemic_fills_beds_and_waiting_rooms_too() -> None:
    def visits(events: list[SimulatedEvent]) -> int:
        return sum(e.data["visits"] for e in of_fact(events, "health_daily") if date(2026, 9, 8) <= e.data["day"] < date(2026, 9, 15))

    assert visits(short(("social.disease", 4.0))) > 1.3 * visits(short())
    assert fmean(r for _, r in occupancy(short(("social.disease", 4.0)))) > fmean(r for _, r in occupancy(short()))


def test_a_facility_keeps_its_code_when_the_units_change() -> None:
    days = of_fact(told("social", date(2025, 6, 28), 6), "health_daily")
    codes = {day: {e.data["facility_code"] for e in days if e.data["day"] == day and e.data["facility_code"].startswith("BV-")}
             for day in (date(2025, 6, 28), date(2025, 7, 1))}
    assert codes[date(2025, 6, 28)] == codes[date(2025, 7, 1)]
    assert all(profile().units.at(e.data["unit_code"], e.data["unit_valid_on"]) for e in days)


def test_a_day_is_the_same_whenever_the_story_began() -> None:
    day = date(2026, 9, 14)
    late = [e for e in told("social", date(2026, 9, 7), 12, of=FICTIONAL) if e.fact != "school_snapshot" and local_day(e.time) > day]
    early = [e for e in told("social", date(2026, 8, 1), 49, of=FICTIONAL) if e.fact != "school_snapshot" and local_day(e.time) > day]
    begun = {e.subject for e in late}
    assert late == [e for e in early if e.subject in begun]
    assert {e.subject for e in early} - begun <= {e.subject for e in early if e.subject.startswith("AS-")}
