"""Periods as they are written in files and events: 2026, 2026-Q3, 2026-11, 2026-W47, 2026-11-21."""

import calendar
import re
from collections.abc import Callable
from datetime import date
from typing import Literal, NamedTuple

from ioc.errors import InputError

PeriodKind = Literal["year", "quarter", "month", "week", "day"]
EXAMPLES: dict[PeriodKind, str] = {"year": "2026", "quarter": "2026-Q3", "month": "2026-11", "week": "2026-W47", "day": "2026-11-21"}


class Span(NamedTuple):
    """A period: its text and the local days it runs from and to, both included."""

    text: str
    kind: PeriodKind
    first_day: date
    last_day: date


def _year(year: int, _: int, __: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _quarter(year: int, quarter: int, _: int) -> tuple[date, date]:
    last = quarter * 3
    return date(year, last - 2, 1), date(year, last, calendar.monthrange(year, last)[1])


def _month(year: int, month: int, _: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _week(year: int, week: int, _: int) -> tuple[date, date]:
    return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)


def _day(year: int, month: int, day: int) -> tuple[date, date]:
    return date(year, month, day), date(year, month, day)


_SHAPES: tuple[tuple[PeriodKind, re.Pattern[str], Callable[[int, int, int], tuple[date, date]]], ...] = (
    ("year", re.compile(r"((?:19|20|21)\d{2})", re.ASCII), _year),
    ("quarter", re.compile(r"((?:19|20|21)\d{2})-Q([1-4])", re.ASCII), _quarter),
    ("month", re.compile(r"((?:19|20|21)\d{2})-(\d{2})", re.ASCII), _month),
    ("week", re.compile(r"((?:19|20|21)\d{2})-W(\d{2})", re.ASCII), _week),
    ("day", re.compile(r"((?:19|20|21)\d{2})-(\d{2})-(\d{2})", re.ASCII), _day),
)


def parse_period(text: str) -> Span:
    """Period of a text.

    Raises:
        InputError: a text of no known shape, or a quarter, month, week or day that does not exist.

    """
    for kind, shape, days in _SHAPES:
        if match := shape.fullmatch(text):
            numbers = [int(group) for group in match.groups()] + [0, 0]
            try:
                first, last = days(numbers[0], numbers[1], numbers[2])
            except (ValueError, IndexError, calendar.IllegalMonthError):
                raise InputError(f"the period '{text}' does not exist: write e.g. {EXAMPLES[kind]}") from None
            return Span(text, kind, first, last)
    raise InputError(f"'{text}' is no period: write e.g. {', '.join(EXAMPLES.values())}")
