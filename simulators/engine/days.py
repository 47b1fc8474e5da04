"""What is planned by days, each drawn by its own name, so that it is the same whenever a simulator began; and moments of office work."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from ioc.clock import local_day, start_of
from simulators.engine.agenda import Story
from simulators.engine.chance import Lot
from simulators.engine.contract import SimulatedEvent
from simulators.engine.hours import WorkingTime

Told = Sequence[SimulatedEvent]
"""The whole story of a subject, in order of time."""
OfDay = Callable[[date], Iterable[Told]]
"""What a local day brings: stories that begin on it or later."""

HOURS = Lot({7: 0.12, 8: 0.17, 9: 0.17, 10: 0.13, 13: 0.1, 14: 0.13, 15: 0.11, 16: 0.07}.items())
"""Share of an office's day in each local hour."""


def by_days(start: datetime, of_day: OfDay, *, back: int = 0, whole: bool = True) -> Story:
    """All that days bring from `start` on, in order of time.

    `back`: days before the start that are asked too, for what they bring after it. `whole`: a subject that began before the start is
    left out, since its beginning was never told; else it is told from the start on.
    """
    numbers = count()
    coming: list[tuple[datetime, int, SimulatedEvent]] = []
    day = local_day(start) - timedelta(days=back)
    while True:
        for told in of_day(day):
            if not (whole and told and told[0].time < start):
                for event in told:
                    if event.time >= start:
                        heapq.heappush(coming, (event.time, next(numbers), event))
        day += timedelta(days=1)
        ends = start_of(day)
        while coming and coming[0][0] < ends:
            yield heapq.heappop(coming)[2]


def office_moment(random: Random, hours: WorkingTime, day: date) -> datetime:
    """A moment of a working day's opening hours, most of them before noon."""
    at = start_of(day) + timedelta(hours=HOURS.draw(random), seconds=random.randrange(3600))
    segments = hours.segments(day)
    return at if not segments or any(a <= at < b for a, b in segments) else _moment_in(random, segments)


def _moment_in(random: Random, segments: Sequence[tuple[datetime, datetime]]) -> datetime:
    begin, end = random.choice(segments)
    return (begin + (end - begin) * random.random()).replace(microsecond=0)


def working_turn(hours: WorkingTime, day: date) -> int:
    """Which working day of its month a day is; 0 for a day off."""
    return hours.days_between(start_of(day.replace(day=1) - timedelta(days=1)), start_of(day)) if hours.works(day) else 0


def evening(random: Random, hours: WorkingTime, at: datetime) -> datetime:
    """A while after the close of business of the moment's day, later than the moment."""
    segments = hours.segments(local_day(at))
    return max([at, *(end for _, end in segments)]) + timedelta(minutes=2 + random.expovariate(1 / 55))


def utc(data: dict[str, Any]) -> dict[str, Any]:
    """The data with its moments in UTC to the second, without what is not told."""
    return {k: whole(v) if isinstance(v, datetime) else v for k, v in data.items() if v is not None}


def whole(at: datetime) -> datetime:
    """The moment in UTC, to the second."""
    return at.astimezone(UTC).replace(microsecond=0)
