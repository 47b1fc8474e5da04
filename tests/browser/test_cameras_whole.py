"""The cameras' whole way: drawn ones behind real HTTP, a real `ioc cameras`, the tiles in a browser; all that can be wrong with one, at once."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from ioc.clock import SystemClock
from ioc.demo.cameras import prepare_cameras
from ioc.profiles import load_profile
from ioc.settings import Settings
from simulators.engine.contract import scenario_of
from simulators.pictures.faults import Fault, Kind
from simulators.pictures.server import CameraServer
from simulators.pictures.studio import Studio, cameras_of
from tests.browser.camera_tiles import opened, tile
from tests.browser.stack import program
from tests.conftest import fresh_database
from tests.integration.camera_desk import CLOCK, desk
from tests.profiles import FICTIONAL

NAMED_WITHIN_S = 10.0
CLOCK_TOLD_WITHIN_S = 15.0
"""A wrong clock is read twice before it is told; its camera goes on showing what it sees."""
WRONG: dict[str, tuple[Kind, str, str]] = {
    "OS-99001-C2": ("freeze", "frozen", ""),
    "OS-99004-C2": ("dark", "dark", ""),
    "OS-99007-C2": ("drop", "no_signal", "luồng hình đã hết"),
    "OS-99010-C2": ("garbage", "no_signal", "dữ liệu nhận được không phải ảnh"),
    "OS-99013-C2": ("slow", "no_signal", "không trả lời"),
    "OS-99016-C2": ("silent", "no_signal", "không trả lời"),
    "OS-99022-C2": ("unauthorised", "no_signal", "sai quyền truy cập"),
    "OS-X99-C2": ("offline", "no_signal", "hệ thống camera báo đã tắt"),
    "GT-02": ("freeze", "frozen", ""),
    "GT-03": ("garbage", "no_signal", "dữ liệu nhận được không phải ảnh"),
}
"""Camera → what is wrong with it, its condition, and the cause that its tile names. The last two give moving pictures."""
SLOW_CLOCK, WELL = "GT-01", "QT-01"


@contextmanager
def drawn(address: Path, faults: list[Fault]) -> Iterator[str]:
    """The fictional province's simulated cameras, and the file by which they are reached. What is wrong with them may change."""
    profile = load_profile(FICTIONAL)
    made = prepare_cameras(Settings(data=str(address), profile=FICTIONAL), profile)
    assert made is not None
    port = int(made.command[list(made.command).index("--port") + 1])
    server = CameraServer(Studio(cameras_of(profile), scenario_of(profile, "1", CLOCK.now()), SystemClock(), faults), port)
    threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
    try:
        yield made.file
    finally:
        server.end()


def seen_after(page: Page, wanted: dict[str, str], within_s: float) -> dict[str, float]:
    """Seconds until each selector was on the page."""
    begun, found = time.monotonic(), dict[str, float]()
    while len(found) < len(wanted) and time.monotonic() - begun < within_s:
        there = page.evaluate("wanted => Object.entries(wanted).filter(([, s]) => document.querySelector(s)).map(([name]) => name)", wanted)
        found |= {name: time.monotonic() - begun for name in there if name not in found}
        page.wait_for_timeout(100)
    return found


def test_all_that_can_be_wrong_is_named_within_ten_seconds_and_nobody_else_waits(page: Page, postgres: str, province: Path, tmp_path: Path) -> None:
    faults: list[Fault] = []
    with fresh_database(postgres) as dsn, drawn(tmp_path, faults) as file, desk(dsn, province, ("incident_command",)) as at, \
            program("cameras", dsn, IOC_CAMERAS=file):
        opened(page, at, role="incident_command")
        every = [*WRONG, SLOW_CLOCK, WELL]
        assert set(seen_after(page, {c: f"{tile(c)}[data-condition=ok]" for c in every}, 60)) == set(every)
        faults.extend(Fault(camera, kind, 0, 1e9) for camera, (kind, _, _) in WRONG.items())
        faults.append(Fault(SLOW_CLOCK, "drift", 0, 1e9))
        named = {camera: f"{tile(camera)}[data-dead][data-condition={condition}]" for camera, (_, condition, _) in WRONG.items()}
        found = seen_after(page, named | {SLOW_CLOCK: f"{tile(SLOW_CLOCK)}[data-condition=drift]:not([data-dead])"}, CLOCK_TOLD_WITHIN_S)
        late = {camera: took for camera in WRONG if (took := found.get(camera, 99.0)) > NAMED_WITHIN_S}
        assert late == {}
        assert SLOW_CLOCK in found
        for camera, (_, _, cause) in WRONG.items():
            expect(page.locator(f"{tile(camera)} .c-dead")).to_contain_text(cause)
        expect(page.locator(f"{tile(WELL)}[data-condition=ok] .c-age")).to_contain_text("giây trước")
        faults.clear()
        back = seen_after(page, {c: f"{tile(c)}[data-condition=ok]:not([data-dead])" for c in every}, 30)
        assert set(back) == set(every)
