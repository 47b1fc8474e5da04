from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest

from ioc.errors import InputError
from ioc.streams.engine.envelope import write_headers
from simulators.engine.encode import Record
from simulators.engine.faults import FAULTS, clock_skew, delay, disorder, disturbed, garble, lose, repeat, source_silent

T0 = datetime(2026, 11, 15, 17, tzinfo=UTC)  # a local midnight


def record(n: int) -> Record:
    at = T0 + timedelta(minutes=n)
    headers = write_headers(event_id=f"e{n}", source="/s", type_="t", subject="x", time=at, simulated=True)
    return Record("topic", b"x", msgspec.json.encode({"n": n, "text": "abcdefgh"}), headers, at)


def records(most: int = 1440) -> Iterator[Record]:
    return (record(n) for n in range(most))


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_fault_with_the_same_seed_does_the_same(name: str) -> None:
    assert list(disturbed(records(), [name], "1")) == list(disturbed(records(), [name], "1"))


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_fault_changes_something(name: str) -> None:
    assert list(disturbed(records(), [name], "1")) != list(records())


def test_lose_keeps_the_rest_in_order() -> None:
    kept = list(lose(Random(1), records(), ratio=0.5))
    assert 600 < len(kept) < 840
    assert kept == sorted(kept, key=lambda r: r.at)


def test_repeat_sends_the_same_bytes_again() -> None:
    sent = list(repeat(Random(1), records(), ratio=0.5))
    assert len(sent) > 1440
    assert {r.value for r in sent} == {r.value for r in records()}


@pytest.mark.parametrize("fault", [delay, disorder])
def test_fault_of_order_loses_and_doubles_nothing(fault: type) -> None:
    sent = list(fault(Random(1), records()))
    assert sent != list(records())
    assert sorted(sent, key=lambda r: r.at) == list(records())


def test_garble_leaves_no_json() -> None:
    for sent in garble(Random(1), records(50), ratio=1.0):
        with pytest.raises(msgspec.DecodeError):
            msgspec.json.decode(sent.value)


def test_clock_skew_moves_a_source_by_one_amount() -> None:
    moves = {dict(s.headers)["ce_time"] != dict(r.headers)["ce_time"] and s.at - r.at
             for s, r in zip(clock_skew(Random(1), records()), records(), strict=True)}
    assert len(moves) == 1
    assert moves != {timedelta()}


def test_silent_source_says_nothing_for_its_hours() -> None:
    moments = [r.at for r in source_silent(Random(1), records(), hours=2)]
    assert max(b - a for a, b in pairwise(moments)) >= timedelta(hours=2)


def test_unknown_fault_is_refused() -> None:
    with pytest.raises(InputError, match="no fault 'bang'; known are lose"):
        disturbed(records(), ["bang"], "1")
