"""Several simulators in step: one tick after the other, their events merged by time and encoded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from random import Random

from ioc.streams.engine.contract import Stream
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.effects import Effects
from simulators.engine.encode import Record, encode
from simulators.engine.registry import silent


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
        self._silences = silences(simulator, scenario.effects)
        next(self._batches)

    def until(self, tick: datetime) -> list[tuple[SimulatedEvent, Stream]]:
        if tick <= self._start:
            return []
        self._feed.at = tick
        return [(event, self._stream) for event in next(self._batches) if not self._silences or not self._silences(event)]


def silences(simulator: Simulator, effects: Effects) -> Callable[[SimulatedEvent], bool] | None:
    """Whether the scenario lets nothing of an event through; None where it silences nothing, or the simulator itself says what silence means."""
    what = silent(simulator)
    if what in simulator.effects or not effects.has(what):
        return None
    return lambda event: effects.holds(what, event.time, unit=event.data.get("unit_code", ""), kind=event.subject)


def records(voices: Sequence[Voice], ticks: Iterator[datetime], since: Mapping[str, datetime]) -> Iterator[Record]:
    """Records in order of time. `since`: topic → moment up to which it was told before and stays silent now."""
    for tick in ticks:
        told = [pair for voice in voices for pair in voice.until(tick)]
        told.sort(key=lambda pair: pair[0].time)
        for event, stream in told:
            if stream.topic not in since or event.time > since[stream.topic]:
                yield encode(event, stream)
