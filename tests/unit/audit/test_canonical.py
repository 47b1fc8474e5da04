"""One text for one content."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.audit.canonical import canonical, moment, writable
from ioc.errors import ContractError

CALM = settings(deadline=None, database=None)
ANY_TEXT = st.text(st.characters(exclude_categories=()))
ANY_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
                        lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=20)
PLAIN_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text().filter(lambda t: "\0" not in t),
                          lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda t: "\0" not in t), inner), max_leaves=20)


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


@CALM
@given(st.dictionaries(ANY_TEXT, ANY_JSON))
def test_canonical_is_text_that_utf8_and_postgresql_can_hold(content: dict[str, Any]) -> None:
    text = canonical(content)
    assert "\0" not in text
    assert "\\u0000" not in text.replace("\\\\", "")
    assert text.encode().decode() == text


@CALM
@given(st.dictionaries(ANY_TEXT, ANY_JSON))
def test_canonical_of_what_it_says_is_itself(content: dict[str, Any]) -> None:
    assert canonical(json.loads(canonical(content))) == canonical(content)


@CALM
@given(st.dictionaries(st.text().filter(lambda t: "\0" not in t), PLAIN_JSON))
def test_canonical_loses_nothing_that_json_can_say(content: dict[str, Any]) -> None:
    assert json.loads(canonical(content)) == content


@CALM
@given(st.dictionaries(ANY_TEXT, ANY_JSON), st.randoms(use_true_random=False))
def test_canonical_is_the_same_in_whatever_order_the_keys_come(content: dict[str, Any], dice: Any) -> None:
    keys = list({writable(key): key for key in content}.values())
    shuffled = dice.sample(keys, len(keys))
    assert canonical({key: content[key] for key in shuffled}) == canonical({key: content[key] for key in keys})


def test_canonical_has_sorted_keys_and_no_blanks() -> None:
    assert canonical({"b": [1, 2.5, None, True], "a": {"đ": "Sóc Trăng"}}) == '{"a":{"đ":"Sóc Trăng"},"b":[1,2.5,null,true]}'


@pytest.mark.parametrize(("value", "text"), [
    (datetime(2026, 11, 22, 17, tzinfo=timezone(timedelta(hours=7))), '"2026-11-22T10:00:00.000000Z"'),
    (datetime(2026, 11, 22, 17, 0, 0, 5, tzinfo=UTC), '"2026-11-22T17:00:00.000005Z"'),
    (date(2026, 11, 22), '"2026-11-22"'), (time(17, 30), '"17:30:00"'), (timedelta(minutes=1.5), "90.0"),
    (Decimal("12.50"), '"12.50"'), (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'), (b"\x00\xff", '"00ff"'),
    (Colour.RED, '"red"'), (Level.HIGH, "3"), ({"b", "a"}, '["a","b"]'), (frozenset({2, 1}), "[1,2]"), ((1, "x"), '[1,"x"]'),
    (float("nan"), '"nan"'), (float("-inf"), '"-inf"'), ("a\0b", '"a\\\\u0000b"'), ("\ud800", '"\\\\ud800"'), ({1: 2}, '{"1":2}')])
def test_canonical_writes_a_value(value: object, text: str) -> None:
    assert canonical({"v": value}) == f'{{"v":{text}}}'


def test_canonical_refuses_what_has_no_form() -> None:
    with pytest.raises(ContractError, match="no form for a object"):
        canonical({"v": [object()]})


def test_moment_is_utc_with_microseconds() -> None:
    assert moment(datetime(2026, 11, 22, 0, 30, tzinfo=timezone(timedelta(hours=7)))) == "2026-11-21T17:30:00.000000Z"
