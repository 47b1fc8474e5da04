"""Periods as people write them in files, each with its days."""

from datetime import date
from typing import NamedTuple

from ioc.calendar.written import SHAPE, Grain, first_day, grain, last_day
from ioc.errors import InputError

EXAMPLES: dict[Grain, str] = {"year": "2026", "quarter": "2026-Q3", "month": "2026-11", "week": "2026-W47", "day": "2026-11-21"}


class Span(NamedTuple):
    """A period: its text and the local days it runs from and to, both included."""

    text: str
    kind: Grain
    first_day: date
    last_day: date


def parse_period(text: str) -> Span:
    """Period of a text.

    Raises:
        InputError: a text of no known shape, or a quarter, month, week or day that does not exist.

    """
    if not SHAPE.fullmatch(text):
        raise InputError(f"'{text}' is no period: write e.g. {', '.join(EXAMPLES.values())}")
    try:
        return Span(text, grain(text), first_day(text), last_day(text))
    except ValueError:
        raise InputError(f"the period '{text}' does not exist: write e.g. {EXAMPLES[grain(text)]}") from None
