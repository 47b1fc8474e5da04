"""An event of the centre's own: the very record that will be published, read back as the sink will read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec

from ioc.errors import InputError
from ioc.streams.engine.batch import Item, Reader
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.event import DeadLetter, Message
from ioc.streams.engine.registry import streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an event will say. `source`: CloudEvents source; `simulated`: it must not be taken for real."""

    stream: str
    fact: str
    subject: str
    event_id: str
    source: str
    at: datetime
    data: Mapping[str, Any]
    simulated: bool


class Made(NamedTuple):
    """A record with its event. `envelope`: the same event whole, as JSON."""

    item: Item
    envelope: bytes


def make(draft: Draft, now: datetime, *, refuse_simulated: bool) -> Made:
    """The record of a draft.

    Raises:
        InputError: a value that the stream's schema refuses.

    """
    stream = streams()[draft.stream]
    headers = write_headers(event_id=draft.event_id, source=draft.source, type_=stream.type_of(draft.fact), subject=draft.subject, time=draft.at,
                            simulated=draft.simulated)
    message = Message(topic=stream.topic, partition=-1, offset=-1, timestamp_ms=int(draft.at.timestamp() * 1000), key=draft.subject.encode(),
                      headers=headers, value=msgspec.json.encode(draft.data))
    item = reader(refuse_simulated).read(message, now)
    if isinstance(item.meaning, DeadLetter):
        raise InputError(f"'{draft.fact}' cannot be told so: {item.meaning.detail}")
    return Made(item, whole(headers, draft.data))


def whole(headers: Sequence[tuple[str, bytes]], data: Mapping[str, Any]) -> bytes:
    """An event as one JSON object, attributes and data."""
    attributes = {name.removeprefix("ce_"): value.decode() for name, value in headers if name.startswith("ce_")}
    return msgspec.json.encode({**attributes, "datacontenttype": "application/json", "data": data})


@cache
def reader(refuse_simulated: bool) -> Reader:  # noqa: FBT001 (cached by it)
    """The sink's own reader of all streams."""
    return Reader(streams(), refuse_simulated=refuse_simulated)
