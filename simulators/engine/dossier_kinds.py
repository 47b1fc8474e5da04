"""What dossiers are about and when they come: procedures with their share, and the hours of counters and of the portal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from ioc.calendar.deadlines import Term
from ioc.clock import LOCAL
from simulators.engine.chance import Lot

HOUR = timedelta(hours=1)
ONLINE_RATIO = 0.5518
"""Of 2023 (F010)."""

# Share of a working day's dossiers at the counter and online in each local hour; online a day off brings that much of a working day's.
COUNTER = {7: 0.12, 8: 0.2, 9: 0.2, 10: 0.12, 13: 0.12, 14: 0.14, 15: 0.07, 16: 0.03}
ONLINE = {6: 0.02, 7: 0.07, 8: 0.14, 9: 0.14, 10: 0.09, 11: 0.045, 12: 0.035, 13: 0.07, 14: 0.1, 15: 0.085, 16: 0.05, 17: 0.02,
          18: 0.02, 19: 0.02, 20: 0.025, 21: 0.02, 22: 0.012}
NIGHT = 0.0054
DAY_OFF = 0.25


@dataclass(frozen=True, slots=True)
class Procedure:
    """What is applied for. `days`: committed working days; `fee_vnd`: 0 = free."""

    code: str
    sector: str
    days: int
    fee_vnd: int = 0

    @property
    def term(self) -> Term:
        return Term(self.days, "working_day")

    @property
    def statutory_days(self) -> int:
        """What the law allows: the province commits itself to seven tenths of it (F052)."""
        return -(-self.days * 10 // 7)


PROCEDURES = (
    (0.25, Procedure("2.000815", "CT", 1)), (0.10, Procedure("1.001193", "HT", 1)), (0.10, Procedure("1.004873", "HT", 3)),
    (0.08, Procedure("1.000894", "HT", 5)), (0.12, Procedure("9.100105", "BT", 5)),
    (0.07, Procedure("9.200107", "KD", 7, fee_vnd=100_000)), (0.08, Procedure("9.300110", "XD", 10, fee_vnd=75_000)),
    (0.12, Procedure("9.400115", "DD", 15, fee_vnd=350_000)), (0.05, Procedure("9.400120", "DD", 20, fee_vnd=500_000)),
    (0.03, Procedure("1.004946", "BT", 30)),
)
FEE_RATIO = sum(weight for weight, p in PROCEDURES if p.fee_vnd)


def choice(fits: Callable[[Procedure], bool] = lambda _: True) -> Lot[Procedure]:
    """Some of the procedures, to be drawn by their share."""
    return Lot((procedure, weight) for weight, procedure in PROCEDURES if fits(procedure))


def spread(random: Random, count: int, pieces: Sequence[tuple[datetime, datetime, float]]) -> Iterator[datetime]:
    """So many moments over pieces of time (start, end, weight), in order: one in each equal share of the weight, at random in it."""
    total = sum(weight for *_, weight in pieces)
    place, passed = 0, 0.0
    for number in range(count if total else 0):
        wanted = (number + random.random()) / count * total
        while place < len(pieces) - 1 and passed + pieces[place][2] <= wanted:
            passed += pieces[place][2]
            place += 1
        start, end, weight = pieces[place]
        yield (start + (end - start) * min(0.9999, (wanted - passed) / weight if weight else 0.0)).replace(microsecond=0)


def counter_pieces(segments: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime, float]]:
    """The opening hours of a day with what each brings."""
    return [piece for start, end in segments for piece in _hourly(start, end, lambda local: COUNTER.get(local.hour, 0.05))]


def online_pieces(start: datetime, end: datetime, works: Callable[[datetime], bool]) -> list[tuple[datetime, datetime, float]]:
    """Any stretch of time with what each hour brings online."""
    return list(_hourly(start, end, lambda local: ONLINE.get(local.hour, NIGHT) * (1.0 if works(local) else DAY_OFF)))


def _hourly(start: datetime, end: datetime, weight: Callable[[datetime], float]) -> Iterator[tuple[datetime, datetime, float]]:
    while start < end:
        local = start.astimezone(LOCAL)
        stop = min(end, start + HOUR - timedelta(minutes=local.minute, seconds=local.second))
        yield start, stop, weight(local) * ((stop - start) / HOUR)
        start = stop
