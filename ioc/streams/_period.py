"""Reporting periods in events."""

from typing import Annotated

import msgspec

from ioc.calendar.written import PATTERN, first_day
from ioc.errors import InvalidEvent

Period = Annotated[str, msgspec.Meta(max_length=10, pattern=PATTERN)]


def check_period(period: str) -> None:
    """Refuse a period that is well written but not in the calendar."""
    try:
        first_day(period)
    except ValueError:
        raise InvalidEvent("schema", f"the period '{period}' does not exist; write it as 2026, 2026-Q3, 2026-11, 2026-W47 or 2026-11-21") from None
