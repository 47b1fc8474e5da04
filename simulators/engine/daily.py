"""Stories that are planned a local day at a time."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import count

from ioc.clock import local_day, start_of
from simulators.engine.agenda import Story
from simulators.engine.contract import SimulatedEvent

Plan = Callable[[date], Iterable[Sequence[SimulatedEvent]]]
"""What a local day brings: for each subject its events in order of time, none before the day, some perhaps after it."""


def by_day(start: datetime, plan: Plan, *, back: int = 0) -> Story:
    """All events after `start` in order of time. A subject that began before it is left out whole: its beginning was never told.

    `back`: days before the start that are planned too, for what they bring afterwards.
    """
    numbers = count()
    coming: list[tuple[datetime, int, SimulatedEvent]] = []
    day = local_day(start) - timedelta(days=back)
    while True:
        for events in plan(day):
            if events and events[0].time > start:
                for event in events:
                    heapq.heappush(coming, (event.time, next(numbers), event))
        day += timedelta(days=1)
        while coming and coming[0][0] < start_of(day):
            yield heapq.heappop(coming)[2]
