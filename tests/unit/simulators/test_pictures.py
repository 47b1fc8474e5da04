"""Drawn cameras: one story with the counters, the same picture for the same moment, real HTTP, and each fault as it is named."""

import base64
import json
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import av
import cv2
import msgspec
import numpy as np
import pytest

from ioc.cameras.contract import Cause
from ioc.cameras.sites import Camera, corners, load_cameras
from ioc.clock import LOCAL, FrozenClock, SystemClock
from ioc.errors import InputError
from ioc.profiles import load_profile
from simulators.engine.contract import scenario_of
from simulators.engine.counter_life import point_day
from simulators.pictures.__main__ import main
from simulators.pictures.counter import CounterScene
from simulators.pictures.faults import KINDS, Fault, fault
from simulators.pictures.outside import RoadScene, SquareScene
from simulators.pictures.server import CameraServer
from simulators.pictures.studio import DRIFT, Studio, cameras_of, encoded, picture, scene_of
from tests.unit.cameras.places import cause, first, source

PROFILE_PATH = "tests/profiles/binh_minh"
AT = datetime(2026, 11, 23, 9, 15, 42, tzinfo=LOCAL)
PROFILE = load_profile(str(Path(__file__).parents[3] / PROFILE_PATH))
SCENARIO = scenario_of(PROFILE, "1", AT)
CAMERAS = {camera.code: camera for camera in cameras_of(PROFILE)}
COUNTER, ROAD, SQUARE = CAMERAS["OS-99001-C2"], CAMERAS["GT-02"], CAMERAS["QT-01"]


def drawn(camera: Camera, at: datetime, seed: str = "1") -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return picture(scene_of(camera, scenario_of(PROFILE, seed, AT)), camera, at, at)


@pytest.mark.parametrize("profile", ["soc_trang", PROFILE_PATH])
def test_profiles_have_a_dozen_cameras_that_can_be_drawn(profile: str) -> None:
    cameras = load_cameras(load_profile(profile))
    assert {kind: sum(c.kind == kind for c in cameras) for kind in ("counter", "traffic", "security")} == {
        "counter": 8, "traffic": 3, "security": 1}
    assert all(c.job and c.clock and c.system == ("simulated" if c.kind == "counter" else "simulated_mjpeg") for c in cameras)


@pytest.mark.parametrize("camera", [COUNTER, ROAD, SQUARE], ids=lambda c: c.kind)
def test_same_seed_and_moment_draw_the_same_picture(camera: Camera) -> None:
    assert np.array_equal(drawn(camera, AT), drawn(camera, AT))
    later = drawn(camera, AT + timedelta(seconds=2))
    assert np.abs(drawn(camera, AT).astype(int) - later).max() > 100
    assert drawn(camera, AT).shape == (480, 640, 3)
    assert 60 < drawn(camera, AT).mean() < 220


def test_pictures_of_a_still_night_are_not_the_same_one() -> None:
    night = AT.replace(hour=2)
    below = [drawn(COUNTER, night + timedelta(seconds=2 * n))[60:440] for n in range(4)]
    assert all((a != b).mean() > 0.5 for a, b in pairwise(below))
    assert np.abs(below[0].astype(int) - below[1]).max() < 8


def test_counter_shows_who_waits_and_who_works_as_the_counters_tell() -> None:
    point = next(p for p in PROFILE.points if p.code == "OS-99001")
    plan, scene = point_day(SCENARIO, point, AT.date()), scene_of(COUNTER, SCENARIO)
    assert plan is not None
    assert isinstance(scene, CounterScene)
    moments = [AT + timedelta(minutes=7 * n) for n in range(40)]
    assert [scene.truth(at) for at in moments] == [(plan.waiting(at), plan.staff(at)) for at in moments]
    assert len({scene.truth(at) for at in moments}) > 5


def test_people_are_seen_where_cameras_csv_says_they_wait() -> None:
    scene = scene_of(COUNTER, SCENARIO)
    assert isinstance(scene, CounterScene)
    zone = np.array(corners(COUNTER.zone)) * (640, 480)
    finder = cv2.HOGDescriptor()
    finder.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector(), np.float32))
    differ = []
    for n in range(12):
        at = AT + timedelta(minutes=11 * n)
        found, _ = finder.detectMultiScale(picture(scene, COUNTER, at, at), winStride=(4, 8), padding=(16, 16), scale=1.05)
        feet = [(x + w / 2, y + 0.94 * h) for x, y, w, h in found]
        inside = sum(cv2.pointPolygonTest(zone.astype(np.float32), foot, False) >= 0 for foot in feet)  # noqa: FBT003 (OpenCV's order)
        differ.append(abs(inside - scene.truth(at).waiting))
    assert sum(differ) / len(differ) < 2, differ


def test_what_crosses_the_line_is_told_for_judging_a_count() -> None:
    road, square = scene_of(ROAD, SCENARIO), scene_of(SQUARE, SCENARIO)
    assert isinstance(road, RoadScene)
    assert isinstance(square, SquareScene)
    hour = [road.passing.crossings(AT + timedelta(minutes=n), AT + timedelta(minutes=n + 1)) for n in range(60)]
    assert road.passing.crossings(AT, AT + timedelta(hours=1)) == (sum(a for a, _ in hour), sum(b for _, b in hour))
    assert min(sum(a for a, _ in hour), sum(b for _, b in hour)) > 60
    assert all(-100 <= p.x(AT) <= 740 for p in road.passing.seen(AT))
    crossed = next(p for n in range(60) for p in square.passing.seen(AT + timedelta(seconds=n)))
    assert abs(crossed.x(crossed.crossed(320)) - 320) < 0.01


@contextmanager
def served(*faults: Fault, user: str = "", password: str = "") -> Iterator[str]:
    server = CameraServer(Studio(list(CAMERAS.values()), SCENARIO, SystemClock(), faults), 0, user=user, password=password)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.end()


def read(address: str, headers: dict[str, str] | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {}), timeout=5) as answer:  # noqa: S310 (our own server)
        return bytes(answer.read())


def test_cameras_are_read_as_real_ones_are() -> None:
    with served() as base:
        assert first(source("snapshot", f"{base}/OS-99001-C2.jpg", status=f"{base}/OS-99001-C2.json"))[0].picture.shape == (480, 640, 3)
        frames = first(source("mjpeg", f"{base}/GT-02.mjpg", job="vehicle_flow"), 5)
        assert len({frame.picture_at for frame in frames}) == 5
        assert json.loads(read(f"{base}/QT-01.json")) == {"online": True, "simulated": True}
        for nothing in ("/other.jpg", "/", "/QT-01", "/QT-01.exe", "/../QT-01.jpg"):
            with pytest.raises(urllib.error.HTTPError):
                read(base + nothing)


def test_who_does_not_know_the_password_sees_nothing() -> None:
    with served(user="cam", password="secret") as base:
        for channel in ("QT-01.jpg", "QT-01.mjpg", "QT-01.json"):
            with pytest.raises(urllib.error.HTTPError):
                read(f"{base}/{channel}", {"Authorization": "Basic " + base64.b64encode(b"cam:wrong").decode()})
        assert first(source("snapshot", f"{base}/QT-01.jpg", user="cam", password="secret"))


@pytest.mark.parametrize(("kind", "snapshot", "stream"), [
    ("drop", Cause.ENDED, Cause.ENDED), ("garbage", Cause.GARBAGE, Cause.GARBAGE), ("slow", Cause.TIMEOUT, Cause.TIMEOUT),
    ("silent", Cause.TIMEOUT, Cause.TIMEOUT), ("unauthorised", Cause.UNAUTHORISED, Cause.UNAUTHORISED), ("offline", Cause.OFFLINE, Cause.ENDED),
])
def test_fault_is_named_and_delays_no_other_camera(kind: str, snapshot: Cause, stream: Cause) -> None:
    with served(fault(f"QT-01:{kind}:0:1000")) as base:
        assert cause(source("snapshot", f"{base}/QT-01.jpg", timeout_s=1)) is snapshot
        assert cause(source("mjpeg", f"{base}/QT-01.mjpg", timeout_s=1)) is stream
        assert first(source("snapshot", f"{base}/GT-02.jpg", timeout_s=1))


def test_frozen_dark_and_drifting_cameras_give_such_pictures() -> None:
    clock = FrozenClock(AT)
    cameras = [COUNTER, ROAD, SQUARE]
    studio = Studio(cameras, SCENARIO, clock, [Fault("OS-99001-C2", "freeze", 10, 20), Fault("GT-02", "dark", 10, 20), Fault("QT-01", "drift", 10, 20)])
    before = {c.channel: studio.jpeg(c.channel) for c in cameras}
    clock.advance(12)
    frozen = studio.jpeg("OS-99001-C2")
    clock.advance(3)
    assert studio.jpeg("OS-99001-C2") == frozen == before["OS-99001-C2"]
    dark = cv2.imdecode(np.frombuffer(studio.jpeg("GT-02"), np.uint8), cv2.IMREAD_COLOR)
    assert dark is not None
    assert dark[40:440].mean() < 12
    assert studio.shown_at("QT-01") - clock.real() == DRIFT
    clock.advance(10)
    assert studio.jpeg("OS-99001-C2") != frozen
    assert studio.shown_at("QT-01") == clock.real()


def test_picture_is_drawn_once_a_beat() -> None:
    clock = FrozenClock(AT)
    studio = Studio([SQUARE], SCENARIO, clock)
    assert studio.jpeg("QT-01") is studio.jpeg("QT-01")
    clock.advance(1)
    assert studio.jpeg("QT-01") == encoded(drawn(SQUARE, AT + timedelta(seconds=1)))


def test_more_cameras_than_the_profile_has_are_copies_under_other_codes() -> None:
    cameras = cameras_of(PROFILE, 30)
    assert len({c.code for c in cameras}) == len({c.channel for c in cameras}) == 30
    assert cameras[12].code == f"{cameras[0].code}.2"
    assert msgspec.structs.replace(cameras[12], code=cameras[0].code, channel=cameras[0].channel) == cameras[0]
    with pytest.raises(InputError, match="at most 500"):
        cameras_of(PROFILE, 501)


@pytest.mark.parametrize("text", ["", "QT-01", "QT-01:freeze", "QT-01:melt:0:10", "QT-01:freeze:a:b", "QT-01:freeze:10:5", "QT-01:freeze:-1:5", "QT-01:dark:0:inf"])
def test_fault_that_cannot_be_used_says_what_is_wrong(text: str) -> None:
    with pytest.raises(InputError, match="--fault"):
        fault(text)
    assert fault("a:b:dark:1:2.5") == Fault("a:b", "dark", 1, 2.5)
    assert len(KINDS) == 9


def test_film_is_written_that_ffmpeg_reads(tmp_path: Path) -> None:
    assert main(["--profile", PROFILE_PATH, "--file", str(tmp_path / "out.avi"), "--camera", "QT-01", "--seconds", "2", "--from", AT.isoformat()]) == 0
    with av.open(str(tmp_path / "out.avi")) as film:
        frames = list(film.decode(video=0))
    assert (len(frames), frames[0].width, frames[0].height) == (16, 640, 480)


@pytest.mark.parametrize("arguments", [
    ["--file", "out.avi", "--camera", "nobody"], ["--file", "/nowhere/out.avi", "--camera", "QT-01"], ["--cameras", "0"],
    ["--file", "x.avi", "--camera", "QT-01", "--seconds", "0"], ["--fault", "nobody:dark:0:1"], ["--user", "x", "--password-file", "/nowhere"],
])
def test_argument_that_cannot_be_used_is_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--profile", PROFILE_PATH, "--port", "0", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert "simulators.pictures" in sys.modules
