"""The watches of the digital platform: sources, portals, calls, certificates and clocks, counted by hand."""

from datetime import timedelta

import pytest

from ioc.db.connect import Connection
from tests.alerts.examples.digital_platform import COMMUNE, MONITOR, NINE, WARD, attack, calls, camera, certificate, minute, probe, refused
from tests.alerts.watching import as_known, at_present, cases, in_the_past
from tests.alerts.world import Told, store
from tests.integration.streams_db import empty

LATER = minute(600)
CAMERAS, LINES = "/vn/92/camera-gateway", "/vn/92/emergency"


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def call(hours: float, subject: str = "SV-1") -> Told:
    return Told(stream="incident", fact="reported", subject=subject, at=NINE + timedelta(hours=hours),
                data={"org_code": "H13", "unit_code": WARD, "unit_valid_on": "2026-11-10", "kind": "order"})


def heartbeat(n: float, ahead_s: float, source: str = "") -> Told:
    told_at = (minute(n) + timedelta(seconds=ahead_s)).isoformat()
    return Told(stream="platform", fact="heartbeat", subject=f"S{source}", at=minute(n), source=source,
                data={"source_id": "S", "status": "up", "recorded_at": told_at})


def test_source_is_silent_by_what_it_promised(conn: Connection) -> None:
    store(conn, [call(0), camera(0)])
    assert {r.subject: r.value for r in at_present(conn, "DP-01", minute(5))} == {CAMERAS: 5}
    late = at_present(conn, "DP-01", NINE + timedelta(hours=24))
    assert {r.subject: (r.value, r.raised, r.since_at) for r in late} == {LINES: (3, (1, 0), NINE), CAMERAS: (1440, (1, 1), NINE)}


def test_silence_of_the_past_is_found_later_too(conn: Connection) -> None:
    store(conn, [call(0), camera(0)])
    then = at_present(conn, "DP-01", minute(7))
    store(conn, [camera(8), call(5, "SV-2")])
    assert cases(at_present(conn, "DP-01", minute(9))) == {}
    assert in_the_past(conn, "DP-01", minute(7), LATER) == as_known(conn, "DP-01", minute(7)) == then
    assert cases(then) == {CAMERAS: 1}


def test_silence_is_not_known_where_no_working_times_are(conn: Connection) -> None:
    store(conn, [camera(0)])
    (found,) = at_present(conn, "DP-01", NINE + timedelta(days=400))
    assert (found.subject, found.unknown) == (CAMERAS, True)


def test_portal_is_down_after_two_probes_and_until_it_answers(conn: Connection) -> None:
    store(conn, [*(probe(n, "down") for n in (0, 5, 10, 35)), probe(0, "up", "service-portal"), probe(5, "down", "service-portal"),
                 probe(0, "down", "p3"), probe(5, "down", "p3"), probe(10, "degraded", "p3")])
    assert {r.subject: (r.value, r.raised) for r in at_present(conn, "DP-02", minute(12))} == {"portal": (12, (1, 0))}
    assert {r.subject: r.raised for r in at_present(conn, "DP-02", minute(36))} == {"portal": (1, 1)}
    store(conn, [probe(40, "up")])
    assert at_present(conn, "DP-02", minute(41)) == []
    assert in_the_past(conn, "DP-02", minute(36), LATER) == as_known(conn, "DP-02", minute(36)) != []
    assert cases(at_present(conn, "DP-02", minute(4))) == {}


def test_portal_that_nobody_looks_at_is_not_known(conn: Connection) -> None:
    store(conn, [probe(0, "down"), probe(5, "down")])
    assert [(r.subject, r.unknown) for r in at_present(conn, "DP-02", minute(120))] == [("portal", True)]


def test_failing_calls_are_a_share_of_enough_calls(conn: Connection) -> None:
    store(conn, [calls(0, 4, 30), calls(1, 0, 30, "civil-status"), calls(1, 40, 40, "x", source_id="other"),
                 calls(-10, 90, 90), calls(2, 1, 6000, "slow", source_id="third", interval_s=21_600)])
    found = {r.subject: r for r in at_present(conn, "DP-03", minute(3))}
    assert {name: (r.raised, r.unknown, r.figures) for name, r in found.items()} == {
        "lgsp": ((1,), False, {"calls": 60, "errors": 4}), "other": ((0,), True, {"calls": 40, "errors": 40})}
    assert cases(in_the_past(conn, "DP-03", minute(-9), LATER)) == {"lgsp": 1}
    store(conn, [calls(5, 0, 20)])
    assert at_present(conn, "DP-03", minute(9)) == []


def test_certificates_end_by_unit_until_they_are_renewed(conn: Connection) -> None:
    store(conn, [certificate("A", "2026-11-17"), certificate("B", "2026-12-10"), certificate("C", "2026-12-11"), certificate("D", "2026-11-01"),
                 certificate("E", "2026-10-01"), certificate("F", "2026-11-18", unit=COMMUNE), certificate("G", "2026-11-12", unit=COMMUNE)])
    store(conn, [certificate("G", "2029-11-12", minute(30), COMMUNE)])
    found = at_present(conn, "DP-04", minute(40))
    assert {r.subject: (r.raised, r.value, r.figures) for r in found} == {
        WARD: ((3, 2), -9, {"expires_on": "01/11/2026"}), COMMUNE: ((1, 0), 8, {"expires_on": "18/11/2026"})}
    assert {r.subject: r.raised for r in in_the_past(conn, "DP-04", minute(20), LATER)} == {WARD: (3, 2), COMMUNE: (2, 1)}


def test_security_events_count_by_unit_until_they_are_contained(conn: Connection) -> None:
    store(conn, [attack("security_event", 0), attack("security_event", 1, "SOC-2", 4), attack("security_event", 1, "SOC-3", 3, WARD),
                 attack("security_event", 1, "SOC-4", 2, COMMUNE), attack("security_contained", 30, "SOC-2")])
    assert {r.subject: r.raised for r in at_present(conn, "DP-05", minute(40))} == {"": (1, 0), WARD: (1, 0)}
    assert {r.subject: r.raised for r in in_the_past(conn, "DP-05", minute(20), LATER)} == {"": (2, 1), WARD: (1, 0)}


def test_refused_messages_are_a_share_of_what_came(conn: Connection) -> None:
    store(conn, [*(camera(n / 10, f"C{n}") for n in range(20)), call(0), *refused(9, 3)])
    assert at_present(conn, "DP-06", minute(4)) == []
    store(conn, refused(1, 5))
    (found,) = at_present(conn, "DP-06", minute(6))
    assert (found.figures, found.value) == ({"refused": 10, "topic": "ioc.camera"}, 100 * 10 / 33)
    assert at_present(conn, "DP-06", minute(65)) == [] != in_the_past(conn, "DP-06", minute(6), LATER)


def test_clock_is_ahead_by_the_worst_of_the_last_minutes(conn: Connection) -> None:
    store(conn, [heartbeat(0, 300), heartbeat(1, 200), heartbeat(1, 90, "/b"), heartbeat(1, -900, "/c"), camera(1), call(0)])
    found = at_present(conn, "DP-07", minute(2))
    assert {r.subject: (r.value, r.raised) for r in found} == {MONITOR: (300, (1,)), "/b": (90, (0,))}
    assert at_present(conn, "DP-07", minute(12)) == []
    assert in_the_past(conn, "DP-07", minute(2), LATER) == found


def test_change_that_was_known_before_it_happened_betrays_a_clock(conn: Connection) -> None:
    store(conn, [call(0)])
    conn.execute("update incident_history set known_from = known_from - interval '4 minutes'")
    assert {r.subject: r.value for r in at_present(conn, "DP-07", minute(-1))} == {LINES: 240}
