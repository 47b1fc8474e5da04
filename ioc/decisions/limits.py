"""What a decision may say beyond its schema: codes of a list, and moments that lie ahead, but not too far."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ioc.decisions.acts import Act
from ioc.errors import InputError


def check_limits(act: Act, data: Mapping[str, Any], now: datetime) -> None:
    """Raise InputError where a code is none of the list, or a moment has passed or lies too far ahead of `now`, the clock of the decision."""
    if act.either and not any(data.get(name) for name in act.either):
        raise InputError(f"this is told with one of {', '.join(act.either)} at least")
    for name, codes in act.choices.items():
        if data.get(name) not in codes:
            raise InputError(f"'{name}' says which it is: one of {', '.join(codes)}")
    for name, longest in act.longest.items():
        if not now < _moment(name, data.get(name)) <= now + longest:
            raise InputError(f"'{name}' must lie ahead, by {_days(longest)} at most")


def _moment(name: str, value: Any) -> datetime:
    try:
        found = msgspec.convert(value, datetime)
    except msgspec.ValidationError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(f"'{name}' must be a moment with its zone, e.g. 2026-11-20T17:00:00+07:00")
    return found


def _days(span: timedelta) -> str:
    return f"{span / timedelta(days=1):g} days"
