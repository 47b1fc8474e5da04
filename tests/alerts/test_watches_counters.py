"""The watches of `counters` against tickets, desks and cameras told by hand: each test has points of its own on the module's database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from ioc.alerts.reading import Reading
from ioc.clock import LOCAL
from ioc.db.connect import Connection
from tests.alerts.examples.counters import on
from tests.alerts.told_together import store_together
from tests.alerts.watching import as_known, at_present, in_the_past
from tests.alerts.world import Told, store

LATER = on(12, 12)


def told(point: str, fact: str, at: datetime, number: int = 1, *, desk: bool = False, **data: Any) -> Told:
    """An event of a ticket, or of a desk."""
    day = f"{at.astimezone(LOCAL):%y%m%d}"
    subject = f"{point}/Q{number}/{day}" if desk else f"{point}/{day}/A{number}"
    called = {"counter_no": "1"} if desk or fact not in {"ticket_taken", "ticket_abandoned"} else {}
    given = {"org_code": "UBND", "unit_code": f"U-{point}", "unit_valid_on": "2026-07-01", "point_id": point, **called, **data}
    return Told(stream="counter", fact=fact, subject=subject, at=at, data=given if desk else {**given, "ticket_no": f"A{number}"})


def seen(point: str, fact: str, at: datetime, number: int = 1, **data: Any) -> Told:
    place = {"unit_code": f"U-{point}", "unit_valid_on": "2026-07-01", "point_id": point}
    return Told(stream="camera", fact=fact, subject=f"{point}-C{number}", at=at, data={**place, **data})


def waited(point: str, minutes: Sequence[float], until: datetime) -> list[Told]:
    """Tickets called a minute apart up to a moment, each after so many minutes."""
    ends = [until - timedelta(minutes=n + 1) for n in range(len(minutes))]
    return [e for n, (wait, end) in enumerate(zip(minutes, ends, strict=True))
            for e in (told(point, "ticket_taken", end - timedelta(minutes=wait), n), told(point, "ticket_called", end, n))]


def counts(point: str, begun: datetime, minutes: int, waiting: int, staff: int) -> list[Told]:
    return [seen(point, "occupancy", begun + timedelta(minutes=n, seconds=9), waiting=waiting, staff_present=staff) for n in range(minutes)]


def values(found: Sequence[Reading], *points: str) -> dict[str, float | None]:
    return {r.subject: r.value for r in found if r.subject.split("/")[0] in points}


def test_waits_are_those_of_half_an_hour_and_of_who_still_waits(alerts_conn: Connection) -> None:
    at = on(10, 9)
    store_together(alerts_conn, [
        *waited("W1", [20] * 5, at), *waited("W2", [40] * 4, at), *waited("W3", [10] * 6, at), *waited("W4", [50] * 6, on(10, 8, 29)),
        *waited("W5", [18] * 4, at), told("W5", "ticket_taken", on(10, 8, 20), 90), told("W5", "ticket_taken", on(10, 8, 50), 91),
        told("W2", "ticket_taken", on(9, 15), 92),
    ])
    found = at_present(alerts_conn, "CT-01", at)
    assert values(found, "W1", "W2", "W3", "W4", "W5") == {"W1": 20, "W5": pytest.approx((4 * 18 + 40) / 5)}
    assert {r.subject: r.figures for r in found}["W5"] == {"waits": 5}


def test_a_second_call_does_not_end_the_wait_again(alerts_conn: Connection) -> None:
    at = on(10, 9)
    store(alerts_conn, [*waited("W6", [20] * 5, on(10, 8, 25)), *(told("W6", "ticket_called", on(10, 8, 50), n) for n in range(5))])
    assert values(at_present(alerts_conn, "CT-01", at), "W6") == {}


def test_unmanned_needs_camera_and_queue_together(alerts_conn: Connection) -> None:
    at, begun = on(10, 8, 20), on(10, 8, 10)
    for point in ("C1", "C2", "C3", "C5", "C6"):
        store(alerts_conn, [told(point, "ticket_taken", on(10, 7, 30), n) for n in range(4)])
    store(alerts_conn, [
        *counts("C1", begun, 10, 4, 0), *counts("C2", begun, 10, 4, 0), told("C2", "ticket_called", on(10, 8, 12)),
        *counts("C3", begun, 9, 4, 0), seen("C3", "occupancy", on(10, 8, 19), waiting=4, staff_present=1),
        *counts("C4", begun, 10, 4, 0), *counts("C5", begun, 10, 1, 0), *counts("C6", on(10, 8, 17), 3, 4, 0),
    ])
    assert values(at_present(alerts_conn, "CT-02", at), "C1", "C2", "C3", "C4", "C5", "C6") == {"C1": 4}


def test_unmanned_holds_in_worked_time_alone(alerts_conn: Connection) -> None:
    store(alerts_conn, [told("C7", "ticket_taken", on(10, 10, 30)), *counts("C7", on(10, 10, 55), 25, 5, 0), *counts("C7", on(10, 12, 55), 16, 5, 0)])
    found = {minute: values(at_present(alerts_conn, "CT-02", on(10, *minute)), "C7") for minute in ((11, 5), (11, 15), (13, 9), (13, 11))}
    assert found == {(11, 5): {}, (11, 15): {}, (13, 9): {}, (13, 11): {"C7": 5}}


def test_queues_are_counted_for_each_open_desk(alerts_conn: Connection) -> None:
    store_together(alerts_conn, [
        *(told(point, "opened", on(10, 7), n, desk=True) for point, n in (("K1", 1), ("K2", 1), ("K2", 2))),
        told("K3", "opened", on(9, 7), 1, desk=True),
        *(told(point, "ticket_taken", on(10, 8) + timedelta(seconds=n), n) for point, size in (("K1", 16), ("K2", 32), ("K3", 17), ("K4", 12))
          for n in range(size)),
        *(told("K4", "ticket_taken", on(9, 16, n), n + 50) for n in range(5)),
    ])
    assert values(at_present(alerts_conn, "CT-03", on(10, 8, 20)), "K1", "K2", "K3", "K4") == {"K1": 16, "K2": 16, "K3": 17, "K4": 12}
    store(alerts_conn, [told("K2", "closed", on(10, 8, 30), 2, desk=True), told("K1", "ticket_abandoned", on(10, 8, 40), 0)])
    found = {r.subject: r for r in at_present(alerts_conn, "CT-03", on(10, 9))}
    assert {point: (found[point].raised, found[point].figures) for point in ("K1", "K2", "K3")} == {
        "K1": ((0,), {"waiting": 15, "desks": 1}), "K2": ((1,), {"waiting": 32, "desks": 1}), "K3": ((1,), {"waiting": 17, "desks": 0})}


def test_lost_cameras_say_why_and_since_when(alerts_conn: Connection) -> None:
    at, good = on(10, 9), on(10, 7)
    for point in ("V1", "V2", "V3", "V4", "V5"):
        store(alerts_conn, [seen(point, "status", good if point != "V5" else on(2, 9), online=True)])
    store(alerts_conn, [
        *(seen("V1", "status", good + timedelta(minutes=n), online=False) for n in (1, 60, 119)), seen("V3", "status", on(10, 8, 59), online=True),
        seen("V4", "status", on(10, 8, 59), online=False), seen("V4", "traffic_count", on(10, 6), vehicles=3, interval_s=60),
        seen("V1", "status", on(10, 8, 57), 2, online=True), seen("V1", "status", on(10, 8, 58), 2, online=False),
    ])
    found = at_present(alerts_conn, "CT-04", at)
    assert values(found, "V1", "V2", "V3", "V4", "V5") == {"V1/offline": 120, "V2/silent": 120}
    (one,) = [r for r in found if r.subject == "V1/offline"]
    assert (one.cases, one.raised, one.since_at, one.unit_code) == (1, (1, 1, 0), good, "U-V1")


def _rated(point: str, ratings: Sequence[int], begun: datetime) -> list[Told]:
    moments = [begun + timedelta(minutes=n) for n in range(len(ratings))]
    return [e for n, (rating, at) in enumerate(zip(ratings, moments, strict=True))
            for e in (told(point, "ticket_called", at, n), told(point, "service_ended", at, n), told(point, "rated", at, n, rating=rating))]


def test_dissatisfaction_is_of_the_day_or_sure_over_the_month(alerts_conn: Connection) -> None:
    store_together(alerts_conn, [
        *_rated("Z1", [1, 1, 1, 4], on(10, 8)), *_rated("Z2", [1, 1, 2, 2], on(10, 8)), *_rated("Z3", [1, 1, 1], on(9, 8)),
        *_rated("Z4", [2] * 15 + [4] * 25, on(6, 8)), *_rated("Z5", [2] * 4 + [4] * 26, on(6, 8)), *_rated("Z6", [2] * 12 + [4] * 12, on(6, 8)),
    ])
    found = at_present(alerts_conn, "CT-05", on(10, 9))
    assert values(found, "Z1", "Z2", "Z3", "Z4", "Z5", "Z6") == {"Z1": 1, "Z4": pytest.approx(2.42, abs=0.01)}
    assert next(r.figures for r in found if r.subject == "Z4") == {"dissatisfied": 0, "satisfied": 25, "rated": 40}


def test_unopened_points_are_those_that_open_on_other_days(alerts_conn: Connection) -> None:
    before = [told(point, fact, on(9, hour), 1, desk=True) for point in ("D1", "D2", "D3", "D4") for fact, hour in (("opened", 7), ("closed", 11))]
    store(alerts_conn, [
        *before, told("D2", "opened", on(10, 6, 55), 1, desk=True), told("D3", "opened", on(10, 7, 5), 1, desk=True),
        told("D3", "closed", on(10, 7, 10), 1, desk=True), told("D4", "opened", on(10, 6, 50), 1, desk=True),
        told("D4", "closed", on(10, 6, 58), 1, desk=True), told("D5", "ticket_taken", on(9, 8)),
    ])
    points = ("D1", "D2", "D3", "D4", "D5")
    assert values(at_present(alerts_conn, "CT-06", on(10, 7, 20)), *points) == {"D1": 20, "D4": 20}
    assert values(at_present(alerts_conn, "CT-06", on(10, 11, 30)), *points) == {}
    assert values(at_present(alerts_conn, "CT-06", on(10, 13, 16)), *points) == {"D1": 16, "D3": 16, "D4": 16}


_MOMENT = on(10, 8, 20)
_THEN: dict[str, list[Told]] = {
    "CT-01": waited("P1", [20] * 5, _MOMENT),
    "CT-02": [told("P2", "ticket_taken", on(10, 7, 40)), *counts("P2", on(10, 8, 10), 10, 4, 0)],
    "CT-03": [told("P3", "ticket_taken", on(10, 8) + timedelta(seconds=n), n) for n in range(17)],
    "CT-04": [seen("P4", "status", on(10, 7), online=True), seen("P4", "status", on(10, 8, 19), online=False)],
    "CT-05": _rated("P5", [1, 1, 1], on(10, 8)),
    "CT-06": [told("P6", "opened", on(9, 7), 1, desk=True), told("P6", "closed", on(9, 11), 1, desk=True)],
}


@pytest.mark.parametrize("rule", sorted(_THEN))
def test_a_past_moment_answers_later_as_it_did_then(alerts_conn: Connection, rule: str) -> None:
    point = str(_THEN[rule][0].data["point_id"])
    store(alerts_conn, _THEN[rule])
    then = [r for r in at_present(alerts_conn, rule, _MOMENT) if r.subject.startswith(point)]
    assert then
    store(alerts_conn, [
        seen(point, "status", on(10, 8, 21), online=True), seen(point, "occupancy", on(10, 8, 21), waiting=0, staff_present=2),
        told(point, "opened", on(10, 8, 21), 9, desk=True), told(point, "ticket_called", on(10, 8, 21), 1), *_rated(point, [4] * 3, on(10, 9)),
    ])
    for again in (in_the_past(alerts_conn, rule, _MOMENT, LATER), as_known(alerts_conn, rule, _MOMENT)):
        assert [r for r in again if r.subject.startswith(point)] == then
