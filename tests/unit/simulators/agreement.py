"""Exact tests of whether shares, counts and mixes agree with a calibration, and the waves of a series.

share_off, count_off and mix_off answer '' where they agree, else a sentence with both figures. What is off is so improbable that a telling that
follows its calibration is off once in 16,000 (RARE, two-sided four standard deviations).
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from statistics import mean

Series = list[tuple[datetime, float]]

RARE = math.erfc(4 / math.sqrt(2))


def share_off(found: int, of: int, calibrated: float) -> str:
    """Binomial: so many of so many."""
    chance = _twice_the_tail(found, of * calibrated, _binomial(found, of, calibrated), lambda n: (of - n) / (n + 1) * calibrated / (1 - calibrated))
    return _sentence(chance, f"{found} of {of} = {found / of:.3%}, calibrated {calibrated:.3%}")


def count_off(found: int, calibrated: float) -> str:
    """Poisson: so many where so many are expected."""
    start = math.exp(found * math.log(calibrated) - calibrated - math.lgamma(found + 1))
    chance = _twice_the_tail(found, calibrated, start, lambda n: calibrated / (n + 1))
    return _sentence(chance, f"{found}, calibrated {calibrated:.1f} ({found / calibrated - 1:+.1%})")


def mix_off(found: Sequence[int], calibrated: Sequence[float]) -> str:
    """Chi-square: so many of each class, where the classes' shares are as the numbers calibrated."""
    expected = [share / sum(calibrated) * sum(found) for share in calibrated]
    assert min(expected) >= 5, "too few for a chi-square"
    value = sum((a - b) ** 2 / b for a, b in zip(found, expected, strict=True))
    return _sentence(chi_square_tail(value, len(found) - 1), f"{found}, calibrated {[round(n, 1) for n in expected]}")


def chi_square_tail(value: float, freedom: int) -> float:
    """Probability of a chi-square at least so great: the incomplete gamma function, raised from 1/2 or 1 by its recurrence."""
    half, order = max(value, 1e-12) / 2, (freedom % 2 or 2) / 2
    tail = math.erfc(math.sqrt(half)) if freedom % 2 else math.exp(-half)
    while order < freedom / 2:
        tail += math.exp(order * math.log(half) - half - math.lgamma(order + 1))
        order += 1
    return tail

def longer_ratio(hours: float, mean_h: float) -> float:
    """Share of outages longer than so many hours: lognormal, with a sigma of one (assumed)."""
    return 0.5 * math.erfc((math.log(hours) - math.log(mean_h) + 0.5) / math.sqrt(2))


def seen_ratio(looks: int, mean_h: float) -> float:
    """Share of outages that at least so many hourly looks fall into, whichever minute they begin in."""
    return mean(longer_ratio(looks - (n + 0.5) / 200, mean_h) for n in range(200))


def without(levels: Series, period_h: float) -> tuple[float, Series]:
    """What remains of a series without its wave of a period (least squares), before it the sum of its squares."""
    waves = [(math.cos(w), math.sin(w)) for w in (2 * math.pi * ((at - levels[0][0]) / timedelta(hours=1)) / period_h for at, _ in levels)]
    cc, ss, cs = sum(c * c for c, _ in waves), sum(s * s for _, s in waves), sum(c * s for c, s in waves)
    yc, ys = (sum(level * wave[n] for (_, level), wave in zip(levels, waves, strict=True)) for n in (0, 1))
    a, b = (yc * ss - ys * cs) / (cc * ss - cs * cs), (ys * cc - yc * cs) / (cc * ss - cs * cs)
    rest = [(at, level - a * c - b * s) for (at, level), (c, s) in zip(levels, waves, strict=True)]
    return sum(level * level for _, level in rest), rest


def strongest_h(levels: Series, bands: Sequence[tuple[float, float]]) -> list[float]:
    """Period of the strongest wave in each band, to a fiftieth of an hour, after those before it are taken away."""
    middle, found = mean(level for _, level in levels), list[float]()
    levels = [(at, level - middle) for at, level in levels]
    for first, last in bands:
        found.append(min((first + n / 50 for n in range(round((last - first) * 50))), key=lambda period_h: without(levels, period_h)[0]))
        levels = without(levels, found[-1])[1]
    return found


def _binomial(found: int, of: int, ratio: float) -> float:
    ways = math.lgamma(of + 1) - math.lgamma(found + 1) - math.lgamma(of - found + 1)
    return math.exp(ways + found * math.log(ratio) + (of - found) * math.log1p(-ratio))


def _twice_the_tail(found: int, expected: float, start: float, step: Callable[[int], float]) -> float:
    """`start`: probability of what was found; `step`: that of n + 1 over that of n. From there away from what was expected."""
    n, share, tail, up = found, start, start, found >= expected
    while share > 1e-12 * tail and (up or n > 0):
        share = share * step(n) if up else share / step(n - 1)
        n += 1 if up else -1
        tail += share
    return min(1.0, 2 * tail)


def _sentence(chance: float, figures: str) -> str:
    return "" if chance >= RARE else f"{figures}: by chance once in {1 / max(chance, 1e-300):.0e}"
