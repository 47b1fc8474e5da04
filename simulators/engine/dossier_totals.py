"""A year's totals as whole numbers that still add up, and how a whole is shared out."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from ioc.profiles.scenarios import YearTotals


class Targets(NamedTuple):
    """A year's totals at a scale, as whole numbers that still add up. `online`, `all_online`: of the resolved and of the received."""

    received: int
    resolved: int
    late: int
    really_late: int
    online: int
    all_online: int

    @property
    def open(self) -> int:
        return self.received - self.resolved


def targets(totals: YearTotals, scale: float) -> Targets:
    """The totals, scaled and rounded."""
    received, resolved = round(totals.received * scale), round(totals.resolved * scale)
    online = nearest(totals.online_ratio * resolved)
    all_online = min(online + received - resolved, max(online, nearest(totals.online_ratio * received)))
    return Targets(received, resolved, round(totals.late * scale), round(totals.really_late * scale), online, all_online)


def apportioned(total: int, weights: Sequence[float], most: Sequence[int] | None = None) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total, by largest remainder; none above `most`."""
    whole = sum(weights)
    if most is not None and sum(most) < total:
        raise ValueError(f"{total} do not fit into {sum(most)}")
    wanted = [total * w / whole if whole else 0.0 for w in weights]
    found = [int(x) if most is None else min(int(x), most[n]) for n, x in enumerate(wanted)]
    order = sorted(range(len(weights)), key=lambda n: (found[n] - wanted[n], n))
    while (missing := total - sum(found)) > 0:
        for n in [n for n in order if most is None or found[n] < most[n]][:missing]:
            found[n] += 1
    return found


def nearest(value: float) -> int:
    """The nearest whole number, halves upwards."""
    return math.floor(value + 0.5)
