"""The only place that asks for the time, and the local day of the province."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
TICK = timedelta(microseconds=1)
"""The shortest time that Python and PostgreSQL tell apart."""
YEARS = range(1900, 2200)
"""Of the moments and dates in the data; beyond lies what neither Python nor a person can calculate with (9999 as 'never')."""


class Rhythm(NamedTuple):
    """How a clock goes: simulated seconds a second (0 = it stands), a number that changes when it is set anew, and the speed it is meant for.

    `held`: it stands because its beginning is still being prepared, not because it has come to its end.
    """

    speed: float = 1.0
    turn: float = 0.0
    meant: float = 1.0
    held: bool = False


class Clock(Protocol):
    """Answers with aware UTC moments: `now` of the data, `real` of the machine. They differ while a scenario is played."""

    def now(self) -> datetime: ...

    def real(self) -> datetime: ...

    def rhythm(self) -> Rhythm: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 (the one place)

    def real(self) -> datetime:
        return self.now()

    def rhythm(self) -> Rhythm:
        return Rhythm()


@dataclass
class FrozenClock:
    """A clock that stands still until a test moves it."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def real(self) -> datetime:
        return self.at

    def rhythm(self) -> Rhythm:
        return Rhythm()

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def minute(at: datetime) -> str:
    """Local day and time for a line of text: 2026-11-21 14:05."""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def second(at: datetime) -> str:
    """The same to the second: 2026-11-21 14:05:09."""
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"


def local_day(at: datetime) -> date:
    """Day in Asia/Ho_Chi_Minh (UTC+7, no daylight saving) that holds the moment."""
    return at.astimezone(LOCAL).date()


def day_closed(at: datetime) -> date:
    """Local day that the moment closes: 24:00 belongs to the day that ends."""
    return local_day(at - TICK)


def start_of(day: date) -> datetime:
    """00:00 local of the day, in UTC."""
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)


def end_of(day: date) -> datetime:
    """24:00 local of the day, in UTC."""
    return start_of(day + timedelta(days=1))
