"""What a screen says it has painted, where it is sent, and who may look at it: in a browser."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from ioc.people import screens
from ioc.people.accounts import By
from tests.browser.stack import Stack, now, running, signed_in, until
from tests.conftest import fresh_database
from tests.integration.web_server import eventually

FREEZE = "window.requestAnimationFrame = () => 0"
SPEAK = "ioc.heartbeat(ioc.state.build)"


@pytest.fixture(scope="module")
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn) as made:
        made.overdue("first")
        yield made


@pytest.fixture
def screen(page: Page, stack: Stack) -> int:
    """The page is a paired screen's; its number."""
    page.goto(f"{stack.base}/wall")
    code = page.locator(".pairing-code").inner_text()
    number = screens.confirm(stack.conn, code.replace(" ", ""), "Sảnh", By(actor="person:1", at=now()))
    expect(page.locator("html[data-link=live]")).to_be_attached()
    until(page, "ioc.painted.n !== null")
    return number


def heard(stack: Stack, number: int, newer_than: int = -1) -> Any:
    """What the screen said when it knew of a frame newer than that: what screens say is written together, some seconds later."""
    return eventually(lambda: stack.conn.execute(
        "select frame, newest, page, painted_at, heard_at, octet_length(body::text) from screen_heartbeat "
        "where screen = %s and frame is not null and newest > %s", (f"screen:{number}", newer_than)).fetchone())


def test_screen_says_which_frame_it_painted(page: Page, stack: Stack, screen: int) -> None:
    until(page, "ioc.painted.n === ioc.state.n")
    page.evaluate(SPEAK)
    frame, newest, path, painted_at, heard_at, size = heard(stack, screen)
    assert (newest - frame <= 2, path, size < 1000) == (True, "/wall", True)
    assert (heard_at - painted_at).total_seconds() < 3


def test_frozen_picture_shows_as_such_though_its_script_runs(page: Page, stack: Stack, screen: int) -> None:
    page.evaluate(FREEZE)
    page.wait_for_timeout(2500)
    before = page.evaluate("ioc.painted.n")
    stack.overdue("while frozen")
    until(page, f"ioc.state.n > {before}")
    page.wait_for_timeout(2500)
    page.evaluate(SPEAK)
    frame, newest, _, painted_at, heard_at, _ = heard(stack, screen, newer_than=before)
    assert (frame, newest > frame) == (before, True)
    assert (heard_at - painted_at).total_seconds() > 2


def test_screen_goes_where_it_is_sent_without_a_touch(page: Page, stack: Stack, screen: int) -> None:
    screens.edit(stack.conn, screen, By(actor="person:1", at=now()), pinned="/wall/one_stop")
    expect(page.locator("#focus--one_stop")).to_be_visible(timeout=20_000)  # 10 s to its heartbeat, 3 s until the web process knows
    assert page.url.endswith("/wall/one_stop")


def test_screen_that_is_set_for_guests_names_no_unit_any_more(page: Page, stack: Stack, screen: int) -> None:
    expect(page.locator("#one_stop--sentence")).to_contain_text("Phường Hải Đăng Mới")
    screens.edit(stack.conn, screen, By(actor="person:1", at=now()), guests=True)
    expect(page.locator(".guests-mark")).to_have_text("Chế độ tiếp khách", timeout=20_000)
    expect(page.locator("html[data-link=live]")).to_be_attached()
    expect(page.locator("#card--one_stop .headline-value")).to_have_text(re.compile(r"^\d+$"))
    assert "Phường Hải Đăng Mới" not in page.locator("body").inner_text()


def test_tabs_of_a_browser_share_one_link(context: BrowserContext, stack: Stack) -> None:
    tabs = [signed_in(context.new_page(), stack.base) for _ in range(2)]
    for tab in tabs:
        tab.goto(f"{stack.base}/wall")
        until(tab, "document.documentElement.dataset.link === 'live'")
    assert [tab.evaluate("ioc.state.link.kind") for tab in tabs] == ["shared", "shared"]


def test_console_tells_what_the_screen_paints(page: Page, context: BrowserContext, stack: Stack, screen: int) -> None:
    page.evaluate(SPEAK)
    desk = signed_in(context.browser.new_context().new_page(), stack.base) if context.browser else page
    desk.goto(f"{stack.base}/console/screens")
    said = desk.locator(f"#screen-{screen}")
    expect(said).to_have_attribute("data-state", "painting")
    expect(said.locator(".screen-state")).to_contain_text("Đang vẽ")
    expect(said).to_contain_text(json.loads(page.evaluate("JSON.stringify(`${innerWidth}×${innerHeight}`)")))
    desk.context.close()
