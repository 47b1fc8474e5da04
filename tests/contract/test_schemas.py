"""The published schemas say what the intake takes: the validator and the decoder agree, event by event."""

import base64
import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from ioc.api.arrivals import Clerk, event_in_headers, one_event
from ioc.errors import InvalidEvent
from ioc.schemas import address, schemas
from ioc.streams.engine.registry import streams
from tests.contract.test_streams import NAMES, golden
from tests.integration.streams_wire import NOW, Wire, binary

CASES = [(name, fact) for name in NAMES for fact in streams()[name].facts]
JUNK = [None, True, False, 0, -1, 1.5, 10**6, 2**40, "", " ", "x", "a\0b", [], {}, [1], {"a": "\0"}, {"b\0": 1}, ["\0"], "soon", "1.0", "true",
        "application/json", "application/json; charset=utf-8", "text/plain", "2026-11-20", "2026-13-20", "2026-11-20T08:00:00+07:00",
        "2026-11-20 08:00:00.123456789z", "2026-11-20T08:00:00", "2026-11-20T08:00", "2026-11-20T24:00:00Z", "2026-11-20T08:00:00+07",
        "1899-12-31T00:00:00Z", "2200-01-01T00:00:00Z", "2026-11-20T08:00:60Z"]
# Of a moment the schema knows the form; the clock and the calendar are the decoder's.
TIMES: list[Any] = ["2026-11-20T08:00:00+07:00", "2026-11-20t08:00:00.5z", "2026-11-20 08:00:00-0000", "2026-11-20T08:00:00", "2026-11-20", "", " ", "soon", None, 5, []]


@cache
def validator(name: str, fact: str, part: str = "#/$defs/event") -> Any:
    document = schemas()[streams()[name].type_of(fact)]
    return Draft202012Validator({"$ref": document["$id"] + part}, registry=Registry().with_resource(document["$id"], Resource.from_contents(document)))


@cache
def clerk() -> Clerk:
    """Judges by schema and facts alone: a stream's own handler says what no schema can."""
    return Clerk({name: replace(stream, check=None) for name, stream in streams().items()})


def verdict(event: Any) -> InvalidEvent | None:
    """Why the intake refuses an event, None where it takes it."""
    try:
        clerk().record(one_event(json.dumps(event).encode()), NOW, refuse_simulated=False)
    except InvalidEvent as found:
        return found
    return None


@pytest.mark.parametrize(("name", "fact"), CASES)
def test_schema_is_one_of_the_2020_dialect(name: str, fact: str) -> None:
    document = schemas()[streams()[name].type_of(fact)]
    Draft202012Validator.check_schema(document)
    assert document["$id"] == address(streams()[name].type_of(fact))


@pytest.mark.parametrize(("name", "fact"), CASES)
def test_golden_message_is_valid_and_taken(name: str, fact: str) -> None:
    wire = golden(name)[fact]
    assert list(validator(name, fact).iter_errors(wire)) == []
    assert list(validator(name, fact, "").iter_errors(wire["data"])) == []
    assert verdict(wire) is None


@pytest.mark.parametrize(("name", "fact"), CASES)
def test_golden_message_in_base64_is_valid_and_taken(name: str, fact: str) -> None:
    wire = {**golden(name)[fact], "data_base64": base64.b64encode(json.dumps(golden(name)[fact]["data"]).encode()).decode()}
    del wire["data"]
    assert validator(name, fact).is_valid(wire)
    assert verdict(wire) is None


@pytest.mark.parametrize("name", NAMES)
def test_event_of_one_type_is_none_of_another(name: str) -> None:
    first, *others = streams()[name].facts
    assert [fact for fact in others if validator(name, fact).is_valid(golden(name)[first])] == []


def limits(schema: dict[str, Any]) -> list[Any]:
    """Values at the edges that a field's schema draws."""
    found: list[Any] = []
    for kind in schema.get("anyOf", [schema]):
        found += [kind[key] + step for key, step in (("minimum", -1), ("minimum", 0), ("maximum", 0), ("maximum", 1)) if key in kind]
        found += ["x" * (kind["maxLength"] + more) for more in (0, 1) if "maxLength" in kind]
    return found


def whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values on both sides of a field's schema. 1.0 is left out: JSON Schema calls it an integer, the decoder does not."""
    free = st.one_of(st.text(max_size=20), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False))
    return st.one_of(st.sampled_from([*JUNK, *limits(schema)]), free).filter(lambda value: not whole(value))


@st.composite
def changed(draw: st.DrawFn, name: str) -> tuple[str, Wire]:
    """A golden message with one or two of its parts gone or otherwise."""
    fact = draw(st.sampled_from(list(streams()[name].facts)))
    wire: Wire = json.loads(json.dumps(golden(name)[fact]))
    document = schemas()[streams()[name].type_of(fact)]
    inner = {**document["properties"], "more": {}, "b\0": {}}
    outer = {**{k: v for k, v in document["$defs"]["event"]["properties"].items() if k != "data_base64"}, "traceparent": {"maxLength": 1000},
             "severity": {"minimum": -(2**31), "maximum": 2**31 - 1}, "Upper": {}, "under_score": {}, "x" * 30: {}}
    for _ in range(draw(st.integers(1, 2))):
        target, parts = (wire["data"], inner) if isinstance(wire.get("data"), dict) and draw(st.booleans()) else (wire, outer)
        key = draw(st.sampled_from(sorted(parts)))
        if draw(st.integers(0, 5)) == 0:
            target.pop(key, None)
        else:
            target[key] = draw(st.sampled_from(TIMES) if target is wire and key == "time" else values(parts[key]))
    return fact, wire


@pytest.mark.parametrize("name", NAMES)
def test_validator_and_intake_agree(name: str) -> None:
    seen = {True: 0, False: 0}

    @settings(max_examples=100, deadline=None, database=None)
    @given(changed(name))
    def agree(case: tuple[str, Wire]) -> None:
        fact, wire = case
        valid, found = validator(name, fact).is_valid(wire), verdict(wire)
        assert valid == (found is None), (wire, found)
        seen[valid] += 1

    agree()
    assert seen[True] > 5 < seen[False]


@pytest.mark.parametrize(("name", "fact"), CASES)
def test_binary_mode_gives_the_record_of_structured_mode(name: str, fact: str) -> None:
    wire = golden(name)[fact]
    headers, value = binary(wire)
    posted = [(key.replace("ce_", "ce-").encode(), text) for key, text in headers]
    first = clerk().record(event_in_headers(posted, value), NOW, refuse_simulated=False)
    second = clerk().record(one_event(json.dumps(wire, ensure_ascii=False).encode()), NOW, refuse_simulated=False)
    assert (first.topic, first.key, first.headers) == (second.topic, second.key, second.headers)
    assert json.loads(first.value or b"") == json.loads(second.value or b"") == wire["data"]
