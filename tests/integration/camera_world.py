"""Cameras whose pictures, faults and broker a test decides, and a gateway that looks at them."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from ioc.cameras.contract import Cause, Condition, Finding, Frame, Picture, SourceError
from ioc.cameras.events import Outgoing
from ioc.cameras.gateway import Eyes, Gateway
from ioc.cameras.sites import Camera, Site, Sites, System
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError

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


def stand(conn: Connection) -> dict[str, tuple[str, str]]:
    return {camera: (condition, cause) for camera, condition, cause in conn.execute("select camera_id, condition, cause from camera_watch").fetchall()}
