"""Whether the simulated monitor sees what its realism note says."""

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from statistics import median

import pytest

from ioc.clock import local_day, start_of
from simulators.engine.contract import SimulatedEvent
from simulators.engine.platform_watch import LGSP, PORTALS, SERVICES, Watch, systems_of
from tests.unit.simulators.telling import effect, of_fact, profile, scene, told

START = date(2026, 8, 24)


@cache
def quarter() -> list[SimulatedEvent]:
    return told("platform", START, 90, scale=1.0)


def day_of(*effects: tuple[str, float, tuple[str, ...]], day: str = "2026-09-15") -> list[SimulatedEvent]:
    """Fine looks of a day with effects from 10 to 12 o'clock."""
    held = [effect(what, f"{day}T10:00", f"{day}T12:00", by=by, only=only) for what, by, only in effects]
    return told("platform", day, 1, *held, scale=1.0, live_days=0)


def within(events: list[SimulatedEvent], since_h: float, until_h: float) -> list[SimulatedEvent]:
    midnight = start_of(date(2026, 9, 15))
    return [e for e in events if timedelta(hours=since_h) <= e.time - midnight < timedelta(hours=until_h)]


def test_ninety_days_stay_within_the_demos_budget() -> None:
    assert len(quarter()) <= 15_000


def test_history_is_coarse_and_never_silent_for_more_than_an_hour() -> None:
    assert max(b.time - a.time for a, b in pairwise(quarter())) <= timedelta(hours=1)


def test_live_is_never_silent_for_more_than_three_times_the_promise() -> None:
    promised = min(s.expected_s for s in profile().file.sources if s.stream == "platform")
    live = told("platform", "2026-09-18", 3, live_days=0)
    assert max(b.time - a.time for a, b in pairwise(live)) <= timedelta(seconds=3 * promised)


def test_history_becomes_fine_where_live_begins() -> None:
    probes = Counter(local_day(e.time) for e in of_fact(told("platform", "2026-09-14", 2, live_days=1), "probe"))
    assert probes[date(2026, 9, 15)] == 2 * 288
    assert probes[date(2026, 9, 14)] < 2 * 24 + 40


def test_the_systems_are_the_sources_of_the_profile() -> None:
    sources = {s.source.rsplit("/", 1)[-1] for s in profile().file.sources if s.stream not in {"platform", "alert"}}
    assert {e.subject for e in of_fact(quarter(), "heartbeat")} == sources
    assert {e.subject for e in of_fact(quarter(), "probe")} == set(PORTALS)


def test_systems_are_up_almost_always_but_not_always() -> None:
    # By the minute over ten systems and a year: 9 outages of about half an hour each, and maintenance, of 525,600 minutes.
    scenario = scene()
    systems = systems_of(scenario)[:10]
    watch, start = Watch(scenario, systems), start_of(date(2025, 1, 1))
    moments = [start + timedelta(minutes=7 * n) for n in range(75_000)][::10]
    down = sum(watch.is_down(system, at) for system in systems for at in moments) / len(moments) / len(systems)
    assert 0.0003 < down < 0.003


def test_outages_are_twice_as_frequent_on_wet_days() -> None:
    scenario = scene()
    watch, systems = Watch(scenario, ()), [f"system-{n}" for n in range(40)]
    days, fails = Counter[bool](), Counter[bool]()
    for n in range(730):
        day = date(2025, 1, 1) + timedelta(days=n)
        wet = sum(mm * ((b - a) / timedelta(hours=1)) for a, b, mm in scenario.world.weather(day).rain) > 25
        days[wet] += len(systems)
        fails[wet] += sum(bool(watch._spells(system, day)[0]) for system in systems)
    # Some 80 wet days bring 160 outages: twice the rate of the others, give or take three standard deviations.
    assert fails[True] / days[True] / (fails[False] / days[False]) == pytest.approx(2.0, rel=0.3)


def test_maintenance_is_on_the_second_saturday_night_one_system_after_the_other() -> None:
    scenario = scene()
    watch = Watch(scenario, systems_of(scenario))
    night = start_of(date(2026, 11, 14)) + timedelta(hours=22)
    turns = [[s for s in watch.systems if watch._maintained(s, night + timedelta(minutes=20 * n))] for n in range(6)]
    assert sorted(s for turn in turns for s in turn) == sorted(watch.systems)
    assert not any(watch._maintained(s, night + timedelta(days=7 * k)) for s in watch.systems for k in (-1, 1))


def test_services_are_called_six_times_a_dossier_and_less_than_one_call_in_fifty_fails() -> None:
    stats = of_fact(quarter(), "api_call_stats")
    load = sum(scene().world.load(START + timedelta(days=n)) or 0.12 for n in range(90))
    calls, errors = sum(e.data["calls"] for e in stats), sum(e.data["errors"] for e in stats)
    assert calls == pytest.approx(sum(SERVICES.values()) * 2433 * load, rel=0.03)
    assert 0.004 < errors / calls < 0.02


def test_calls_move_with_the_hour_and_the_day() -> None:
    calls = Counter[tuple[bool, int]]()
    for e in of_fact(told("platform", "2026-09-18", 2, scale=1.0, live_days=0), "api_call_stats"):
        calls[local_day(e.time) == date(2026, 9, 18), (e.time.hour + 7) % 24] += e.data["calls"]
    assert calls[True, 9] > 10 * calls[True, 3]
    assert calls[True, 9] > 4 * calls[False, 9]


def test_as_many_certificates_end_in_thirty_days_as_three_years_of_4808_leave() -> None:
    first = [e for e in of_fact(quarter(), "certificate_expiring") if local_day(e.time) == START]
    ending = {e.subject for e in first if START < e.data["expires_on"] <= START + timedelta(days=30)}
    # 132 end in 30 days; of these those renewed before they are told are missing: about two in five.
    assert 55 < len(ending) < 110
    later = {e.subject for e in of_fact(quarter(), "certificate_expiring") if local_day(e.time) > START and e.data["expires_on"].year < 2029}
    assert abs(len(later) - 4808 / 1095 * 89) < 4 * math.sqrt(4808 / 1095 * 89)


def test_most_certificates_are_renewed_in_time() -> None:
    stories = defaultdict(list)
    for e in of_fact(quarter(), "certificate_expiring"):
        stories[e.subject].append(e)
    whole = [s for s in stories.values() if s[0].data["expires_on"] < START + timedelta(days=78) and local_day(s[0].time) > START]
    assert all(len(s) == 2 for s in whole)
    in_time = [s for s in whole if local_day(s[1].time) < s[0].data["expires_on"]]
    assert abs(len(in_time) - 0.85 * len(whole)) < 4 * math.sqrt(0.85 * 0.15 * len(whole))


def test_security_events_are_seldom_grave_and_all_but_the_last_contained() -> None:
    severities = Counter(e.data["severity"] for e in of_fact(quarter(), "security_event"))
    assert severities[1] > severities[2] > severities[3] >= severities[4]
    contained = {e.subject for e in of_fact(quarter(), "security_contained")}
    old = {e.subject for e in of_fact(quarter(), "security_event") if e.time < start_of(START + timedelta(days=85))}
    assert old <= contained


def test_a_system_that_a_scenario_takes_down_is_down_then_and_no_other() -> None:
    downed = day_of(("platform.down", 1.0, ("one-stop",)))
    plain = day_of()
    inside = [e for e in within(of_fact(downed, "heartbeat"), 10, 12) if e.subject == "one-stop"]
    assert len(inside) == 8
    assert {e.data["status"] for e in inside} == {"down"}
    assert all("latency_ms" not in e.data for e in inside)
    others = [[(e.subject, e.time, e.data["status"]) for e in of_fact(events, "heartbeat") if e.subject != "one-stop"] for events in (downed, plain)]
    assert others[0] == others[1]


def test_a_portal_that_is_down_fails_its_probes() -> None:
    probes = [e for e in within(of_fact(day_of(("platform.down", 1.0, ("portal",))), "probe"), 10, 12) if e.subject == "portal"]
    assert len(probes) == 24
    assert {e.data["status"] for e in probes} == {"down"}


def test_calls_fail_while_the_integration_platform_is_down() -> None:
    stats = within(of_fact(day_of(("platform.down", 1.0, (LGSP,))), "api_call_stats"), 10.2, 12)
    assert {e.subject for e in stats} == set(SERVICES)
    assert all(e.data["errors"] == e.data["calls"] for e in stats)
    assert sum(e.data["calls"] for e in stats) > 0


def test_slowness_multiplies_the_latency_and_is_seen_as_degraded() -> None:
    def latency(events: list[SimulatedEvent]) -> float:
        return median(float(e.data["latency_ms"]) for e in within(of_fact(events, "probe"), 10, 12))

    slow = day_of(("platform.slow", 6.0, ()))
    assert latency(slow) / latency(day_of()) == pytest.approx(6.0, rel=0.25)
    assert {e.data["status"] for e in within(of_fact(slow, "probe"), 10, 12)} == {"degraded"}
    assert median(e.data["p95_ms"] for e in within(of_fact(slow, "api_call_stats"), 10.2, 12)) > 2000


def test_an_attack_brings_as_many_events_an_hour_as_it_says_and_slow_portals() -> None:
    attacked = day_of(("platform.attack", 2.0, ()))
    attacks = [e for e in of_fact(attacked, "security_event") if "-A" in e.subject]
    midnight = start_of(date(2026, 9, 15))
    assert [(e.time - midnight) // timedelta(minutes=1) for e in attacks] == [600, 630, 660, 690]
    assert {e.data["severity"] for e in attacks} == {3}
    assert within(attacks, 10, 12) == attacks
    assert {e.data["status"] for e in within(of_fact(attacked, "probe"), 10, 12)} == {"degraded"}


def test_a_grave_attack_begins_with_the_highest_severity() -> None:
    attacks = [e for e in of_fact(day_of(("platform.attack", 5.0, ())), "security_event") if "-A" in e.subject]
    assert [e.data["severity"] for e in attacks][:2] == [4, 3]


def test_a_later_beginning_sees_the_same_outages_certificates_and_security_events() -> None:
    day = date(2026, 9, 15)
    early, late = (told("platform", first, (day - first).days + 5) for first in (date(2026, 8, 24), day - timedelta(days=2)))

    def seen(events: list[SimulatedEvent]) -> set[tuple[str, str, object]]:
        after = [e for e in events if e.time >= start_of(day) and e.fact in {"heartbeat", "probe", "security_event"}]
        return {(e.subject, e.id, e.data.get("status")) for e in after}

    assert seen(late) == seen(early)
