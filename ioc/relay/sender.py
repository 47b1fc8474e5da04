"""What one channel of the relay is: something that sends rows and says what became of each."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

from ioc.db.connect import Connection
from ioc.relay.outbox import Channel


class Row(NamedTuple):
    """A message in hand. `attempts` counts this one; `until`: from here on another relay may take it up."""

    number: UUID
    place: int
    made_at: datetime
    target: str
    key: bytes
    headers: Sequence[tuple[str, bytes]]
    body: bytes
    attempts: int
    tried_at: datetime
    until: datetime


class Failure(NamedTuple):
    """A row that did not get through, and what waits because of it: the row alone, all for its target, or the whole channel."""

    row: Row
    error: str
    waits: Literal["row", "target", "channel"] = "row"


class Sender(Protocol):
    """One channel's way out. Rows it names no failure of have arrived.

    `most`: rows in hand at once; `each_target`: at most one of each target at once; `longest`: between two attempts;
    `gives_up_after`: of failing, None = never.
    """

    channel: Channel
    most: int
    each_target: bool
    longest: timedelta
    gives_up_after: timedelta | None

    def send(self, conn: Connection, rows: Sequence[Row]) -> list[Failure]: ...

    def close(self) -> None: ...


def row_of(columns: Sequence[Any], until: datetime) -> Row:
    """A row as the database keeps it, its headers' bytes as they were."""
    number, place, made_at, target, key, headers, body, attempts, tried_at = columns
    return Row(number, place, made_at, target, bytes(key), [(name, base64.b64decode(value)) for name, value in headers], bytes(body), attempts,
               tried_at, until)
