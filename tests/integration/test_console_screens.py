"""`/console/screens`: what each screen last painted and how it is; where it is sent and what guests may see there."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from ioc.__main__ import parser
from ioc.api.app import build_id, create_app
from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.live.frames import Body, encode, store
from ioc.people import screens
from ioc.people.accounts import By
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import cookie, paired
from tests.integration.web_server import Answer, ask, eventually, serving
from tests.profiles import FICTIONAL

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


class Room(NamedTuple):
    """A web process with one paired screen, whose number and cookie are told, and an operator."""

    base: str
    clock: FrozenClock
    conn: Connection
    number: int
    screen: str
    operator: str

    def beat(self, **said: Any) -> Answer:
        painted = {"screen": "x", "epoch": "e", "n": 7, "painted_s": 2, "page": "/wall?rotate=20", "shown": "/wall/one_stop", "link": "live",
                   "watermark": NOW.isoformat(), "size": "3840×2160@1", "heap": 52_428_800, "build": build_id(), **said}
        return ask(self.base, "/live/heartbeat", method="POST", body=json.dumps(painted).encode(), Cookie=self.screen)

    def page(self) -> str:
        return ask(self.base, "/console/screens", Cookie=self.operator, Accept="text/html").body.decode()

    def change(self, **form: str) -> Answer:
        token = self.page().split('name="csrf" value="')[1].partition('"')[0]
        body = urlencode({"csrf": token, "screen": str(self.number), "name": "Sảnh", **form}).encode()
        return ask(self.base, "/console/screens/change", method="POST", body=body, Cookie=self.operator)

    def kept(self) -> Any:
        return self.conn.execute("select pinned, guests from screen where screen_id = %s", (self.number,)).fetchone()


@pytest.fixture
def room(postgres: str) -> Iterator[Room]:
    clock = FrozenClock(NOW)
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn, \
            serving(create_app(Settings(database=dsn, profile=FICTIONAL), clock)) as base:
        store(conn, "e", 9, [Body("one_stop", "vi", encode({"props": {}, "map": None}))], NOW)
        number, token = paired(base, conn, By(actor="person:1", at=NOW))
        yield Room(base, clock, conn, number, token, cookie(conn, "lan", ["operator"], NOW))


def test_screen_that_never_spoke_says_so(room: Room) -> None:
    assert ('data-state="never"' in room.page(), "Chưa báo" in room.page()) == (True, True)


def test_page_tells_what_a_screen_painted(room: Room) -> None:
    eventually(lambda: room.beat() and room.conn.execute("select 1 from screen_heartbeat where newest = 9").fetchone())
    room.clock.advance(3)
    page = room.page()
    for said in ("Đang vẽ", "5 giây trước", "Giải quyết thủ tục hành chính · luân phiên 20 giây", "7, chậm 2 khung", "3840×2160@1", "50 MB", "Trực tuyến"):
        assert said in page
    assert ('data-state="painting"' in page, "bản cũ" in page) == (True, False)


@pytest.mark.parametrize(("said", "word"), [
    ({"painted_s": 45}, "Đứng hình"), ({"painted_s": None}, "Đứng hình"), ({"link": "stalled"}, "Số liệu cũ"), ({"build": "before"}, "bản cũ"),
])
def test_screen_that_is_not_well_says_so_in_a_word(room: Room, said: dict[str, Any], word: str) -> None:
    assert room.beat(**said).status == 204
    assert word in room.page()


def test_screen_that_is_not_heard_for_half_a_minute_is_lost(room: Room) -> None:
    room.beat()
    room.clock.advance(31)
    assert ('data-state="silent"' in room.page(), "Mất liên lạc" in room.page()) == (True, True)


def test_browsers_of_persons_are_not_listed(room: Room) -> None:
    ask(room.base, "/live/heartbeat", method="POST", body=b'{"screen": "desk-of-somebody", "page": "/wall/counters"}', Cookie=room.operator)
    assert "desk-of-somebody" not in room.page()
    assert room.page().count('<article class="screen"') == 1


@pytest.mark.parametrize(("form", "pinned"), [
    ({"pinned": "rotation", "seconds": "30"}, "/wall?rotate=30"), ({"pinned": "/wall/counters"}, "/wall/counters"), ({"pinned": ""}, None),
])
def test_screen_is_sent_somewhere_and_hears_it_with_its_next_heartbeat(room: Room, form: dict[str, str], pinned: str | None) -> None:
    assert room.change(**form).status == 303
    assert room.kept() == (pinned, False)
    answer = room.beat()
    assert (answer.json["pinned"] if answer.status == 200 else None) == pinned


@pytest.mark.parametrize("seconds", ["4", "601", "", "-5", "1e3", "²"])
def test_rotation_that_is_too_fast_or_too_slow_is_refused(room: Room, seconds: str) -> None:
    answer = room.change(pinned="rotation", seconds=seconds)
    assert (answer.status, "5 to 600 seconds" in answer.body.decode()) == (400, True)


def test_chosen_rotation_stands_in_the_form_and_a_path_of_its_own_is_kept(room: Room) -> None:
    room.change(pinned="rotation", seconds="45")
    assert ('value="rotation" selected' in room.page(), 'value="45"' in room.page()) == (True, True)
    screens.edit(room.conn, room.number, By(actor="person:1", at=NOW), pinned="/wall?rotate=20&panels=one_stop,counters")
    assert 'value="/wall?rotate=20&amp;panels=one_stop,counters" selected' in room.page()


def test_guest_mode_is_switched_and_stands_in_the_ledger(room: Room) -> None:
    room.change(pinned="", guests="1")
    assert room.kept() == (None, True)
    assert ask(room.base, "/api/panels/one_stop.json", Cookie=room.screen).status == 403
    room.change(pinned="")
    assert room.kept() == (None, False)
    assert [(line.action, (line.after or {})["guests"]) for line in lines(room.conn, limit=2)] == [("screen.changed", False), ("screen.changed", True)]


def test_commands_do_what_the_page_does(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    def command(*words: str) -> str:
        options = parser().parse_args(["screen", *words])
        assert options.run(Settings(database=room.conn.info.dsn, profile=FICTIONAL), options, threading.Event()) == 0
        return capsys.readouterr().out

    number = str(room.number)
    assert command("show", number, "--rotate", "30") == "'Sảnh' shows /wall?rotate=30\n"
    assert command("guests", number, "on") == "'Sảnh' shows guests what guests may see\n"
    assert room.kept() == ("/wall?rotate=30", True)
    assert "has said nothing yet  pinned to /wall?rotate=30  for guests" in command("list")
    assert command("show", number, "--free") == "'Sảnh' is pinned to nothing\n"
    room.beat()
    eventually(lambda: "silent, painted" in command("list"))  # the room's clock stands in the past
    assert [line.action for line in lines(room.conn, limit=3)] == ["screen.changed"] * 3
