"""CloudEvents over Kafka: both content modes are read, and what is none is told why."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ioc.errors import InvalidEvent
from ioc.streams.engine.envelope import MAX_TEXT, read_envelope, write_headers
from ioc.streams.engine.event import Message
from tests.integration.streams_wire import Headers, binary, event, message, structured

WIRE = event("dossier", "submitted", sequence="7", simulated=True)


def read(headers: Headers, value: bytes | None = b"{}") -> Any:
    return read_envelope(message(WIRE, headers=headers, value=value))


def with_attribute(name: str, value: bytes | None) -> Headers:
    headers, _ = binary(WIRE)
    return [*((n, v) for n, v in headers if n != f"ce_{name}"), *([(f"ce_{name}", value)] if value is not None else [])]


def in_structure(**changes: Any) -> Message:
    headers, value = structured({**WIRE, **changes})
    return message(WIRE, headers=headers, value=value)


def test_binary_message_gives_its_attributes_and_its_data() -> None:
    found = read_envelope(message(WIRE))
    assert (found.id, found.source, found.type, found.subject) == (WIRE["id"], WIRE["source"], WIRE["type"], WIRE["subject"])
    assert (found.time, found.sequence, found.simulated) == (datetime(2026, 11, 20, 1, tzinfo=UTC), "7", True)
    assert json.loads(found.data) == WIRE["data"]


def test_structured_message_means_what_the_binary_one_does() -> None:
    one, other = read_envelope(message(WIRE)), read_envelope(in_structure())
    assert json.loads(one.data) == json.loads(other.data)
    assert [getattr(one, name) for name in one.__struct_fields__[:-1]] == [getattr(other, name) for name in one.__struct_fields__[:-1]]


def test_structured_message_may_carry_its_data_in_base64() -> None:
    wire = {k: v for k, v in WIRE.items() if k != "data"} | {"data_base64": base64.b64encode(b'{"a": 1}').decode()}
    headers, value = structured(wire)
    assert read(headers, value).data == b'{"a": 1}'


@pytest.mark.parametrize("name", ["id", "source", "type", "subject", "time"])
@pytest.mark.parametrize("value", [None, b"", b"  "])
def test_envelope_without_a_required_attribute_names_it(name: str, value: bytes | None) -> None:
    with pytest.raises(InvalidEvent, match=f"'{name}' is missing or empty"):
        read(with_attribute(name, value))


@pytest.mark.parametrize(("name", "value", "reason"), [
    ("id", b"x" * (MAX_TEXT + 1), "attribute"),
    ("source", b"a\0b", "attribute"),
    ("sequence", b"a\0b", "attribute"),
    ("sequence", b"9" * (MAX_TEXT + 1), "attribute"),
    ("id", b"\xff", "bytes"),
    ("specversion", b"0.3", "no_cloudevent"),
    ("time", b"yesterday", "time"),
    ("time", b"2026-11-20T08:00:00", "time"),
    ("time", b"0001-01-01T00:00:00+07:00", "time"),
])
def test_envelope_with_a_wrong_attribute_is_invalid(name: str, value: bytes, reason: str) -> None:
    with pytest.raises(InvalidEvent) as caught:
        read(with_attribute(name, value))
    assert caught.value.reason == reason


def test_header_without_a_value_counts_as_empty() -> None:
    headers: list[Any] = [(name, None) for name, _ in binary(WIRE)[0]]
    with pytest.raises(InvalidEvent, match="specversion"):
        read(headers)


def test_time_in_another_zone_is_the_same_moment() -> None:
    assert read(with_attribute("time", b"2026-11-20T08:00:00+07:00")).time == datetime(2026, 11, 20, 1, tzinfo=UTC)


def test_message_without_a_value_is_no_event() -> None:
    with pytest.raises(InvalidEvent, match="tombstone"):
        read(binary(WIRE)[0], None)


@pytest.mark.parametrize("headers", [[], [("content-type", b"application/json")], [("content-type", b"application/cloudevents+avro")]])
def test_message_that_is_no_cloudevent_is_invalid(headers: Headers) -> None:
    with pytest.raises(InvalidEvent) as caught:
        read(headers)
    assert caught.value.reason == "no_cloudevent"


@pytest.mark.parametrize("value", [
    b"{", b"[]", b"\xff\xff", b'{"data_base64": "***"}', b'{"data_base64": 1}', '{"data_base64": "đ"}'.encode(), b'{"a":' * 100_000,
])
def test_structured_message_that_cannot_be_read_is_invalid(value: bytes) -> None:
    with pytest.raises(InvalidEvent) as caught:
        read(structured(WIRE)[0], value)
    assert caught.value.reason == "bytes"


def test_written_headers_are_read_back() -> None:
    at = datetime(2026, 11, 20, 1, 2, 3, 456, tzinfo=UTC)
    found = read(write_headers(event_id="1", source="/s", type_="vn.ioc.x.y.v1", subject="đ", time=at, simulated=False, sequence="0002"))
    assert (found.id, found.source, found.type, found.subject, found.time, found.simulated, found.sequence) == ("1", "/s", "vn.ioc.x.y.v1", "đ", at, False, "0002")
