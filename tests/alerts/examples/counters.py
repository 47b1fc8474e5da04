"""What raises and clears each rule of `counters`: one point, its tickets and desks, and the camera that looks at them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ioc.clock import LOCAL
from tests.alerts.world import Example, Told

POINT, UNIT = "OS-31528", "31528"
_QUEUE = {"org_code": "H13.1528", "unit_code": UNIT, "unit_valid_on": "2026-07-01", "point_id": POINT}


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


def ticket(fact: str, number: int, at: datetime, day: int = 10, **data: Any) -> Told:
    desk = {} if fact in {"ticket_taken", "ticket_abandoned"} else {"counter_no": "1"}
    return Told(stream="counter", fact=fact, subject=f"{POINT}/2611{day:02}/A{number:03}", at=at,
                data={**_QUEUE, "ticket_no": f"A{number:03}", **desk, **data})


def visit(number: int, taken: datetime, called: datetime, ended: datetime, rating: int = 0) -> tuple[Told, ...]:
    """A ticket from the kiosk to the end of the service, and its rating."""
    rated = (ticket("rated", number, ended + timedelta(seconds=30), rating=rating),) if rating else ()
    return (ticket("ticket_taken", number, taken), ticket("ticket_called", number, called), ticket("service_ended", number, ended), *rated)


def desk(fact: str, at: datetime, number: int = 1) -> Told:
    return Told(stream="counter", fact=fact, subject=f"{POINT}/Q{number}/{at.astimezone(LOCAL):%y%m%d}", at=at, data={**_QUEUE, "counter_no": str(number)})


def camera(fact: str, at: datetime, **data: Any) -> Told:
    place = {"unit_code": UNIT, "unit_valid_on": "2026-07-01", "point_id": POINT}
    return Told(stream="camera", fact=fact, subject=f"{POINT}-C1", at=at, data={**place, **data})


def looks(begun: datetime, minutes: int, *, waiting: int, staff: int) -> tuple[Told, ...]:
    """What a camera counts, once a minute."""
    return tuple(camera("occupancy", begun + timedelta(minutes=n, seconds=5), waiting=waiting, staff_present=staff) for n in range(minutes))


def in_order(*stories: Sequence[Told]) -> tuple[Told, ...]:
    return tuple(sorted((event for story in stories for event in story), key=lambda event: event.at))


def _long_waits() -> Example:
    slow = [visit(n, on(10, 8, n), on(10, 8, 22 + n), on(10, 8, 27 + n)) for n in range(5)]
    quick = [visit(10 + n, on(10, 8, 40 + n), on(10, 8, 42 + n), on(10, 8, 50 + n)) for n in range(8)]
    return Example(raising=in_order(*slow), raised_at=on(10, 8, 30), severity=2, subject=POINT, clearing=in_order(*quick), cleared_at=on(10, 9, 5))


def _unmanned() -> Example:
    waiting = [ticket("ticket_taken", n, on(10, 8, n)) for n in range(4)]
    called = (ticket("ticket_called", 0, on(10, 8, 26)),)
    return Example(raising=in_order(waiting, looks(on(10, 8, 10), 15, waiting=4, staff=0)), raised_at=on(10, 8, 25), severity=3, subject=POINT,
                   clearing=in_order(called, looks(on(10, 8, 25), 4, waiting=3, staff=1)), cleared_at=on(10, 8, 29))


def _overloaded() -> Example:
    waiting = [ticket("ticket_taken", n, on(10, 8) + timedelta(seconds=20 * n)) for n in range(17)]
    called = [ticket("ticket_called", n, on(10, 8, 30 + n)) for n in range(6)]
    return Example(raising=in_order((desk("opened", on(10, 7)),), waiting), looks=(on(10, 8, 10), on(10, 8, 20)), raised_at=on(10, 8, 26), severity=2,
                   subject=POINT, clearing=called, cleared_at=on(10, 8, 40))


def _dissatisfied() -> Example:
    rated = [visit(n, on(10, 8, n), on(10, 8, 1 + n), on(10, 8, 10 + n), rating=1) for n in range(3)]
    return Example(raising=in_order(*rated), raised_at=on(10, 9), severity=3, subject=POINT, clearing=(), cleared_at=on(11, 7, 30))


EXAMPLES: dict[str, Example] = {
    "CT-01": _long_waits(),
    "CT-02": _unmanned(),
    "CT-03": _overloaded(),
    "CT-04": Example(raising=(camera("status", on(10, 7), online=True), camera("status", on(10, 7, 1), online=False),
                              camera("status", on(10, 8, 4), online=False)),
                     raised_at=on(10, 8, 5), severity=3, subject=f"{POINT}/offline",
                     clearing=(camera("status", on(10, 8, 10), online=True),), cleared_at=on(10, 8, 11)),
    "CT-05": _dissatisfied(),
    "CT-06": Example(raising=(desk("opened", on(9, 6, 55)), desk("closed", on(9, 11))), raised_at=on(10, 7, 16), severity=2, subject=POINT,
                     clearing=(desk("opened", on(10, 7, 18)),), cleared_at=on(10, 7, 19)),
}
