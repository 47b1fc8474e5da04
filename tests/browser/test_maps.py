"""Maps in a browser: what a viewer sees, chooses and takes away."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.stack import Stack, now, running, signed_in, until
from tests.browser.test_wall import opened
from tests.conftest import fresh_database
from tests.unit.maps.grounds import XSS

SHADES = """([key, shading, features]) => iocMap.collections.size >= 0 && window.dispatchEvent(new MessageEvent('message', {
  origin: location.origin, source: window.parent, data: {ioc: 'features', key, collection: {type: 'FeatureCollection', features, shading, mark: ''}}}))"""
SMALL_TEXT = """least => [...document.querySelectorAll('.ioc-cell-label, .ioc-legend, .ioc-note, .ioc-cluster-count, .ioc-simulated')]
  .filter(e => e.offsetWidth && parseFloat(getComputedStyle(e).fontSize) < least).map(e => e.className)"""


@pytest.fixture(scope="module")
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn) as made:
        made.story.camera("first", now(), waiting=3)
        for n in range(30):
            due = now() + timedelta(hours=1 if n % 3 else -1)
            made.story.report(f"r{n}", now() - timedelta(days=1), due, lon_deg=85.14 + n / 300, lat_deg=-20.17 + n % 5 / 100)
        yield made


def mapped(page: Page, stack: Stack) -> FrameLocator:
    """The map of the reports, its rings drawn."""
    frame = opened(page, stack, "/wall/citizen_reports").frame_locator("#map--citizen_reports")
    expect(frame.locator(".ioc-cluster, .ioc-mark").first).to_be_visible()
    return frame


def zoom(page: Page) -> float:
    frame = page.frame(url="**/map/**")
    assert frame
    return float(frame.evaluate("iocMap.map.getZoom()"))


def hand_in(page: Page, key: str, shading: object, features: list[object]) -> None:
    """What the page around would hand to the map."""
    frame = page.frame(url="**/map/**")
    assert frame
    frame.evaluate(SHADES, [key, shading, features])


def point(n: int, **properties: object) -> dict[str, object]:
    place = {"type": "Point", "coordinates": [85.1 + n / 50, -20.15]}
    return {"type": "Feature", "id": str(n), "geometry": place, "properties": {"id": str(n), "state": "open", "label": "x", "detail": "", **properties}}


def test_wall_has_the_points_of_all_panels_in_its_middle(quiet: Page, stack: Stack) -> None:
    frame = opened(quiet, stack).frame_locator("#map--overview")
    expect(frame.locator(".ioc-cluster, .ioc-mark").first).to_be_visible()
    expect(frame.locator(".ioc-legend-marks")).to_contain_text("Phản ánh")
    expect(frame.locator(".ioc-simulated")).to_have_text("mô phỏng")
    expect(frame.get_by_text("Sơ đồ – không phải ranh giới hành chính")).to_be_visible()


@pytest.mark.parametrize("path", ["/wall", "/wall/citizen_reports"])
def test_letters_of_a_map_are_as_large_as_the_walls(quiet: Page, stack: Stack, path: str) -> None:
    opened(quiet, stack, path)
    expect(quiet.frame_locator("iframe[id^=map--]").locator(".ioc-cluster, .ioc-mark").first).to_be_visible()
    frame = quiet.frame(url="**/map/**")
    assert frame
    assert frame.evaluate(SMALL_TEXT, 1080 * 0.016 - 0.1) == []


def test_wall_of_the_past_shows_that_moment_alone(quiet: Page, stack: Stack) -> None:
    signed_in(quiet, stack.base).goto(f"{stack.base}/map/overview?at=2020-01-01")
    expect(quiet.locator(".ioc-note").first).to_be_visible()
    until(quiet, "iocMap.collections?.size === iocMap.given.keys.length")
    quiet.wait_for_timeout(200)
    assert quiet.locator(".ioc-cluster, .ioc-mark[data-kind=report]").count() == 0


def test_view_is_kept_while_points_come_in_and_the_screen_changes(quiet: Page, stack: Stack) -> None:
    frame = mapped(quiet, stack)
    whole = zoom(quiet)
    frame.get_by_role("button", name="Phóng to").click()
    quiet.wait_for_timeout(500)
    closer = zoom(quiet)
    assert closer > whole
    hand_in(quiet, "citizen_reports", {"title": "Tỷ lệ", "values": {"99001": 1}, "texts": {"99001": "9"}, "most": "9"}, [point(n) for n in range(5)])
    expect(frame.locator(".ioc-legend-shades")).to_contain_text("Tỷ lệ")
    quiet.set_viewport_size({"width": 1800, "height": 1000})
    quiet.wait_for_timeout(300)
    assert zoom(quiet) == closer
    frame.get_by_role("button", name="Toàn tỉnh").click()
    assert zoom(quiet) < closer


DRAWN = "marks => marks.map(m => [...new DOMParser().parseFromString(decodeURIComponent(m.firstChild.src.split(',')[1]), 'image/svg+xml')" \
    ".querySelectorAll('path')].map(path => path.getAttribute('d')))"
"""Outlines of marks, each of which is a picture: its shape, and the sign in it where there is one."""


def test_kinds_and_states_differ_by_shape(quiet: Page, stack: Stack) -> None:
    frame = mapped(quiet, stack)
    kinds = ("camera", "station", "incident", "point", "facility", "site")
    hand_in(quiet, "citizen_reports", None, [point(n, kind=kind) for n, kind in enumerate(kinds)])
    expect(frame.locator(".ioc-mark")).to_have_count(6)
    outlines = {paths[0] for paths in frame.locator(".ioc-mark").evaluate_all(DRAWN)}
    states = ("open", "due", "late", "done", "offline")
    hand_in(quiet, "citizen_reports", None, [point(n, kind="camera", state=state) for n, state in enumerate(states)])
    expect(frame.locator(".ioc-mark")).to_have_count(5)
    signs = {tuple(paths[1:]) for paths in frame.locator(".ioc-mark").evaluate_all(DRAWN)}
    assert (len(outlines), len(signs)) == (6, 5)


def test_point_takes_its_new_state(quiet: Page, stack: Stack) -> None:
    frame = mapped(quiet, stack)
    hand_in(quiet, "citizen_reports", None, [point(1, kind="station")])
    expect(frame.locator(".ioc-mark[data-state=open]")).to_have_count(1)
    hand_in(quiet, "citizen_reports", None, [point(1, kind="station", state="late")])
    expect(frame.locator(".ioc-mark[data-state=late]")).to_have_count(1)
    expect(frame.locator(".ioc-mark")).to_have_count(1)


SOURCES = """states => { const card = document.querySelector('#focus--citizen_reports'); card.querySelectorAll('.source').forEach(s => s.remove());
  Object.entries(states).forEach(([stream, state]) => { const told = document.createElement('span'); told.className = 'source';
    Object.assign(told.dataset, {stream, state, heard: '2026-11-20T01:14:00Z'}); card.querySelector('.card-foot').append(told); }); }"""


def test_points_turn_grey_and_say_so_when_the_source_of_their_panel_is_old(quiet: Page, stack: Stack) -> None:
    frame = mapped(quiet, stack)
    hand_in(quiet, "citizen_reports", {"title": "Tỷ lệ", "values": {"99001": 1}, "texts": {"99001": "9"}, "most": "9"},
            [point(1, kind="facility", state="late"), point(2, kind="camera")])
    expect(frame.locator(".ioc-mark:not([data-age])")).to_have_count(2)
    quiet.evaluate(SOURCES, {"report": "dead", "camera": "fresh"})
    old = frame.locator(".ioc-mark[data-age=dead]")
    expect(old).to_have_count(1)
    assert "stroke-dasharray" in (old.locator("img").get_attribute("src") or "")
    expect(frame.locator(".ioc-legend-mark[data-age]")).to_contain_text("Cơ sở: mất nguồn từ 08:14 20/11")
    expect(frame.locator(".ioc-legend-shades .ioc-old")).to_have_text("mất nguồn từ 08:14 20/11")
    quiet.evaluate(SOURCES, {"report": "fresh", "camera": "stale"})
    expect(frame.locator(".ioc-mark[data-kind=camera][data-age=stale]")).to_have_count(1)
    expect(frame.locator(".ioc-mark[data-kind=facility]:not([data-age])")).to_have_count(1)


def test_layers_can_be_chosen(quiet: Page, stack: Stack) -> None:
    frame = mapped(quiet, stack)
    frame.get_by_label("Điểm").uncheck()
    expect(frame.locator(".ioc-cluster, .ioc-mark")).to_have_count(0)
    frame.get_by_label("Mật độ phản ánh").check()
    expect(frame.locator("canvas.ioc-density")).to_be_visible()
    lit = frame.locator("canvas.ioc-density").evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, n) => n % 4 === 3 && v > 0).length")
    assert lit > 500
    frame.get_by_label("Mật độ phản ánh").uncheck()
    expect(frame.locator("canvas.ioc-density")).to_be_hidden()


def test_layer_of_a_panel_that_cannot_be_built_goes_and_is_named(quiet: Page, stack: Stack) -> None:
    frame = mapped(quiet, stack)
    shown = quiet.frame(url="**/map/**")
    assert shown
    shown.evaluate("""() => window.dispatchEvent(new MessageEvent('message', {origin: location.origin, source: window.parent,
        data: {ioc: 'features', key: 'citizen_reports', collection: null}}))""")
    expect(frame.locator(".ioc-lacking")).to_have_text("Chưa có lớp: Phản ánh, kiến nghị")
    expect(frame.locator(".ioc-cluster, .ioc-mark")).to_have_count(0)


def test_message_of_another_origin_is_not_heard(quiet: Page, stack: Stack) -> None:
    mapped(quiet, stack)
    frame = quiet.frame(url="**/map/**")
    assert frame
    heard = frame.evaluate("""() => { window.dispatchEvent(new MessageEvent('message', {origin: 'https://evil.example', source: window.parent,
        data: {ioc: 'features', key: 'citizen_reports', collection: {type: 'FeatureCollection', features: [], mark: 'evil'}}}));
        return iocMap.collections.get('citizen_reports').mark; }""")
    assert heard != "evil"


@pytest.mark.parametrize("text", XSS)
def test_foreign_text_stays_text_on_the_map(quiet: Page, stack: Stack, text: str) -> None:
    frame = mapped(quiet, stack)
    shading = {"title": text, "values": {"99001": 0.5}, "texts": {"99001": text}, "most": text}
    hand_in(quiet, "citizen_reports", shading, [point(1, kind="station", label=text, detail=text)])
    expect(frame.locator(".ioc-legend-shades strong")).to_have_text(text)
    frame.locator(".ioc-mark").hover()
    expect(frame.locator(".ioc-tip-label")).to_have_text(text)
    assert frame.locator(":not(.ioc-mark) > img").count() == 0  # but for the marks' own drawings


def test_file_taken_away_opens_without_any_network(page: Page, browser: Browser, stack: Stack, heard: list[str], tmp_path: Path) -> None:
    frame = mapped(page, stack)
    with page.expect_download() as download:
        frame.get_by_role("link", name="Tải bản đồ bàn giao").click()
    file = tmp_path / "map.html"
    download.value.save_as(file)
    assert heard == []
    alone = browser.new_context(offline=True).new_page()
    asked: list[str] = []
    alone.on("request", lambda r: asked.append(r.url) if not r.url.startswith(("data:", "blob:")) else None)
    alone.on("console", lambda m: asked.append(m.text) if m.type == "error" else None)
    alone.on("pageerror", lambda e: asked.append(str(e)))
    alone.goto(file.as_uri())
    expect(alone.locator(".ioc-cluster, .ioc-mark").first).to_be_visible()
    expect(alone.get_by_text("Lưu hành nội bộ", exact=True)).to_be_visible()
    expect(alone.locator(".ioc-simulated").first).to_be_visible()
    assert asked == [file.as_uri()]
    alone.context.close()
