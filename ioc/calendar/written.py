"""Periods as sources and files write them: 2026, 2026-Q3, 2026-11, 2026-W47, 2026-11-21."""

import re
from datetime import date
from typing import Literal

from ioc.calendar.periods import last_day_from

Grain = Literal["year", "quarter", "month", "week", "day"]
SHAPE = re.compile(r"(19|20|21)\d\d(-Q[1-4]|-W\d\d|-\d\d(-\d\d)?)?", re.ASCII)
"""Of a whole text that means to be a period; the calendar may not have it (2026-13)."""
PATTERN = r"^(19|20|21)\d\d(-Q[1-4]|-W(0[1-9]|[1-4]\d|5[0-3])|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$(?!\n)"
"""Of a period in an event: no month 13, no week 54, no day 32."""
_BY_LENGTH: dict[int, Grain] = {4: "year", 7: "month", 10: "day"}


def grain(period: str) -> Grain:
    """How long a period is: year, quarter, month, week (ISO 8601, from Monday) or day."""
    if "Q" in period:
        return "quarter"
    return "week" if "W" in period else _BY_LENGTH[len(period)]


def first_day(period: str) -> date:
    """First day of a period; ValueError for one that the calendar does not have (2025-W53, 2026-02-30)."""
    year = int(period[:4])
    match grain(period):
        case "year":
            return date(year, 1, 1)
        case "quarter":
            return date(year, 3 * int(period[6:]) - 2, 1)
        case "month":
            return date(year, int(period[5:]), 1)
        case "week":
            return date.fromisocalendar(year, int(period[6:]), 1)
        case "day":
            return date.fromisoformat(period)


def last_day(period: str) -> date:
    """Last day of a period."""
    return last_day_from(grain(period), first_day(period))


def written(kind: Grain, day: date) -> str:
    """The period of a kind that a day lies in, as sources and files write it."""
    year, week, _ = day.isocalendar()
    match kind:
        case "year":
            return f"{day.year}"
        case "quarter":
            return f"{day.year}-Q{-(-day.month // 3)}"
        case "month":
            return f"{day:%Y-%m}"
        case "week":
            return f"{year}-W{week:02}"
        case "day":
            return day.isoformat()
