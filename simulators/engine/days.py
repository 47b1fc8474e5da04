"""What begins by days: each day is drawn by its own name, so that it is the same whenever a simulator began."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from ioc.clock import local_day, start_of
from simulators.engine.agenda import Story
from simulators.engine.contract import SimulatedEvent
from simulators.engine.hours import WorkingTime

Told = Sequence[SimulatedEvent]
"""The whole story of a subject, in order of time."""

HOURS = {7: 0.12, 8: 0.17, 9: 0.17, 10: 0.13, 13: 0.1, 14: 0.13, 15: 0.11, 16: 0.07}
"""Share of an office's day in each local hour."""


def by_days(start: datetime, of_day: Callable[[date], Iterable[Told]], *, before_days: int = 0) -> Iterator[Story]:
    """Stories of all days from `start` on, in the order in which they begin; of_day's stories begin on that day.

    What began before the start is left out; with `before_days`, stories of so many days before are told from the start on.
    """
    first = local_day(start)
    known = (story for n in range(before_days, -1, -1) for story in of_day(first - timedelta(days=n)))
    early = [cut for story in known if (cut := _from(story, start, whole=not before_days))]
    later = (story for n in count(1) for story in sorted(filter(None, of_day(first + timedelta(days=n))), key=_begin))
    yield from map(iter, heapq.merge(sorted(early, key=_begin), later, key=_begin))


def _from(story: Told, start: datetime, *, whole: bool) -> Told:
    if whole and story and story[0].time < start:
        return ()
    return [event for event in story if event.time >= start]


def _begin(story: Told) -> datetime:
    return story[0].time


def poisson(random: Random, mean: float) -> int:
    """How often something happens that is expected so often."""
    n, at = 0, random.expovariate(1.0)
    while at < mean:
        n, at = n + 1, at + random.expovariate(1.0)
    return n


def office_moment(random: Random, hours: WorkingTime, day: date) -> datetime:
    """A moment of a working day's opening hours, most of them before noon."""
    hour = random.choices(list(HOURS), list(HOURS.values()))[0]
    at = start_of(day) + timedelta(hours=hour, seconds=random.randrange(3600))
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
