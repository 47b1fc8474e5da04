"""What streams say of their data in the same way: what was told, in what pairs, and how something came out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from ioc.errors import InvalidEvent


def told(data: msgspec.Struct, names: Iterable[str]) -> dict[str, Any]:
    """Fields that an event tells; what it leaves out stays as it was."""
    return {name: value for name in names if (value := getattr(data, name)) is not None}


def check_pairs(fact: str, data: msgspec.Struct, *pairs: tuple[str, str]) -> None:
    """Refuse one of two fields without the other."""
    for one, other in pairs:
        if (getattr(data, one) is None) != (getattr(data, other) is None):
            raise InvalidEvent("schema", f"'{fact}' gives only one of {one} and {other}")


def outcome(done: datetime | None, due: datetime | None) -> str | None:
    """'late' or 'on_time'; None where it is not done, or was never due."""
    return None if done is None or due is None else "late" if done > due else "on_time"


def marked(measures: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the measures that are true."""
    return tuple(measure for measure, so in measures.items() if so)
