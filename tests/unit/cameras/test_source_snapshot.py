"""Snapshots over HTTP: what a system may answer, and how each failure is named in time."""

import hashlib
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from ioc.cameras.contract import Cause, SourceError
from ioc.cameras.sources.images import MOST_BYTES
from ioc.cameras.sources.web import Credentials
from ioc.errors import ConfigurationError

from .places import Answer, cause, drips, fails, first, holds, jpeg, says, serving, site, source, whole

PICTURE = jpeg()
PATH = "/snap/{channel}.jpg"
SECRET = "p@ss:w/ö%"


def at(port: int, path: str = PATH) -> str:
    return f"http://127.0.0.1:{port}{path}"


def test_pictures_come_with_the_time_that_the_camera_tells() -> None:
    asked: list[str] = []

    def answer(conn: socket.socket, request: str) -> None:
        asked.append(request.split(" ")[1])
        conn.sendall(whole(PICTURE, "X-Timestamp: 1795396542.5\r\nDate: Mon, 23 Nov 2026 09:00:00 GMT\r\n"))

    with serving(answer) as port:
        frames = first(source("snapshot", at(port)), 2)
    assert asked == ["/snap/c1.jpg"] * 2
    assert [frame.picture.shape for frame in frames] == [(48, 64, 3)] * 2
    assert frames[0].picture_at == datetime.fromtimestamp(1795396542.5, UTC)
    assert frames[0].received_at < frames[1].received_at


@pytest.mark.parametrize(("answer", "expected"), [
    (says(whole(b"no", status="401 Unauthorized")), Cause.UNAUTHORISED),
    (says(whole(b"no", status="403 Forbidden")), Cause.UNAUTHORISED),
    (says(whole(b"no", status="404 Not Found")), Cause.MISSING),
    (says(whole(b"no", status="503 Service Unavailable")), Cause.OFFLINE),
    (says(whole(b"no", status="500 Oops")), Cause.GARBAGE),
    (says(whole(b"<html>sign in</html>", kind="text/html")), Cause.GARBAGE),
    (says(whole(PICTURE[:-200])), Cause.GARBAGE),
    (says(whole(b"")), Cause.GARBAGE),
    (says(b"\x00\x01\x02 no HTTP at all\r\n\r\n"), Cause.GARBAGE),
    (says(b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 100_000), Cause.GARBAGE),
    (says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1234"), Cause.ENDED),
    (says(b""), Cause.ENDED),
    (holds(), Cause.TIMEOUT),
    (holds(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n", PICTURE), Cause.TIMEOUT),
    (drips(whole(PICTURE)), Cause.TIMEOUT),
    (drips(PICTURE, b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"), Cause.TIMEOUT),
])
def test_failure_is_named_in_time(answer: Answer, expected: Cause) -> None:
    with serving(answer) as port:
        assert cause(source("snapshot", at(port), timeout_s=1)) is expected


def test_nobody_listens_is_refused() -> None:
    with serving(says(b"")) as port:
        pass
    assert cause(source("snapshot", at(port))) is Cause.REFUSED
    assert cause(source("snapshot", "http://nowhere.invalid/x.jpg", timeout_s=2), 8) in {Cause.REFUSED, Cause.TIMEOUT}


def test_endless_body_is_refused_before_memory_fills() -> None:
    sent = 0

    def answer(conn: socket.socket, _: str) -> None:
        nonlocal sent
        conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
        while True:
            sent += conn.send(bytes(65_536))

    with serving(answer) as port:
        assert cause(source("snapshot", at(port), timeout_s=5), 6) is Cause.GARBAGE
    assert sent < MOST_BYTES + 16_000_000  # what the system's own buffers hold comes on top


def test_packed_answer_is_not_unpacked() -> None:
    with serving(says(whole(bytes(2000), "Content-Encoding: gzip\r\n"))) as port:
        assert cause(source("snapshot", at(port))) is Cause.GARBAGE


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect"])
def test_redirect_to_another_host_is_not_followed(status: str) -> None:
    asked = threading.Event()

    def elsewhere(conn: socket.socket, _: str) -> None:
        asked.set()
        conn.sendall(whole(PICTURE))

    with serving(elsewhere) as other, serving(says(whole(b"", f"Location: http://127.0.0.1:{other}/x.jpg\r\n", status))) as port:
        error = fails(source("snapshot", at(port), user="cam", password=SECRET), 3)
    assert error.cause is Cause.REFUSED
    assert "another address" in str(error)
    assert not asked.is_set()


def test_redirect_on_the_same_host_is_followed_and_a_circle_ends() -> None:
    def answer(conn: socket.socket, request: str) -> None:
        conn.sendall(whole(PICTURE) if " /there " in request else whole(b"", "Location: /there\r\n", "302 Found"))

    with serving(answer) as port:
        assert first(source("snapshot", at(port)))[0].picture.shape == (48, 64, 3)
    with serving(says(whole(b"", "Location: /snap/c1.jpg\r\n", "302 Found"))) as port:
        assert cause(source("snapshot", at(port))) is Cause.GARBAGE


def digest_server(conn: socket.socket, request: str) -> None:
    def field(name: str) -> str:
        return request.split(f'{name}="')[1].split('"', maxsplit=1)[0]

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 (the protocol's own)

    if "Authorization: Digest" in request:
        uri, nonce, cnonce = field("uri"), field("nonce"), field("cnonce")
        right = md5(f"{md5(f'cam:camera:{SECRET}')}:{nonce}:00000001:{cnonce}:auth:{md5(f'GET:{uri}')}")
        if field("response") == right:
            conn.sendall(whole(PICTURE, "Connection: close\r\n"))
            return
    conn.sendall(whole(b"x" * 3_000_000, 'WWW-Authenticate: Digest realm="camera", nonce="n1", qop="auth"\r\nConnection: close\r\n', "401 Who"))


def test_digest_is_answered_and_the_password_never_sent() -> None:
    with serving(digest_server) as port:
        assert first(source("snapshot", at(port), user="cam", password=SECRET, timeout_s=2))
        error = fails(source("snapshot", at(port), user="cam", password="wrong", timeout_s=2), 3)
    assert error.cause is Cause.UNAUTHORISED
    assert "wrong" not in str(error)


def asked_of(url: str, challenge: str) -> httpx.Request:
    """The last request to a camera that asks who is there."""
    request = httpx.Request("GET", url)
    flow = Credentials(site("snapshot", url, user="cam", password="s")).sync_auth_flow(request)
    next(flow)
    asked = flow.send(httpx.Response(401, headers={"www-authenticate": challenge}, request=request))
    return asked if "authorization" in asked.headers else flow.send(httpx.Response(401, headers={"www-authenticate": challenge}, request=request))


def test_basic_is_answered_over_tls_and_on_this_machine_alone() -> None:
    def answer(conn: socket.socket, request: str) -> None:
        if "uthorization: Basic Y2FtOnM=" in request:  # cam:s
            conn.sendall(whole(PICTURE))
        else:
            conn.sendall(whole(b"", 'WWW-Authenticate: Basic realm="x"\r\n', "401 Who"))

    with serving(answer) as port:
        assert first(source("snapshot", at(port), user="cam", password="s"), 2)
        assert cause(source("snapshot", at(port), user="cam", password="other")) is Cause.UNAUTHORISED
        assert cause(source("snapshot", at(port))) is Cause.UNAUTHORISED
    assert asked_of("https://camera.example/x", "Basic realm=x").headers["authorization"] == "Basic Y2FtOnM="
    assert asked_of("http://camera.example/x", 'Digest realm="x", nonce="n", qop="auth"').headers["authorization"].startswith("Digest ")
    with pytest.raises(SourceError, match="clear text"):
        asked_of("http://camera.example/x", "Basic realm=x")


@pytest.mark.parametrize("address", [
    "ftp://127.0.0.1/x", "127.0.0.1/x", "http:///x", "http://user:secret@127.0.0.1/x", "http://127.0.0.1:99999/x", "http://[::1/x",
    "http://\x01/x",
])
def test_address_that_cannot_be_used_is_told_without_its_secret(address: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        source("snapshot", address)
    assert "IOC_CAMERAS" in str(told.value)
    assert "secret" not in str(told.value)


def status(said: bytes, picture: Answer) -> Answer:
    def answer(conn: socket.socket, request: str) -> None:
        if ".json" in request.split("\r\n", maxsplit=1)[0]:
            conn.sendall(said)
            if not said:
                conn.recv(1)
        else:
            picture(conn, request)

    return answer


def with_status(port: int, timeout_s: float = 1.0) -> object:
    return source("snapshot", at(port), status=at(port, "/{channel}.json"), timeout_s=timeout_s)


@pytest.mark.parametrize("picture", [says(whole(PICTURE)), holds(), says(b"")])
def test_system_that_says_offline_is_believed_whatever_its_picture(picture: Answer) -> None:
    with serving(status(whole(b'{"online": false, "more": [1]}'), picture)) as port:
        assert cause(with_status(port)) is Cause.OFFLINE  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [b"", whole(b"{}"), whole(b"no json"), whole(b'{"online": "maybe"}'), whole(b"", status="500 Oops"),
                                  whole(b"[" * 60_000), whole(b'{"online": true}'), whole(b" " * 100_000)])
def test_status_that_cannot_be_read_takes_no_picture_away(said: bytes) -> None:
    with serving(status(said, says(whole(PICTURE)))) as port:
        assert first(with_status(port))  # type: ignore[arg-type]


def test_pace_is_kept_and_may_be_changed() -> None:
    with serving(says(whole(PICTURE))) as port:
        found = source("snapshot", at(port), interval_s=0.4)
        began = time.monotonic()
        first(found, 3)
        assert 0.75 < time.monotonic() - began < 4
        found.beat_s, began = 0.05, time.monotonic()
        first(found, 6)
        assert time.monotonic() - began < 2.0


def test_told_to_stop_it_ends() -> None:
    stop, seen = threading.Event(), 0
    with serving(says(whole(PICTURE))) as port:
        for _ in source("snapshot", at(port), interval_s=60).frames(stop):
            seen += 1
            threading.Timer(0.1, stop.set).start()
    assert seen == 1


def test_camera_that_fails_a_hundred_times_leaves_nothing_open() -> None:
    with serving(says(whole(PICTURE[:-200]))) as port:
        found = source("snapshot", at(port), timeout_s=1)
        cause(found)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(100):
            assert cause(found) is Cause.GARBAGE
        assert len(list(Path("/proc/self/fd").iterdir())) <= before + 4  # the test's own server
