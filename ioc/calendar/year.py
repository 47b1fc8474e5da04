"""One year of a working calendar, laid out so that a moment is found by halving."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import msgspec

from ioc.clock import LOCAL, TICK

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Kind = Literal["working", "weekend", "holiday", "swap_off", "swap_on"]


class Day(msgspec.Struct, frozen=True):
    """Why a day is not what its weekday says: `swap_on` and `working` are worked, the other kinds are not."""

    kind: Kind
    note: str = ""
    legal_basis: str = ""

    @property
    def worked(self) -> bool:
        return self.kind in {"working", "swap_on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingYear:
    """Working days as ordinals with their closings, and working segments with the work before them, all in microseconds."""

    days: tuple[int, ...]
    closings: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def days_until(self, day: date) -> int:
        """Working days of the year up to a day, the day itself included."""
        return bisect_right(self.days, day.toordinal())

    def index(self, day: date) -> int | None:
        """Place of a day among the working days; None for a day off."""
        ordinal = day.toordinal()
        place = bisect_left(self.days, ordinal)
        return place if place < len(self.days) and self.days[place] == ordinal else None

    def done(self, at: int) -> int:
        """Work from the year's start to a moment."""
        place = bisect_right(self.starts, at) - 1
        return 0 if place < 0 else self.before[place] + min(at, self.ends[place]) - self.starts[place]

    def reached(self, work: int) -> int:
        """First moment at which so much work is done, 0 < work ≤ total: the end of a segment, never the start of the next."""
        place = bisect_left(self.before, work) - 1
        return self.starts[place] + work - self.before[place]


def laid_out(days: Sequence[tuple[date, Sequence[tuple[time, time]]]]) -> WorkingYear:
    """Working days with their local segments, in order of time, as a year."""
    moments = [[(micros(moment(day, a)), micros(moment(day, b))) for a, b in segments] for day, segments in days]
    flat = [segment for segments in moments for segment in segments]
    before = [0]
    for start, end in flat:
        before.append(before[-1] + end - start)
    return WorkingYear(
        days=tuple(day.toordinal() for day, _ in days),
        closings=tuple(segments[-1][1] for segments in moments),
        starts=tuple(start for start, _ in flat),
        ends=tuple(end for _, end in flat),
        before=tuple(before[:-1]),
        total=before[-1],
    )


def moment(day: date, local: time) -> datetime:
    """A local time of a day, in UTC."""
    return datetime.combine(day, local, LOCAL).astimezone(UTC)


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (at - EPOCH) // TICK


def at_micros(value: int) -> datetime:
    """The UTC moment so many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=value)
