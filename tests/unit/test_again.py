"""What counts as the same request that comes again on its connection."""

import pytest

from ioc.api.again import MOST_BYTES, head_without_length, silent

HEAD = b"POST /live/heartbeat HTTP/1.1\r\nHost: ioc\r\nContent-Length: 2\r\nCookie: a=b"


def test_same_request_with_another_body_is_the_same() -> None:
    one = head_without_length(HEAD + b"\r\n\r\n{}")
    two = head_without_length(HEAD.replace(b": 2", b": 7") + b'\r\n\r\n{"n":1}')
    assert one is not None
    assert two is not None
    assert one[0] == two[0]
    assert (one[1], two[1]) == (b"{}", b'{"n":1}')


@pytest.mark.parametrize("data", [
    HEAD + b"\r\n\r\n{",
    HEAD + b"\r\n\r\n{}GET / HTTP/1.1\r\n\r\n",
    HEAD,
    HEAD.replace(b"POST", b"GET") + b"\r\n\r\n{}",
    HEAD.replace(b"Content-Length: 2", b"Transfer-Encoding: chunked") + b"\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    HEAD.replace(b"\r\nContent-Length: 2", b"") + b"\r\n\r\n{}",
    HEAD.replace(b": 2", b": 9000") + b"\r\n\r\n" + b" " * MOST_BYTES,
], ids=["cut short", "more behind it", "no end", "no POST", "chunked", "no length", "too long"])
def test_anything_but_a_whole_post_in_one_piece_is_read_as_ever(data: bytes) -> None:
    assert head_without_length(data) is None


@pytest.mark.parametrize(("other", "by"), [
    (b"a=b", b"a=c"), (b"Host: ioc", b"Host: coi"), (b"/live/heartbeat", b"/live/heartbeaT"), (b"\r\nCookie", b"\r\nContent-Length: 2\r\nCookie"),
    (b"\r\nCookie", b"\r\nTransfer-Encoding: chunked\r\nCookie"),
])
def test_any_other_letter_of_the_head_makes_it_another_request(other: bytes, by: bytes) -> None:
    one, two = head_without_length(HEAD + b"\r\n\r\n{}"), head_without_length(HEAD.replace(other, by) + b"\r\n\r\n{}")
    assert one is not None
    assert two is None or one[0] != two[0]


def test_silent_answer_has_the_headers_of_all_answers() -> None:
    lines = silent([(b"date", b"today")]).split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 204 No Content"
    assert lines[-2:] == [b"", b""]
    assert {b"date: today", b"x-content-type-options: nosniff"} <= set(lines)
