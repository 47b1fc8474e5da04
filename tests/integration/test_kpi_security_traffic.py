"""Order and traffic: cameras, incidents and traffic of a morning, counted by hand."""

from random import Random
from typing import Any

import pytest

from ioc.db.connect import Connection
from tests.integration.kpi_ways import MOMENTS, Asked, asked_figures, both_ways, figures, parts, told
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import Wire

SECTION = "security_traffic"


def incident(subject: str, start: float, *facts: str, step: float = 4, kind: str = "order", **data: Any) -> list[Wire]:
    more = [told("incident", fact, start + step * n, subject=subject, reason_code="false_alarm") for n, fact in enumerate(facts, 1)]
    return [told("incident", "reported", start, subject=subject, kind=kind, **data), *more]


def camera(fact: str, minutes: float, subject: str, **data: Any) -> Wire:
    given = {"traffic_count": {"vehicles": 9, "interval_s": 60}, "occupancy": {"waiting": 4, "staff_present": 1}}.get(fact, {})
    return told("camera", fact, minutes, subject=subject, **{**given, **data})


def test_incidents_are_counted_by_kind_without_false_alarms(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*incident("A", 0, "dispatched", "arrived", "cleared", kind="traffic_accident", dead=1, injured=2),
               *incident("B", 10, "cancelled", kind="traffic_accident", dead=4), *incident("C", 20, kind="fire", injured=1),
               *incident("D", 30, kind="flood")])
    found = figures(conn, SECTION, "day", at="2026-11-20")
    expected = {"reported": 4, "cleared": 1, "cancelled": 1, "cases_accident": 1, "cases_fire": 1, "cases_other": 1, "cases_order": 0, "dead": 1,
                "injured": 3, "accident_dead": 1, "accident_injured": 2, "open": 2}
    assert {key: found[key].value for key in expected} == expected


def test_casualty_learnt_later_counts_for_the_day_of_the_accident_but_not_at_its_end(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*incident("A", 0, "arrived", "cleared", kind="traffic_accident", injured=2),
               told("incident", "updated", 20 * 60, subject="A", dead=1, injured=1)])
    assert [figures(conn, SECTION, "day", at="2026-11-20")[key].value for key in ("dead", "injured")] == [0, 2]
    now = figures(conn, SECTION, "month")
    assert [now[key].value for key in ("dead", "injured", "accident_dead")] == [1, 1, 1]


def test_time_to_the_scene_is_a_median_of_the_whole_and_of_each_unit(dsn: str, conn: Connection) -> None:
    for n, (unit, minutes) in enumerate((("U1", 4), ("U1", 8), ("U2", 30))):
        sunk(dsn, [told("incident", "reported", 0, subject=f"I{n}", kind="order", unit_code=unit),
                   told("incident", "arrived", minutes, subject=f"I{n}", unit_code=unit)])
    whole = figures(conn, SECTION)["arrive_minutes"]
    assert (whole.value, whole.cases) == (8, 3)
    by_unit = figures(conn, SECTION, scope="unit")
    assert {key: f.value for key, f in by_unit.items() if key.startswith("arrive_minutes@")} == {"arrive_minutes@U1": 6, "arrive_minutes@U2": 30}
    assert figures(conn, SECTION)["dispatch_minutes"].value is None


def test_fire_is_judged_after_its_minute(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*incident("A", 0, "dispatched", step=1, kind="fire"), *incident("B", 0, "dispatched", step=2, kind="fire"),
               *incident("C", 29.5, kind="fire")])
    assert parts(figures(conn, SECTION, at="2026-11-20T08:30")["fire_dispatched_rate"]) == (50, 1, 2)
    assert parts(figures(conn, SECTION, at="2026-11-20T08:31")["fire_dispatched_rate"]) == (round(100 / 3, 9), 1, 3)


def test_grave_incident_is_open_until_it_is_cleared(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*incident("A", 0, severity=4), *incident("B", 0, dead=1, injured=2), *incident("C", 0, "cleared", step=30, severity=4),
               *incident("D", 0, severity=2)])
    assert [figures(conn, SECTION, at="2026-11-20T08:20")[key].value for key in ("open", "open_serious")] == [4, 3]
    assert [figures(conn, SECTION)[key].value for key in ("open", "open_serious")] == [3, 2]


def test_incident_learnt_late_changes_the_past_not_what_was_known(dsn: str, conn: Connection) -> None:
    sunk(dsn, incident("A", 0), seconds=-24 * 3600)
    sunk(dsn, [*incident("B", 0), told("incident", "cancelled", 5, subject="A", reason_code="false_alarm")])
    then = figures(conn, SECTION, at="2026-11-20T16:00", known="2026-11-20T16:00")
    assert [then[key].value for key in ("reported", "cancelled", "open")] == [1, 0, 1]
    restated = figures(conn, SECTION, at="2026-11-20T16:00")
    assert [restated[key].value for key in ("reported", "cancelled", "open")] == [2, 1, 1]


def test_camera_silent_for_ten_minutes_is_offline_and_what_it_counts_is_its_kind(dsn: str, conn: Connection) -> None:
    sunk(dsn, [camera("traffic_count", 0, "T1"), camera("status", 58, "T1", online=True),
               camera("status", 45, "T2", online=True), camera("traffic_count", 45, "T2"),
               camera("occupancy", 50, "C1"), camera("status", 59, "C1", online=False),
               camera("status", 59, "S1", online=True)])
    found = figures(conn, SECTION, at="2026-11-20T09:00")
    assert parts(found["cameras_online_rate"]) == (50, 2, 4)
    assert {key: parts(found[f"cameras_{key}_online_rate"])[1:] for key in ("security", "traffic", "counter")} == {
        "security": (1, 1), "traffic": (1, 2), "counter": (0, 1)}
    assert parts(figures(conn, SECTION, at="2026-11-20T09:05")["cameras_security_online_rate"])[1:] == (1, 1)
    assert parts(figures(conn, SECTION, at="2026-11-20T09:15")["cameras_security_online_rate"])[1:] == (0, 1)
    assert figures(conn, SECTION, at="2026-12-01")["cameras_online_rate"].value is None


def test_uptime_is_made_of_the_hourly_sums_and_the_unfinished_hour(dsn: str, conn: Connection) -> None:
    sunk(dsn, [camera("status", minutes, "S1", online=online)
               for minutes, online in ((0, True), (30, False), (61, True), (89, True), (95, False))])
    assert parts(figures(conn, SECTION, at="2026-11-20T09:30")["camera_uptime_rate"]) == (75, 3, 4)
    assert parts(figures(conn, SECTION, at="2026-11-20")["camera_uptime_rate"]) == (60, 3, 5)
    assert figures(conn, SECTION, "day")["camera_uptime_rate"].value is None


def test_traffic_is_a_flow_and_a_speed_weighted_by_vehicles(dsn: str, conn: Connection) -> None:
    sunk(dsn, [camera("traffic_count", 0, "T1", vehicles=10, interval_s=300, mean_speed_kmh=60),
               camera("traffic_count", 5, "T1", vehicles=30, interval_s=300, mean_speed_kmh=20),
               camera("traffic_count", 70, "T2", vehicles=20, interval_s=600)])
    found = figures(conn, SECTION, at="2026-11-20")
    assert parts(found["vehicles_5min"]) == (15, 60, 1200)
    assert (found["vehicles_5min"].cases, found["mean_speed"].value, found["mean_speed"].cases) == (3, 30, 2)


def test_detection_counts_as_confirmed_once_a_person_has_seen_it(dsn: str, conn: Connection) -> None:
    sunk(dsn, [camera("detection", 0, "T1", kind="red_light", media_ref="sha256:a"),
               camera("detection", 90, "T1", kind="red_light", media_ref="sha256:a", reviewed_by="r7"),
               camera("detection", 10, "T1", kind="red_light", media_ref="sha256:b"),
               camera("detection", 10, "T2", kind="smoke")])
    then, now = figures(conn, SECTION, at="2026-11-20T09:00"), figures(conn, SECTION)
    assert [parts(found["confirmed_red_light_rate"]) for found in (then, now)] == [(0, 0, 2), (50, 1, 2)]
    assert parts(now["confirmed_other_rate"]) == (0, 0, 1)
    assert parts(now["confirmed_rate"])[1:] == (1, 3)
    assert now["confirmed_lane_rate"].value is None


def test_detection_is_one_through_its_phases_and_what_is_rejected_is_not_confirmed(dsn: str, conn: Connection) -> None:
    sunk(dsn, [camera("detection", 0, "T1", kind="crowd", detection_id="a", phase="new"),
               camera("detection", 70, "T1", kind="crowd", detection_id="a", phase="end", media_ref="sha256:a"),
               camera("detection", 80, "T1", kind="crowd", detection_id="a", reviewed_by="operator", verdict="confirmed"),
               camera("detection", 10, "T1", kind="crowd", detection_id="b", phase="new"),
               camera("detection", 90, "T1", kind="crowd", detection_id="b", reviewed_by="operator", verdict="rejected"),
               camera("detection", 20, "T1", kind="after_hours", detection_id="c")])
    for found in (figures(conn, SECTION), figures(conn, SECTION, at="2026-11-20T23:00")):
        assert parts(found["confirmed_crowd_rate"]) == (50, 1, 2)
        assert parts(found["confirmed_after_hours_rate"]) == (0, 0, 1)
        assert parts(found["confirmed_rate"])[1:] == (1, 3)


def test_observation_learnt_late_is_not_in_what_was_known(dsn: str, conn: Connection) -> None:
    sunk(dsn, [camera("traffic_count", 0, "T1", vehicles=10, interval_s=300)], seconds=-24 * 3600)
    sunk(dsn, [camera("traffic_count", 5, "T1", vehicles=50, interval_s=300)])
    assert figures(conn, SECTION, at="2026-11-20T16:00", known="2026-11-20T16:00")["vehicles_5min"].value == 10
    assert figures(conn, SECTION, at="2026-11-20T16:00")["vehicles_5min"].value == 30


def stories(random: Random) -> list[Wire]:
    facts = ("dispatched", "arrived", "updated", "cleared", "cancelled")
    found: list[Wire] = []
    for n in range(30):
        start = random.randrange(-900, 1400)
        found += incident(f"I{n}", start, kind=random.choice(["fire", "order", "traffic_accident", "flood"]), dead=random.choice([None, 0, 2]))
        found += [told("incident", random.choice(facts), start + random.randrange(900), subject=f"I{n}", id_=f"I{n}-{k}", reason_code="other",
                       unit_code=random.choice(["U1", "U2"]), injured=random.choice([None, 1, 3])) for k in range(random.randrange(6))]
        found += [camera(random.choice(["status", "traffic_count", "detection"]), random.randrange(-900, 1400), f"C{n % 4}", id_=f"C{n}-{k}",
                         online=random.random() < 0.7, vehicles=random.randrange(40), interval_s=60, mean_speed_kmh=random.choice([None, 30.0]),
                         kind=random.choice(["lane", "smoke"]), media_ref=random.choice(["sha256:a", None]),
                         reviewed_by=random.choice(["", "r7"])) for k in range(8)]
    random.shuffle(found)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_counts_and_intervals_agree_on_random_stories(dsn: str, conn: Connection, seed: int) -> None:
    wires = stories(Random(seed))
    sunk(dsn, wires[::2], seconds=-3600)
    sunk(dsn, wires[1::2])
    for scope in ("province", "unit"):
        for kind in ("day", "month"):
            counted, followed = both_ways(conn, SECTION, kind=kind, scope=scope)
            assert sum(map(any, counted.values())) > 10
            assert counted == followed


@pytest.mark.parametrize("asked", MOMENTS)
def test_empty_database_has_no_rates_and_no_traffic(conn: Connection, asked: Asked) -> None:
    found = asked_figures(conn, SECTION, asked)
    assert {key for key, figure in found.items() if figure.value} == set()
    assert all(found[key].value is None for key in ("cameras_online_rate", "arrive_minutes", "vehicles_5min", "mean_speed", "confirmed_rate"))
    assert asked_figures(conn, SECTION, asked, scope="unit") == {}
