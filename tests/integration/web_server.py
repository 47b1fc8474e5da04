"""The web process for tests: a real uvicorn in a thread, plain requests, and a viewer of the live stream."""

import http.client
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import uvicorn

from ioc.alerts.register import load_alerts
from ioc.api.lines import KEEP_S, Protocol
from ioc.clock import Clock, SystemClock
from ioc.db.connect import Connection, connect
from ioc.live.collector import Collector, Session, Shown
from ioc.panels.engine.registry import panels
from ioc.profiles import Profile
from ioc.streams.engine.registry import streams
from tests.integration.web_story import PROFILE


def eventually(question: Callable[[], Any], *, within_s: float = 10.0) -> Any:
    """The first answer that is true; asked every 20 ms, since what is waited for runs elsewhere."""
    end = time.monotonic() + within_s
    while not (answer := question()):
        assert time.monotonic() < end, f"not within {within_s:g} s"
        threading.Event().wait(0.02)
    return answer


COOKIES: dict[str, str] = {}
"""Server → the cookie that requests of its tests carry, where they bring none of their own."""


@contextmanager
def serving(application: Any, port: int = 0, *, cookie: str = "") -> Iterator[str]:
    """The address of an ASGI application that is served until the end of the block. `cookie`: of whoever asks it, if nobody else is named."""
    config = uvicorn.Config(application, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1, ws="none", lifespan="on",
                            timeout_keep_alive=KEEP_S, http=Protocol)  # as `ioc web` is served
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started or not thread.is_alive())
    place = f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    COOKIES[place] = cookie
    try:
        yield f"http://{place}"
    finally:
        del COOKIES[place]
        server.should_exit = True
        thread.join(10)


def multipart(fields: Iterable[tuple[str, str]], files: Iterable[tuple[str, str, bytes]] = ()) -> tuple[bytes, str]:
    """Body and kind of a form as browsers send it. `files`: (field, file name, content)."""
    line = f"----{uuid4().hex}"
    parts = [f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
    parts += [f'--{line}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode() + raw
              + b"\r\n" for name, file, raw in files]
    return b"".join(parts) + f"--{line}--\r\n".encode(), f"multipart/form-data; boundary={line}"


def seen(profile: Profile) -> Shown:
    """All that `ioc live` shows of a province."""
    return Shown(profile=profile, panels=panels(), streams=streams(), register=load_alerts(profile))


def body(conn: Connection, panel: str, language: str = "vi") -> Any:
    """What viewers of a language are sent of a panel; 'json' = what the API gives."""
    row = conn.execute("select body from live_panel where panel = %s and language = %s", (panel, language)).fetchone()
    assert row
    return orjson.loads(row[0])


@contextmanager
def collecting(dsn: str, profile: Profile = PROFILE) -> Iterator[None]:
    """`ioc live` in a thread, on the machine's clock."""
    stop = threading.Event()
    collector = Collector(lambda: connect(dsn, application="test-live", autocommit=True), SystemClock(), seen(profile))
    thread = threading.Thread(target=collector.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


class Answer(NamedTuple):
    """An HTTP answer, redirects not followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def ask(base: str, path: str, *, method: str = "GET", body: bytes | None = None, address: str = "127.0.0.1", **headers: str) -> Answer:
    """One request of its own connection. `address`: where it comes from, any of 127/8."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10, source_address=(address, 0))
    known = COOKIES.get(urlsplit(base).netloc)
    try:
        connection.request(method, path, body=body, headers=({"Cookie": known} if known else {}) | headers)
        found = connection.getresponse()
        given = [(name.lower(), value) for name, value in found.getheaders()]
        return Answer(found.status, dict(given), found.read(), tuple(value for name, value in given if name == "set-cookie"))
    finally:
        connection.close()


class Message(NamedTuple):
    """One server-sent event, with the bytes as they came."""

    event: str
    id: str
    data: Any
    raw: bytes


class Viewer:
    """Reads a live stream, message by message."""

    def __init__(self, base: str, query: str = "", cookie: str = "") -> None:
        self._connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
        known = cookie or COOKIES.get(urlsplit(base).netloc)
        self._connection.request("GET", f"/live/stream?{query}", headers={"Cookie": known} if known else {})
        self._answer = self._connection.getresponse()
        self.headers = dict(self._answer.getheaders())

    def next(self, *kinds: str) -> Message:
        """The next message, of one of the kinds where some are named ('hello', 'hb', 'message')."""
        while True:
            raw = b""
            while not raw.endswith(b"\n\n"):
                raw += self._answer.readline() or b"\n\n"
            fields = dict(line.split(": ", 1) for line in raw.decode().splitlines() if ": " in line)
            found = Message(fields.get("event", "message"), fields.get("id", ""), orjson.loads(fields["data"]), raw)
            if not kinds or found.event in kinds:
                return found

    def close(self) -> None:
        with suppress(OSError):
            if self._connection.sock:
                self._connection.sock.close()
        self._connection.close()


@contextmanager
def viewing(base: str, query: str = "", cookie: str = "") -> Iterator[Viewer]:
    """A viewer for the length of a block."""
    viewer = Viewer(base, query, cookie)
    try:
        yield viewer
    finally:
        viewer.close()


def session(conn: Connection, clock: Clock) -> Session:
    """An epoch of `ioc live`, driven by hand."""
    return Session(conn, clock, seen(PROFILE))
