"""Screens on walls: paired by their code, looked on for ever, changed in silence, revoked alone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from ioc.api.app import create_app
from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.errors import InputError, RefusedError
from ioc.people import screens
from ioc.people.accounts import By
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import cookie, given
from tests.integration.web_server import Answer, ask, eventually, serving, viewing
from tests.profiles import FICTIONAL

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
BY = By(actor="person:1", at=NOW)
DAY_S = 86_400


class Room(NamedTuple):
    """A web process, its clock, its database, and an operator's cookie."""

    base: str
    clock: FrozenClock
    conn: Connection
    operator: str

    def ask(self, path: str, cookie: str = "", *, method: str = "GET", body: bytes | None = None) -> Answer:
        return ask(self.base, path, method=method, body=body, Cookie=cookie, Accept="text/html" if method == "GET" else "*/*")

    def waiting(self) -> tuple[str, str]:
        """(cookie of a device that waits, the code it shows)."""
        answer = self.ask("/screen")
        shown = answer.body.decode().split('pairing-code">')[1].partition("<")[0]
        return given(answer, "pairing"), shown.replace(" ", "")

    def state(self, device: str) -> Answer:
        return self.ask("/screen/state", device, method="POST")

    def paired(self, **limits: Any) -> str:
        """Cookie of a screen that was paired."""
        device, code = self.waiting()
        screens.confirm(self.conn, code, "Sảnh", By(actor="person:1", at=self.clock.now()), **limits)
        return given(self.state(device), "screen")

    def beat(self, screen: str) -> Answer:
        return self.ask("/live/heartbeat", screen, method="POST", body=b'{"screen": "s"}')

    def post(self, path: str, **form: str) -> Answer:
        page = self.ask("/console/screens", self.operator).body.decode()
        token = page.split('name="csrf" value="')[1].partition('"')[0]
        return ask(self.base, path, method="POST", body=urlencode({"csrf": token, **form}).encode(), Cookie=self.operator)


@pytest.fixture
def room(postgres: str) -> Iterator[Room]:
    clock = FrozenClock(NOW)
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn, \
            serving(create_app(Settings(database=dsn, profile=FICTIONAL), clock)) as base:
        yield Room(base, clock, conn, cookie(conn, "lan", ["operator"], NOW))


def test_unknown_device_that_wants_the_wall_shows_a_code(room: Room) -> None:
    answer = room.ask("/wall?rotate=20")
    assert (answer.status, answer.headers["location"]) == (303, "/screen?to=%2Fwall%3Frotate%3D20")
    device, code = room.waiting()
    assert len(code) == 8
    assert room.state(device).json == {"state": "waiting"}


def test_device_keeps_its_code_when_it_is_loaded_again(room: Room) -> None:
    device, code = room.waiting()
    assert code[:4] in room.ask("/screen", device).body.decode()


def test_confirmed_code_makes_the_device_a_screen_that_only_looks(room: Room) -> None:
    device, code = room.waiting()
    assert room.post("/console/screens/confirm", code=f"{code[:4]} {code[4:]}", name="Sảnh").status == 303
    screen = given(room.state(device), "screen")
    assert [room.ask(path, screen).status for path in ("/wall", "/wall/one_stop", "/api/panels")] == [200] * 3
    assert [ask(room.base, path, Cookie=screen).status for path in ("/console", "/console/screens", "/scenarios", "/console/audit")] == [403] * 4


def test_code_works_once_and_for_ten_minutes(room: Room) -> None:
    device, code = room.waiting()
    screens.confirm(room.conn, code, "Sảnh", BY)
    with pytest.raises(InputError, match="no screen shows this code"):
        screens.confirm(room.conn, code, "Khác", BY)
    _, late = room.waiting()
    room.clock.advance(601)
    with pytest.raises(InputError, match="no screen shows this code"):
        screens.confirm(room.conn, late, "Muộn", By(actor="person:1", at=room.clock.now()))
    assert room.state(device).json == {"state": "over"}


def test_token_is_given_to_the_device_alone_and_once(room: Room) -> None:
    device, code = room.waiting()
    other, _ = room.waiting()
    screens.confirm(room.conn, code, "Sảnh", BY)
    assert room.state(other).json == {"state": "waiting"}
    assert room.state(device).json == {"state": "paired"}
    assert room.state(device).json == {"state": "over"}


def test_screen_outlasts_shifts_without_a_touch(room: Room) -> None:
    screen = room.paired()
    for _ in range(40):
        room.clock.advance(DAY_S / 2)
        answer = room.beat(screen)
        assert answer.status == 204
        screen = next((c.partition(";")[0] for c in answer.cookies), screen)
    assert room.ask("/wall", screen).status == 200


def test_token_changes_each_day_and_the_old_one_holds_until_the_new_one_was_seen(room: Room) -> None:
    old = room.paired()
    room.clock.advance(DAY_S + 1)
    fresh = given(room.beat(old), "screen")
    assert fresh != old
    assert room.beat(old).status == 204, "the answer with the new token may have been lost"
    room.clock.advance(60)
    assert room.beat(fresh).status == 204
    room.clock.advance(180)
    eventually(lambda: room.beat(old).status == 401)
    assert room.beat(fresh).status == 204


def test_answers_that_are_lost_day_after_day_sign_no_screen_out(room: Room) -> None:
    old = room.paired()
    for _ in range(8):
        room.clock.advance(DAY_S / 2 + 1)
        assert room.beat(old).status == 204
    room.clock.advance(60)
    fresh = given(room.beat(old), "screen")
    assert room.beat(fresh).status == 204


def test_copied_cookie_that_was_replaced_is_refused_and_noted(room: Room) -> None:
    stolen = room.paired()
    room.clock.advance(DAY_S + 1)
    fresh = given(room.beat(stolen), "screen")
    room.clock.advance(60)
    room.beat(fresh)
    room.clock.advance(600)
    eventually(lambda: room.beat(stolen).status == 401)
    eventually(lambda: "screen.replayed" in {line.action for line in lines(room.conn, limit=20)})


def test_revoked_screen_sees_nothing_and_the_others_go_on(room: Room) -> None:
    gone, kept = room.paired(), room.paired()
    number = room.conn.execute("select min(screen_id) from screen").fetchone()
    assert number
    assert room.post("/console/screens/end", screen=str(number[0])).status == 303
    assert ask(room.base, "/api/panels", Cookie=gone).status == 401
    assert ask(room.base, "/api/panels", Cookie=kept).status == 200


def test_stream_of_a_revoked_screen_ends(room: Room) -> None:
    screen = room.paired()
    number = room.conn.execute("select screen_id from screen").fetchone()
    assert number
    with viewing(room.base, cookie=screen) as viewer:
        assert viewer.next("hello").event == "hello"
        screens.end(room.conn, number[0], "revoked", BY)
        assert viewer.next("signed-out").event == "signed-out"


def test_screen_bound_to_a_network_is_nobody_elsewhere(room: Room) -> None:
    assert ask(room.base, "/api/panels", Cookie=room.paired(addresses="127.0.0.0/8")).status == 200
    assert ask(room.base, "/api/panels", Cookie=room.paired(addresses="10.1.2.0/24")).status == 401


def test_screen_is_pointed_at_a_page(room: Room) -> None:
    screen = room.paired()
    number = room.conn.execute("select screen_id from screen").fetchone()
    assert number
    assert room.post("/console/screens/change", screen=str(number[0]), name="Sảnh", pinned="/wall/one_stop").status == 303
    answer = room.beat(screen)
    assert (answer.status, json.loads(answer.body)) == (200, {"pinned": "/wall/one_stop"})


@pytest.mark.parametrize(("name", "addresses", "pinned"), [
    ("", None, None), ("x" * 101, None, None), ("a\nb\x00", None, None), ("x", "10.1.2.0/99", None), ("x", None, "https://evil.example"), ("x", None, "/console"),
    ("x", None, "//evil.example"),
])
def test_screen_that_cannot_be_is_refused(name: str, addresses: str | None, pinned: str | None) -> None:
    with pytest.raises(InputError):
        screens.checked(name, addresses, pinned)


def test_nobody_speaks_for_a_paired_screen(room: Room) -> None:
    room.paired()
    number = room.conn.execute("select screen_id from screen").fetchone()
    assert number
    ask(room.base, "/live/heartbeat", method="POST", body=json.dumps({"screen": f"screen:{number[0]}"}).encode(), Cookie=room.operator)
    eventually(lambda: room.conn.execute("select screen from screen_heartbeat").fetchall() == [(f"screen {number[0]}",)])


def test_too_many_waiting_devices_of_one_address_are_turned_away(room: Room) -> None:
    for _ in range(screens.MOST_OF_ADDRESS):
        room.waiting()
    assert room.ask("/screen").status == 429
    with pytest.raises(RefusedError, match="too many screens wait"):
        screens.ask_for_pairing(room.conn, "127.0.0.1", NOW)


def test_every_step_of_a_screen_is_in_the_ledger(room: Room) -> None:
    room.paired()
    number = room.conn.execute("select screen_id from screen").fetchone()
    assert number
    screens.edit(room.conn, number[0], BY, name="Phòng họp", guests=True)
    screens.end(room.conn, number[0], "moved", BY)
    ended, changed, paired = lines(room.conn, limit=3)
    assert [ended.action, changed.action, paired.action] == ["screen.ended", "screen.changed", "screen.paired"]
    assert (changed.after or {})["guests"] is True
