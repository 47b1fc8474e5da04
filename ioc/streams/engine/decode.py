"""Message → event, or the reason why it never can be one. Pure: no database, no broker, no clock."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from ioc.clock import YEARS
from ioc.errors import InvalidEvent
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.envelope import Envelope, read_envelope
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.privacy import without_persons

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=1)
"""How far a source's clock may run ahead of the centre's before its times are called impossible."""
OFFSET = timedelta(hours=16)
"""From here on PostgreSQL takes no time zone, though RFC 3339 knows them up to 23:59."""

Decoder = Callable[[Message, datetime], Event[Any]]


class _Kind(NamedTuple):
    """What a type of event asks of its data."""

    stream: Stream
    fact: str
    rank: int
    required: list[tuple[str, str]]
    keys: frozenset[str]
    moments: list[tuple[str, str]]


def decoder(*streams: Stream) -> Decoder:
    """Decoder of the messages of one topic's streams; its second argument is the moment of reading (aware UTC)."""
    kinds = {stream.type_of(fact): _kind(stream, fact, rank) for stream in streams for rank, fact in enumerate(stream.facts)}

    def decode(message: Message, now: datetime) -> Event[Any]:
        envelope = read_envelope(message)
        if envelope.type not in kinds:
            raise InvalidEvent("type", f"'{envelope.type}' is no event of {streams[0].topic}; known are {', '.join(kinds)}")
        stream, fact, rank, required, keys, moments = kinds[envelope.type]
        _check_time(envelope.time, now)
        raw, data = _data(stream.schema, envelope.data)
        for name, key in required:
            if getattr(data, name) is None:
                raise InvalidEvent("schema", f"'{fact}' needs the field '{key}'")
        data = _with_moments(moments, data)
        if stream.check:
            stream.check(fact, data)
        rest = None if keys.issuperset(raw) else _rest(raw, keys)
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


def _kind(stream: Stream, fact: str, rank: int) -> _Kind:
    keys = dict(zip(stream.schema.__struct_fields__, stream.schema.__struct_encode_fields__, strict=True))
    return _Kind(stream, fact, rank, [(name, keys[name]) for name in stream.facts[fact]], frozenset(keys.values()), _moments(stream.schema))


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


def _with_moments(moments: list[tuple[str, str]], data: msgspec.Struct) -> Any:
    """The data with moments that a person and the database can calculate with; one told in no zone of this earth stays the same moment."""
    moved: dict[str, datetime] = {}
    for name, key in moments:
        at: date | None = getattr(data, name)
        if at is None:
            continue
        if at.year not in YEARS:
            raise InvalidEvent("time", f"'{key}' is {at.isoformat()}: its year must be {YEARS.start} to {YEARS.stop - 1}; leave out what is unknown")
        if isinstance(at, datetime) and (offset := at.utcoffset()) and not -OFFSET < offset < OFFSET:
            moved[name] = at.astimezone(UTC)
    return msgspec.structs.replace(data, **moved) if moved else data


def _data(schema: type[msgspec.Struct], data: bytes) -> tuple[Mapping[str, Any], Any]:
    raw = _parsed(data)
    try:
        return raw, msgspec.convert(raw, schema)
    except msgspec.ValidationError as error:
        what, at, place = str(error).rpartition(" - at ")  # what quotes the value, which may be as long as it likes
        raise InvalidEvent("schema", f"{what[:300]}{at}{place}") from None


def _parsed(data: bytes) -> Mapping[str, Any]:
    try:
        raw = msgspec.json.decode(data)
        lost = _with_nul(raw) if b"\\u0000" in data and isinstance(raw, dict) else []
    except msgspec.ValidationError as error:
        raise InvalidEvent("schema", f"{str(error).partition(' - at ')[0]}{_culprit(data)}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidEvent("bytes", f"the data is no JSON: {error}{_culprit(data)}") from None
    if not isinstance(raw, dict):
        raise InvalidEvent("schema", f"the data must be a JSON object, not {type(raw).__name__}")
    if lost:
        raise InvalidEvent("schema", f"'{lost[0][:100]}' contains a NUL character, which the database cannot hold")
    return raw


_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}:,]', re.DOTALL)
_STEPS = {b"{": 1, b"[": 1, b"}": -1, b"]": -1}


def _culprit(data: bytes) -> str:
    """Where data cannot be read, in msgspec's own words: the first key of the object whose value is no JSON; '' where there is none."""
    depth, start, key = 0, 0, b""
    for token in _TOKENS.finditer(data) if data.lstrip()[:1] == b"{" else ():
        mark = token[0]
        if depth == 1 and mark in {b",", b"}"}:
            if key and not _is_sound(data[start:token.start()]):
                break
            start, key = 0, b""
        elif depth == 1 and mark[:1] == b'"' and not key:
            key = mark
        elif depth == 1 and mark == b":" and not start:
            start = token.end()
        depth += _STEPS.get(mark, 0)
    return f" - at `$.{key[1:-1].decode(errors='replace')[:100]}`" if key else ""


def _is_sound(value: bytes) -> bool:
    try:
        msgspec.json.decode(value)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return True


def _with_nul(raw: Mapping[str, Any]) -> list[str]:
    return [key for key, value in raw.items() if _has_nul(key) or _has_nul(value)]


def _has_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(k) or _has_nul(v) for k, v in value.items())
    if isinstance(value, list):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value


def _rest(raw: Mapping[str, Any], keys: frozenset[str]) -> str:
    return msgspec.json.encode(without_persons({key: value for key, value in raw.items() if key not in keys})).decode()


def _digest(envelope: Envelope, raw: Mapping[str, Any]) -> str:
    canonical = msgspec.json.encode(raw, order="deterministic").decode()
    return _hash(envelope.type, envelope.subject, envelope.time.isoformat(), str(envelope.simulated), canonical)


def _hash(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(errors="surrogatepass"), digest_size=16).hexdigest()
