"""Several simulators in step: one tick after the other, their events merged by time and encoded."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from random import Random

from ioc.streams.engine.contract import Stream
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.encode import Record, encode


class Feed:
    """The ticks of one simulator, handed to it one by one."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def __iter__(self) -> Iterator[datetime]:
        return self

    def __next__(self) -> datetime:
        return self.at


class Voice:
    """One simulator in the choir: it begins at `start`, with a Random of its own."""

    def __init__(self, simulator: Simulator, stream: Stream, scenario: Scenario, start: datetime, seed: str) -> None:
        self._feed = Feed(start)
        self._stream = stream
        self._start = start
        random = Random(f"{seed}/{simulator.name}/{start.isoformat()}")
        self._batches = simulator.simulate(random, self._feed, scenario)
        next(self._batches)

    def until(self, tick: datetime) -> list[tuple[SimulatedEvent, Stream]]:
        if tick <= self._start:
            return []
        self._feed.at = tick
        return [(event, self._stream) for event in next(self._batches)]


def records(voices: Sequence[Voice], ticks: Iterator[datetime], since: Mapping[str, datetime]) -> Iterator[Record]:
    """Records in order of time. `since`: topic → moment up to which it was told before and stays silent now."""
    for tick in ticks:
        batches = [voice.until(tick) for voice in voices]
        for event, stream in heapq.merge(*batches, key=lambda pair: pair[0].time):
            if stream.topic not in since or event.time > since[stream.topic]:
                yield encode(event, stream)
