"""When, where and for what a scenario's effects hold."""

import pytest

from ioc.errors import InputError
from simulators.engine.effects import Effects
from simulators.engine.world import EFFECTS
from tests.unit.simulators.telling import effect, local


@pytest.mark.parametrize(("text", "factor"), [
    ("2026-09-15T07:59:59", 1.0), ("2026-09-15T08:00:00", 3.0), ("2026-09-15T09:59:59", 3.0), ("2026-09-15T10:00:00", 1.0),
])
def test_an_effect_holds_from_its_beginning_up_to_its_end_and_not_at_it(text: str, factor: float) -> None:
    effects = Effects([effect("x.rate", "2026-09-15T08:00", "2026-09-15T10:00", by=3.0)])
    assert effects.factor("x.rate", local(text)) == factor
    assert effects.holds("x.rate", local(text)) == (factor > 1)
    assert effects.amount("x.rate", local(text)) == (factor if factor > 1 else 0.0)


def test_without_effects_factors_are_1_and_amounts_0() -> None:
    at = local("2026-09-15T08:00")
    assert (Effects().factor("x", at), Effects().amount("x", at), Effects().holds("x", at), Effects().most("x")) == (1.0, 0.0, False, 1)


def test_an_effect_of_units_holds_in_these_and_nowhere_else() -> None:
    effects, at = Effects([effect("x.rate", "2026-09-15T08:00", "2026-09-15T10:00", by=2.0, units=("1", "2"))]), local("2026-09-15T09:00")
    assert [effects.factor("x.rate", at, unit=unit) for unit in ("1", "2", "3", "")] == [2.0, 2.0, 1.0, 1.0]


def test_an_effect_of_kinds_holds_for_these_in_all_units() -> None:
    effects, at = Effects([effect("x.rate", "2026-09-15T08:00", "2026-09-15T10:00", by=2.0, only=("a",))]), local("2026-09-15T09:00")
    assert [effects.holds("x.rate", at, unit=unit, kind=kind) for unit, kind in (("1", "a"), ("", "a"), ("1", "b"), ("1", ""))] == [
        True, True, False, False]


def test_an_effect_of_units_and_kinds_needs_both() -> None:
    effects = Effects([effect("x.rate", "2026-09-15T08:00", "2026-09-15T10:00", by=2.0, units=("1",), only=("a",))])
    at = local("2026-09-15T09:00")
    assert [effects.holds("x.rate", at, unit=unit, kind=kind) for unit, kind in (("1", "a"), ("2", "a"), ("1", "b"))] == [True, False, False]


def test_effects_that_overlap_multiply_as_factors_and_add_as_amounts() -> None:
    effects = Effects([effect("x.rate", "2026-09-15T08:00", "2026-09-15T10:00", by=2.0), effect("x.rate", "2026-09-15T09:00", "2026-09-15T11:00", by=0.5)])
    at = local("2026-09-15T09:30")
    assert effects.factor("x.rate", at) == 1.0
    assert effects.amount("x.rate", at) == 2.5


def test_no_factor_is_greater_than_the_most() -> None:
    effects = Effects([effect("x.rate", "2026-09-15T08:00", "2026-09-15T10:00", by=by) for by in (2.0, 0.1, 3.0)])
    assert effects.most("x.rate") == 6.0 >= effects.factor("x.rate", local("2026-09-15T09:00"))


def test_check_names_the_effect_that_nothing_understands_and_those_that_are_known() -> None:
    with pytest.raises(InputError, match=r"understands the effect 'tide\.surge'; known are day\.load, rain\.mm_h, tide\.surge_m, wind\.kmh, x"):
        Effects([effect("tide.surge", "2026-09-15T08:00", "2026-09-15T10:00")]).check([*EFFECTS, "x"])


def test_check_accepts_what_is_known() -> None:
    Effects([effect(name, "2026-09-15T08:00", "2026-09-15T10:00") for name in EFFECTS]).check(EFFECTS)
