"""Every field of every fact of every stream, and every attribute around it, with whatever a source may ever put there.

The fields and their bounds come from the schemas themselves: a new field is tried the moment it exists.
"""

import contextlib
import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec import inspect as about

from ioc.clock import YEARS
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from tests.contract.test_streams import golden
from tests.integration.streams_db import drain, make_sink, one, rows
from tests.integration.streams_wire import NOW, binary, message, structured

FACTS = [(stream.name, fact) for stream in streams().values() for fact in stream.facts]
DECODERS = {topic: decoder(*(s for s in streams().values() if s.topic == topic)) for topic in {s.topic for s in streams().values()}}

ANYTHING: tuple[bytes, ...] = (
    b"null", b'""', b'" "', b'"x"', b'"\\u0000"', b'"a\\u0000b"', b'"\\ud800"', b'"\\udc00\\ud800"', b'"\xed\xa0\x80"', b'"\xff"', b'"a\x01"', b'"a\nb"',
    b'"\\u0001\\u0008\\u001b\\u001f\\u007f\\u0085\\u2028\\\\N\\\\.\\t\\r\\n"', b'"\\ufeff\\uffff\\ufdd0"', b'"open', b'"\\x"', b'"a" "b"',
    '"Nguyễn đường"'.encode(), '"Nguye\u0302\u0303n \u202eRTL\u202c \u200f\u200d"'.encode(), '"👩‍👩‍👧‍👦🇻🇳"'.encode(), b'"' + b"x" * 20_000 + b'"',
    b"true", b"false", b'"true"', b"0", b"-0", b"-1", b"1", b"1.0", b"-0.0", b"0.5", b"1e2", b"5e-324", b"1e308", b"-1e308", b"1e400", b"-1e400",
    b"32767", b"32768", b"2147483648", b"9007199254740993", b"9223372036854775807", b"9223372036854775808", b"-9223372036854775809",
    b"18446744073709551616", b"1" * 400, b"1" * 5000, b"NaN", b"Infinity", b"-Infinity", b"nan", b"01", b"+1", b"1.", b".5", b"0x1F", b"1_000", b"",
    b"{}", b"[]", b'{"a": 1}', b"[null]", b'["a"]', b'["a", 5]', b'[["a"]]', b'["a\\u0000"]', b'["a,b", "\\"", "{}", "NULL", ""]',
    b"[" * 60 + b"]" * 60, b"[" * 2000 + b"]" * 2000, b'{"a":' * 300 + b"1" + b"}" * 300,
    *(b'"%s"' % text for text in (
        b"2026-11-20", b"20261120", b"2026-02-30", b"0000-01-01", b"0001-01-01", b"1899-12-31", b"9999-12-31", b"10000-01-01", b"2026-11-20T08:00:00",
        b"2026-11-20T08:00:00Z", b"2026-11-20T08:00:00.123456789+07:00", b"2026-11-20T08:00:00+23:59", b"2026-11-20T08:00:00+24:00",
        b"2026-06-30T23:59:60Z", b"2026-11-20T24:00:00Z", b"2026-11-20t08:00:00z", b"0000-01-01T00:00:00Z", b"0001-01-01T00:00:00+07:00",
        b"1899-12-31T23:59:59Z", b"9999-12-31T23:59:59-12:00", b"10000-01-01T00:00:00Z", b"infinity", b"now", b"1")),
)
"""Values as JSON or as what pretends to be JSON."""


class Try(NamedTuple):
    """One mutated event: what was changed, and the message."""

    key: str
    label: bytes
    message: Message


def bounds(kind: Any) -> Iterator[bytes]:
    """Values at and beyond the bounds that a type of the schema gives, as JSON."""
    match kind:
        case about.UnionType(types=types):
            for part in types:
                yield from bounds(part)
        case about.IntType() | about.FloatType():
            for limit in (kind.ge, kind.le):
                if limit is not None:
                    yield from (json.dumps(limit + step).encode() for step in (-1, 0, 1))
        case about.StrType() if kind.max_length is not None:
            yield from (json.dumps(sign * length, ensure_ascii=False).encode() for sign in "x🇻" for length in (kind.max_length, kind.max_length + 1))
        case about.LiteralType():
            yield from (json.dumps(text).encode() for value in kind.values for text in (value, f"{value} ", str(value).upper()))
        case about.ListType():
            yield from (b"[%s]" % b", ".join([part] * n) for part in bounds(kind.item_type) for n in (1, 3))
        case about.DateType():
            yield from (b'"%d-%s"' % (year, day) for year in (YEARS.start, YEARS.stop - 1, YEARS.stop) for day in (b"01-01", b"12-31"))
        case about.DateTimeType():
            yield from (b'"%d-%s"' % (year, at) for year in (YEARS.start, YEARS.stop - 1, YEARS.stop)
                        for at in (b"01-01T00:00:00+14:00", b"12-31T23:59:59.999999-12:00"))


def tries(stream: Stream, fact: str, only: str = "") -> Iterator[Try]:
    """The golden event of the fact, again and again, with one field as it may come: each of them in turn, or only one."""
    wire = golden(stream.name)[fact]
    whole = {key: json.dumps(value).encode() for key, value in wire["data"].items()}
    described = about.type_info(stream.schema)
    assert isinstance(described, about.StructType)
    for f in described.fields:
        key = f.encode_name
        if only not in {"", key}:
            continue
        others = {k: v for k, v in whole.items() if k != key}
        good = whole.get(key, b"null")
        yield Try(key, b"left out", message(wire, value=joined(others.items())))
        for value in dict.fromkeys((*ANYTHING, *bounds(f.type))):
            yield Try(key, value, message(wire, value=joined([*others.items(), (key, value)])))
        yield Try(key, b"twice, then good", message(wire, value=joined([*others.items(), (key, b'{"a": 1}'), (key, good)])))
        yield Try(key, b"good, then twice", message(wire, value=joined([*others.items(), (key, good), (key, b'{"a": 1}')])))


def joined(entries: Any) -> bytes:
    return b"{" + b", ".join(b'"%s": %s' % (key.encode(), value) for key, value in entries) + b"}"


def verdict(record: Message) -> Event[Any] | InvalidEvent:
    try:
        return DECODERS[record.topic](record, NOW)
    except InvalidEvent as error:
        return error


class Judged(NamedTuple):
    """What became of one try. `named`: the reason names the field, or is that of the stream's own check, which weighs several fields."""

    fact: str
    key: str
    label: bytes
    detail: str
    named: bool


@cache
def judged(name: str) -> list[Judged]:
    stream = streams()[name]
    return [Judged(fact, t.key, t.label[:40], detail[:1000], not detail or t.key in detail or is_of_several(stream, fact, t.message, detail))
            for fact in stream.facts for t in tries(stream, fact) for found in (verdict(t.message),)
            for detail in ("" if isinstance(found, Event) else found.detail,)]


def is_of_several(stream: Stream, fact: str, record: Message, detail: str) -> bool:
    """Whether the stream's own check says so, and names another of the fields that it weighs against each other."""
    try:
        data = msgspec.json.decode(record.value or b"", type=stream.schema)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    with contextlib.suppress(InvalidEvent):
        if stream.check:
            stream.check(fact, data)
        return False
    return any(key in detail for key in stream.schema.__struct_encode_fields__)


@pytest.mark.parametrize("name", list(streams()))
def test_field_of_any_content_is_an_event_or_a_verdict_that_names_it(name: str) -> None:
    assert not [j for j in judged(name) if not j.named]


@pytest.mark.parametrize("name", list(streams()))
def test_every_field_of_every_fact_was_taken_once_and_refused_once(name: str) -> None:
    stream = streams()[name]
    assert {(j.fact, j.key, not j.detail) for j in judged(name)} == {
        (fact, key, taken) for fact in stream.facts for key in stream.schema.__struct_encode_fields__ for taken in (True, False)}


def test_reason_is_short_however_long_the_value_that_it_quotes() -> None:
    assert max(len(j.detail) for name in streams() for j in judged(name)) < 400


class Sent(NamedTuple):
    """What was sent: good events, and tries by (topic, offset)."""

    broker: MemoryBroker
    good: list[Event[Any]]
    tried: dict[tuple[str, int], Event[Any] | InvalidEvent]


def mixed(random: Random, number: int) -> Sent:
    """Tries of all streams in equal parts of taken and refused, each followed by a good event of the same subject."""
    sent = Sent(MemoryBroker(), [], {})
    for n in range(number):
        name, fact = random.choice(FACTS)
        stream = streams()[name]
        only = random.choice(stream.schema.__struct_encode_fields__)
        found = random.choice([t for t in tries(stream, fact, only) if isinstance(verdict(t.message), Event) == (n % 2 == 0)])
        subject = f"S{random.randrange(40)}"
        tried = reissued(found.message, f"try-{n}", subject)
        sent.tried[put(sent.broker, stream, tried)] = verdict(tried)
        wire = golden(name)[random.choice(list(stream.facts))] | {"id": f"good-{n}", "subject": subject}
        put(sent.broker, stream, message(wire))
        sent.good.append(DECODERS[stream.topic](message(wire), NOW))
    return sent


def reissued(record: Message, id_: str, subject: str) -> Message:
    """The same content under an identity of its own."""
    given = {"ce_id": id_.encode(), "ce_subject": subject.encode()}
    return msgspec.structs.replace(record, headers=[(name, given.get(name, value)) for name, value in record.headers])


def put(broker: MemoryBroker, stream: Stream, record: Message) -> tuple[str, int]:
    broker.send(stream.topic, b"", record.value, record.headers)
    return stream.topic, len(broker.logs[stream.topic, 0]) - 1


def stored(conn: Connection) -> dict[str, Any]:
    """Data by identity, as the tables of all streams hold them."""
    found: dict[str, Any] = {}
    for s in streams().values():
        fields = s.schema.__struct_fields__
        for identity, *data in rows(conn, f"select encode(uuid_send(identity), 'hex'), {', '.join(fields)} from {s.table}"):
            found[identity] = s.schema(**dict(zip(fields, data, strict=True)))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_sink_stores_to_the_letter_what_is_taken_and_buries_each_of_the_others_once(dsn: str, conn: Connection, seed: int) -> None:
    sent = mixed(Random(seed), 250)
    drain(make_sink(dsn, sent.broker.source(), batch=60))
    taken = [e for e in sent.tried.values() if isinstance(e, Event)] + sent.good
    assert stored(conn) == {e.identity: e.data for e in taken}
    bad = {place: found.detail for place, found in sent.tried.items() if isinstance(found, InvalidEvent)}
    letters = rows(conn, "select topic, message_offset, detail from dead_letter")
    assert {(topic, offset): detail for topic, offset, detail in letters} == bad
    assert len(letters) == len(bad)
    assert sent.broker.committed == {partition: len(log) for partition, log in sent.broker.logs.items()}


ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "sequence", "simulated")
ODD: tuple[Any, ...] = (
    "", " ", "x", "a\0b", "\0", "x" * 201, "🇻" * 101, "🇻" * 100, "\u202ex\u200f", "Nguye\u0302\u0303n", "a\x01\x1b\n\r\t\\N", "\ufeff", "\uffff", "1.0 ", "1",
    "true", "TRUE", "false", "2026-11-20", "2026-11-20T08:00:00", "2026-11-20T08:00:00Z", "2026-06-30T23:59:60Z", "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-12:00", "10000-01-01T00:00:00Z", "2026-11-20T08:00:00+24:00", "1989-12-31T23:59:59Z", "infinity",
    "vn.ioc.dossier.unheard_of.v1", "vn.ioc.report.noted.v1",
)
STRUCTURED: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 2**63, 2**64, 10**400, [], ["x"], {}, {"a": 1}, [[[[1]]]])


def attribute_tries() -> Iterator[tuple[str, Message]]:
    """(attribute, message) of a dossier's event with one attribute as it may come, in both content modes."""
    wire = golden("dossier")["submitted"] | {"sequence": "7", "simulated": True}
    for name in ATTRIBUTES:
        others = {key: value for key, value in wire.items() if key != name}
        for change in ({}, *({name: value} for value in ODD)):
            yield name, message(wire, headers=binary(others | change)[0])
        headers = binary(others)[0]
        yield from ((name, message(wire, headers=[*headers, (f"ce_{name}", value)])) for value in (None, b"\xff", b"\xed\xa0\x80", b"\x00\xff"))
        for change in ({}, *({name: value} for value in (*ODD, *STRUCTURED))):
            headers, value = structured(others | change)
            yield name, message(wire, headers=headers, value=value)
        yield name, message(wire, headers=headers, value=structured(others | {name: "\ud800"})[1])


def test_attribute_of_any_content_is_an_event_or_a_verdict_that_names_it() -> None:
    found = [(name, v) for name, t in attribute_tries() if isinstance(v := verdict(t), InvalidEvent)]
    assert {name for name, _ in found} == {*ATTRIBUTES}
    named = {"specversion": ("specversion", "ce_ headers")}
    assert not [(name, v.detail[:200]) for name, v in found
                if not any(word in f"{v.reason}: {v.detail}" for word in (*named.get(name, (name,)), "event cannot be read"))]


@pytest.mark.parametrize("kind", [
    b"", b"\xff", b"text/plain", b"application/cloudevents", b"application/cloudevents+avro", b"application/cloudevents-batch+json", b"\0", None,
])
def test_content_type_that_is_none_is_named_unless_the_attributes_stand_in_headers(kind: Any) -> None:
    wire = golden("dossier")["submitted"]
    found = verdict(message(wire, headers=[("content-type", kind)], value=structured(wire)[1]))
    assert isinstance(found, InvalidEvent)
    assert found.reason == "no_cloudevent"
    assert "content-type" in found.detail or "structured mode is read as JSON only" in found.detail
    given = verdict(message(wire, headers=[("content-type", kind), *binary(wire)[0][1:]]))
    assert isinstance(given, Event) == (not (kind or b"").startswith(b"application/cloudevents"))


def test_sink_takes_or_buries_every_attribute_and_what_follows(dsn: str, conn: Connection) -> None:
    broker, stream, expected = MemoryBroker(), streams()["dossier"], []
    for n, (_, tried) in enumerate(attribute_tries()):
        place = put(broker, stream, tried)
        expected += [place] if isinstance(verdict(tried), InvalidEvent) else []
        put(broker, stream, message(golden("dossier")["submitted"] | {"id": f"good-{n}", "subject": f"good-{n}"}))
    drain(make_sink(dsn, broker.source(), batch=100))
    buried = rows(conn, "select topic, message_offset from dead_letter where reason <> 'identity'")  # most tries share one identity
    assert sorted(buried) == sorted(expected)
    assert one(conn, "select count(*) from dossier_event where starts_with(event_id, 'good-')") == n + 1
