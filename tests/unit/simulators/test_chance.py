"""Numbers and things that follow from one draw."""

from collections import Counter
from random import Random
from statistics import fmean

import pytest

from simulators.engine.chance import Lot, poisson

WEIGHTS = {"a": 1.0, "b": 0.0, "c": 3.0}


def test_a_draw_of_poisson_has_the_mean_that_is_expected() -> None:
    draws = [(n + 0.5) / 2000 for n in range(2000)]
    for mean in (0.05, 1.0, 20.0, 499.0):
        assert fmean(poisson(d, mean) for d in draws) == pytest.approx(mean, rel=0.02)


def test_a_draw_of_poisson_never_falls_when_more_is_expected() -> None:
    for draw in (0.0, 0.3, 0.9, 0.999999999):
        numbers = [poisson(draw, mean / 10) for mean in range(1, 400)]
        assert numbers == sorted(numbers)


def test_a_lot_draws_by_weight_and_never_what_weighs_nothing() -> None:
    random, lot = Random(1), Lot(WEIGHTS.items())
    drawn = Counter(lot.draw(random) for _ in range(10_000))
    # 7,500 give or take four standard deviations of 43.
    assert abs(drawn["c"] - 7500) < 174
    assert set(drawn) == {"a", "c"}


def test_a_lot_draws_what_the_library_would_draw() -> None:
    one, other, lot = Random(1), Random(1), Lot(WEIGHTS.items())
    assert [lot.draw(one) for _ in range(100)] == [other.choices(list(WEIGHTS), list(WEIGHTS.values()))[0] for _ in range(100)]
