"""The moment that figures show, and what they know: now, any past moment, or the wall as it stood then."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ioc.calendar.deadlines import BUCKETS
from ioc.calendar.periods import Period
from ioc.calendar.working import WorkingCalendar
from ioc.clock import LOCAL, TICK, day_closed, end_of, start_of
from ioc.errors import InputError

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Nothing older is stored (EARLIEST of the streams), nothing later is asked for; beyond them arithmetic with days may overflow."""

AHEAD = timedelta(minutes=1)
"""What a sink may have recorded 'after' now: its clock may run ahead of ours, and what it learns within one instant it tells apart by ticks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is asked for: events before `at`, as far as the centre knew them at `known`, in one jurisdiction ('' = the province)."""

    at: datetime
    known: datetime
    live: bool = True
    time_machine: bool = False
    jurisdiction: str = ""

    @property
    def day(self) -> date:
        """Local day that the moment closes: 24:00 belongs to the day that ends."""
        return day_closed(self.at)

    @property
    def instant(self) -> datetime:
        """The last instant before the moment: 24:00 closes its day and its hour."""
        return self.at - TICK

    def parameters(self, calendar: WorkingCalendar) -> dict[str, Any]:
        """Parameters of every query; windows are half-open, [from, at).

        `as_of`: the day that daily counts are read as of. `base_day`, `from_history`: for `dossier_counts` and its like; a day's end comes
        from the daily counts, a moment within a day from those of the day before and the intervals since, what was known then from the
        intervals alone. `due_soon_at`: close of business of the next working day. `overdue_3_after`: what
        was due after it is at most three working days overdue.
        """
        day = self.day
        today = 0 if calendar.is_working_day(day) else 1  # a day off has no working day of its own to be overdue by
        late = {f"overdue_{n}_after": start_of(calendar.next_working_day(day, -(n + today))) for _, n in BUCKETS}
        return late | {
            "at": self.at,
            "instant": self.instant,
            "known": self.known if self.time_machine else self.known + AHEAD,
            "time_machine": self.time_machine,
            "jurisdiction": self.jurisdiction,
            "day": day,
            "tomorrow": day + timedelta(days=1),
            "as_of": None if self.live else day,
            "base_day": None if self.live or self.time_machine else day if self.at == end_of(day) else day - timedelta(days=1),
            "from_history": not self.live and (self.time_machine or self.at != end_of(day)),
            "due_soon_at": calendar.closing(calendar.next_working_day(day)),
            "day_from": start_of(day),
            "yesterday_instant": self.instant - timedelta(days=1),
            "month_ago": day - timedelta(days=30),
            "month_ago_from": start_of(day - timedelta(days=30)),
            "year_day": date(day.year, 1, 1),
            "year_from": start_of(date(day.year, 1, 1)),
        }

    def period_parameters(self, calendar: WorkingCalendar, period: Period) -> dict[str, Any]:
        """Parameters of every query about a period: those of the moment, the period's days and moments, half-open and up to the moment."""
        return self.parameters(calendar) | {
            "since_day": period.first_day, "until_day": period.last_day + timedelta(days=1),
            "since": start_of(period.first_day), "until": min(end_of(period.last_day), self.at),
        }


def now_moment(now: datetime, jurisdiction: str = "") -> Moment:
    """The present, with all that is known."""
    return Moment(at=now, known=now, jurisdiction=jurisdiction)


def asked_moment(now: datetime, *, at: str | None, known: str | None, jurisdiction: str = "") -> Moment:
    """The moment of a request's `at` and `known`: RFC 3339, local where no zone is given; a date alone is its end, 24:00 local.

    Raises:
        InputError: a text that is no moment, or `known` without `at`.

    """
    if not at:
        if known:
            raise InputError("'known' goes with 'at': give both, e.g. at=2026-11-20T08:00&known=2026-11-20T08:00")
        return now_moment(now, jurisdiction)
    return Moment(at=read_moment("at", at), known=read_moment("known", known) if known else now, live=False,
                  time_machine=bool(known), jurisdiction=jurisdiction)


def stated_moment(text: str) -> datetime:
    """A moment that a person gives on the command line: local where no zone is given, a date alone is its beginning.

    Raises:
        InputError: the text is no moment.

    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}' is no moment; write e.g. 2026-11-21 or 2026-11-21T14:05:00+07:00") from None
    return at if at.tzinfo else at.replace(tzinfo=LOCAL)


def read_moment(name: str, text: str) -> datetime:
    """An aware UTC moment.

    Raises:
        InputError: the text is no moment.

    """
    try:
        day = None if "T" in text else date.fromisoformat(text)
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a '+' in a query string arrives as a space
    except ValueError:
        raise InputError(f"'{name}={text}' is no moment: write 2026-11-21, 2026-11-21T14:05:00 or 2026-11-21T14:05:00+07:00") from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise InputError(f"'{name}={text}' lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    if day:  # a date alone
        return end_of(day)
    return (at if at.tzinfo else at.replace(tzinfo=LOCAL)).astimezone(UTC)
