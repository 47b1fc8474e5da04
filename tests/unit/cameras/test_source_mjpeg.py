"""MJPEG over HTTP: the newest picture, and each failure named in time."""

import itertools
import socket
import threading
import time

import numpy as np
import pytest

from ioc.cameras.contract import Cause
from ioc.clock import SystemClock

from .places import Answer, cause, drips, first, holds, jpeg, part, says, serving, source, stream_head, whole

PICTURE = jpeg()


def sends(*pictures: bytes, each_s: float = 0.0) -> Answer:
    """The pictures again and again."""

    def answer(conn: socket.socket, _: str) -> None:
        conn.sendall(stream_head())
        for picture in itertools.cycle(pictures):
            conn.sendall(part(picture, f"X-Timestamp: {SystemClock().now().timestamp()}\r\n"))
            time.sleep(each_s)

    return answer


def at(port: int) -> str:
    return f"http://127.0.0.1:{port}/{{channel}}.mjpg"


def test_pictures_come_with_the_time_of_their_part() -> None:
    with serving(sends(PICTURE, each_s=0.05)) as port:
        frames = first(source("mjpeg", at(port)), 3)
    for frame in frames:
        assert frame.picture.shape == (48, 64, 3)
        assert frame.picture_at is not None
        assert 0 <= (frame.received_at - frame.picture_at).total_seconds() < 1


def test_who_works_slowly_sees_the_newest_and_never_a_queue() -> None:
    with serving(sends(PICTURE, each_s=0.02)) as port:
        found = source("mjpeg", at(port), interval_s=0.1)
        for frame in itertools.islice(found.frames(threading.Event()), 8):
            assert frame.picture_at is not None
            assert (SystemClock().now() - frame.picture_at).total_seconds() < 1.0
            time.sleep(0.4)


def test_flow_is_given_ten_pictures_a_second_at_most() -> None:
    with serving(sends(PICTURE, each_s=0.02)) as port:
        found = source("mjpeg", at(port), interval_s=2.0, job="vehicle_flow")
        first(found)
        began = time.monotonic()
        first(found, 11)
        assert 0.9 < time.monotonic() - began < 4


@pytest.mark.parametrize(("answer", "expected"), [
    (says(whole(b"", status="401 Who")), Cause.UNAUTHORISED),
    (says(whole(b"", status="404 Not Found")), Cause.MISSING),
    (says(whole(PICTURE)), Cause.GARBAGE),
    (says(stream_head()), Cause.ENDED),
    (says(stream_head(), b"--b\r\nContent-Type: image/jpeg\r\n\r\n", PICTURE[:100]), Cause.ENDED),
    (sends(PICTURE[:-100], each_s=0.05), Cause.GARBAGE),
    (holds(), Cause.TIMEOUT),
    (holds(stream_head()), Cause.TIMEOUT),
    (holds(stream_head(), part(PICTURE)[:400]), Cause.TIMEOUT),
    (drips(part(PICTURE), stream_head()), Cause.TIMEOUT),
    (drips(stream_head()), Cause.TIMEOUT),
    (says(stream_head(), b"--b\r\n", b"A: b\r\n" * 10_000), Cause.GARBAGE),
    (says(stream_head(), b"x" * 100_000), Cause.GARBAGE),
    (says(stream_head(), b"--b\r\nContent-Length: 99999999\r\n\r\n"), Cause.GARBAGE),
    (says(stream_head(), b"--b\r\nA: b\r\n\r\n", bytes(9_000_000)), Cause.GARBAGE),
])
def test_failure_is_named_in_time(answer: Answer, expected: Cause) -> None:
    with serving(answer) as port:
        assert cause(source("mjpeg", at(port), timeout_s=1)) is expected


def test_stream_that_stops_in_the_middle_is_named_and_comes_back_when_asked_again() -> None:
    calls = itertools.count()

    def answer(conn: socket.socket, request: str) -> None:
        conn.sendall(stream_head() + part(PICTURE))
        if next(calls):
            sends(PICTURE, each_s=0.05)(conn, request)
        conn.recv(1)

    with serving(answer) as port:
        found = source("mjpeg", at(port), timeout_s=1)
        assert cause(found) is Cause.TIMEOUT
        assert len(first(found, 3)) == 3


def test_one_broken_picture_among_whole_ones_is_passed_over() -> None:
    black, white = jpeg(shade=0), jpeg(shade=255)
    with serving(sends(black, PICTURE[:-100], white, each_s=0.12)) as port:
        shades = {int(np.mean(frame.picture)) for frame in first(source("mjpeg", at(port)), 6)}
    assert shades == {0, 255}


def test_no_thread_stays_behind() -> None:
    before = threading.active_count()
    with serving(sends(PICTURE, each_s=0.02)) as port:
        found = source("mjpeg", at(port), timeout_s=1)
        for _ in range(5):
            first(found)
        until = time.monotonic() + 3
        while [t for t in threading.enumerate() if t.name.startswith("mjpeg")] and time.monotonic() < until:
            time.sleep(0.05)
        assert not [t for t in threading.enumerate() if t.name.startswith("mjpeg")]
    assert threading.active_count() <= before + 8  # the test's own server
