"""What the wall shows of alerts: how many, the worst in words, what takes it over and when, and that the engine has stopped."""

from datetime import timedelta
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.live.alerts import Board, broken_board
from ioc.live.frames import encode
from ioc.words import words
from tests.alerts.dangers import GRAVE, TAKING, acted, hurt
from tests.alerts.examples.security_traffic import NINE, incident, minute
from tests.alerts.world import Told, World, only, register, soc_trang

PANELS = ("one_stop", "security_traffic")


@pytest.fixture
def conn(made: tuple[str, Connection]) -> Connection:
    return made[1]


def burning() -> Told:
    """A fire that nobody is sent to."""
    return incident("reported", NINE, kind="fire", severity=3)


def shown(conn: Connection, at: Any, language: str = "vi") -> tuple[dict[str, Any], str]:
    """Properties by component, and all that is said in them."""
    board = Board(conn, FrozenClock(at), soc_trang(), register(), PANELS)
    body = board.body(language)
    return body["props"], encode(body).decode()


def test_a_calm_wall_says_that_there_is_no_alert(conn: Connection) -> None:
    World(conn, only(GRAVE)).look(NINE)
    props, said = shown(conn, NINE)
    assert "Không có cảnh báo" in said
    assert props["alert-takeover"]["data-on"] is None


def test_the_strip_counts_and_names_the_worst(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    props, said = shown(conn, minute(1))
    assert props["alert-strip"]["data-level"] == "4"
    assert "Nghiêm trọng 1" in said
    assert "mô phỏng" in said
    assert props["security_traffic--alert"]["children"] == "Nghiêm trọng 1"
    assert props["one_stop--alert"]["children"] == ""


def test_no_number_of_an_incident_is_on_the_wall(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt("SV-SECRET"))
    world.look(minute(1))
    assert "SV-SECRET" not in shown(conn, minute(30))[1]


def test_a_grave_danger_takes_the_wall_over_once_nobody_has_acknowledged_it(conn: Connection) -> None:
    world = World(conn, only(TAKING))
    world.tell(burning())
    world.look(minute(1))
    waits = TAKING.levels[0].takeover_after_s / 60
    assert shown(conn, minute(waits))[0]["alert-takeover"]["data-on"] is None
    assert shown(conn, minute(1 + waits))[0]["alert-takeover"]["data-on"] == "1"


def test_an_acknowledged_danger_leaves_the_wall(conn: Connection) -> None:
    world = World(conn, only(TAKING))
    world.tell(burning())
    world.look(minute(1))
    assert shown(conn, minute(10))[0]["alert-takeover"]["data-on"] == "1"
    world.tell(acted("acknowledged", world.open()[0].alert_id, minute(20)))
    props, said = shown(conn, minute(21))
    assert props["alert-takeover"]["data-on"] is None
    assert "Nghiêm trọng 1" in said


def test_what_is_suppressed_is_counted_and_not_spoken(conn: Connection) -> None:
    world = World(conn, only(TAKING))
    world.tell(burning())
    world.look(minute(1))
    world.tell(acted("suppressed", world.open()[0].alert_id, minute(2), reason_code="test", until_at=minute(90)))
    props, said = shown(conn, minute(30))
    assert props["alert-takeover"]["data-on"] is None
    assert props["security_traffic--alert"]["children"] == ""
    assert "Nghiêm trọng 1" in said


def test_the_wall_says_since_when_nobody_looks_at_the_rules(conn: Connection) -> None:
    World(conn, only(GRAVE)).look(NINE)
    assert "dừng" not in shown(conn, NINE + timedelta(seconds=50))[1]
    assert "Bộ phận cảnh báo dừng từ 09:00" in shown(conn, NINE + timedelta(minutes=2))[1]


def test_the_wall_speaks_english_where_it_is_asked_to(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    assert "Grave 1" in shown(conn, minute(1), "en")[1]


def test_a_bulletin_in_force_is_on_the_map(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(incident("reported", NINE, kind="fire", severity=2))
    world.look(minute(1))
    board = Board(conn, FrozenClock(minute(1)), soc_trang(), register(), PANELS)
    assert board.body("vi")["map"] == {"type": "FeatureCollection", "features": []}


def test_a_board_that_cannot_be_read_says_so() -> None:
    props = broken_board(words("vi"), "OperationalError: gone")
    assert props["alert-strip"]["data-state"] == "dead"
    assert "Không đọc được cảnh báo" in encode(props).decode()
