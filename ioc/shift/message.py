"""A message that could not be taken: what it says, field by field and without persons, and the same mended and judged by the sink's own reader."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from ioc.errors import InputError
from ioc.streams.engine.attention import Letter
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.event import DeadLetter, Event, Message
from ioc.streams.engine.making import reader
from ioc.streams.engine.privacy import MASK, is_personal, masked
from ioc.streams.engine.registry import streams

ATTRIBUTES = ("id", "source", "type", "subject", "time")
"""What an envelope must say, and a person may mend."""
_WRITTEN = frozenset({*ATTRIBUTES, "specversion", "datacontenttype", "partitionkey"})
REPLAY_OF = "ioc_replay_of"
"""Header of a message that was sent again: the number of the letter that it was."""
SHOWN = 20_000
"""Characters of a value that are shown."""
DEPTH = 50
"""Levels of a value that are shown."""
MOST_FIELDS = 150
_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a message says, as far as it can be told. `data` None = it is no JSON object, `raw` its bytes. `others`: headers that are kept."""

    attributes: Mapping[str, str]
    data: Mapping[str, Any] | None
    raw: bytes
    others: tuple[tuple[str, bytes], ...] = ()

    @property
    def can_be_written(self) -> bool:
        """Whether data that are no object can be written anew: all of them are shown."""
        return self.data is None and len(self.raw) <= SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as a person sees it. `is_hidden`: it tells of a person, and nobody mends it here."""

    name: str
    text: str
    is_hidden: bool = False
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A mended copy. `verdict` None = it is valid now; `changed`: what was mended."""

    message: Message
    verdict: DeadLetter | None
    event: Event[Any] | None
    changed: tuple[str, ...] = field(default=())


def said(letter: Letter) -> Said:
    """What a letter says in either content mode; never fails, whatever its bytes are."""
    headers = dict(letter.headers)
    others = tuple((name, value) for name, value in letter.headers if not name.startswith("ce_") and name not in {"content-type", REPLAY_OF})
    if headers.get("content-type", b"").startswith(b"application/cloudevents"):
        whole = _object(letter.value)
        told = {name: _plain(value) for name, value in (whole or {}).items() if name not in {"data", "data_base64"} and value is not None}
        raw = (letter.value or b"") if whole is None else _unpacked(whole)
    else:
        told = {name[3:]: value.decode(errors="backslashreplace") for name, value in letter.headers if name.startswith("ce_")}
        raw = letter.value or b""
    return Said(attributes=told, data=_object(raw), raw=raw, others=others)


def fields(letter: Letter, told: Said) -> list[Field]:
    """The data's fields, those that the message has first, then those that its kind may have."""
    asked = asked_fields(letter.topic, told.attributes.get("type", ""))
    present = [] if told.data is None else [_field(name, value, asked) for name, value in list(told.data.items())[:MOST_FIELDS]]
    schema = _schema(letter.topic, told.attributes.get("type", ""))
    known = {f.name for f in present}
    missing = [Field(name=name, text="", is_asked=name in asked) for name in (schema or {}) if name not in known]
    return [*present, *sorted(missing, key=lambda f: not f.is_asked)]


def text_of(value: bytes | None) -> str:
    """A value as a person may read it: JSON laid out, other bytes spelt; without telephone and identity numbers, and cut where it is long."""
    if value is None:
        return ""
    whole = _object(value)
    text = json.dumps(hidden(whole), ensure_ascii=False, indent=2) if whole is not None else masked(value[:SHOWN].decode(errors="backslashreplace"))
    return visible(text[:SHOWN]) + ("…" if len(text) > SHOWN or len(value) > SHOWN else "")


def visible(text: str) -> str:
    """A text in which everything can be seen: what has no look of its own is spelt."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def hidden(value: Any, depth: int = DEPTH) -> Any:
    """The same without what tells of a person, and without what lies deeper than anybody reads."""
    if not depth:
        return "…"
    if isinstance(value, dict):
        return {masked(name): MASK if is_personal(name, one) else hidden(one, depth - 1) for name, one in value.items()}
    if isinstance(value, list):
        return [hidden(one, depth - 1) for one in value]
    return masked(value) if isinstance(value, str) else value


def asked_fields(topic: str, type_: str) -> frozenset[str]:
    """Fields that a kind of event must carry, as they are called on the wire."""
    stream, fact = _kind(topic, type_)
    if stream is None:
        return frozenset()
    wire = dict(zip(stream.schema.__struct_fields__, stream.schema.__struct_encode_fields__, strict=True))
    return frozenset(wire[name] for name in stream.facts[fact])


def types_of(topic: str) -> list[str]:
    """Kinds of events that a topic takes."""
    return [stream.type_of(fact) for stream in streams().values() if stream.topic == topic for fact in stream.facts]


def mend(letter: Letter, given: Mapping[str, str], now: datetime, *, refuse_simulated: bool) -> Mended:
    """The letter with what a person wrote, and what the sink would say of it.

    `given`: 'a.NAME' an attribute, 'f.NAME' a field of the data, 'raw' the whole data of a message that is no JSON object. What is given as it was
    shown stays as it was sent.

    Raises:
        InputError: a text that holds a mask, or no JSON where it must be.

    """
    told = said(letter)
    attributes, changed = _attributes(told, given)
    data, mended = _data(letter, told, given, attributes.get("type", ""))
    message = Message(topic=letter.topic, partition=-1, offset=-1, timestamp_ms=letter.timestamp_ms, value=data,
                      key=attributes["subject"].encode() or None, headers=_headers(told, attributes))
    meaning = reader(refuse_simulated).read(message, now).meaning
    is_dead = isinstance(meaning, DeadLetter)
    return Mended(message=message, verdict=meaning if isinstance(meaning, DeadLetter) else None, changed=(*changed, *mended),
                  event=None if is_dead or not isinstance(meaning, Event) else meaning)


def _attributes(told: Said, given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    made, changed = {name: told.attributes.get(name, "") for name in ATTRIBUTES}, []
    for name in ATTRIBUTES:
        shown = visible(masked(made[name]))
        text = given.get(f"a.{name}", shown)
        if not _is_same(text, shown):
            made[name] = _whole(name, text.strip())
            changed.append(name)
    return made, changed


def _headers(told: Said, attributes: Mapping[str, str]) -> list[tuple[str, bytes]]:
    carried = {name: text for name, text in told.attributes.items() if name not in _WRITTEN}
    # The moment goes as it was written: whether it can be one is the reader's to say.
    made = dict(write_headers(event_id=attributes["id"], source=attributes["source"], type_=attributes["type"], subject=attributes["subject"],
                              time=datetime.min.replace(tzinfo=UTC), simulated=False))
    made["ce_time"] = attributes["time"].encode()
    made |= {f"ce_{name}": text.encode() for name, text in carried.items()}
    return [*made.items(), *told.others]


def _data(letter: Letter, told: Said, given: Mapping[str, str], type_: str) -> tuple[bytes, list[str]]:
    if told.data is None:
        raw = given.get("raw", "") if told.can_be_written else ""
        return (told.raw, []) if not raw.strip() or _is_same(raw, text_of(told.raw)) else (_whole("data", raw).encode(), ["data"])
    data, changed, schema = dict(told.data), [], _schema(letter.topic, type_) or {}
    for name in [*data, *(n for n in schema if n not in data)]:
        shown = _field(name, data[name], frozenset()) if name in data else Field(name=name, text="")
        text = given.get(f"f.{name}", shown.text)
        if shown.is_hidden or _is_same(text, shown.text):
            continue
        changed.append(name)
        if text.strip():
            data[name] = _value(_whole(name, text.strip()), schema.get(name), data.get(name, _ABSENT))
        else:
            data.pop(name, None)
    return msgspec.json.encode(data), changed


def _whole(name: str, text: str) -> str:
    if MASK in text:
        raise InputError(f"'{name}' still holds {MASK}, which hides what was sent: write the whole of it again, or leave it as it was")
    return text


def _value(text: str, kind: Any, before: object) -> Any:
    """What a person means by a text: what the field takes, text before numbers; where nobody knows the field, what it was before."""
    choices: list[Any] = [text]
    try:
        choices.append(msgspec.json.decode(text.encode()))
    except (msgspec.DecodeError, RecursionError):
        choices = [text]
    if kind is None:
        return choices[0] if isinstance(before, str) or before is _ABSENT else choices[-1]
    for choice in choices:
        try:
            msgspec.convert(choice, kind)
        except (msgspec.ValidationError, RecursionError):
            continue
        return choice
    return choices[0] if isinstance(before, str) else choices[-1]


def _field(name: str, value: Any, asked: frozenset[str]) -> Field:
    if is_personal(name, value):
        return Field(name=name, text=MASK, is_hidden=True, is_asked=name in asked)
    text = masked(value) if isinstance(value, str) else json.dumps(hidden(value), ensure_ascii=False)
    return Field(name=name, text=visible(text), is_asked=name in asked)


def _is_same(text: str, shown: str) -> bool:
    # A browser sends the ends of lines in its own way.
    return text.replace("\r\n", "\n").strip() == shown.replace("\r\n", "\n").replace("\r", "\n").strip()


def _kind(topic: str, type_: str) -> tuple[Stream | None, str]:
    for stream in streams().values():
        for fact in stream.facts:
            if stream.topic == topic and stream.type_of(fact) == type_:
                return stream, fact
    return None, ""


def _schema(topic: str, type_: str) -> dict[str, Any] | None:
    stream, _ = _kind(topic, type_)
    if stream is None:
        return None
    return {f.encode_name: f.type for f in msgspec.structs.fields(stream.schema)}


def _object(value: bytes | None) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(value or b"")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _unpacked(whole: Mapping[str, Any]) -> bytes:
    """The data's bytes of a structured event."""
    if isinstance(whole.get("data_base64"), str):
        try:
            return base64.b64decode(whole["data_base64"], validate=True)
        except ValueError:
            return b""
    return msgspec.json.encode(whole.get("data"))


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
