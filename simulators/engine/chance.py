"""Chance: a number that follows from one draw, so that what a scenario changes in one place moves nothing in another; things drawn by weight."""

import math
from bisect import bisect
from collections.abc import Iterable
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

MOST = 500.0

T = TypeVar("T")


def poisson(draw: float, mean: float) -> int:
    """Number of Poisson's distribution for one draw of [0, 1): a greater mean never gives a smaller number. Means above 500 count as 500."""
    mean = min(mean, MOST)
    share = below = math.exp(-mean)
    number = 0
    while below <= draw and share > 0:
        number += 1
        share *= mean / number
        below += share
        if number > mean and share < 1e-15:
            break
    return number


class Lot(Generic[T]):
    """Things of which one is drawn, the heavier the likelier: as random.choices does, with the weights summed up once."""

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = list(weighted)
        self.things = [thing for thing, _ in pairs]
        self._sums = list(accumulate(weight for _, weight in pairs))
        self.total = self._sums[-1] if pairs else 0.0

    def draw(self, random: Random) -> T:
        return self.things[bisect(self._sums, random.random() * self.total, 0, len(self.things) - 1)]
