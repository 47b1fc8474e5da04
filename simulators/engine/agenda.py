"""The agenda: the stories of all open subjects, merged by time and told as far as each tick."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from random import Random

from simulators.engine.contract import Scenario, Simulate, SimulatedEvent

Story = Iterator[SimulatedEvent]
"""What happens to one subject, or to several, in order of time; it may never end."""

Stories = Callable[[Random, datetime, Scenario], Iterator[Story]]
"""(chance, beginning, scenario) → stories in the order in which they begin."""


def telling(stories: Stories) -> Simulate:
    """Tell stories tick by tick, from the first tick on, which brings none."""

    def simulate(random: Random, ticks: Iterable[datetime], scenario: Scenario) -> Iterator[Sequence[SimulatedEvent]]:
        ticks = iter(ticks)
        told = tell(stories(random, next(ticks), scenario), ticks)
        yield ()
        yield from told

    return simulate


def tell(arrivals: Iterator[Story], ticks: Iterable[datetime]) -> Iterator[Sequence[SimulatedEvent]]:
    """For each tick the events up to and including it. `arrivals`: stories in the order in which they begin."""
    numbers = count()
    open_stories: list[tuple[datetime, int, SimulatedEvent, Story]] = []
    coming = _first(arrivals)
    for tick in ticks:
        batch: list[SimulatedEvent] = []
        while True:
            if coming and coming[0].time <= tick and (not open_stories or coming[0].time <= open_stories[0][0]):
                heapq.heappush(open_stories, (coming[0].time, next(numbers), *coming))
                coming = _first(arrivals)
            elif open_stories and open_stories[0][0] <= tick:
                batch.append(_advance(open_stories))
            else:
                break
        yield batch


def _first(arrivals: Iterator[Story]) -> tuple[SimulatedEvent, Story] | None:
    for story in arrivals:
        event = next(story, None)
        if event:
            return event, story
    return None


def _advance(open_stories: list[tuple[datetime, int, SimulatedEvent, Story]]) -> SimulatedEvent:
    _, number, event, story = open_stories[0]
    following = next(story, None)
    if following:
        heapq.heapreplace(open_stories, (following.time, number, following, story))
    else:
        heapq.heappop(open_stories)
    return event
