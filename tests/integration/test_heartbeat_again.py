"""Heartbeats that come again on their connection: heard as the first one was, and no more than it would be."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from ioc.api.app import create_app
from ioc.api.live import Live
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.people import screens
from ioc.people.accounts import By
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import cookie, paired
from tests.integration.web_server import eventually, serving
from tests.profiles import FICTIONAL


def by() -> By:
    return By(actor="user:1", at=SystemClock().now(), address="127.0.0.1")


class InOnePiece(http.client.HTTPConnection):
    """Head and body leave together, as from a browser; by itself http.client sends the body after the head, and whether the server reads both at
    once is chance."""

    _held: list[Any] | None = None

    def request(self, *given: Any, **more: Any) -> None:
        self._held = []
        super().request(*given, **more)
        whole, self._held = b"".join(self._held), None
        self.send(whole)

    def send(self, data: Any) -> None:
        if self._held is None:
            super().send(data)
        else:
            self._held.append(data)


class Page:
    """One page on one connection, as a browser keeps it."""

    def __init__(self, base: str, cookie: str) -> None:
        self._line = InOnePiece(urlsplit(base).netloc, timeout=5)
        self._cookie = cookie

    def beat(self, *, cookie: str = "", origin: str = "", body: bytes | None = None, **said: Any) -> tuple[int, bytes]:
        headers = {"Cookie": cookie or self._cookie, "Content-Type": "application/json"} | ({"Origin": origin} if origin else {})
        time.sleep(0.25)  # the last answer is read before its connection is ready for more; a page waits ten seconds
        self._line.request("POST", "/live/heartbeat", json.dumps({"screen": "x", **said}).encode() if body is None else body, headers)
        answer = self._line.getresponse()
        return answer.status, answer.read()


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each heartbeat that went the whole way."""
    gone: list[int] = []
    hear = Live._hear

    async def counted(self: Live, *given: Any) -> Any:
        gone.append(1)
        return await hear(self, *given)

    monkeypatch.setattr(Live, "_hear", counted)
    return gone


@pytest.fixture
def room(postgres: str) -> Iterator[tuple[str, Connection]]:
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn, \
            serving(create_app(Settings(database=dsn, profile=FICTIONAL), SystemClock())) as base:
        yield base, conn


@pytest.fixture
def wall(room: tuple[str, Connection]) -> Page:
    """A paired screen's."""
    return Page(room[0], paired(*room, by())[1])


def kept(conn: Connection) -> list[int | None]:
    return [frame for (frame,) in conn.execute("select frame from screen_heartbeat").fetchall()]


def number(conn: Connection) -> int:
    row = conn.execute("select screen_id from screen").fetchone()
    assert row
    return int(row[0])


def changed(wall: Page, wanted: Callable[[tuple[int, bytes]], bool]) -> tuple[int, bytes]:
    """The first answer that is other than silence; what one process changes the other heeds within seconds."""
    end = time.monotonic() + 10
    while not wanted(told := wall.beat(n=9)):
        assert time.monotonic() < end, told
        time.sleep(0.2)  # no faster: a caller has forty requests a second
    return told


def test_first_goes_the_whole_way_and_the_next_ones_are_heard_all_the_same(wall: Page, room: tuple[str, Connection], whole: list[int]) -> None:
    for n in (5, 60, 700):
        assert wall.beat(n=n) == (204, b"")
    assert eventually(lambda: kept(room[1]) == [700])
    assert len(whole) == 1


def test_what_cannot_be_heard_is_refused_in_words(wall: Page, whole: list[int]) -> None:
    assert wall.beat(n=1) == (204, b"")
    status, said = wall.beat(body=b'{"n": "many"}')
    assert status == 400
    assert b"heartbeat" in said
    assert wall.beat(n=2) == (204, b"")
    assert wall.beat(n=3) == (204, b"")
    assert len(whole) == 3


def test_whoever_else_speaks_on_the_connection_is_asked_who_it_is(wall: Page, whole: list[int]) -> None:
    assert wall.beat(n=1) == (204, b"")
    assert wall.beat(n=2, cookie="ioc_session_1=nobody")[0] == 401
    assert wall.beat(n=3, origin="http://elsewhere.example")[0] == 403
    assert wall.beat(n=4) == (204, b"")
    assert wall.beat(n=5) == (204, b"")
    assert len(whole) == 1  # the first one's word holds on


def test_revoked_screen_is_heard_no_more(wall: Page, room: tuple[str, Connection]) -> None:
    assert wall.beat(n=1) == (204, b"")
    screens.end(room[1], number(room[1]), "revoked", by())
    assert changed(wall, lambda told: told[0] != 204)[0] == 401


def test_screen_that_is_sent_elsewhere_hears_it(wall: Page, room: tuple[str, Connection]) -> None:
    assert wall.beat(n=1) == (204, b"")
    room[1].execute("update screen set pinned = '/wall/one_stop'")
    assert json.loads(changed(wall, lambda told: told[0] == 200)[1]) == {"pinned": "/wall/one_stop"}


def test_signed_out_person_is_heard_no_more(room: tuple[str, Connection], whole: list[int]) -> None:
    wall = Page(room[0], cookie(room[1], "leader", ["leader"]))
    assert wall.beat(n=1) == (204, b"")
    assert wall.beat(n=2) == (204, b"")
    assert len(whole) == 1
    room[1].execute("update person_session set ended_at = now(), ended_why = 'test'")
    assert changed(wall, lambda told: told[0] != 204)[0] == 401


def test_after_a_while_the_whole_way_is_gone_again(wall: Page, whole: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.api.again.AFRESH_S", 0.0)
    for n in range(3):
        assert wall.beat(n=n) == (204, b"")
    assert len(whole) == 3


def test_connection_that_is_spoken_on_stays_and_one_that_is_not_is_closed(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr("tests.integration.web_server.KEEP_S", 1)
    wall, whole = request.getfixturevalue("wall"), request.getfixturevalue("whole")
    for n in range(8):  # two seconds
        assert wall.beat(n=n) == (204, b"")
    assert len(whole) == 1
    began = time.monotonic()
    assert wall._line.sock.recv(1) == b""
    assert 0.5 < time.monotonic() - began < 3


def test_other_requests_on_the_connection_are_answered_as_ever(wall: Page, room: tuple[str, Connection]) -> None:
    assert wall.beat(n=1) == (204, b"")
    wall._line.request("GET", "/api/panels", headers={"Cookie": wall._cookie})
    answer = wall._line.getresponse()
    assert (answer.status, bool(answer.read())) == (200, True)
    assert wall.beat(n=2) == (204, b"")
