"""Dossiers told by the simulator and folded by the stream's own fold, for tests that count them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import msgspec

from ioc.profiles import Profile
from ioc.streams._dossier_state import DossierState
from ioc.streams.dossier import STREAM, DossierData
from ioc.streams.engine.event import Event
from ioc.streams.engine.fold import Irregularity, fold, initial
from ioc.streams.engine.rules import rules_of
from simulators.dossier import SIMULATOR
from simulators.engine.contract import Scenario, SimulatedEvent

_RANKS = {fact: rank for rank, fact in enumerate(STREAM.facts)}


class Told(NamedTuple):
    """What became of all dossiers."""

    states: dict[str, tuple[str, DossierState]]
    counts: Counter[str]
    irregularities: list[Irregularity]


def told(scenario: Scenario, start: datetime, end: datetime, *, seed: int = 1) -> list[SimulatedEvent]:
    """The events of a stretch, in one batch."""
    return [event for batch in SIMULATOR.simulate(Random(seed), iter((start, end)), scenario) for event in batch]


def folded(events: Iterable[SimulatedEvent], profile: Profile) -> Told:
    """Every dossier folded by the stream itself, its daily counts summed."""
    projection, rules = STREAM.projection, rules_of(profile)
    assert projection
    stories: dict[str, list[Event[DossierData]]] = defaultdict(list)
    for event in events:
        stories[event.subject].append(_event(event))
    states: dict[str, tuple[str, DossierState]] = {}
    counts: Counter[str] = Counter()
    wrong: list[Irregularity] = []
    for subject, story in stories.items():
        found = fold(projection, initial(projection), sorted(story, key=lambda e: e.order), rules)
        states[subject] = found.name, found.state
        wrong += found.irregularities
        for measures in found.counts.values():
            counts.update(measures)
    return Told(states, counts, wrong)


def moments(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """Ticks from start to end."""
    while start < end:
        yield start
        start += step
    yield end


def _event(event: SimulatedEvent) -> Event[Any]:
    return Event(identity="", digest="", stream="dossier", source=event.source, id=event.id, type=event.fact, fact=event.fact,
                 subject=event.subject, occurred_at=event.time, sequence="", rank=_RANKS[event.fact], simulated=True,
                 data=msgspec.convert(event.data, DossierData), rest=None)
