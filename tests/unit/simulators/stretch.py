"""A simulated stretch, and what is asked of it: for the tests of agencies and economy."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random

from ioc.clock import LOCAL
from ioc.profiles import Profile, load_profile
from ioc.profiles.scenarios import Effect
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.event import Message
from ioc.streams.engine.fold import fold, initial
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import rules_of
from simulators.engine.contract import Scenario, SimulatedEvent, scenario_of
from simulators.engine.encode import encode
from simulators.engine.registry import registered

SHIPPED = "soc_trang"
LATE_FACTOR = 3
"""The wall calls a source late when it has been silent for three times its promise."""


@cache
def profile(name: str = SHIPPED) -> Profile:
    return load_profile(name)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


def effect(what: str, start: str, end: str, by: float, *, units: Sequence[str] = (), only: Sequence[str] = ()) -> Effect:
    return Effect(what=what, start=local(start), end=local(end), by=by, units=tuple(units), only=tuple(only))


@cache
def told(name: str, start: str, days: float, *, scale: float = 0.09, seed: str = "1", effects: tuple[Effect, ...] = (), of: str = SHIPPED,
         live_days: float | None = None) -> list[SimulatedEvent]:
    """Events of a stretch; the live part begins at its end, or after `live_days`."""
    begin = local(start)

    def ticks() -> Iterator[datetime]:
        yield begin
        yield begin + timedelta(days=days)

    live_at = begin + timedelta(days=days if live_days is None else live_days)
    scenario = scenario_of(profile(of), seed, live_at, scale=scale, effects=effects)
    return [e for batch in registered()[name].simulate(Random(seed), ticks(), scenario) for e in batch]


def world_of(start: str, seed: str = "1") -> Scenario:
    return scenario_of(profile(), seed, local(start))


def of_fact(events: Sequence[SimulatedEvent], fact: str) -> list[SimulatedEvent]:
    return [e for e in events if e.fact == fact]


def stories(events: Sequence[SimulatedEvent]) -> dict[str, list[SimulatedEvent]]:
    found: dict[str, list[SimulatedEvent]] = defaultdict(list)
    for e in events:
        found[e.subject].append(e)
    return dict(found)


def wrongs(name: str, events: Sequence[SimulatedEvent], of: str = SHIPPED) -> list[str]:
    """Transitions that the life cycle forbids, of the events as the sink would read them."""
    stream = streams()[name]
    assert stream.projection
    decode, rules, found = decoder(stream), rules_of(profile(of)), []
    for story in stories(events).values():
        records = [encode(e, stream) for e in story]
        read = [decode(Message(topic=r.topic, partition=0, offset=n, timestamp_ms=0, key=r.key, headers=r.headers, value=r.value), r.at)
                for n, r in enumerate(records)]
        done = fold(stream.projection, initial(stream.projection), sorted(read, key=lambda e: e.order), rules)
        found += [f"{story[0].subject}: {i.reason}" for i in done.irregularities]
    return found


def too_quiet(name: str, events: Sequence[SimulatedEvent], of: str = SHIPPED) -> list[str]:
    """Pauses after which the wall would call the source late, as its freshness rule says."""
    held = profile(of)
    promise = next(s for s in held.file.sources if s.stream == name)
    found = []
    for a, b in pairwise(sorted({e.time for e in events})):
        open_late = a + timedelta(seconds=promise.expected_s * LATE_FACTOR)
        is_late = (b - a).total_seconds() > promise.expected_closed_s * LATE_FACTOR
        if held.is_open(a) and open_late < b:
            at = max(open_late, a)
            while at < b and not is_late:
                is_late, at = held.is_open(at), at + timedelta(minutes=5)
        if is_late:
            found.append(f"{a.astimezone(LOCAL):%a %Y-%m-%d %H:%M} to {b.astimezone(LOCAL):%a %Y-%m-%d %H:%M}")
    return found
