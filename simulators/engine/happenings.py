"""When and where things of several kinds begin, each kind at a rate of its own that moves with the moment and the unit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from ioc.clock import local_day
from ioc.profiles.units import Unit
from simulators.engine.chance import Lot
from simulators.engine.ground import Ground

TRIES = 40


@dataclass(frozen=True, slots=True)
class Kind:
    """`per_hour`: rate where the swing is 1. `most`: no swing is greater."""

    code: str
    per_hour: float
    most: float


Swing = Callable[[Kind, Unit, datetime], float]
"""Factor of a kind's rate in a unit at a moment."""


class Happening(NamedTuple):
    at: datetime
    kind: Kind
    unit: Unit


def happenings(random: Random, start: datetime, ground: Ground, kinds: Sequence[Kind], swing: Swing, *, quiet_s: float) -> Iterator[Happening]:
    """Poisson processes of all kinds and units, thinned from their most; after 60–100 % of `quiet_s` without any, one comes all the same."""
    lot = Lot((kind, kind.per_hour * kind.most) for kind in kinds)
    at, patience = start, _patience(random, start, quiet_s)
    while True:
        at += timedelta(hours=random.expovariate(lot.total))
        forced = at > patience
        at = patience if forced else at
        for _ in range(TRIES if forced else 1):
            kind, unit = lot.draw(random), ground.unit(random, local_day(at))
            happens = random.random() * kind.most < swing(kind, unit, at)
            if happens:
                break
        if happens or forced:
            at = at.replace(microsecond=0)
            yield Happening(at, kind, unit)
            patience = _patience(random, at, quiet_s)


def _patience(random: Random, at: datetime, quiet_s: float) -> datetime:
    return at + timedelta(seconds=quiet_s * random.uniform(0.6, 1.0))
