"""Whether roads' cameras show the traffic that their note promises."""

from datetime import date, timedelta
from functools import cache
from statistics import mean

from ioc.clock import LOCAL
from simulators.engine.contract import SimulatedEvent
from tests.unit.simulators.telling import effect, local, longest_pause_s, profile, told

TUESDAY, SATURDAY, TET = date(2026, 10, 13), date(2026, 10, 17), date(2026, 2, 17)
ROADS = {p.code for p in profile().points if p.kind == "road"}


@cache
def week() -> list[SimulatedEvent]:
    return told("camera", TUESDAY, 7)


def counts(events: list[SimulatedEvent]) -> list[SimulatedEvent]:
    return [e for e in events if e.fact == "traffic_count"]


def vehicles(day: date) -> int:
    return sum(e.data["vehicles"] for e in counts(told("camera", day, 1)))


def test_the_evening_rush_is_many_times_the_night() -> None:
    by_hour = {h: mean(e.data["vehicles"] / e.data["interval_s"] for e in counts(week()) if e.time.astimezone(LOCAL).hour == h) for h in (2, 17)}
    assert by_hour[17] > 8 * by_hour[2]


def test_a_saturday_has_less_traffic_than_a_tuesday_and_the_first_of_tet_least() -> None:
    assert vehicles(TET) < vehicles(SATURDAY) < vehicles(TUESDAY)


def test_a_jam_by_order_is_slower_than_a_third_of_free_flow_at_that_road_only() -> None:
    begin, end = local(TUESDAY, 7), local(TUESDAY, 8)
    jam = effect("camera.traffic", begin, end, 2.5, only=("RD-01",))
    slow = [e for e in counts(told("camera", local(TUESDAY, 6.9), 0.05, jam, live_days=0)) if begin <= e.time < end]
    assert max(e.data["mean_speed_kmh"] for e in slow if e.data["point_id"] == "RD-01") < 0.3 * 52
    assert min(e.data["mean_speed_kmh"] for e in slow if e.data["point_id"] != "RD-01") > 0.3 * 52


def test_a_camera_that_is_off_by_order_says_so_and_counts_nothing() -> None:
    begin, end = local(TUESDAY, 9), local(TUESDAY, 10)
    events = told("camera", local(TUESDAY, 8.9), 0.06, effect("camera.offline", begin, end, units=("31510",)), live_days=0)
    off = [e for e in events if begin <= e.time < end and e.data["unit_code"] == "31510"]
    assert len(off) >= 100
    assert {(e.fact, e.data.get("online")) for e in off} == {("status", False)}


def test_failures_by_order_are_so_many_times_as_many() -> None:
    # 40 times 0.6 % of 52 cameras: 13 ± 3.
    storm = effect("camera.offline", local(TUESDAY, 0), local(TUESDAY, 23), 40.0)
    off = {e.subject for e in told("camera", local(TUESDAY, 9), 0.05, storm, live_days=0) if e.data.get("online") is False}
    assert 4 <= len(off) <= 24


def test_silent_cameras_say_nothing_at_all() -> None:
    silence = effect("camera.silent", local(TUESDAY, 9), local(TUESDAY, 10))
    events = told("camera", local(TUESDAY, 8.9), 0.06, silence, live_days=0)
    assert not [e for e in events if local(TUESDAY, 9) <= e.time < local(TUESDAY, 10)]
    assert [e for e in events if e.time >= local(TUESDAY, 10)]


def test_failures_take_about_three_hours_in_twenty_days() -> None:
    # 52 cameras for 14 days: 36 failures of 3 hours in 728 camera days make 0.6 %.
    status = [e for e in told("camera", date(2026, 10, 1), 14) if e.fact == "status"]
    assert 0.002 < sum(not e.data["online"] for e in status) / len(status) < 0.015


def test_a_new_unit_s_camera_begins_on_the_day_of_the_reform() -> None:
    events = told("camera", date(2025, 6, 30), 2)
    assert all(profile().units.at(e.data["unit_code"], e.data["unit_valid_on"]) for e in events)


def test_a_week_s_history_is_small_and_without_a_pause() -> None:
    assert len(week()) <= 20_000
    assert longest_pause_s(week(), TUESDAY) <= timedelta(hours=1).total_seconds()
