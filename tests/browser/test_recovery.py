"""A new release that a screen loads by itself, and a sink that does not run, of which it says so."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

import ioc.api.app
from ioc.api.app import create_app
from ioc.settings import Settings
from ioc.streams.engine.pulse import Course, beat
from tests.browser.stack import CLOCK, Stack, free_port, now, running, signed_in, until
from tests.browser.test_outages import expect_overdue, opened
from tests.integration.cast import viewer
from tests.integration.web_server import serving
from tests.profiles import FICTIONAL


def test_page_loads_itself_anew_for_a_new_release(page: Page, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port, settings = free_port(), Settings(database=dsn, profile=FICTIONAL, idle_minutes=600)
    with running(dsn, web=False) as stack:
        stack.overdue("before")
        with serving(create_app(settings, CLOCK), port, cookie=viewer(dsn)) as base:
            expect_overdue(opened(page, base), 1)
            page.evaluate("window.ofBefore = true")
        monkeypatch.setattr(ioc.api.app, "build_id", lambda: "the next one")
        with serving(create_app(settings, CLOCK), port):
            until(page, "window.ofBefore === undefined && window.ioc?.state?.build === 'the next one'")
            expect_overdue(page, 1)


def test_page_says_that_no_sink_runs(page: Page, dsn: str) -> None:
    with running(dsn, sink=False) as stack:
        beat(stack.conn, "gone", Course(caught_up_at=now()), now() - timedelta(seconds=30))
        opened_of_any_link(page, stack)
        expect(page.locator("html[data-cause=sink]")).to_be_attached()
        expect(page.locator("#ioc-banner")).to_have_text(re.compile(r"^Ngừng tiếp nhận số liệu từ \d\d:\d\d:\d\d"))
        beat(stack.conn, "back", Course(caught_up_at=now()), now())
        expect(page.locator("html[data-link=live]")).to_be_attached()


def opened_of_any_link(page: Page, stack: Stack) -> Page:
    signed_in(page, stack.base).goto(f"{stack.base}/wall")
    return page
