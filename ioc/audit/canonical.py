"""One text for one content: what a line's hash is made of."""

import json
import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import singledispatch
from typing import Any
from uuid import UUID

from ioc.errors import ContractError

# Neither PostgreSQL's texts nor UTF-8 can hold these.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def canonical(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys, without blanks; always text that UTF-8 can hold.

    NUL and lone surrogates stand as the six characters of their escape, numbers that JSON does not know (NaN, infinity) and decimals as texts.

    Raises:
        ContractError: a value of a type that has no form in the ledger.

    """
    return json.dumps(plain(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, always with microseconds: 2026-11-22T10:00:00.000000Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def writable(text: str) -> str:
    """The text with what cannot be stored made visible."""
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@singledispatch
def plain(value: Any) -> Any:
    """What JSON has for a value."""
    raise ContractError(f"the audit ledger has no form for a {type(value).__name__}: give it as text, number, moment, list or mapping")


@plain.register
def _(value: None) -> None:
    return value


@plain.register
def _(value: int) -> int:
    return value


@plain.register
def _(value: str) -> str:
    return writable(value)


@plain.register
def _(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


@plain.register(Decimal)
@plain.register(UUID)
def _(value: Decimal | UUID) -> str:
    return str(value)


@plain.register
def _(value: datetime) -> str:
    return moment(value) if value.tzinfo else value.isoformat()


@plain.register(date)
@plain.register(time)
def _(value: date | time) -> str:
    return value.isoformat()


@plain.register
def _(value: timedelta) -> float:
    return value.total_seconds()


@plain.register
def _(value: bytes) -> str:
    return value.hex()


@plain.register
def _(value: Enum) -> Any:
    return plain(value.value)


@plain.register(Mapping)
def _(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {writable(str(key)): plain(told) for key, told in value.items()}


@plain.register(AbstractSet)
def _(value: AbstractSet[Any]) -> list[Any]:
    return sorted((plain(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))


@plain.register(list)
@plain.register(tuple)
def _(value: list[Any] | tuple[Any, ...]) -> list[Any]:
    return [plain(one) for one in value]
