"""JSON Schemas (2020-12) of every event type, made from the streams: what a source checks its events against before it sends them.

A schema's address is what CloudEvents calls `dataschema`: the document describes the data, its `$defs/event` the whole event in JSON.
"""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from ioc.catalogue import explained, first_line
from ioc.clock import YEARS
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.decode import AHEAD, EARLIEST
from ioc.streams.engine.envelope import MAX_TEXT
from ioc.streams.engine.registry import streams

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLACE = "/api/schemas/"
MAX_EXTENSION = 1000
MAX_ATTRIBUTES = 40
INTEGERS = range(-(2**31), 2**31)
"""Of CloudEvents 1.0.2, §3.1 (type system); other numbers are no attributes."""
JSON_DATA = r"^application/json *(;|$)"

_NO_NUL = r"^[^\u0000]*$"
_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])"
_CENTURIES = "|".join(str(century) for century in range(YEARS.start // 100, YEARS.stop // 100))
_FORMATS = {"date": f"^[0-9]{{4}}-{_DAY}$", "date-time": f"^({_CENTURIES})[0-9]{{2}}-{_DAY}[Tt ]{_CLOCK}$"}
_STORABLE = {
    "description": "The database holds no NUL character, wherever it hides.",
    "pattern": _NO_NUL,
    "items": {"$ref": "#/$defs/storable"},
    "propertyNames": {"pattern": _NO_NUL},
    "additionalProperties": {"$ref": "#/$defs/storable"},
}


def address(event_type: str) -> str:
    """The `dataschema` of a type, below the centre's own address."""
    return f"{PLACE}{event_type}.json"


@cache
def schemas() -> dict[str, Schema]:
    """Schemas by event type."""
    return {stream.type_of(fact): _document(stream, fact) for stream in streams().values() for fact in stream.facts}


def index() -> Schema:
    """What schemas there are."""
    return {"schemas": [
        {"type": stream.type_of(fact), "dataschema": address(stream.type_of(fact)), "event": f"{address(stream.type_of(fact))}#/$defs/event",
         "topic": stream.topic, "subject": stream.subject}
        for stream in streams().values() for fact in stream.facts]}


@cache
def files() -> dict[str, bytes]:
    """File name → content of everything that is published: the index and one file a type."""
    found = {"index.json": index()} | {f"{name}.json": schema for name, schema in schemas().items()}
    return {name: msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n" for name, content in found.items()}


def _document(stream: Stream, fact: str) -> Schema:
    name = stream.type_of(fact)
    data, others = _data(stream, fact)
    return {"$schema": DIALECT, "$id": address(name), "title": name, "description": _about(stream), **data,
            "$defs": {"event": _event(stream, fact), "storable": _STORABLE, **others}}


def _about(stream: Stream) -> str:
    parts = [first_line(inspect.getmodule(stream.schema)), explained(inspect.getdoc(stream.schema) or "")[0]]
    if stream.check and (doc := inspect.getdoc(stream.check)):
        parts.append(f"Checked beyond this schema: {doc}")
    return " ".join(parts)


def _data(stream: Stream, fact: str) -> tuple[Schema, Schema]:
    """Schema of a fact's data, and of the structs inside it by name."""
    (own,), components = msgspec.json.schema_components((stream.schema,), ref_template="#/$defs/{name}")
    name = own["$ref"].rpartition("/")[2]
    known = components.pop(name)
    meanings = explained(inspect.getdoc(stream.schema) or "")[1]
    fields = {f.encode_name: f for f in msgspec.structs.fields(stream.schema)}
    needed = {f.encode_name for f in fields.values() if f.name in stream.facts[fact]}
    properties = {key: _property(schema, needed=key in needed) | _meaning(meanings.get(fields[key].name))
                  for key, schema in known["properties"].items()}
    required = [key for key, f in fields.items() if f.required or (key in needed and f.default is None)]
    data = {"type": "object", "properties": properties, "required": required, "allOf": [{"$ref": "#/$defs/storable"}]}
    return data, {key: _tightened(schema) for key, schema in components.items()}


def _property(schema: Schema, *, needed: bool) -> Schema:
    """Schema of one field; one that the fact must carry is not null."""
    tightened: Schema = _tightened(schema)
    if not needed or "anyOf" not in tightened:
        return tightened
    kinds = [kind for kind in tightened["anyOf"] if kind != {"type": "null"}]
    rest = {key: value for key, value in tightened.items() if key not in {"anyOf", "default"}}
    return rest | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds})


def _meaning(text: str | None) -> Schema:
    return {"description": text} if text else {}


def _tightened(schema: Any) -> Any:
    """The same with what the decoder asks of days and moments, since a validator need not look at `format`."""
    if isinstance(schema, list):
        return [_tightened(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    made = {key: _tightened(part) for key, part in schema.items()}
    return made | {"pattern": _FORMATS[made["format"]]} if made.get("format") in _FORMATS and made.get("type") == "string" else made


def _event(stream: Stream, fact: str) -> Schema:
    known = dict(_attributes(stream, fact))
    return {
        "$anchor": "event",
        "title": f"{stream.type_of(fact)} as a CloudEvent 1.0 in JSON",
        "type": "object",
        "properties": {
            **known,
            "data": {"$ref": "#"},
            "data_base64": {"type": "string", "contentEncoding": "base64", "contentMediaType": "application/json", "contentSchema": {"$ref": "#"}},
        },
        "required": [key for key in known if key in {"specversion", "id", "source", "type", "subject", "time"}],
        "oneOf": [{"required": ["data"]}, {"required": ["data_base64"]}],
        "maxProperties": MAX_ATTRIBUTES,
        "propertyNames": {"pattern": "^([a-z0-9]+|data_base64)$"},
        "additionalProperties": {
            "description": "Extension attributes are kept with the event.", "type": ["string", "boolean", "integer", "null"],
            "maxLength": MAX_EXTENSION, "pattern": _NO_NUL, "minimum": INTEGERS.start, "maximum": INTEGERS.stop - 1},
    }


def _attributes(stream: Stream, fact: str) -> Iterator[tuple[str, Schema]]:
    text = {"type": "string", "maxLength": MAX_TEXT, "allOf": [{"pattern": r"\S"}, {"pattern": _NO_NUL}]}
    yield "specversion", {"const": "1.0"}
    yield "id", text | {"description": "With `source` the event's identity: the same two are the same event, however often it is sent."}
    yield "source", text | {"description": "The system that sends it, e.g. /vn/92/one-stop."}
    yield "type", {"const": stream.type_of(fact)}
    yield "subject", text | {"description": stream.subject}
    yield "time", {
        "type": "string", "format": "date-time", "maxLength": MAX_TEXT, "pattern": f"^[0-9]{{4}}-{_DAY}[Tt ]{_CLOCK}$",
        "description": f"When it happened: not before {EARLIEST.date()}, at most {AHEAD} (hours) ahead of the centre's clock."}
    yield "sequence", {"type": ["string", "null"], "maxLength": MAX_TEXT, "pattern": _NO_NUL, "description": "Order among equal times."}
    yield "datacontenttype", {"type": ["string", "null"], "pattern": JSON_DATA}
    yield "dataschema", {"type": ["string", "null"], "maxLength": MAX_EXTENSION, "pattern": _NO_NUL, "description": address(stream.type_of(fact))}
    yield "simulated", {"enum": [True, False, "true", "false", None], "description": "true = not real; a database born 'real' refuses it."}
