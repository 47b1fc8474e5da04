"""Parts of a stream, however a camera writes it."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ioc.cameras.contract import Cause, SourceError
from ioc.cameras.sources.images import MOST_BYTES
from ioc.cameras.sources.multipart import MOST_HEADERS, Parts

from .places import jpeg, part

ONE, TWO = jpeg(shade=10), jpeg(shade=200)


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at:at + size] for at in range(0, len(data), size))


def bodies(data: bytes, size: int = 1000) -> list[bytes]:
    parts = Parts()
    return [found.body for piece in cut(data, size) for found in parts.feed(piece)]


def without_length(body: bytes, end: str = "\r\n", boundary: str = "--b") -> bytes:
    return f"{boundary}{end}Content-Type: image/jpeg{end}{end}".encode() + body + end.encode()


@given(size=st.integers(1, 3000))
def test_parts_are_the_same_however_the_bytes_come(size: int) -> None:
    assert bodies(part(ONE) + part(TWO), size) == [ONE, TWO]
    assert bodies(without_length(ONE) + without_length(TWO) + b"--b--\r\n", size) == [ONE, TWO]


def test_whole_part_is_given_before_the_next_boundary_comes() -> None:
    assert bodies(part(ONE).removesuffix(b"\r\n")) == [ONE]


@pytest.mark.parametrize("boundary", ["--b", "----myboundary", "--=_quoted; thing", "--ffmpeg"])
def test_boundary_is_the_first_line_that_looks_like_one(boundary: str) -> None:
    assert bodies(b"\r\nsome words\r\n" + without_length(ONE, boundary=boundary) + without_length(TWO, boundary=boundary) + boundary.encode()) == [ONE, TWO]


def test_bare_line_ends_are_understood() -> None:
    assert bodies(without_length(ONE, "\n") + without_length(TWO, "\n") + b"--b") == [ONE, TWO]


@pytest.mark.parametrize("wrong", [-7, 5])
def test_wrong_length_is_mended_by_the_boundary(wrong: int) -> None:
    lying = part(ONE).replace(f"Content-Length: {len(ONE)}".encode(), f"Content-Length: {len(ONE) + wrong}".encode())
    assert bodies(lying + part(TWO) + part(ONE)) == [ONE, TWO, ONE]


@pytest.mark.parametrize("length", ["", "many", "-5", "0", "9" * 40])
def test_length_that_is_none_is_passed_over(length: str) -> None:
    lying = part(ONE).replace(f"Content-Length: {len(ONE)}".encode(), f"Content-Length: {length}".encode())
    assert bodies(lying + part(TWO)) == [ONE, TWO]


def test_headers_are_told_in_small_letters() -> None:
    [found] = Parts().feed(part(ONE, "X-TimeStamp:  17.5 \r\nColour\r\n"))
    assert found.headers["x-timestamp"] == "17.5"


@pytest.mark.parametrize("endless", [
    b"x" * 100_000, b"x\r\n" * 40_000, b"--b\r\n" + b"A: b\r\n" * 10_000, b"--b\r\n" + b"A" * 3 * MOST_HEADERS,
    b"--b\r\nContent-Length: 99999999\r\n\r\n", b"--" + b"b" * 70_000,
])
def test_endless_stream_is_garbage(endless: bytes) -> None:
    with pytest.raises(SourceError) as told:
        bodies(endless)
    assert told.value.cause is Cause.GARBAGE


def test_part_without_end_is_garbage_and_no_more_than_one_part_is_held() -> None:
    parts = Parts()
    list(parts.feed(b"--b\r\nContent-Type: image/jpeg\r\n\r\n"))
    for _ in range(MOST_BYTES // 65_536):
        assert not list(parts.feed(bytes(65_536)))
    with pytest.raises(SourceError):
        list(parts.feed(bytes(65_536)))


def test_thousands_of_empty_lines_are_no_depth() -> None:
    assert bodies(b"--b\r\n" + b"\r\n\r\n" * 5_000 + part(ONE)) == [ONE]
