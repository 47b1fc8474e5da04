"""Simulated event → Kafka record, marked as simulated."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from ioc.streams.engine.contract import Stream
from ioc.streams.engine.envelope import write_headers
from simulators.engine.contract import SimulatedEvent


class Record(NamedTuple):
    """What is sent. `at`: moment of the event, for those who must not read the headers."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    at: datetime


def encode(event: SimulatedEvent, stream: Stream) -> Record:
    """Record of an event: binary CloudEvent, keyed by its subject."""
    headers = write_headers(
        event_id=event.id, source=event.source, type_=stream.type_of(event.fact), subject=event.subject, time=event.time, simulated=True,
    )
    return Record(stream.topic, event.subject.encode(), msgspec.json.encode(event.data), headers, event.time)
