"""Whether counters and cameras show what their notes promise, and see the same."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from statistics import mean

from ioc.clock import LOCAL, local_day
from ioc.profiles.scenarios import Effect
from simulators.engine.contract import SimulatedEvent
from simulators.engine.counter_life import PointDay, point_day
from simulators.engine.ground import counter_points
from tests.profiles import FICTIONAL
from tests.unit.simulators.telling import SHIPPED, effect, local, profile, scene, told

MONDAY, TUESDAY = date(2026, 10, 12), date(2026, 10, 13)
POINT = next(p for p in profile().points if p.code == "OS-31510")


@cache
def days(first: date = MONDAY, count: int = 12) -> list[tuple[date, PointDay]]:
    asked = scene()
    dates = [first + timedelta(days=n) for n in range(count)]
    return [(day, plan) for day in dates for point in counter_points(profile()) if (plan := point_day(asked, point, day))]


@cache
def fine_day() -> list[SimulatedEvent]:
    return told("counter", TUESDAY, 1, live_days=0, scale=1.0)


def test_visits_follow_the_population_within_five_per_cent() -> None:
    # 1.46 per 1,000 of 1.2 million and the centre's share, ten working days that sum to about ten days' load: 18,000 ± 134 (Poisson).
    visits = sum(len(plan.tickets) for _, plan in days())
    assert abs(visits / (10 * 1.46e-3 * 1.04 * 1_199_653) - 1) < 0.05


def test_the_morning_peak_has_two_fifths_of_the_visits() -> None:
    hours = Counter(t.taken.astimezone(LOCAL).hour for _, plan in days() for t in plan.tickets)
    assert 0.36 < (hours[8] + hours[9]) / hours.total() < 0.44
    assert not hours[11]


def test_people_wait_some_minutes_and_seldom_over_the_limit() -> None:
    waits = [(t.called - t.taken).total_seconds() / 60 for _, plan in days() for t in plan.tickets if t.called]
    assert 3 < mean(waits) < 12
    assert 0.02 < sum(wait > 15 for wait in waits) / len(waits) < 0.25


def test_monday_waits_longer_than_wednesday() -> None:
    by_weekday = {n: mean((t.called - t.taken).total_seconds() for day, plan in days() if day.isoweekday() == n for t in plan.tickets if t.called)
                  for n in (1, 3)}
    assert by_weekday[1] > 1.2 * by_weekday[3]


def test_a_point_is_unmanned_in_few_half_days() -> None:
    # 3 % of 880 half days: 26 ± 5.
    assert 10 < sum(len(plan.absent) for _, plan in days()) < 45


def test_nobody_comes_at_tet_and_many_before() -> None:
    assert not told("counter", date(2026, 2, 16), 4)
    before, ordinary = days(date(2026, 2, 9), 4), days(date(2026, 10, 12), 4)
    assert 1.2 < sum(len(p.tickets) for _, p in before) / sum(len(p.tickets) for _, p in ordinary) < 1.4


def test_a_ticket_of_a_share_is_told_as_it_is_at_full_scale() -> None:
    def tickets(scale: float) -> dict[str, SimulatedEvent]:
        return {e.subject: e for e in told("counter", TUESDAY, 1, scale=scale) if e.fact == "ticket_taken"}

    few, all_ = tickets(0.2), tickets(1.0)
    assert 0.16 < len(few) / len(all_) < 0.24
    assert all(all_[subject] == event for subject, event in few.items())


def test_no_desk_serves_two_at_a_time_or_while_it_is_shut() -> None:
    opened: set[str] = set()
    busy: set[str] = set()
    for e in fine_day():
        desk = f"{e.data['point_id']}/{e.data.get('counter_no')}"
        if e.fact == "opened":
            opened.add(desk)
        elif e.fact == "closed":
            opened.remove(desk)
            assert desk not in busy
        elif e.fact == "service_started":
            assert desk in opened
            assert desk not in busy
            busy.add(desk)
        elif e.fact == "service_ended":
            busy.remove(desk)


def test_an_absence_by_order_stops_the_calls_and_empties_the_desks_before_the_camera() -> None:
    begin, end = local(TUESDAY, 8, 30), local(TUESDAY, 9, 10)
    ordered = effect("counter.absent", begin, end, only=("OS-31510",))
    calls = [e for e in told("counter", TUESDAY, 1, ordered, live_days=0, scale=1.0) if e.fact == "ticket_called" and e.data["point_id"] == "OS-31510"]
    assert calls
    assert not [e for e in calls if begin <= e.time < end]
    seen = [e for e in told("camera", local(TUESDAY, 8.3), 0.05, ordered, live_days=0) if e.fact == "occupancy" and e.data["point_id"] == "OS-31510"]
    gone = [e for e in seen if begin <= e.time < end]
    assert len(gone) >= 35
    assert {e.data["staff_present"] for e in gone} == {0}
    assert max(e.data["waiting"] for e in gone) >= 3


def test_the_camera_counts_those_whose_tickets_wait() -> None:
    plan = point_day(scene(), POINT, TUESDAY)
    assert plan
    seen = [e for e in told("camera", local(TUESDAY, 8), 0.08, live_days=0) if e.fact == "occupancy" and e.data["point_id"] == POINT.code]
    waiting = [plan.waiting(e.time) for e in seen]
    assert max(waiting) >= 2
    assert mean(abs(e.data["waiting"] - n) for e, n in zip(seen, waiting, strict=True)) < 0.2 * mean(waiting)
    assert all(e.data["staff_present"] == plan.staff(e.time) for e in seen)


def test_more_visits_by_order_are_more_only_there_and_then() -> None:
    ordered = effect("counter.rate", local(TUESDAY, 13), local(TUESDAY, 17), 3.0, units=("31510",))

    def visits(*effects: Effect) -> Counter[tuple[str, bool]]:
        events = told("counter", TUESDAY, 1, *effects, scale=1.0)
        return Counter((e.data["unit_code"], e.time.astimezone(LOCAL).hour >= 13) for e in events if e.fact == "ticket_taken")

    usual, more = visits(), visits(ordered)
    assert more["31510", True] > 2 * usual["31510", True]
    assert more["31510", False] == usual["31510", False]
    assert more["31561", True] == usual["31561", True]


def test_before_the_reform_tickets_belong_to_the_units_of_that_time() -> None:
    events = told("counter", date(2025, 6, 30), 2)
    assert {local_day(e.time) for e in events} == {date(2025, 6, 30), date(2025, 7, 1)}
    assert all(profile().units.at(e.data["unit_code"], e.data["unit_valid_on"]) for e in events)
    assert all(next(a for a in profile().agencies if a.code == e.data["org_code"] and a.valid_on(local_day(e.time))) for e in events)


def test_the_queue_keeps_the_promise_of_its_source_in_opening_hours() -> None:
    for of in (SHIPPED, FICTIONAL):
        promised = next(s for s in profile(of).file.sources if s.stream == "counter").expected_s
        events = told("counter", MONDAY, 3, of=of)
        open_ = [e.time for e in events if profile(of).is_open(e.time)]
        pauses = [(b - a).total_seconds() for a, b in pairwise(open_) if b - a < timedelta(hours=1.5)]
        assert max(pauses) <= 3 * promised


def test_satisfied_are_more_than_nine_in_ten_of_those_who_rate() -> None:
    ratings = [t.rating for _, plan in days() for t in plan.tickets if t.rating]
    assert 0.1 < len(ratings) / sum(len(plan.tickets) for _, plan in days()) < 0.14
    assert 0.9 < sum(r >= 3 for r in ratings) / len(ratings) < 0.96
