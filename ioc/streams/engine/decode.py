"""Message → event, or the reason why it never can be one. Pure: no database, no broker, no clock."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from ioc.errors import InvalidEvent
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.envelope import Envelope, read_envelope
from ioc.streams.engine.event import Event, Message

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
YEARS = range(1900, 2200)
"""Of the moments and dates in the data; beyond lies what neither Python nor a person can calculate with (9999 as 'never')."""
AHEAD = timedelta(hours=1)
"""How far a source's clock may run ahead of the centre's before its times are called impossible."""

Decoder = Callable[[Message, datetime], Event[Any]]


class _Kind(NamedTuple):
    """What a type of event asks of its data."""

    stream: Stream
    fact: str
    rank: int
    required: tuple[str, ...]
    keys: frozenset[str]
    moments: list[tuple[str, str]]


def decoder(*streams: Stream) -> Decoder:
    """Decoder of the messages of one topic's streams; its second argument is the moment of reading (aware UTC)."""
    kinds = {stream.type_of(fact): _Kind(stream, fact, rank, required, frozenset(stream.schema.__struct_encode_fields__), _moments(stream.schema))
             for stream in streams for rank, (fact, required) in enumerate(stream.facts.items())}

    def decode(message: Message, now: datetime) -> Event[Any]:
        envelope = read_envelope(message)
        if envelope.type not in kinds:
            raise InvalidEvent("type", f"'{envelope.type}' is no event of {streams[0].topic}; known are {', '.join(kinds)}")
        stream, fact, rank, required, keys, moments = kinds[envelope.type]
        _check_time(envelope.time, now)
        raw, data = _data(stream.schema, envelope.data)
        for name in required:
            if getattr(data, name) is None:
                raise InvalidEvent("schema", f"'{fact}' needs the field '{name}'")
        _check_moments(moments, data)
        if stream.check:
            stream.check(fact, data)
        rest = None if keys.issuperset(raw) else msgspec.json.encode({k: v for k, v in raw.items() if k not in keys}).decode()
        return Event(
            identity=_hash(envelope.source, envelope.id),
            digest=_digest(envelope, raw),
            stream=stream.name,
            source=envelope.source,
            id=envelope.id,
            type=envelope.type,
            fact=fact,
            subject=envelope.subject,
            occurred_at=envelope.time,
            sequence=envelope.sequence,
            rank=rank,
            simulated=envelope.simulated,
            data=data,
            rest=rest,
        )

    return decode


def _check_time(at: datetime, now: datetime) -> None:
    if at < EARLIEST:
        raise InvalidEvent("time", f"{at.isoformat()} is before {EARLIEST.date()}")
    if at > now + AHEAD:
        raise InvalidEvent("time", f"{at.isoformat()} is more than {AHEAD} ahead of the centre's clock ({now.isoformat(timespec='seconds')})")


def _moments(schema: type[msgspec.Struct]) -> list[tuple[str, str]]:
    """Fields that hold a moment or a date: (name, name on the wire)."""
    info = msgspec.inspect.type_info(schema)
    assert isinstance(info, msgspec.inspect.StructType)
    return [(f.name, f.encode_name) for f in info.fields
            if any(isinstance(t, msgspec.inspect.DateTimeType | msgspec.inspect.DateType) for t in getattr(f.type, "types", (f.type,)))]


def _check_moments(moments: list[tuple[str, str]], data: msgspec.Struct) -> None:
    for name, key in moments:
        at: date | None = getattr(data, name)
        if at is not None and at.year not in YEARS:
            raise InvalidEvent("time", f"'{key}' is {at.isoformat()}: its year must be {YEARS.start} to {YEARS.stop - 1}; leave out what is unknown")


def _data(schema: type[msgspec.Struct], data: bytes) -> tuple[Mapping[str, Any], Any]:
    try:
        raw = msgspec.json.decode(data)
        if not isinstance(raw, dict):
            raise InvalidEvent("schema", f"the data must be a JSON object, not {type(raw).__name__}")
        if b"\\u0000" in data and _has_nul(raw):
            raise InvalidEvent("schema", "a text contains a NUL character, which the database cannot hold")
        return raw, msgspec.convert(raw, schema)
    except msgspec.ValidationError as error:
        raise InvalidEvent("schema", str(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidEvent("bytes", f"the data is no JSON: {error}") from None


def _has_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(k) or _has_nul(v) for k, v in value.items())
    if isinstance(value, list):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value


def _digest(envelope: Envelope, raw: Mapping[str, Any]) -> str:
    canonical = msgspec.json.encode(raw, order="deterministic").decode()
    return _hash(envelope.type, envelope.subject, envelope.time.isoformat(), str(envelope.simulated), canonical)


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(errors="surrogatepass"), digest_size=16).hexdigest()
