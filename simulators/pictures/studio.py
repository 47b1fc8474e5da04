"""All simulated cameras of a province: what each shows at a moment, drawn at most as often as asked."""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import cv2
import msgspec

from ioc.cameras.sites import Camera, load_cameras
from ioc.clock import Clock, local_day
from ioc.errors import InputError
from ioc.profiles import Profile
from simulators.engine.contract import Scenario
from simulators.pictures.canvas import Image, burn_in, finished, noises
from simulators.pictures.counter import CounterScene
from simulators.pictures.faults import Fault, Kind, held
from simulators.pictures.outside import RoadScene, SquareScene

FPS = 8
"""Pictures a second, at most."""
MOST_CAMERAS = 500
DRIFT = timedelta(minutes=7, seconds=30)
QUALITY = 80
COVERED = 0.03
"""Light behind a covered lens."""


class Scene(Protocol):
    """What stands before one camera."""

    def draw(self, at: datetime) -> Image: ...

    def light(self, at: datetime) -> float: ...


def cameras_of(profile: Profile, count: int | None = None) -> tuple[Camera, ...]:
    """The profile's simulated cameras, or as many as asked for: beyond its own the same ones again under other codes (CODE.2, CODE.3, …).

    Raises:
        InputError: the profile has none, or more are asked for than are drawn.

    """
    own = [camera for camera in load_cameras(profile) if camera.system.startswith("simulated")]
    if not own:
        raise InputError(f"the profile {profile.file.key} has no simulated camera: "
                         "name one in cameras.csv, with a system whose name begins with 'simulated'")
    if count is not None and not 0 < count <= MOST_CAMERAS:
        raise InputError(f"--cameras {count}: at least 1 and at most {MOST_CAMERAS} are drawn")
    return tuple(_again(own[n % len(own)], n // len(own)) for n in range(len(own) if count is None else count))


def _again(camera: Camera, turn: int) -> Camera:
    return msgspec.structs.replace(camera, code=f"{camera.code}.{turn + 1}", channel=f"{camera.channel}.{turn + 1}") if turn else camera


def scene_of(camera: Camera, scenario: Scenario) -> CounterScene | RoadScene | SquareScene:
    """What stands before a camera, by its kind."""
    name = _drawn_as(camera)
    if camera.kind == "counter":
        point = next((p for p in scenario.profile.points if p.code == camera.point_id), None)
        return CounterScene(name, scenario, point)
    unit = scenario.profile.units.at(camera.unit_code, local_day(scenario.live_at))
    size = math.sqrt(unit.population / 25_000) if unit else 1.0
    return RoadScene(name, scenario, size) if camera.kind == "traffic" else SquareScene(name, scenario, size)


def _drawn_as(camera: Camera) -> str:
    """Copies of a camera look at the same room: its day is made up once."""
    return camera.channel.partition(".")[0]


@dataclass(slots=True)
class _Film:
    """What was drawn last of one camera."""

    camera: Camera
    scene: Scene
    lock: threading.Lock
    beat: int = -1
    kinds: frozenset[Kind] = frozenset()
    jpeg: bytes = b""


class Studio:
    """Draws when asked. `clock.now` is what is going on, `clock.real` what the cameras' clocks show: they differ while a scenario is played."""

    def __init__(self, cameras: Sequence[Camera], scenario: Scenario, clock: Clock, faults: Sequence[Fault] = ()) -> None:
        scenes = {_drawn_as(camera): scene_of(camera, scenario) for camera in {_drawn_as(c): c for c in cameras}.values()}
        self._films = {camera.channel: _Film(camera, scenes[_drawn_as(camera)], threading.Lock()) for camera in cameras}
        self._clock, self._faults, self._began = clock, faults, clock.real()
        noises()  # made before fifty threads make them at once

    def has(self, channel: str) -> bool:
        return channel in self._films

    def kinds(self, channel: str) -> frozenset[Kind]:
        """What is wrong with a camera now."""
        since_s = (self._clock.real() - self._began).total_seconds()
        camera = self._films[channel].camera
        return held(self._faults, camera.code, since_s) if self._faults else frozenset()

    def shown_at(self, channel: str) -> datetime:
        """Time that a camera believes it is."""
        return self._clock.real() + (DRIFT if "drift" in self.kinds(channel) else timedelta())

    def jpeg(self, channel: str) -> bytes:
        """The picture of this beat."""
        film, kinds = self._films[channel], self.kinds(channel)
        real = self._clock.real()
        beat = int(real.timestamp() * FPS)
        with film.lock:
            if not film.jpeg or ("freeze" not in kinds and (beat, kinds) != (film.beat, film.kinds)):
                film.jpeg = encoded(picture(film.scene, film.camera, self._clock.now(), self.shown_at(channel), dark="dark" in kinds))
                film.beat, film.kinds = beat, kinds
            return film.jpeg


def picture(scene: Scene, camera: Camera, at: datetime, shown: datetime, *, dark: bool = False) -> Image:
    """What a camera sees at a moment, with the time that its clock shows."""
    image = finished(scene.draw(at), COVERED if dark else scene.light(at), int(at.timestamp() * FPS))
    burn_in(image, shown, camera.code)
    return image


def encoded(image: Image) -> bytes:
    return bytes(cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1])
