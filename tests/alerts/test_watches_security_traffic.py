"""The watches of order and traffic: cameras, roads and incidents of several units, counted by hand."""

from datetime import timedelta

import pytest

from ioc.db.connect import Connection
from tests.alerts.examples.security_traffic import COMMUNE, NIGHT, NINE, WARD, accidents, camera, incident, minute, status, traffic
from tests.alerts.watching import as_known, at_present, cases, in_the_past
from tests.alerts.world import Told, store
from tests.integration.streams_db import empty

LATER = minute(300)


@pytest.fixture(autouse=True)
def conn(alerts_conn: Connection) -> Connection:
    empty(alerts_conn)
    return alerts_conn


def test_camera_is_lost_when_it_says_so_or_is_silent_while_others_speak(conn: Connection) -> None:
    store(conn, [*(status(minute(n), online=True, subject="OS-1-C1") for n in range(5)),
                 *(status(minute(n), online=n < 3, subject="OS-2-C1", unit=WARD) for n in range(30)),
                 *(status(minute(n), online=True, subject="OS-3-C1") for n in range(30))])
    found = at_present(conn, "ST-01", minute(30))
    assert cases(found) == {"OS-1": 1, "OS-2": 1}
    assert [(r.unit_code, r.value, r.since_at) for r in found] == [(COMMUNE, 26, minute(4)), (WARD, 28, minute(2))]
    assert cases(at_present(conn, "ST-01", minute(10))) == {}


def test_camera_that_never_saw_is_lost_since_it_was_first_heard(conn: Connection) -> None:
    store(conn, [status(minute(n), online=False, subject="OS-2-C1") for n in range(12)])
    assert [(r.value, r.since_at) for r in at_present(conn, "ST-01", minute(20))] == [(20, minute(0))]


def test_camera_told_of_by_the_hour_is_not_silent_between(conn: Connection) -> None:
    store(conn, [status(minute(60 * n), online=True, subject=f"OS-{k}-C1") for n in range(4) for k in range(2) if k or n < 3])
    assert cases(at_present(conn, "ST-01", minute(239))) == {}
    store(conn, [status(minute(60 * n), online=True, subject="OS-1-C1") for n in range(4, 7)])
    assert cases(at_present(conn, "ST-01", minute(361))) == {"OS-0": 1}


def test_silent_gateway_makes_no_camera_lost(conn: Connection) -> None:
    store(conn, [status(minute(n), online=True, subject=f"OS-{k}-C1") for n in range(3) for k in range(3)])
    assert [*at_present(conn, "ST-01", minute(200)), *at_present(conn, "ST-01C", minute(200))] == []


def test_persons_review_is_no_word_of_a_camera_whose_gateway_is_silent(conn: Connection) -> None:
    store(conn, [status(minute(n), online=True, subject=f"OS-{k}-C1") for n in range(3) for k in range(3)])
    store(conn, [camera("detection", minute(190), "OS-1-C1", kind="crowd", detection_id="a", reviewed_by="operator", verdict="confirmed")])
    assert at_present(conn, "ST-01", minute(200)) == []


def test_cameras_that_go_off_together_are_one_group_and_not_many_cameras(conn: Connection) -> None:
    store(conn, [status(minute(n), online=n == 0 or k > 2, subject=f"OS-{k}-C1") for n in range(3) for k in range(10)])
    store(conn, [camera("traffic_count", minute(2), "RD-09-C1", vehicles=4, interval_s=60), status(minute(3), online=False, subject="RD-09-C1")])
    (group,) = at_present(conn, "ST-01C", minute(20))
    assert (group.subject, group.value, group.figures and (group.figures["lost"], group.figures["cameras"])) == ("security", 30, (3, 10))
    assert cases(at_present(conn, "ST-01", minute(20))) == {"RD-09": 1}


def test_lost_camera_of_the_past_is_found_later_too(conn: Connection) -> None:
    store(conn, [status(minute(n), online=n < 3, subject="OS-2-C1") for n in range(20)])
    then = at_present(conn, "ST-01", minute(20))
    store(conn, [status(minute(n), online=True, subject="OS-2-C1") for n in (20, 21)])
    assert at_present(conn, "ST-01", minute(22)) == []
    assert in_the_past(conn, "ST-01", minute(20), LATER) == as_known(conn, "ST-01", minute(20)) == then
    assert cases(then) == {"OS-2": 1}


def test_road_is_slow_by_its_own_nights(conn: Connection) -> None:
    store(conn, [*traffic(NIGHT, 5, 60), *traffic(NINE, 6, 15), *traffic(NIGHT, 5, 40, "RD-02-C1"), *traffic(NINE, 6, 15, "RD-02-C1"),
                 *traffic(NINE, 6, 5, "RD-03-C1"), *traffic(NIGHT, 5, 60, "RD-04-C1"), *traffic(minute(4), 2, 5, "RD-04-C1")])
    found = at_present(conn, "ST-02", minute(6))
    assert cases(found) == {"RD-01": 1, "RD-02": 0}
    assert {r.subject: (r.value, r.unknown) for r in found} == {
        "RD-01": (25, False), "RD-02": (37.5, False), "RD-03": (None, True), "RD-04": (None, True)}


def test_road_that_moves_again_was_slow_then(conn: Connection) -> None:
    store(conn, [*traffic(NIGHT, 5, 60), *traffic(NINE, 6, 15), *traffic(minute(6), 6, 50)])
    assert cases(at_present(conn, "ST-02", minute(12))) == {}
    assert cases(in_the_past(conn, "ST-02", minute(6), LATER)) == {"RD-01": 1}


def test_grave_incident_is_open_and_of_the_worst_severity_or_with_many_hurt(conn: Connection) -> None:
    store(conn, [incident("reported", NINE, "A", kind="order", severity=4), incident("reported", NINE, "B", COMMUNE, kind="fire", severity=3),
                 incident("updated", minute(5), "B", COMMUNE, dead=1, injured=2), incident("reported", NINE, "C", kind="rescue", severity=3, injured=2),
                 incident("reported", NINE, "D", kind="fire", severity=4), incident("cancelled", minute(4), "D", reason_code="false_alarm")])
    found = at_present(conn, "ST-03", minute(10))
    assert cases(found) == {"A": 1, "B": 1}
    assert [(r.unit_code, r.since_at, r.figures) for r in found if r.subject == "B"] == [(COMMUNE, NINE, {"kind": "cháy, nổ", "kind_en": "fire"})]
    assert cases(in_the_past(conn, "ST-03", minute(3), LATER)) == {"A": 1, "D": 1}
    assert in_the_past(conn, "ST-03", minute(3), LATER) == as_known(conn, "ST-03", minute(3))


def test_fire_waits_until_somebody_is_sent_and_then_until_somebody_is_there(conn: Connection) -> None:
    store(conn, [incident("reported", NINE, "A", kind="fire"), incident("reported", NINE, "B", kind="rescue"),
                 incident("reported", minute(1), "C", COMMUNE, kind="fire"), incident("dispatched", minute(3), "A")])
    assert cases(at_present(conn, "ST-04", minute(1.5))) == {"A": 1} == cases(in_the_past(conn, "ST-04", minute(1.5), LATER))
    assert cases(at_present(conn, "ST-04", minute(5))) == {"C": 1}
    target = {"unset": (), "parameters": {"target_min": 15}}
    assert cases(at_present(conn, "ST-04A", minute(15.5), **target)) == {"A": 1}
    store(conn, [incident("arrived", minute(17), "A")])
    assert cases(at_present(conn, "ST-04A", minute(18), **target)) == {"C": 1}


def test_deaths_are_compared_with_the_same_days_a_year_before(conn: Connection) -> None:
    store(conn, [*accidents(NINE - timedelta(days=370), (1, 1, 1, 1)), *accidents(NINE - timedelta(days=360), (9,)),
                 *accidents(NINE - timedelta(days=4), (3, 2, 3))])
    (found,) = at_present(conn, "ST-05", NINE)
    assert (found.value, found.figures) == (2, {"dead": 8, "before": "<5"})
    assert [r.value for r in in_the_past(conn, "ST-05", NINE - timedelta(hours=1), LATER)] == [2]
    assert cases(in_the_past(conn, "ST-05", NINE - timedelta(days=4, hours=-1.5), LATER)) == {}


def test_deaths_without_a_year_before_are_not_judged(conn: Connection) -> None:
    store(conn, accidents(NINE - timedelta(days=4), (3, 2, 3)))
    assert [(r.unknown, r.value) for r in at_present(conn, "ST-05", NINE)] == [(True, None)]


def test_detection_is_one_through_its_phases(conn: Connection) -> None:
    def seen(hours: float, detection: str, **data: str) -> Told:
        return camera("detection", NINE - timedelta(hours=hours), "RD-01-C1", COMMUNE, kind="crowd", detection_id=detection, **data)

    store(conn, [seen(30, "a", phase="new", media_ref="m1"), seen(29, "a", phase="end", media_ref="m2"),
                 seen(28, "b", phase="new"), seen(27, "b", phase="end"), seen(3, "b", reviewed_by="operator", verdict="rejected")])
    assert cases(at_present(conn, "ST-06", NINE)) == {COMMUNE: 1}


def test_detection_waits_for_a_person_and_is_counted_once(conn: Connection) -> None:
    def seen(hours: float, media: str, unit: str = COMMUNE, **data: str) -> Told:
        return camera("detection", NINE - timedelta(hours=hours), "RD-01-C1", unit, kind="lane", media_ref=media, **data)

    store(conn, [seen(30, "a"), seen(29, "a"), seen(26, "b", WARD), seen(40, "c"), seen(1, "c", reviewed_by="r7"), seen(3, "d"), seen(500, "e")])
    found = at_present(conn, "ST-06", NINE)
    assert cases(found) == {COMMUNE: 1, WARD: 1}
    assert cases(in_the_past(conn, "ST-06", NINE - timedelta(hours=2), LATER)) == {COMMUNE: 2, WARD: 1}
