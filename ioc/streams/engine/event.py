"""What travels through the sink: a message as delivered, an event as understood, a verdict where it is neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec

Headers = Sequence[tuple[str, bytes]]
Data = TypeVar("Data", bound=msgspec.Struct)


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record as the broker delivered it. `timestamp_ms`: Unix milliseconds, as the broker or producer set it."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    headers: Headers
    value: bytes | None


class Event(msgspec.Struct, Generic[Data], frozen=True, kw_only=True, gc=False):
    """A valid CloudEvent of one stream.

    `identity` is derived from (source, id); `digest` from the content, so that the same identity with another content is seen;
    both are 32 hexadecimal digits, uuids in the database.
    `rest` is the JSON text of the keys that the stream's schema does not name, or None.
    """

    identity: str
    digest: str
    stream: str
    source: str
    id: str
    type: str
    fact: str
    subject: str
    occurred_at: datetime
    sequence: str
    rank: int
    simulated: bool
    data: Data
    rest: str | None

    @property
    def order(self) -> tuple[datetime, str, int, str, str]:
        """Place among a subject's events: event time, then sequence, life-cycle rank, source, id."""
        return (self.occurred_at, self.sequence, self.rank, self.source, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that can never be stored as it is, with the reason in words."""

    message: Message
    reason: str
    detail: str
