"""Whether simulated dossiers show what their realism note promises, and whether each effect does what it says."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest

from ioc.clock import end_of, local_day, start_of
from ioc.profiles.scenarios import Effect
from simulators.engine.contract import SimulatedEvent
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, Fate, effect, folded, profile, told

REAL = profile()
WEEK = (start_of(date(2026, 11, 9)), end_of(date(2026, 11, 15)))
REFORM = start_of(date(2025, 7, 1))


def stretch(first: date, last: date, *effects: Effect, scale: float = 0.2, of: str = SHIPPED) -> list[SimulatedEvent]:
    return told("dossier", first, (last - first).days + 1, *effects, scale=scale, of=of)


def begun(events: list[SimulatedEvent]) -> list[SimulatedEvent]:
    """The first event of each dossier."""
    first: dict[str, SimulatedEvent] = {}
    for event in events:
        first.setdefault(event.subject, event)
    return list(first.values())


@cache
def week() -> list[SimulatedEvent]:
    return stretch(date(2026, 11, 9), date(2026, 11, 15))


@cache
def reform() -> list[SimulatedEvent]:
    return stretch(date(2025, 6, 23), date(2025, 7, 4), scale=0.12)


@cache
def reformed() -> Fate:
    return folded("dossier", reform())


def test_a_week_brings_five_working_days_of_dossiers_within_four_standard_deviations() -> None:
    expected = 5 * 2433 * 0.2
    assert abs(len(begun(week())) - expected) < 4 * expected**0.5 + 0.04 * expected  # a little more where the promise forces it


def test_a_monday_brings_more_than_a_friday_and_a_day_off_only_what_comes_online() -> None:
    days = Counter(local_day(e.time).isoweekday() for e in begun(week()))
    assert days[1] > 1.15 * days[5]
    assert 0 < days[6] + days[7] < 0.5 * days[5]
    assert {e.fact for e in begun(week()) if local_day(e.time).isoweekday() > 5} == {"submitted"}


def test_dossiers_come_online_by_night_too() -> None:
    hours = Counter((e.time.hour + 7) % 24 for e in begun(week()))
    assert all(hours[hour] for hour in range(24))


@pytest.mark.parametrize(("day", "shares"), [(date(2025, 6, 16), {"": 0.10, "district": 0.30, "commune": 0.60}),
                                             (date(2025, 7, 14), {"": 0.25, "commune": 0.75})])
def test_levels_share_as_assumed_within_four_standard_deviations(day: date, shares: dict[str, float]) -> None:
    found = begun(stretch(day, day, scale=0.6))
    units = {u.code: u.level for level in ("commune", "district") for u in REAL.units_on(day, level=level)}
    levels = Counter(units.get(e.data["unit_code"], "") for e in found)
    assert set(levels) == set(shares)
    for level, share in shares.items():
        assert abs(levels[level] - share * len(found)) < 4 * (len(found) * share * (1 - share)) ** 0.5


def test_the_first_morning_after_tet_is_quiet_and_the_days_before_are_busy() -> None:
    before, after = (len(begun(stretch(day, day))) for day in (date(2026, 2, 12), date(2026, 2, 26)))
    assert before > 3 * after


def test_no_pause_is_longer_than_three_times_what_the_source_promises() -> None:
    promise = next(s for s in REAL.file.sources if s.stream == "dossier")
    for first, second in pairwise(told("dossier", WEEK[0], 7)):
        is_open = REAL.is_open(first.time) and REAL.is_open(second.time) and local_day(first.time) == local_day(second.time)
        assert (second.time - first.time).total_seconds() <= 3 * (promise.expected_s if is_open else promise.expected_closed_s)


def test_deadlines_are_those_that_the_stream_computes_itself() -> None:
    found = folded("dossier", week())
    assert found.counts["received"]
    assert found.counts["supplemented"]
    assert (found.counts["due_differs"], found.wrongs) == (0, [])


# The reform of 1 July 2025


def test_units_and_agencies_change_on_the_first_of_july() -> None:
    for event in reform():
        known = REAL.units.at(event.data["unit_code"], event.data["unit_valid_on"]) if event.data["unit_code"] else True
        assert known
        holder = event.data["to_org"] if event.fact == "transferred" else event.data["org_code"]
        assert any(a.code == holder and a.valid_on(local_day(event.time)) for a in REAL.agencies)


def test_what_is_open_when_its_agency_ends_goes_on_with_a_successor_that_morning() -> None:
    moved = [e for e in reform() if e.fact == "transferred"]
    assert len(moved) > 100
    waited = {(e.subject, e.time + timedelta(seconds=1)) for e in reform() if e.fact in {"supplemented", "paid"}}
    later = [e for e in moved if local_day(e.time) != date(2025, 7, 1)]
    assert {(e.subject, e.time) for e in later} <= waited  # with the citizen meanwhile
    assert len(later) < 0.1 * len(moved)
    assert {e.data["from_org"][:3] for e in moved} == {"H51"}
    assert {e.data["to_org"][:3] for e in moved} == {"H13"}
    assert reformed().wrongs == []


def test_a_moved_dossier_keeps_both_owners() -> None:
    moved = {e.subject for e in reform() if e.fact == "transferred"}
    states = [state for subject, (_, state) in reformed().states.items() if subject in moved]
    assert {(s.org_code[:3], s.holder_org[:3]) for s in states} == {("H51", "H13")}


def test_a_district_hands_its_dossiers_to_communes_that_came_of_it() -> None:
    inside: dict[str, set[str]] = defaultdict(set)
    for unit in REAL.units_on(date(2025, 6, 30)):
        agency = next(a for a in REAL.agencies if a.unit_code == unit.code and a.valid_on(date(2025, 6, 30)))
        inside[unit.parent_code].add(agency.successor)
    handed = [(e.data["from_org"].split(".")[1], e.data["to_org"]) for e in reform() if e.fact == "transferred"]
    districts = [(code, to) for code, to in handed if code in inside]
    assert districts
    assert all(to in inside[code] for code, to in districts)


def test_the_fictional_province_is_reformed_too() -> None:
    events = stretch(date(2025, 6, 27), date(2025, 7, 2), of=FICTIONAL)
    assert folded("dossier", events, FICTIONAL).wrongs == []
    assert {e.data["org_code"][:3] for e in events if e.time >= REFORM} == {"X99"}


# Effects


def test_rate_multiplies_what_comes_of_a_sector_in_a_unit_and_leaves_the_rest() -> None:
    day, plain = date(2026, 11, 10), begun(week())
    more = begun(stretch(date(2026, 11, 9), date(2026, 11, 15), effect("dossier.rate", *WEEK, 3.0, only=("DD",))))

    def land(events: list[SimulatedEvent]) -> tuple[int, int]:
        kinds = Counter(e.data["sector_code"] == "DD" for e in events)
        return kinds[True], kinds[False]

    assert 2.5 < land(more)[0] / land(plain)[0] < 3.6
    assert 0.9 < land(more)[1] / land(plain)[1] < 1.1
    none = stretch(day, day, effect("dossier.rate", start_of(day), end_of(day), 0.0, units=("31507",)))
    assert "31507" not in {e.data["unit_code"] for e in begun(none)}


def test_late_entry_brings_sessions_of_one_unit_that_are_almost_all_late() -> None:
    unit, until = "31510", start_of(date(2026, 11, 12)) + timedelta(hours=10)
    fault = effect("dossier.late_entry", start_of(date(2026, 11, 9)), until, 0.9, units=(unit,))
    events = stretch(date(2026, 11, 5), date(2026, 11, 12), fault, scale=0.15)
    late = [e for e in events if e.data.get("late_cause") == "slow_data_entry" and e.data["unit_code"] == unit]
    subjects = {e.subject for e in late}
    states = folded("dossier", (e for e in events if e.subject in subjects)).states
    assert all(e.data["delivered_at"] <= (states[e.subject][1].due_at or e.time) < e.time for e in late)
    first = min(e.time for e in late if e.time >= until)
    session = [e for e in events if e.fact == "result_ready" and e.data["unit_code"] == unit and first <= e.time <= first + timedelta(minutes=10)]
    assert len(session) >= 5
    assert sum("late_cause" in e.data for e in session) >= 0.8 * len(session)


def test_linger_leaves_a_share_open_after_the_deadline() -> None:
    lingering = effect("dossier.linger", start_of(date(2026, 11, 2)), WEEK[1], 0.2, only=("CT",))
    states = [s for _, s in folded("dossier", stretch(date(2026, 11, 2), date(2026, 11, 8), lingering)).states.values() if s.sector_code == "CT"]
    due = [s for s in states if s.due_at and s.due_at < start_of(date(2026, 11, 7))]
    over = [s for s in due if s.finished_at is None or (s.due_at and s.finished_at > s.due_at)]
    assert 0.13 < len(over) / len(due) < 0.27  # 20 %, four standard deviations of about 400


def test_silence_lets_nothing_through_and_brings_it_after_its_end() -> None:
    start, end = (start_of(date(2026, 11, 10)) + timedelta(hours=h) for h in (8, 11))
    events = stretch(date(2026, 11, 9), date(2026, 11, 10), effect("dossier.silent", start, end))
    plain = [e for e in week() if local_day(e.time) <= date(2026, 11, 10)]
    assert [e for e in events if start <= e.time < end] == []
    assert sum(e.time < end + timedelta(hours=1) for e in events if e.time >= end) > 4 * sum(end <= e.time < end + timedelta(hours=1) for e in plain)
    assert 0.9 < len(begun(events)) / len(begun(plain)) < 1.1
    assert folded("dossier", events).wrongs == []
    assert [e.time for e in events] == sorted(e.time for e in events)


def test_silence_of_one_unit_leaves_the_others_alone() -> None:
    start, end = (start_of(date(2026, 11, 10)) + timedelta(hours=h) for h in (0, 24))
    events = stretch(date(2026, 11, 10), date(2026, 11, 10), effect("dossier.silent", start, end, units=("31507",)))
    assert "31507" not in {e.data["unit_code"] for e in events}
    # Of 42 communes and what serves them all: a commune has eight on average, so that some of the smallest have none.
    assert len({e.data["unit_code"] for e in events}) >= 38
