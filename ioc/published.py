"""Whether a published figure agrees with what it was computed from."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Flag = Literal["ok", "published_differs", "no_base"]


def quality_flag(published: Decimal, numerator: Decimal | None, denominator: Decimal | None, *, scale: int = 100) -> Flag:
    """Judge a published rate by its numerator and denominator: they may differ by half of its last printed digit.

    Args:
        published: as printed, trailing zeros included.
        numerator: of the rate.
        denominator: of the rate.
        scale: what a rate of one is called: 100 per cent, 1 for a ratio.

    """
    if numerator is None or not denominator:
        return "no_base"
    return _judged(published, scale * Fraction(numerator) / Fraction(denominator))


def sum_flag(published: Decimal, parts: Iterable[Decimal]) -> Flag:
    """Judge a published total by its parts: 1,015 + 343 + 420 must be 1,778."""
    found = list(parts)
    return _judged(published, Fraction(sum(found, Decimal()))) if found else "no_base"


def count_flag(published: Decimal, share: Decimal, base: Decimal, *, scale: int = 100) -> Flag:
    """Judge a published count by a published share of a base: 96.02 % of 1,230 allows 1,181 and nothing further off than the share's last digit."""
    if not base:
        return "no_base"
    return _judged(share, scale * Fraction(published) / Fraction(base))


def as_sent(figure: Decimal | float) -> Decimal:
    """A figure as an event brings it: a number of JSON keeps no trailing zeros, so 99.80 is 99.8."""
    return Decimal(str(float(figure))).normalize()


def _judged(published: Decimal, computed: Fraction) -> Flag:
    exponent = published.as_tuple().exponent
    assert isinstance(exponent, int)
    return "ok" if abs(Fraction(published) - computed) <= Fraction(10) ** min(exponent, 0) / 2 else "published_differs"
