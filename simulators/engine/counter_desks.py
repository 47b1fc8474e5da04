"""The desks of a one-stop point in one half day: who is called when, how long the service takes, who gives up."""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from simulators.engine.chance import Lot

OVERTIME = timedelta(minutes=25)
LONGEST_MIN = 40.0
# Group of services: minutes at the desk, share of the visits.
SERVICES = {"civil_status": (8.0, 0.34), "land": (15.0, 0.26), "social": (10.0, 0.18), "construction": (13.0, 0.12), "business": (12.0, 0.1)}
GROUPS = Lot((group, share) for group, (_, share) in SERVICES.items())
SERVICE_MIN = sum(minutes * share for minutes, share in SERVICES.values())
RATED_RATIO, RATINGS = 0.12, Lot(((4, 58), (3, 35), (2, 5), (1, 2)))

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One visit. `called` None = gave up at `ended` before a call; `started` None with a call = did not come. `luck`: 0–1, its rank in a sample."""

    number: str
    group: str
    taken: datetime
    called: datetime | None
    started: datetime | None
    ended: datetime
    desk: int
    luck: float
    rating: int


class Desks:
    """The desks of one half day, and when each is free."""

    def __init__(self, random: Random, segment: Span, absent: Sequence[Span], count: int) -> None:
        self._random, self._segment, self._absent = random, segment, absent
        self._opened = {n: self._manned(second(segment[0] - timedelta(minutes=random.uniform(0, 8)))) for n in range(1, count + 1)}
        self._busy = dict.fromkeys(self._opened, segment[0] - timedelta(hours=1))
        self._free = [(max(opened, segment[0]), n) for n, opened in self._opened.items()]
        heapq.heapify(self._free)

    def serve(self, taken: datetime, number: str) -> Ticket:
        random = self._random
        luck, patience, minutes = random.random(), 70 * math.exp(random.gauss(0, 0.6)), math.exp(random.gauss(-0.12, 0.5))
        group = GROUPS.draw(random)
        rating = RATINGS.draw(random) if random.random() < RATED_RATIO else 0
        free, desk = self._free[0]
        called = second(self._manned(max(free, taken + timedelta(seconds=random.uniform(5, 40)))))
        gives_up = min(taken + timedelta(minutes=patience), self._segment[1] + OVERTIME)
        if called > gives_up:
            return Ticket(number, group, taken, None, None, second(max(gives_up, taken)), 0, luck, 0)
        came = random.random() >= 0.02
        started = called + timedelta(seconds=int(random.uniform(15, 60)))
        ended = second(started + timedelta(minutes=min(LONGEST_MIN, SERVICES[group][0] * minutes))) if came else called + timedelta(seconds=90)
        self._busy[desk] = ended
        heapq.heapreplace(self._free, (ended + timedelta(seconds=random.uniform(15, 90)), desk))
        return Ticket(number, group, taken, called, started if came else None, ended, desk, luck, rating if came else 0)

    def openings(self) -> list[tuple[int, datetime, datetime]]:
        """When each was open; not at all where its official came when the half day was over and nobody waited."""
        end = self._segment[1]
        return [(n, opened, max(second(end + timedelta(minutes=self._random.uniform(-2, 4))), self._busy[n] + timedelta(seconds=20)))
                for n, opened in self._opened.items() if opened < end - timedelta(minutes=5) or self._busy[n] > opened]

    def _manned(self, at: datetime) -> datetime:
        for begin, end in self._absent:
            if begin <= at < end:
                at = second(end + timedelta(seconds=self._random.uniform(10, 90)))
        return at


def second(at: datetime) -> datetime:
    """The moment without its fraction of a second."""
    return at.replace(microsecond=0)
