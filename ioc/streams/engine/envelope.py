"""CloudEvents 1.0, Kafka protocol binding 1.0.2 (§3.2 binary, §3.3 structured): binary is written, both are read.

The `cloudevents` package does the same ten times slower; this stands in the sink's hottest loop (docs/why.md).
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from ioc.errors import InvalidEvent
from ioc.streams.engine.event import Message

_STRUCTURED = b"application/cloudevents"
_REQUIRED = ("id", "source", "type", "subject", "time")
MAX_TEXT = 200


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The context attributes this centre uses, and the data as JSON bytes."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: str
    simulated: bool
    data: bytes


def read_envelope(message: Message) -> Envelope:
    """Envelope of a message in either content mode.

    Raises:
        InvalidEvent: no CloudEvent, a missing or overlong attribute, a time without zone.

    """
    if message.value is None:
        raise InvalidEvent("no_data", "the record has no value; a tombstone is no event")
    headers = dict(message.headers)
    kind = headers.get("content-type") or b""
    if kind.startswith(_STRUCTURED):
        attributes, data = _structured(kind, message.value)
    elif "ce_specversion" in headers:
        attributes, data = _binary(headers), message.value
    else:
        raise InvalidEvent("no_cloudevent", "neither ce_ headers (binary mode) nor content-type application/cloudevents+json")
    return _envelope(attributes, data)


def _binary(headers: Mapping[str, bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers.items():
        if name.startswith("ce_"):
            try:
                found[name[3:]] = (value or b"").decode()  # Kafka allows a header without a value
            except UnicodeDecodeError as error:
                raise InvalidEvent("bytes", f"the header '{name}' is not UTF-8: {error}") from None
    return found


def _structured(kind: bytes, value: bytes) -> tuple[Mapping[str, Any], bytes]:
    if not kind.startswith(_STRUCTURED + b"+json"):
        raise InvalidEvent("no_cloudevent", f"structured mode is read as JSON only, not {kind.decode(errors='replace')}")
    try:
        event = msgspec.json.decode(value, type=dict[str, Any])
        if "data_base64" in event:
            return event, base64.b64decode(event["data_base64"], validate=True)
        return event, msgspec.json.encode(event.get("data"))
    except (msgspec.DecodeError, ValueError, TypeError, RecursionError) as error:
        raise InvalidEvent("bytes", f"the structured event cannot be read: {error}") from None


def _envelope(attributes: Mapping[str, Any], data: bytes) -> Envelope:
    if (version := attributes.get("specversion")) != "1.0":
        raise InvalidEvent("no_cloudevent", f"specversion is {version!r}, it must be '1.0'")
    for name in _REQUIRED:
        value = attributes.get(name)
        if not isinstance(value, str) or not value.strip():
            raise InvalidEvent("attribute", f"the attribute '{name}' is missing or empty")
        if len(value) > MAX_TEXT:
            raise InvalidEvent("attribute", f"the attribute '{name}' has {len(value)} characters, at most {MAX_TEXT} are allowed")
        if "\0" in value:
            raise InvalidEvent("attribute", f"the attribute '{name}' contains a NUL character")
    if (simulated := str(attributes.get("simulated", "")).lower()) not in {"", "true", "false"}:
        raise InvalidEvent("attribute", "the attribute 'simulated' must be true or false: what is taken for real must be real")
    return Envelope(
        id=attributes["id"],
        source=attributes["source"],
        type=attributes["type"],
        subject=attributes["subject"],
        time=_moment(attributes["time"]),
        sequence=_sequence(attributes.get("sequence", "")),
        simulated=simulated == "true",
        data=data,
    )


def _sequence(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT or "\0" in value:
        raise InvalidEvent("attribute", "the attribute 'sequence' must be a text of at most 200 characters")
    return value


def _moment(text: str) -> datetime:
    try:
        at = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        raise InvalidEvent("time", f"'{text}' is no RFC 3339 moment") from None
    if at.tzinfo is None:
        raise InvalidEvent("time", f"'{text}' has no time zone; write e.g. 2026-11-21T14:05:00+07:00")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise InvalidEvent("time", f"'{text}' lies outside the calendar") from None


def write_headers(*, event_id: str, source: str, type_: str, subject: str, time: datetime, simulated: bool,  # noqa: PLR0913 (the attributes)
                  sequence: str = "") -> list[tuple[str, bytes]]:
    """Kafka headers of an event in binary mode; the value is the data as JSON."""
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", type_.encode()),
        ("ce_subject", subject.encode()),
        ("ce_partitionkey", subject.encode()),
        ("ce_time", time.isoformat().encode()),
    ]
    if simulated:
        headers.append(("ce_simulated", b"true"))
    if sequence:
        headers.append(("ce_sequence", sequence.encode()))
    return headers
