"""The contract of a simulator. `registry.py` checks it when the program starts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from ioc.profiles import Profile
from ioc.profiles.scenarios import Effect, YearTotals
from simulators.engine.effects import Effects
from simulators.engine.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedEvent:
    """What a source would have sent. `id` comes from counters or the Random, so that the same seed gives the same bytes."""

    fact: str
    id: str
    source: str
    subject: str
    time: datetime
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is simulated. `scale`: dossiers as a share of the reference year's; observations are coarse before `live_at`.

    `effects`: what differs from an ordinary day. `world`: what all streams share. `year`: what the dossiers must add up to.
    """

    profile: Profile
    scale: float
    live_at: datetime
    effects: Effects
    world: World
    year: YearTotals | None = None

    def source(self, stream: str) -> str:
        """Name of the stream's source in the profile."""
        return next((s.source for s in self.profile.file.sources if s.stream == stream), f"/simulated/{stream}")


def scenario_of(profile: Profile, seed: str, live_at: datetime, *, scale: float = 1.0, effects: Sequence[Effect] = (),
                year: YearTotals | None = None) -> Scenario:
    """A scenario with its world."""
    held = Effects(effects)
    return Scenario(profile=profile, scale=scale, live_at=live_at, effects=held, world=World(profile, seed, held), year=year)


Simulate = Callable[[Random, Iterable[datetime], Scenario], Iterator[Sequence[SimulatedEvent]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulator:
    """(Random, ticks) → events of a stream's own schema: for each tick, in order of time, those since the tick before.

    The first tick is the beginning and brings none. How fine the ticks are changes nothing but the size of the batches.
    `realism`: what is true to life and from which source, and what is made up. `history_days`: a back-fill of this
    stream goes no further back; None = as far as asked for. `effects`: names of a scenario's effects that it understands, beside the
    silence of its stream, which is kept where the streams come together.
    """

    name: str
    stream: str
    realism: str
    simulate: Simulate
    history_days: float | None = None
    effects: tuple[str, ...] = ()
