"""Deadlines: when a term ends, what a suspension leaves of it, and how late or early a result is."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from ioc.calendar.working import WorkingCalendar
from ioc.clock import day_closed, end_of, local_day, start_of

Unit = Literal["working_day", "working_hour", "calendar_day", "clock_hour"]
LONGEST = 36_500
BUCKETS: tuple[tuple[str, int], ...] = (("1", 1), ("2-3", 3), ("4-7", 7), ("8-15", 15))
"""Names of how late something is, each with its last working day; what is later is in `LAST_BUCKET`."""
LAST_BUCKET = "16+"


class Term(msgspec.Struct, frozen=True):
    """A length of time: whole days, or hours, which may be broken (0.25 h). No days end with the day of reception, no hours at once."""

    n: float
    unit: Unit

    def __post_init__(self) -> None:
        if not 0 <= self.n <= LONGEST or (self.unit in {"working_day", "calendar_day"} and self.n % 1):
            raise ValueError(f"a term of {self.n} {self.unit}: it must be 0 to {LONGEST}, days whole")


class Remaining(msgspec.Struct, frozen=True, kw_only=True):
    """What a suspension left of a term: seconds of its own time, below zero when it was overdue already, or calendar days.

    `due_at` is the deadline that was suspended: the new one is never earlier.
    """

    unit: Unit
    due_at: datetime
    left_s: float = 0
    left_days: int = 0


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """Working time up to a deadline: days that end after today, and seconds; both below zero when it has passed."""

    working_days: int
    working_s: float


def deadline(calendar: WorkingCalendar, received_at: datetime, term: Term) -> datetime:
    """When a term ends that began with a reception.

    What is received outside hours counts from the next opening, and the day that counts as the day of reception is not counted:
    working days end at the close of business, calendar days at 24:00 of the n-th day or of the next working day. Working hours are
    walked from the reception. Clock hours run always, so they begin at once.
    """
    if term.unit == "clock_hour":
        return received_at + timedelta(hours=term.n)
    counted_at = calendar.reception(received_at)
    if term.unit == "working_hour":
        return calendar.add_working_seconds(counted_at, term.n * 3600) if term.n else counted_at
    day = local_day(counted_at)
    if term.unit == "working_day":
        return calendar.closing(calendar.next_working_day(day, int(term.n)))
    return end_of(calendar.working_day_at_or_after(day + timedelta(days=int(term.n))))


def suspended(calendar: WorkingCalendar, at: datetime, due_at: datetime, term: Term) -> Remaining:
    """What is left of a term when its clock is stopped (supplement, payment, opinion of another body).

    Calendar days that have run out already are kept as hours by the clock, so that no weekend makes them good.
    """
    if term.unit == "calendar_day" and at <= due_at:
        return Remaining(unit=term.unit, due_at=due_at, left_days=(day_closed(due_at) - local_day(at)).days)
    if term.unit in {"calendar_day", "clock_hour"}:
        return Remaining(unit="clock_hour", due_at=due_at, left_s=(due_at - at).total_seconds())
    return Remaining(unit=term.unit, due_at=due_at, left_s=calendar.working_seconds(at, due_at))


def resumed(calendar: WorkingCalendar, at: datetime, remaining: Remaining) -> datetime:
    """The deadline when the clock runs again: what was left, from this moment on.

    Working time is kept to the microsecond, so a term of working days may now end within a day. Calendar days keep the hour of the
    old deadline and end on a working day. A suspension of no length, or within one calendar day for these, changes nothing.
    """
    due_at = remaining.due_at
    if remaining.unit == "calendar_day":
        due_day = day_closed(due_at)
        day = local_day(at) + timedelta(days=remaining.left_days)
        return due_at if day <= due_day else start_of(calendar.working_day_at_or_after(day)) + (due_at - start_of(due_day))
    if remaining.unit == "clock_hour":
        return max(due_at, at + timedelta(seconds=remaining.left_s))
    return max(due_at, calendar.add_working_seconds(at, remaining.left_s))


def apology_due(calendar: WorkingCalendar, due_at: datetime) -> datetime:
    """When an apology must exist if the result will not: the same hour one working day earlier, at the latest its close of business.

    For a term of less than a working day this lies before the reception.
    """
    day = day_closed(due_at)
    before = calendar.next_working_day(day, -1)
    return min(start_of(before) + (due_at - start_of(day)), calendar.closing(before))


def days_overdue(calendar: WorkingCalendar, due_at: datetime, now: datetime) -> int:
    """Working days that a deadline has been passed by, a begun one counted: 0 until it has passed, then at least 1; 24:00 closes its day."""
    return max(1, calendar.working_days_between(day_closed(due_at), day_closed(now))) if now > due_at else 0


def bucket(days: int) -> str | None:
    """Name of a number of days overdue: '1', '2-3', '4-7', '8-15', '16+'; None when not overdue."""
    return next((name for name, last in BUCKETS if days <= last), LAST_BUCKET) if days > 0 else None


def is_early(calendar: WorkingCalendar, finished_at: datetime, due_at: datetime) -> bool:
    """Whether a result was ready on an earlier working day than it was due; on a day off, when a working day is left after it."""
    return calendar.working_days_between(local_day(finished_at), day_closed(due_at)) > 0


def time_left(calendar: WorkingCalendar, now: datetime, due_at: datetime) -> Left:
    """Working time left: "còn 3 giờ làm việc" is `working_s` of 10800."""
    return Left(working_days=calendar.working_days_between(day_closed(now), day_closed(due_at)), working_s=calendar.working_seconds(now, due_at))
