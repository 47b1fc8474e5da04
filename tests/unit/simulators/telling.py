"""What the tests of simulators share: a stretch that one of them tells, what becomes of it in the stream's own fold, and how long it pauses."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import msgspec

from ioc.clock import LOCAL
from ioc.profiles import Profile, load_profile
from ioc.profiles.scenarios import Effect
from ioc.streams.engine.event import Event
from ioc.streams.engine.fold import fold, initial
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import rules_of
from simulators.engine.contract import Scenario, SimulatedEvent, scenario_of
from simulators.engine.registry import registered

SHIPPED = "soc_trang"
LATE_FACTOR = 3
"""The wall calls a source late when it has been silent for three times its promise."""

Moment = datetime | date | str
"""A moment, the beginning of a local day, or local time as it is written."""

# --- a stretch


@cache
def profile(of: str = SHIPPED) -> Profile:
    return load_profile(of)


def local(day: date | str, hour: float = 0, minute: float = 0) -> datetime:
    """A moment in local time: a day and an hour, or as it is written."""
    return (datetime.fromisoformat(f"{day}").replace(tzinfo=LOCAL) + timedelta(hours=hour, minutes=minute)).astimezone(UTC)


def _moment(at: Moment) -> datetime:
    return at if isinstance(at, datetime) else local(at)


def effect(what: str, start: Moment, end: Moment, by: float = 1.0, *, units: Sequence[str] = (), only: Sequence[str] = ()) -> Effect:
    return Effect(what=what, start=_moment(start), end=_moment(end), by=by, units=tuple(units), only=tuple(only))


def scene(*effects: Effect, of: str = SHIPPED, live: Moment = "2030-01-01", scale: float = 0.09, seed: str = "1") -> Scenario:
    """A scenario and its world; `live`: when its live part begins."""
    return scenario_of(profile(of), seed, _moment(live), scale=scale, effects=effects)


@lru_cache(12)
def told(name: str, start: Moment, days: float, *effects: Effect, of: str = SHIPPED, scale: float = 0.09, seed: str = "1",
         live_days: float | None = None) -> list[SimulatedEvent]:
    """Events of a stretch, not to be changed; the live part begins at its end, or after `live_days`."""
    begin = _moment(start)
    live_at = begin + timedelta(days=days if live_days is None else live_days)
    return heard(name, scenario_of(profile(of), seed, live_at, scale=scale, effects=effects), begin, begin + timedelta(days=days), seed=seed)


def heard(name: str, scenario: Scenario, start: datetime, end: datetime, *, seed: str = "1", step: timedelta | None = None) -> list[SimulatedEvent]:
    """Events of a scenario, in one batch or by steps."""
    ticks = [start, end] if step is None else [*(start + step * n for n in range(-((start - end) // step))), end]
    return [event for batch in registered()[name].simulate(Random(seed), ticks, scenario) for event in batch]


# --- what was told


def of_fact(events: Iterable[SimulatedEvent], *facts: str) -> list[SimulatedEvent]:
    return [e for e in events if e.fact in facts]


def stories(events: Iterable[SimulatedEvent]) -> dict[str, list[SimulatedEvent]]:
    found: dict[str, list[SimulatedEvent]] = defaultdict(list)
    for e in events:
        found[e.subject].append(e)
    return dict(found)


class Fate(NamedTuple):
    """What became of all subjects: their states, the sum of the daily counts, and transitions that the life cycle forbids."""

    states: dict[str, tuple[str, Any]]
    counts: Counter[str]
    wrongs: list[str]


def folded(name: str, events: Iterable[SimulatedEvent], of: str = SHIPPED) -> Fate:
    """Every subject folded by the stream itself."""
    projection, rules, fate = streams()[name].projection, rules_of(profile(of)), Fate({}, Counter(), [])
    assert projection
    for subject, story in stories(events).items():
        read = sorted((_read(name, e) for e in story), key=lambda e: e.order)
        done = fold(projection, initial(projection), read, rules)
        fate.states[subject] = done.name, done.state
        fate.wrongs.extend(f"{subject}: {i.reason}" for i in done.irregularities)
        for measures in done.counts.values():
            fate.counts.update(measures)
    return fate


def _read(name: str, event: SimulatedEvent) -> Event[Any]:
    # Straight to the stream's schema: that the bytes decode is the contract tests' to show.
    stream = streams()[name]
    return Event(identity="", digest="", stream=name, source=event.source, id=event.id, type=stream.type_of(event.fact), fact=event.fact,
                 subject=event.subject, occurred_at=event.time, sequence="", rank=_ranks(name)[event.fact], simulated=True,
                 data=msgspec.convert(event.data, stream.schema), rest=None)


@cache
def _ranks(name: str) -> dict[str, int]:
    return {fact: rank for rank, fact in enumerate(streams()[name].facts)}


# --- pauses


def longest_pause_s(events: Sequence[SimulatedEvent], start: date | str) -> float:
    moments = [local(start), *(e.time for e in events)]
    return max((b - a).total_seconds() for a, b in pairwise(moments))


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
