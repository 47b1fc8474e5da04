"""Cameras looked at by processes: threads, what is written and published, and what happens while something is away."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from ioc.cameras.contract import Cause, Condition
from ioc.cameras.events import Outgoing
from ioc.cameras.gateway import Gateway
from ioc.cameras.pictures import media_ref
from ioc.cameras.sites import Sites
from ioc.db.connect import Connection, connect
from tests.integration.camera_world import CLOCK, Running, World, sites, stand
from tests.integration.web_server import eventually


@pytest.fixture
def running(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr("ioc.cameras.gateway.TURN_S", 0.1)
    begun: list[Running] = []

    def begin(world: World, found: Sites, holder: str = "one") -> Running:
        begun.append(Running(dsn, world, found, holder))
        return begun[-1]

    yield begin
    for one in begun:
        if one.thread.is_alive():
            one.end()


def test_cameras_are_looked_at_and_said_to_stand_well(running: Any, conn: Connection) -> None:
    world = World()
    running(world, sites("A", "B"))
    assert eventually(lambda: stand(conn) == {"A": ("ok", ""), "B": ("ok", "")})
    told = eventually(lambda: [data for fact, data in world.sent if fact == "status" and data["online"]])
    assert {"condition": "ok", "unit_code": "99001", "point_id": "OS-X99", "simulated": b"true"}.items() <= told[0].items()


def test_one_that_breaks_and_one_that_never_answers_are_named_and_delay_nobody(running: Any, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.cameras.watch.LOST_AFTER_S", 1.0)
    world = World(broken={"B": Cause.GARBAGE}, silent={"C"})
    running(world, sites("A", "B", "C"))
    assert eventually(lambda: {"B": ("no_signal", "garbage"), "C": ("no_signal", "")}.items() <= stand(conn).items(), within_s=8)
    before = world.looks["A"]
    assert eventually(lambda: world.looks["A"] > before + 10, within_s=3)
    assert stand(conn)["A"] == ("ok", "")
    assert {data["subject"] for fact, data in world.sent if fact == "status" and data["condition"] == "no_signal"} == {"B", "C"}
    world.broken.clear()
    assert eventually(lambda: stand(conn)["B"] == ("ok", ""), within_s=12)


def test_change_of_condition_is_told_at_once_and_of_a_frozen_picture_nothing_is_counted(running: Any, conn: Connection) -> None:
    world = World(condition=Condition.FROZEN)
    running(world, sites("A"))
    assert eventually(lambda: stand(conn) == {"A": ("frozen", "")})
    assert world.looks == {}
    world.condition = Condition.OK
    assert eventually(lambda: [data["condition"] for fact, data in world.sent if fact == "status"] == ["frozen", "ok"])
    assert [data["online"] for fact, data in world.sent if fact == "status"] == [False, True]


def test_proof_is_kept_and_its_event_refers_to_it(running: Any, conn: Connection) -> None:
    world = World(keep=True)
    running(world, sites("A"))
    found = eventually(lambda: [data for fact, data in world.sent if fact == "detection"])
    assert found[0]["media_ref"] == media_ref(b"jpeg")
    assert eventually(lambda: conn.execute("select camera_id, keep_until - received_at > interval '29 days' from camera_media").fetchall() == [("A", True)])


def test_pictures_come_seldom_until_somebody_looks(running: Any, conn: Connection) -> None:
    world = World()
    running(world, sites("A"))
    number = eventually(lambda: (conn.execute("select number from camera_picture").fetchone() or [0])[0])
    threading.Event().wait(1.0)
    assert conn.execute("select number from camera_picture").fetchone() == (number,)
    conn.execute("insert into camera_wanted (camera_id, wanted_until) values ('A', now() + interval '1 minute')")
    assert eventually(lambda: (conn.execute("select number from camera_picture").fetchone() or [0])[0] >= number + 4, within_s=5)


def test_live_view_is_as_fast_as_it_is_to_move_and_no_longer_than_somebody_looks(running: Any, conn: Connection) -> None:
    world = World(beat_s=1.0)
    running(world, sites("A", interval_s=1.0))
    assert eventually(lambda: world.looks.get("A"))
    conn.execute("insert into camera_wanted (camera_id, wanted_until, live_until) values ('A', now(), now() + interval '4 seconds')")
    before = eventually(lambda: world.looks["A"] > 3 and world.looks["A"])
    assert eventually(lambda: world.looks["A"] >= before + 6, within_s=3)
    conn.execute("update camera_wanted set live_until = now()")
    threading.Event().wait(1.5)
    before = world.looks["A"]
    threading.Event().wait(2.0)
    assert world.looks["A"] <= before + 3


def test_observations_wait_for_the_broker_and_keep_their_order(running: Any, conn: Connection) -> None:
    world = World(broker=False, condition=Condition.FROZEN)
    running(world, sites("A"))
    assert eventually(lambda: stand(conn) == {"A": ("frozen", "")})
    world.condition = Condition.OK
    assert eventually(lambda: stand(conn) == {"A": ("ok", "")})
    assert world.sent == []
    world.broker = True
    assert eventually(lambda: [data["condition"] for fact, data in world.sent if fact == "status"] == ["frozen", "ok"])


def test_database_that_goes_and_comes_back_loses_nothing_for_good(running: Any, conn: Connection) -> None:
    world = World()
    running(world, sites("A"))
    assert eventually(lambda: stand(conn) == {"A": ("ok", "")})
    conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-cameras'")
    conn.execute("update camera_watch set condition = 'starting'")
    assert eventually(lambda: stand(conn) == {"A": ("ok", "")})


def test_second_process_takes_its_share_and_what_the_first_leaves(running: Any, conn: Connection) -> None:
    one, two = World(), World()
    first = running(one, sites("A", "B"), "one")
    assert eventually(lambda: set(one.looks) == {"A", "B"})
    running(two, sites("A", "B"), "two")
    assert eventually(lambda: len(two.looks) == 1)
    first.end()
    assert eventually(lambda: set(two.looks) == {"A", "B"})


def test_waiting_observations_are_bounded_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.cameras.events.MOST_WAITING", 3)
    world = World()
    outgoing = Outgoing(world.publisher)
    headers = [("ce_type", b"vn.ioc.camera.status.v1")]
    for n in range(5):
        outgoing.put((b"A", msgspec.json.encode({"n": n}), headers))
    outgoing.step()
    assert [data["n"] for _, data in world.sent] == [2, 3, 4]


def test_lease_of_a_process_without_database_runs_out_before_others_take_it(dsn: str, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ioc.cameras.gateway.LEASE_S", 5.0)
    world = World()
    gateway = Gateway(lambda: connect(dsn, application="test", autocommit=True), sites("A"), world.eyes(), Outgoing(world.publisher), CLOCK, holder="one")
    gateway._leases.know(conn)
    gateway.turn(conn)
    gateway._without()
    assert len(gateway._watches) == 1
    assert gateway._heard_at is not None
    gateway._heard_at -= timedelta(seconds=4)
    gateway._without()
    assert gateway._watches == {}
