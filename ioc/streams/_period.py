"""Reporting periods as sources write them: 2026, 2026-Q3, 2026-11, 2026-W47, 2026-11-21."""

from datetime import date, timedelta
from typing import Annotated

import msgspec

from ioc.errors import InvalidEvent

Period = Annotated[str, msgspec.Meta(
    max_length=10,
    pattern=r"^(19|20|21)\d\d(-Q[1-4]|-W(0[1-9]|[1-4]\d|5[0-3])|-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$(?!\n)",
)]


def grain(period: str) -> str:
    """How long a period is: year, quarter, month, week (ISO 8601, from Monday) or day."""
    if "Q" in period:
        return "quarter"
    return "week" if "W" in period else {4: "year", 7: "month", 10: "day"}[len(period)]


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
        case _:
            return date.fromisoformat(period)


def last_day(period: str) -> date:
    """Last day of a period."""
    first = first_day(period)
    match grain(period):
        case "day":
            return first
        case "week":
            return first + timedelta(days=6)
        case length:
            months = {"month": 1, "quarter": 3, "year": 12}[length]
            years, month = divmod(first.month - 1 + months, 12)
            return date(first.year + years, month + 1, 1) - timedelta(days=1)


def check_period(period: str) -> None:
    """Refuse a period that is well written but not in the calendar."""
    try:
        first_day(period)
    except ValueError:
        raise InvalidEvent("schema", f"the period '{period}' does not exist; write it as 2026, 2026-Q3, 2026-11, 2026-W47 or 2026-11-21") from None
