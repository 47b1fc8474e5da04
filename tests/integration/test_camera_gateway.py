"""Cameras shared by processes: leases, threads, what is written and published, and what happens while something is away."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest

from ioc.cameras.contract import Cause, Condition, Finding, Frame, Picture, SourceError
from ioc.cameras.events import Outgoing
from ioc.cameras.gateway import Eyes, Gateway
from ioc.cameras.leases import Leases
from ioc.cameras.pictures import media_ref
from ioc.cameras.sites import Camera, Site, Sites, System
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError
from tests.integration.web_server import eventually

BLACK: Picture = np.zeros((6, 8, 3), np.uint8)
CLOCK = SystemClock()


def camera(code: str, **given: Any) -> Camera:
    return msgspec.structs.replace(Camera(code=code, name=code, name_en=code, kind="counter", unit_code="99001", point_id="OS-X99", lat_deg=-20, lon_deg=85,
                                          interval_s=0.2, system="test", channel=code), **given)


def sites(*codes: str, **given: Any) -> Sites:
    system = System(kind="snapshot", address="http://127.0.0.1/{channel}", source="/vn/99/vms", simulated=True)
    return Sites(sites=tuple(Site(camera=camera(code, **given), system=system, password="") for code in codes), keep_days=30)


@dataclass
class World:
    """What the cameras give: pictures, or an error, or nothing for ever; and what came of it."""

    broken: dict[str, Cause] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    condition: Condition = Condition.OK
    keep: bool = False
    looks: dict[str, int] = field(default_factory=dict)
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    broker: bool = True
    beat_s: float = 0.05

    def eyes(self) -> Eyes:
        return Eyes(lambda site: Given(self, site.camera, self.beat_s), lambda _: Judging(self), lambda c: Counting(self, c), lambda _: Veiling())

    def publisher(self) -> Any:
        if not self.broker:
            raise UnavailableError("no broker")
        return Publishing(self)


@dataclass
class Given:
    world: World
    camera: Camera
    beat_s: float = 0.05

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        while not stop.is_set():
            if cause := self.world.broken.get(self.camera.code):
                raise SourceError(cause, "away")
            if self.camera.code in self.world.silent:
                stop.wait(60)
                return
            yield Frame(picture=BLACK, received_at=CLOCK.real())
            stop.wait(self.beat_s)


@dataclass
class Judging:
    world: World
    picture_at: datetime | None = None
    clock_offset_s: float | None = None

    def see(self, frame: Frame) -> Condition:
        del frame
        return self.world.condition


@dataclass
class Counting:
    world: World
    camera: Camera

    def look(self, frame: Frame) -> Sequence[Finding]:
        seen = self.world.looks[self.camera.code] = self.world.looks.get(self.camera.code, 0) + 1
        if seen != 3:
            return ()
        return [Finding(fact="detection", at=frame.received_at, data={"kind": "crowd", "phase": "new", "detection_id": "d"}, keep=self.world.keep)]


class Veiling:
    def stored(self, frame: Frame) -> tuple[bytes, int, int]:
        del frame
        return b"jpeg", 8, 6


@dataclass
class Publishing:
    world: World

    def send(self, topic: str, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        assert topic == "ioc.camera"
        given = dict(headers)
        self.world.sent.append((given["ce_type"].decode().split(".")[-2], msgspec.json.decode(value) | {"subject": key.decode(),
                                                                                                      "simulated": given.get("ce_simulated")}))

    def flush(self) -> None:
        if not self.world.broker:
            raise UnavailableError("the broker is away")

    def close(self) -> None:
        pass


@pytest.fixture
def conn(dsn: str) -> Iterator[Connection]:
    with connect(dsn, application="test", autocommit=True) as made:
        yield made


class Running:
    """A gateway in a thread."""

    def __init__(self, dsn: str, world: World, found: Sites, holder: str) -> None:
        self.stop = threading.Event()
        gateway = Gateway(lambda: connect(dsn, application="test-cameras", autocommit=True), found, world.eyes(), Outgoing(world.publisher), CLOCK,
                          holder=holder)
        self.thread = threading.Thread(target=gateway.run, args=(self.stop,), daemon=True)
        self.thread.start()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


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


def stand(conn: Connection) -> dict[str, tuple[str, str]]:
    return {camera: (condition, cause) for camera, condition, cause in conn.execute("select camera_id, condition, cause from camera_watch").fetchall()}


# --- leases


def test_two_processes_share_the_cameras_and_none_is_held_twice(conn: Connection) -> None:
    names = [f"C{n}" for n in range(7)]
    one, two = Leases("one", names), Leases("two", names)
    one.know(conn)
    assert len(one.turn(conn)) == 7
    for _ in range(3):
        mine, yours = one.turn(conn), two.turn(conn)
        assert not mine & yours
    assert mine | yours == set(names)
    assert sorted(map(len, (mine, yours))) == [3, 4]


def test_cameras_of_a_killed_process_are_taken_once_its_lease_is_over(conn: Connection) -> None:
    one, two = Leases("one", ["A"], lease_s=0.3), Leases("two", ["A"], lease_s=0.3)
    one.know(conn)
    assert one.turn(conn) == {"A"}
    assert two.turn(conn) == frozenset()
    assert eventually(lambda: two.turn(conn) == {"A"}, within_s=3)
    assert one.turn(conn) == frozenset()


def test_cameras_of_one_that_ends_are_free_at_once(conn: Connection) -> None:
    one, two = Leases("one", ["A"]), Leases("two", ["A"])
    one.know(conn)
    one.turn(conn)
    one.leave(conn)
    assert two.turn(conn) == {"A"}


def test_camera_that_the_profile_lost_is_forgotten(conn: Connection) -> None:
    Leases("one", ["A", "B"]).know(conn)
    Leases("one", ["B"]).know(conn)
    assert list(stand(conn)) == ["B"]


# --- the process


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
