"""Tiles of cameras in a browser: they look dead when they are, one never delays another, and hours of pictures leave nothing behind."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from playwright.sync_api import Page, Route, expect

from ioc.db.connect import connect
from tests.alerts.alert_desk import bring, raising
from tests.browser.camera_tiles import opened, tile
from tests.browser.stack import until
from tests.conftest import fresh_database
from tests.integration.camera_desk import DESK, LINES, ROAD, Desk, desk, jpeg, keeps, now, shows, stands, with_cameras
from tests.integration.streams_db import one, rows
from tests.integration.web_server import eventually

DEAD_WITHIN_S = 10.0
MANY = tuple(LINES[1].replace("CAM-02", f"R-{n:02}").replace("Ngã tư chợ", f"Ngã tư {n:02}") for n in range(20))


@pytest.fixture
def hall(postgres: str, province: Path) -> Iterator[Desk]:
    with fresh_database(postgres) as dsn, desk(dsn, with_cameras(province), ("operator",)) as made:
        yield made


@contextmanager
def beating(at: Desk, cameras: Sequence[str], every_s: float = 1.0) -> Iterator[threading.Event]:
    """Cameras that see, and whose pictures change, until the event is set."""
    stop = threading.Event()

    def run() -> None:
        with connect(at.conn.info.dsn, application="test", autocommit=True) as conn:
            number = 0
            while not stop.wait(every_s):
                number += 1
                for camera in cameras:
                    stands(conn, camera)
                    shows(conn, camera, jpeg(f"{camera} {number}", shade=40 + number % 100))

    for camera in cameras:
        stands(at.conn, camera)
        shows(at.conn, camera, jpeg(camera))
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(10)


def seconds_until(page: Page, selector: str) -> float:
    begun = time.monotonic()
    page.wait_for_selector(selector, timeout=15_000)
    return time.monotonic() - begun


def test_tile_shows_a_picture_with_its_age_and_no_more_cameras_than_are_open_to_the_person(quiet: Page, hall: Desk) -> None:
    with beating(hall, (DESK, ROAD)):
        opened(quiet, hall)
        expect(quiet.locator(".c-tile")).to_have_count(2)
        expect(quiet.locator(f"{tile(DESK)}[data-condition=ok] .c-age")).to_contain_text("giây trước")
        until(quiet, f"document.querySelector(\"{tile(DESK)} img\").naturalWidth === 640")
        assert quiet.evaluate("document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth")
        expect(quiet.locator(f"{tile(DESK)} .c-mock")).to_be_visible()


def test_tile_looks_dead_within_ten_seconds_of_its_rows_stopping(quiet: Page, hall: Desk) -> None:
    with beating(hall, (DESK, ROAD)) as stop:
        opened(quiet, hall)
        quiet.wait_for_selector(f"{tile(DESK)}[data-condition=ok]:not([data-dead])")
        quiet.wait_for_timeout(3000)
        stop.set()
        assert seconds_until(quiet, f"{tile(DESK)}[data-dead][data-condition=unknown]") <= DEAD_WITHIN_S
        expect(quiet.locator(f"{tile(DESK)} .c-dead b")).to_have_text("Không rõ")
        expect(quiet.locator(f"{tile(DESK)} .c-dead span")).to_contain_text("từ")


@pytest.mark.parametrize(("condition", "word"), [("frozen", "Đứng hình"), ("dark", "Tối"), ("no_signal", "Mất tín hiệu")])
def test_tile_looks_dead_within_ten_seconds_of_its_condition(quiet: Page, hall: Desk, condition: str, word: str) -> None:
    with beating(hall, (ROAD,)):
        stands(hall.conn, DESK)
        shows(hall.conn, DESK, jpeg())
        opened(quiet, hall)
        quiet.wait_for_selector(f"{tile(DESK)}[data-condition=ok]")
        stands(hall.conn, DESK, condition, cause="timeout" if condition == "no_signal" else "", since=timedelta(minutes=7))
        assert seconds_until(quiet, f"{tile(DESK)}[data-dead][data-condition={condition}]") <= DEAD_WITHIN_S
        expect(quiet.locator(f"{tile(DESK)} .c-dead b")).to_have_text(word)
        expect(quiet.locator(f"{tile(DESK)} .c-dead span")).to_contain_text("7 phút")
        expect(quiet.locator(f"{tile(ROAD)}:not([data-dead])")).to_have_count(1)


def test_tiles_look_dead_within_ten_seconds_of_the_cable_and_come_back(page: Page, hall: Desk) -> None:
    with beating(hall, (DESK, ROAD)):
        opened(page, hall)
        page.wait_for_selector(f"{tile(ROAD)}[data-condition=ok]")
        page.context.set_offline(True)
        assert seconds_until(page, f"{tile(ROAD)}[data-dead][data-condition=lost]") <= DEAD_WITHIN_S
        expect(page.locator("#link")).to_be_visible()
        page.context.set_offline(False)
        page.wait_for_selector(f"{tile(ROAD)}[data-condition=ok]:not([data-dead])", timeout=10_000)


def test_slow_picture_delays_no_other_and_says_that_it_is_old(page: Page, hall: Desk) -> None:
    held: list[Route] = []
    page.route(f"**/picture/{DESK}", lambda route: held.append(route))  # noqa: PLW0108 (Playwright writes an attribute on what it is given)
    with beating(hall, (DESK, ROAD)):
        opened(page, hall)
        page.wait_for_selector(f"{tile(DESK)}[data-condition=old]", timeout=20_000)
        expect(page.locator(f"{tile(ROAD)}[data-condition=ok] .c-age")).to_have_text(re.compile("ảnh [0-5] giây trước"))
    assert len(held) > 1  # it was given up, and asked for again


def test_everything_is_done_by_keys(quiet: Page, postgres: str, province: Path) -> None:
    codes = [f"R-{n:02}" for n in range(20)]
    with fresh_database(postgres) as dsn, desk(dsn, with_cameras(province, MANY), ("operator",)) as at, beating(at, codes, 2.0):
        opened(quiet, at)
        expect(quiet.locator(".c-tile")).to_have_count(16)
        quiet.keyboard.press("1")
        expect(quiet.locator(".c-tile")).to_have_count(4)
        for key, focused in (("ArrowRight", "R-01"), ("ArrowDown", "R-03"), ("ArrowRight", "R-04"), ("ArrowLeft", "R-03")):
            quiet.keyboard.press(key)
            expect(quiet.locator(tile(focused))).to_be_focused()
        quiet.keyboard.press("Enter")
        expect(quiet.locator("#big-name")).to_contain_text("Ngã tư 03")
        expect(quiet.locator("[data-live][data-kind=live]")).to_be_visible()
        quiet.keyboard.press("ArrowRight")
        expect(quiet.locator("#big-name")).to_contain_text("Ngã tư 04")
        expect(quiet.locator("[data-live][data-kind=live]")).to_be_visible()
        quiet.keyboard.press("Escape")
        expect(quiet.locator(tile("R-04"))).to_be_focused()
        quiet.keyboard.press("n")
        expect(quiet.locator("#page")).to_have_text("Trang 3/5")
        quiet.keyboard.press("?")
        expect(quiet.locator("#help")).to_be_visible()
        quiet.keyboard.press("Escape")
        quiet.reload()
        expect(quiet.locator(".c-tile")).to_have_count(4)  # the size is remembered
        assert [line for (line,) in rows(at.conn, "select subject from audit_line where action = 'camera.watched' order by line")] == [
            "camera:R-03", "camera:R-04"]


def test_refused_live_view_is_told_in_words_and_pictures_go_on(page: Page, hall: Desk) -> None:
    page.route("**/live/*", lambda route: route.fulfill(status=503, content_type="application/json", body=orjson.dumps({"error": "Đã đủ số người"})))
    with beating(hall, (DESK, ROAD)):
        opened(page, hall, f"/console/cameras?open={DESK}")
        expect(page.locator("[data-live][data-kind=refused]")).to_have_text("Đã đủ số người")
        expect(page.locator("#big [data-age]")).to_contain_text("giây trước")
        until(page, "document.querySelector('#big img').naturalWidth === 640")


def test_two_hundred_pictures_leave_nothing_behind(quiet: Page, postgres: str, province: Path) -> None:
    codes = [f"R-{n:02}" for n in range(16)]
    quiet.add_init_script("window.made = 0; window.given = 0; const make = URL.createObjectURL, give = URL.revokeObjectURL;"
                          "URL.createObjectURL = thing => { window.made += 1; return make.call(URL, thing); };"
                          "URL.revokeObjectURL = url => { window.given += 1; give.call(URL, url); };")
    with fresh_database(postgres) as dsn, desk(dsn, with_cameras(province, MANY[:16]), ("operator",)) as at, beating(at, codes):
        opened(quiet, at)
        inside = quiet.context.new_cdp_session(quiet)
        until(quiet, "window.made > 40", within_s=60)

        def held() -> tuple[float, float]:
            inside.send("HeapProfiler.collectGarbage")
            inside.send("Performance.enable")
            told = {metric["name"]: metric["value"] for metric in inside.send("Performance.getMetrics")["metrics"]}
            return told["JSHeapUsedSize"], told["Nodes"]

        before = held()
        until(quiet, "window.made > 240", within_s=120)
        after = held()
        assert quiet.evaluate("window.made - window.given") <= 3 * len(codes)
        assert after[0] < before[0] + 1_500_000
        assert after[1] < before[1] + 300


def test_detections_and_unmanned_counters_are_judged_by_keys(quiet: Page, hall: Desk) -> None:
    at = now() - timedelta(minutes=30)
    for n, kind in enumerate(("crowd", "after_hours")):
        hall.story.tell("camera", "detection", DESK, at + timedelta(minutes=n), kind=kind, detection_id=f"d{n}", media_ref=f"sha256:{n}", unit_code="99004")
        keeps(hall.conn, DESK, f"sha256:{n}", jpeg(kind))
    hall.story.hear(now())
    bring(hall.conn.info.dsn, [raising("A-9", at, rule_id="CT-02", dedup_key="CT-02:OS-99004", subject_ref="OS-99004", unit_code="99004", org_code="")], now())
    with beating(hall, (DESK,)):
        opened(quiet, hall, "/console/cameras/review")
        expect(quiet.locator(".c-item")).to_have_count(3)
        expect(quiet.locator(".c-item[aria-selected=true]")).to_contain_text("Quầy không có cán bộ trực")
        until(quiet, "document.querySelector('.c-figure img').naturalWidth === 640")
        quiet.keyboard.press("y")
        eventually(lambda: one(hall.conn, "select state from alert_state where subject = 'A-9'") == "acknowledged")
        expect(quiet.locator("#pane h2")).to_have_text("tụ tập đông người")
        until(quiet, "document.querySelector('#pane > .c-proof').naturalWidth === 640")
        quiet.keyboard.press("x")
        quiet.keyboard.press("1")
        expect(quiet.locator(".c-item")).to_have_count(1)
        quiet.keyboard.press("y")
        expect(quiet.locator(".c-item")).to_have_count(0)
        eventually(lambda: one(hall.conn, "select count(*) from camera_review") == 2)
        quiet.keyboard.press("h")
        expect(quiet.locator(".c-item")).to_have_count(2)
        expect(quiet.locator(".c-said-before")).to_contain_text("xác nhận")
        quiet.keyboard.press("e")
        expect(quiet.locator("#again .about")).to_contain_text("đổi từ xác nhận thành bác bỏ")
        quiet.keyboard.press("1")
        expect(quiet.locator(".c-said-before")).to_contain_text("sửa thành bác bỏ")
        expect(quiet.locator(".c-item")).to_have_count(2)
    assert rows(hall.conn, "select detection, turn, verdict, reason from camera_review order by detection, turn") == [
        ("d0", 0, "rejected", "Camera nhận nhầm"), ("d1", 0, "confirmed", ""), ("d1", 1, "rejected", "Bấm nhầm")]
    assert "Đã xem ảnh camera" in one(hall.conn, "select note from alert_event where subject = 'A-9' and type like '%%acknowledged%%'")


def test_reason_goes_to_what_it_was_written_for_though_a_colleague_was_faster(quiet: Page, heard: list[str], hall: Desk) -> None:
    at = now() - timedelta(minutes=30)
    for n in range(2):
        hall.story.tell("camera", "detection", DESK, at + timedelta(minutes=n), kind="crowd", detection_id=f"d{n}", unit_code="99004")
    hall.story.hear(now())
    opened(quiet, hall, "/console/cameras/review")
    expect(quiet.locator(".c-item")).to_have_count(2)
    quiet.keyboard.press("x")
    hall.ask("/api/cameras/review", method="POST", body=orjson.dumps({"camera": DESK, "detection": "d0", "verdict": "confirmed"}),
             Cookie=hall.cookies["operator"], **{"Content-Type": "application/json", "Idempotency-Key": "faster-0001"})
    expect(quiet.locator(".c-item")).to_have_count(1)
    quiet.keyboard.press("1")
    expect(quiet.locator("#toasts")).to_contain_text("Operator đã xác nhận")
    assert rows(hall.conn, "select detection, verdict from camera_review") == [("d0", "confirmed")]
    expect(quiet.locator(".c-item")).to_have_count(1)
    assert all("status of 409" in line for line in heard)
    heard.clear()
