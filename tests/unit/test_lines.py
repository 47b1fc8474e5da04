"""Frames written to many viewers at once."""

import asyncio
from typing import Any, cast

import orjson

from ioc.api.feed import Feed, Stored
from ioc.api.lines import MOST_WAITING, Line, chunk
from ioc.clock import SystemClock
from ioc.live.frames import VARIANTS

VARIANT = VARIANTS[0]


class Wire:
    """A connection whose viewer takes what is written, unless it is `stuck`."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.stuck = False
        self.closing = False

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def get_write_buffer_size(self) -> int:
        return MOST_WAITING + 1 if self.stuck else 0

    def is_closing(self) -> bool:
        return self.closing


class Bench:
    def __init__(self) -> None:
        self.feed = Feed(cast("Any", None), SystemClock(), "build")
        self.feed._epoch = "e"
        self.allowed = True

    def line(self) -> tuple[Line, Wire]:
        wire = Wire()
        return Line(cast("asyncio.Transport", wire), VARIANT, lambda: self.allowed), wire

    def frame(self, number: int, **panels: int) -> None:
        for key, value in panels.items():
            self.feed._bodies.setdefault(VARIANT.key, {})[key] = Stored(number, orjson.dumps({"v": value}))
        self.feed._previous, self.feed._frame = self.feed._frame, number
        self.feed._deltas = {VARIANT.key: self.feed._event(VARIANT.key, self.feed._previous)}
        self.feed._wake()


def told(wire: Wire) -> list[dict[str, int]]:
    """Panels and their values, frame by frame; each chunk as RFC 9112 has it."""
    found = []
    for data in wire.sent:
        size, _, rest = data.partition(b"\r\n")
        assert rest == rest[:int(size, 16)] + b"\r\n"
        found += [{key: body["v"] for key, body in orjson.loads(line[6:])["panels"].items()} for line in rest.split(b"\n") if b'"panels"' in line]
    return found


def test_all_viewers_are_given_the_same_bytes() -> None:
    bench = Bench()
    lines = [bench.line() for _ in range(3)]
    for line, _ in lines:
        bench.feed.first(line, "")
    with bench.feed.following(lines[0][0]), bench.feed.following(lines[1][0]), bench.feed.following(lines[2][0]):
        bench.frame(1, a=1)
        bench.frame(2, b=2)
        assert bench.feed.viewers == 3
    assert told(lines[0][1]) == [{"a": 1}, {"b": 2}]
    assert lines[0][1].sent == lines[1][1].sent == lines[2][1].sent
    assert lines[0][1].sent[1] is lines[2][1].sent[1]
    assert bench.feed.viewers == 0


def test_viewer_that_does_not_keep_up_is_given_all_it_missed_at_once_and_nothing_piles_up() -> None:
    bench = Bench()
    line, wire = bench.line()
    bench.feed.first(line, "")
    with bench.feed.following(line):
        wire.stuck = True
        for number in range(1, 50):
            bench.frame(number, a=number)
        bench.frame(50, b=7)
        assert wire.sent == []
        wire.stuck = False
        bench.feed._say_beat()
        bench.feed._wake()
    assert told(wire) == [{"a": 49, "b": 7}]


def test_what_comes_between_the_first_answer_and_the_following_is_not_lost() -> None:
    bench = Bench()
    line, wire = bench.line()
    bench.feed.first(line, "")
    bench.frame(1, a=1)
    with bench.feed.following(line):
        assert told(wire) == [{"a": 1}]


def test_new_epoch_gives_everything_anew() -> None:
    bench = Bench()
    line, wire = bench.line()
    bench.frame(7, a=7)
    bench.feed.first(line, "e.7")
    with bench.feed.following(line):
        bench.feed._epoch, bench.feed._frame, bench.feed._bodies = "f", 0, {}
        bench.frame(1, a=1, b=1)
    assert told(wire) == [{"a": 1, "b": 1}]


def test_viewer_that_may_look_no_more_is_written_nothing_and_told_to_end() -> None:
    bench = Bench()
    line, wire = bench.line()
    bench.feed.first(line, "")
    with bench.feed.following(line):
        bench.allowed = False
        bench.frame(1, a=1)
        assert line.ended.is_set()
    assert wire.sent == []


def test_closed_connection_is_written_nothing() -> None:
    bench = Bench()
    line, wire = bench.line()
    bench.feed.first(line, "")
    wire.closing = True
    with bench.feed.following(line):
        bench.frame(1, a=1)
    assert wire.sent == []


def test_chunk_is_as_the_standard_has_it() -> None:
    assert chunk(b"abc") == b"3\r\nabc\r\n"
    assert chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
