"""When things begin: arrivals at a rate that follows the hour and the weekday."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

Rate = Callable[[datetime], float]
"""Arrivals an hour at a moment."""


def arrivals(random: Random, start: datetime, rate: Rate, *, most: float, quiet_s: float | None = None) -> Iterator[datetime]:
    """Moments of a Poisson process, thinned from `most` an hour (at least every rate).

    With `quiet_s` no pause is longer than about that: after 60–100 % of it something arrives in any case.
    """
    at = start
    patience = _patience(random, at, quiet_s)
    while True:
        at += timedelta(hours=random.expovariate(most))
        if patience and at > patience:
            at = patience
        elif random.random() * most >= rate(at):
            continue
        at = at.replace(microsecond=0)
        yield at
        patience = _patience(random, at, quiet_s)


def _patience(random: Random, at: datetime, quiet_s: float | None) -> datetime | None:
    return at + timedelta(seconds=quiet_s * random.uniform(0.6, 1.0)) if quiet_s else None
