"""The contract of a simulator. `registry.py` checks it when the program starts."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from ioc.profiles import Profile


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
    """What is simulated. `scale`: dossiers as a share of the reference year's; observations are coarse before `live_at`."""

    profile: Profile
    scale: float = 1.0
    live_at: datetime | None = None

    def source(self, stream: str) -> str:
        """Name of the stream's source in the profile."""
        return next((s.source for s in self.profile.file.sources if s.stream == stream), f"/simulated/{stream}")


Simulate = Callable[[Random, Iterable[datetime], Scenario], Iterator[Sequence[SimulatedEvent]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulator:
    """(Random, ticks) → events of a stream's own schema: for each tick, in order of time, those since the tick before.

    The first tick is the beginning and brings none. How fine the ticks are changes nothing but the size of the batches.
    `realism`: what is true to life and from which source, and what is made up. `history_days`: a back-fill of this
    stream goes no further back; None = as far as asked for.
    """

    name: str
    stream: str
    realism: str
    simulate: Simulate
    history_days: float | None = None
