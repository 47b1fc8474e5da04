"""What raises and clears each rule of `one_stop`. Tuesday 10 and Wednesday 11 November 2026 are ordinary working days, 07:00–11:00 and 13:00–17:00."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from ioc.clock import LOCAL
from tests.alerts.world import Example, Told, soc_trang

PLACE = {"org_code": "H13.1528", "unit_code": "31528", "unit_valid_on": "2026-07-01"}
UNIT = "31528"


def on(day: int, hour: int = 8, minute: int = 0, month: int = 11) -> datetime:
    """A local time of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=LOCAL)


def told(fact: str, subject: str, at: datetime, **data: Any) -> Told:
    return Told(stream="dossier", fact=fact, subject=subject, at=at, data={**PLACE, **data})


def received(subject: str, at: datetime, due: datetime, **data: Any) -> Told:
    return told("received", subject, at, due_at=due, channel="counter", committed_n=5, committed_unit="working_day", **data)


def finished(subject: str, at: datetime, due: datetime, ready: datetime) -> tuple[Told, ...]:
    """A dossier from its reception to its result."""
    return (received(subject, at, due), told("step_started", subject, at + timedelta(minutes=5), step_no=1), told("result_ready", subject, ready))


def working_days(first: date, last: date) -> Sequence[date]:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if soc_trang().calendar.is_working_day(day)]


def in_order(*stories: Sequence[Told]) -> tuple[Told, ...]:
    return tuple(sorted((event for story in stories for event in story), key=lambda event: event.at))


def _nearing() -> Example:
    # Thirty that have twenty days of work: four before the last one they are near.
    raising = [told("received", f"N{n}", on(9, 8, n), due_at=on(13, 17), committed_n=20, committed_unit="working_day") for n in range(30)]
    clearing = [event for n in range(11) for event in (told("step_started", f"N{n}", on(10, 9, n), step_no=1), told("result_ready", f"N{n}", on(10, 10, n)))]
    return Example(raising=raising, raised_at=on(10, 8), severity=2, subject=UNIT, clearing=in_order(clearing), cleared_at=on(10, 11))


def _late_rate() -> Example:
    # Two of thirty late; a month later they count no more.
    on_time = [finished(f"A{n}", on(2, 8, n), on(6, 17), on(5, 9, n)) for n in range(28)]
    late = [finished(f"L{n}", on(2, 9, n), on(6, 17), on(9, 9, n)) for n in range(2)]
    return Example(raising=in_order(*on_time, *late), raised_at=on(9, 10), severity=3, subject=UNIT, clearing=(), cleared_at=on(6, 8, month=12))


def _backlog() -> Example:
    """One a day done on the day while two lie open, then three days on which two come that stay; then these are done."""
    ordinary = [finished(f"{day:%m%d}", _at(day, 8), _at(day, 17) + timedelta(days=7), _at(day, 9))
                for day in working_days(date(2026, 9, 14), date(2026, 11, 10))]
    always = [received(f"W{n}", on(14, 7, n, month=9), on(30, 17, month=12)) for n in range(2)]
    rush = [received(f"R{day}-{n}", on(day, 10, n), on(30, 17)) for day in (5, 6, 9) for n in range(2)]
    done = [(told("step_started", f"R{day}-{n}", on(10, 8, day + n), step_no=1), told("result_ready", f"R{day}-{n}", on(10, 10, day + n)))
            for day in (5, 6, 9) for n in range(2)]
    raising = [e for e in in_order(*ordinary, always, rush) if e.at < on(10, 0)]
    clearing = [e for e in in_order(*ordinary, *done) if e.at >= on(10, 0)]
    return Example(raising=raising, looks=(on(10, 0, 1),), raised_at=on(10, 7, 5), severity=2, subject=UNIT, clearing=clearing, cleared_at=on(11, 7, 5),
                   changed={"parameters": {"sustained_d": 3, "usual_d": 60, "least_daily": 1}})


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL)


def _silence() -> Example:
    days = working_days(date(2026, 10, 11), date(2026, 11, 10))
    raising = [received(f"{day:%m%d}-{n}", _at(day, 8, n), _at(day, 17) + timedelta(days=14)) for day in days for n in range(2)]
    clearing = (received("back", on(11, 13, 30), on(25, 17)),)
    return Example(raising=raising, raised_at=on(11, 11, 30), severity=2, subject=UNIT, clearing=clearing, cleared_at=on(11, 13, 40),
                   changed={"levels": [{"severity": 2, "raise": 2}]})


def _entered_at_once() -> Example:
    raising = [finished(f"D{n}", on(2, 8, n), on(6, 17), on(10, 8, n)) for n in range(6)]
    return Example(raising=in_order(*raising), raised_at=on(10, 8, 10), severity=2, subject=UNIT, clearing=(), cleared_at=on(10, 13))


def _asked_again() -> Example:
    asked = (received("D1", on(4), on(20, 17)), told("supplement_requested", "D1", on(5)), told("supplemented", "D1", on(6)),
             told("supplement_requested", "D1", on(9)))
    return Example(raising=asked, raised_at=on(9, 8, 5), severity=3, subject=UNIT, clearing=(told("withdrawn", "D1", on(10)),), cleared_at=on(10, 8, 5))


def _put_off_twice() -> Example:
    raising = (received("D1", on(4), on(9, 17)), told("extended", "D1", on(6), new_due_at=on(12, 17)),
               told("extended", "D1", on(10, 8), new_due_at=on(17, 17)))
    return Example(raising=raising, raised_at=on(10, 8, 5), severity=4, subject=UNIT, clearing=(told("stopped", "D1", on(10, 9)),), cleared_at=on(10, 9, 5))


_DONE = (told("step_started", "D1", on(11, 8), step_no=1), told("result_ready", "D1", on(11, 9)))
_SENT = told("submitted", "D1", on(9, 8), channel="online")

EXAMPLES: dict[str, Example] = {
    "OS-01": _nearing(),
    "OS-02": Example(raising=(received("D1", on(6), on(11, 17)),), raised_at=on(10, 9), severity=2, subject=UNIT,
                     clearing=(told("apology_issued", "D1", on(10, 10)),), cleared_at=on(10, 11)),
    "OS-03": Example(raising=(received("D1", on(2), on(6, 17)),), raised_at=on(10, 7, 5), severity=3, subject=UNIT,
                     clearing=_DONE, cleared_at=on(11, 9, 5)),
    "OS-04": Example(raising=(received("D1", on(2), on(4, 17)),), raised_at=on(10, 7, 5), severity=4, subject=UNIT,
                     clearing=(told("apology_issued", "D1", on(10, 10)),), cleared_at=on(10, 10, 5)),
    "OS-05": _put_off_twice(),
    "OS-06": _late_rate(),
    "OS-07": Example(raising=(_SENT,), raised_at=on(10, 8, 1), severity=2, subject=UNIT,
                     clearing=(received("D1", on(10, 8, 30), on(17, 17)),), cleared_at=on(10, 8, 35)),
    "OS-08": _asked_again(),
    "OS-09": _backlog(),
    "OS-10": _entered_at_once(),
    "OS-11": _silence(),
}

