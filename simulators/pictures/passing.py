"""What passes through a picture from one side to the other: who enters when, and how fast. A pure function of seed, camera and minute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

from simulators.engine.chance import poisson
from simulators.engine.contract import Scenario
from simulators.pictures.canvas import WIDTH

MINUTE = timedelta(minutes=1)
MARGIN = 100.0
"""Pixels outside of the picture where things come from and go to."""
_LONGEST = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Passer:
    """`lane`: number of its lane; `ahead`: 1 to the right, −1 to the left; `speed`: pixels a second; `luck`: decides how it looks."""

    entered: datetime
    lane: int
    ahead: int
    speed: float
    luck: int

    def x(self, at: datetime) -> float:
        gone = (at - self.entered).total_seconds() * self.speed - MARGIN
        return gone if self.ahead > 0 else WIDTH - gone

    def crossed(self, x: float) -> datetime:
        """When its middle is at a place."""
        way = (x if self.ahead > 0 else WIDTH - x) + MARGIN
        return self.entered + timedelta(seconds=way / self.speed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """`ahead` 0 = both ways; `gap_s`: the shortest time between two that enter."""

    ahead: int
    gap_s: float


class Passing:
    """`rate`: how many pass a minute on all lanes; `speed`: pixels a second; both of a moment."""

    def __init__(self, name: str, scenario: Scenario, lanes: Sequence[Lane], rate: Callable[[datetime], float],
                 speed: Callable[[datetime, Random], float]) -> None:
        self._name, self._scenario, self._lanes, self._rate, self._speed = name, scenario, lanes, rate, speed
        self._minute = lru_cache(8)(self._entering)

    def seen(self, at: datetime) -> list[Passer]:
        """Who is in the picture."""
        return [p for p in self._since(at - _LONGEST, at) if -MARGIN <= p.x(at) <= WIDTH + MARGIN]

    def crossings(self, begin: datetime, end: datetime, x: float = WIDTH / 2) -> tuple[int, int]:
        """(to the right, to the left): how many middles cross a place in `[begin, end)`."""
        found = [p.ahead for p in self._since(begin - _LONGEST, end) if begin <= p.crossed(x) < end]
        return found.count(1), found.count(-1)

    def _since(self, begin: datetime, end: datetime) -> list[Passer]:
        minute = begin.astimezone(UTC).replace(second=0, microsecond=0)
        found: list[Passer] = []
        while minute <= end:
            found += self._minute(minute)
            minute += MINUTE
        return found

    def _entering(self, minute: datetime) -> tuple[Passer, ...]:
        random = self._scenario.world.random("passing", self._name, minute.isoformat())
        found: list[Passer] = []
        for number, lane in enumerate(self._lanes):
            count = poisson(random.random(), self._rate(minute) / len(self._lanes))
            # The last seconds stay free, so that two minutes need not know of each other.
            times = sorted(random.uniform(0, 60 - lane.gap_s) for _ in range(count))
            speed, last = self._speed(minute, random), -lane.gap_s
            for at_s in times:
                ahead, luck = lane.ahead or random.choice((-1, 1)), random.getrandbits(32)
                if at_s - last >= lane.gap_s:
                    last = at_s
                    found.append(Passer(minute + timedelta(seconds=at_s), number, ahead, speed, luck))
        return tuple(found)
