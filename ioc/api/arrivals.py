"""CloudEvents as they come over HTTP (JSON format 1.0.2, HTTP protocol binding 1.0.2) → records as they go to Kafka.

Pure: no key, no broker, no clock. What it refuses is refused in the words of a dead letter, so that the sender learns at once.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec

from ioc.api.courier import size
from ioc.errors import InvalidEvent
from ioc.schemas import INTEGERS, JSON_DATA, MAX_ATTRIBUTES, MAX_EXTENSION, PLACE
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.decode import Decoder, decoder
from ioc.streams.engine.envelope import read_envelope
from ioc.streams.engine.event import Message

MAX_EVENT = 900_000
"""Bytes of a record; Kafka's own limit is 1,048,588 unless somebody changed it."""

_NAME = re.compile(r"[a-z0-9]+")
_NEVER = frozenset({"data", "datacontenttype"})
_TEXTS = frozenset({"specversion", "id", "source", "type", "subject", "time", "sequence", "datacontenttype", "dataschema"})


class Arrival(NamedTuple):
    """One event taken apart: attributes as text (without `datacontenttype`), the data as bytes."""

    attributes: Mapping[str, str]
    data: bytes


def one_event(raw: bytes) -> Arrival:
    """Arrival of an event in the JSON format.

    Raises:
        InvalidEvent: no JSON object, a key that stands twice, an attribute that CloudEvents does not know.

    """
    parts = _parsed(raw, dict[str, msgspec.Raw])
    _check_twice(raw)
    if ("data" in parts) == ("data_base64" in parts):
        raise InvalidEvent("no_data", "the event needs either 'data' or 'data_base64'")
    if len(parts) > MAX_ATTRIBUTES:
        raise InvalidEvent("attribute", f"the event has {len(parts)} attributes, at most {MAX_ATTRIBUTES} are allowed")
    values = {_named(name): _parsed(value, Any) for name, value in parts.items() if name not in {"data", "data_base64"}}
    attributes = {name: _text(name, value) for name, value in values.items() if value is not None}
    if not re.search(JSON_DATA, attributes.pop("datacontenttype", "application/json")):
        raise InvalidEvent("attribute", "the attribute 'datacontenttype' must be application/json or left out")
    if "data" in parts:
        return Arrival(attributes, bytes(parts["data"]))
    data = _decoded(_parsed(parts["data_base64"], Any))
    _check_twice(data)
    return Arrival(attributes, data)


def several_events(raw: bytes) -> list[bytes]:
    """Events of a batch, each still to be read.

    Raises:
        InvalidEvent: the whole is no JSON array.

    """
    return [bytes(part) for part in _parsed(raw, list[msgspec.Raw])]


def event_in_headers(headers: Iterable[tuple[bytes, bytes]], data: bytes) -> Arrival:
    """Arrival of an event in binary mode: attributes in `ce-` headers, percent-encoded UTF-8 (§3.1.3.2).

    Raises:
        InvalidEvent: a header that is not UTF-8, stands twice or has no attribute's name; no data.

    """
    attributes: dict[str, str] = {}
    for header, value in headers:
        if not header.startswith(b"ce-"):
            continue
        name = _named(header[3:].decode("latin-1"))
        if name in attributes or name in _NEVER:
            raise InvalidEvent("attribute", f"the header 'ce-{name}' stands twice" if name in attributes else f"there is no header 'ce-{name}'")
        attributes[name] = _text(name, _unquoted(name, value))
    if len(attributes) >= MAX_ATTRIBUTES:
        raise InvalidEvent("attribute", f"the event has {len(attributes)} attributes, fewer than {MAX_ATTRIBUTES} are allowed")
    if not data:
        raise InvalidEvent("no_data", "the request has no body; the data of an event is a JSON object")
    _parsed(data, msgspec.Raw)
    _check_twice(data)
    return Arrival(attributes, data)


class Clerk:
    """Makes records of arrivals, each judged by the decoder of its own stream, as the sink will judge it."""

    def __init__(self, streams: Mapping[str, Stream]) -> None:
        self._kinds: dict[str, tuple[Stream, Decoder]] = {
            stream.type_of(fact): (stream, decode) for stream in streams.values() for decode in [decoder(stream)] for fact in stream.facts}

    def stream_of(self, arrival: Arrival) -> str | None:
        """Name of the stream that an event's type belongs to."""
        kind = self._kinds.get(arrival.attributes.get("type", ""))
        return kind[0].name if kind else None

    def record(self, arrival: Arrival, now: datetime, *, refuse_simulated: bool) -> Message:
        """The record to publish: binary mode, keyed by the subject.

        Raises:
            InvalidEvent: what the sink would make a dead letter of.

        """
        given = arrival.attributes
        attributes = {name: value for name, value in given.items() if name != "partitionkey"} | {"partitionkey": given.get("subject", "")}
        stream, decode = self._kinds.get(given.get("type", ""), (None, None))
        record = Message(
            topic=stream.topic if stream else "", partition=0, offset=0, timestamp_ms=0, key=given.get("subject", "").encode(), value=arrival.data,
            headers=[("content-type", b"application/json"), *((f"ce_{name}", value.encode()) for name, value in attributes.items())])
        if decode is None:
            envelope = read_envelope(record)
            raise InvalidEvent("type", f"'{envelope.type}' is no event of this centre; {PLACE}index.json lists what is")
        event = decode(record, now)
        if event.simulated and refuse_simulated:
            raise InvalidEvent("simulated", "this database was born 'real' and takes no simulated event")
        if size(record) > MAX_EVENT:
            raise InvalidEvent("bytes", f"the event has {size(record)} bytes, at most {MAX_EVENT} are allowed")
        return record


def _parsed(raw: bytes | msgspec.Raw, kind: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        shape = "array" if kind == list[msgspec.Raw] else "object"
        raise InvalidEvent("no_cloudevent", f"the body must be a JSON {shape}: {error}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidEvent("bytes", f"the body is no JSON: {error}") from None


def _check_twice(raw: bytes) -> None:
    """Two values under one key: which of them a reader sees is chance, so the sender is asked."""
    def once(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InvalidEvent("bytes", f"the key '{key[:100]}' stands twice in one object")
            seen.add(key)

    try:
        json.loads(raw.decode(), object_pairs_hook=once, parse_int=len, parse_float=len)
    except (ValueError, RecursionError) as error:
        raise InvalidEvent("bytes", f"the body is no JSON: {error}") from None


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidEvent("attribute", f"'{name[:100]}' is no attribute's name: only small letters a–z and digits are")
    return name


def _text(name: str, value: object) -> str:
    """An attribute's value as text, its type checked (CloudEvents 1.0.2, §3.1)."""
    if name in _TEXTS and not isinstance(value, str):
        raise InvalidEvent("attribute", f"the attribute '{name}' must be a text")
    if not isinstance(value, str | bool) and not (isinstance(value, int) and value in INTEGERS):
        raise InvalidEvent("attribute", f"the attribute '{name[:100]}' must be a text, true, false or a whole number of 32 bits")
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if name == "simulated" and text not in {"true", "false"}:
        raise InvalidEvent("attribute", "the attribute 'simulated' must be true or false: what is taken for real must be real")
    if len(text) > MAX_EXTENSION or "\0" in text:
        raise InvalidEvent("attribute", f"the attribute '{name[:100]}' must have at most {MAX_EXTENSION} characters and no NUL")
    return text


def _unquoted(name: str, value: bytes) -> str:
    text = value.strip(b" \t")
    if len(text) > 1 and text.startswith(b'"') and text.endswith(b'"'):
        text = re.sub(rb"\\(.)", rb"\1", text[1:-1])
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        raise InvalidEvent("bytes", f"the header 'ce-{name[:100]}' is not UTF-8: {error}") from None


def _decoded(text: object) -> bytes:
    try:
        return base64.b64decode(text, validate=True)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise InvalidEvent("bytes", f"'data_base64' cannot be read: {error}") from None
