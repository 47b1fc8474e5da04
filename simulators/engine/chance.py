"""Numbers that follow from one draw, so that what a scenario changes in one place moves nothing in another."""

import math

MOST = 500.0


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
