"""The state of duty: a person decides it with a reason, the ledger has it, every wall shows it, and it is never a number."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from ioc.alerts.standing import STATES, decide_standing, standing, standings
from ioc.api.app import create_app
from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.live.alerts import Board
from ioc.live.frames import encode
from ioc.settings import Settings
from tests.alerts.examples.security_traffic import NINE
from tests.alerts.world import register, soc_trang
from tests.integration.cast import cookie
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL


@pytest.fixture
def conn(made: tuple[str, Connection]) -> Connection:
    return made[1]


def strip(conn: Connection, language: str = "vi", *, guests: bool = False) -> str:
    board = Board(conn, FrozenClock(NINE), soc_trang(), register(), ("one_stop",))
    return encode(board.body(language, guests=guests)["props"]["alert-strip"]).decode()


def decide(conn: Connection, state: str, reason: str = "bão gần bờ") -> None:
    decide_standing(conn, state, reason, by="person:7", at=NINE)


def test_no_wall_shows_a_state_that_nobody_decided(conn: Connection) -> None:
    assert standing(conn) is None
    assert "Trạng thái trực" not in strip(conn)


@pytest.mark.parametrize(("language", "said"), [("vi", "Trạng thái trực: Tăng cường"), ("en", "State of duty: Raised")])
@pytest.mark.parametrize("guests", [False, True])
def test_every_wall_shows_the_state_in_force(conn: Connection, language: str, said: str, guests: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    decide(conn, "watch")
    decide(conn, "raised")
    assert said in strip(conn, language, guests=guests)


def test_a_state_that_is_taken_down_is_shown_no_more(conn: Connection) -> None:
    decide(conn, "response")
    decide(conn, "", "bão tan")
    assert "Trạng thái trực" not in strip(conn)
    assert [s.state for s in standings(conn, 9)] == [None, "response"]


def test_the_ledger_tells_who_changed_what_and_why(conn: Connection) -> None:
    decide(conn, "watch")
    decide(conn, "response", "vỡ đê")
    told = lines(conn, limit=1, action="duty.standing")[0]
    assert (told.actor, told.before, told.after, told.reason) == ("person:7", {"state": "watch"}, {"state": "response"}, "vỡ đê")


@pytest.mark.parametrize(("state", "reason"), [("3", "bão"), ("red", "bão"), ("watch", "  "), ("watch", "x" * 501), ("watch", "a\0b")])
def test_a_state_that_is_none_or_has_no_reason_is_refused_and_changes_nothing(conn: Connection, state: str, reason: str) -> None:
    decide(conn, "normal")
    with pytest.raises(InputError):
        decide(conn, state, reason)
    assert [s.state for s in standings(conn, 9)] == ["normal"]


def test_a_new_state_wakes_the_walls(conn: Connection) -> None:
    conn.execute("listen ioc_data")
    decide(conn, "watch")
    assert [note.payload for note in conn.notifies(timeout=timedelta(seconds=5).total_seconds(), stop_after=1)] == ["alert"]


def test_no_state_is_a_number() -> None:
    assert not any(letter.isdigit() for word in STATES.values() for letter in word)


def asked(base: str, who: str, **fields: str) -> Answer:
    """The page's form, sent as a browser sends it."""
    csrf = re.findall(r'name="csrf" value="([^"]*)"', ask(base, "/console/standing", Cookie=who).body.decode())
    body = urlencode({"csrf": csrf[0] if csrf else "", **fields}).encode()
    return ask(base, "/console/standing/set", method="POST", body=body, Cookie=who, **{"content-type": "application/x-www-form-urlencoded"})


def test_the_shift_lead_decides_and_an_operator_sees_it(made: tuple[str, Connection]) -> None:
    dsn, conn = made
    with serving(create_app(Settings(database=dsn, profile=FICTIONAL), FrozenClock(NINE))) as base:
        lead, operator = (cookie(conn, name, [role], NINE) for name, role in (("lead", "shift_lead"), ("op", "operator")))
        assert asked(base, operator, state="response", reason="bão").status == 403
        assert asked(base, lead, state="storm", reason="bão <b>").status == 400
        assert asked(base, lead, state="response", reason="bão <b>").status == 303
        page = ask(base, "/console/standing", Cookie=operator).body.decode()
    assert "bão &lt;b&gt;" in page
    assert "/console/standing/set" not in page
    assert [s.state for s in standings(conn, 9)] == ["response"]
