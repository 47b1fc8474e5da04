"""What a screen says while a part is away, and that it comes back without a hand."""

import os
import re
import signal
from http.client import HTTPException
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from ioc.db.connect import connect
from ioc.db.migrate import migrate
from ioc.demo.embedded import database
from tests.browser.stack import Stack, free_port, program, running, signed_in
from tests.integration.cast import viewer
from tests.integration.web_server import COOKIES, ask, eventually
from tests.profiles import BINH_MINH

BACK_MS = 30_000
START_MS = 60_000
"""How long a page may take to start: the first one of a browser on a busy machine reads all that it later has at hand. Not what is tested here."""


def opened(page: Page, base: str) -> Page:
    signed_in(page, base).goto(f"{base}/wall")
    expect(page.locator("html[data-link=live]")).to_be_attached(timeout=START_MS)
    return page


def expect_overdue(page: Page, count: int) -> None:
    """The wall is live again, without a banner, and shows what happened meanwhile."""
    expect(page.locator("#one_stop--headline .headline-value")).to_have_text(str(count), timeout=BACK_MS)
    expect(page.locator("html[data-link=live]")).to_be_attached(timeout=BACK_MS)
    expect(page.locator("#ioc-banner")).to_have_text("")
    expect(page.locator("#card--one_stop")).to_have_attribute("data-state", "fresh", timeout=BACK_MS)


def expect_old(page: Page, link: str, banner: str) -> None:
    """The wall says that what it shows is old."""
    expect(page.locator(f"html[data-link={link}]")).to_be_attached(timeout=25_000)
    expect(page.locator("#ioc-banner")).to_have_text(re.compile(banner))
    expect(page.locator("#card--one_stop")).to_have_attribute("data-state", "stale")


def test_page_comes_back_when_web_was_killed(page: Page, dsn: str) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with running(dsn, web=False) as stack, program("web", dsn, port) as web:
        COOKIES[base.removeprefix("http://")] = viewer(dsn, port=port)
        stack.overdue("before")
        eventually(lambda: _answers(base), within_s=40)
        expect_overdue(opened(page, base), 1)
        web.kill()
        stack.overdue("meanwhile")
        expect_old(page, "lost", r"^Mất kết nối từ \d\d:\d\d:\d\d")
        web.start()
        expect_overdue(page, 2)


def _answers(base: str) -> bool:
    try:
        return ask(base, "/readyz").status == 200
    except (OSError, HTTPException):  # a port that nobody listens on may be given to who asks it: he hears himself
        return False


def test_page_says_that_live_is_gone_and_comes_back_with_it(page: Page, dsn: str) -> None:
    with running(dsn, live=False) as stack, program("live", dsn) as live:
        stack.overdue("before")
        eventually(lambda: _answers(stack.base), within_s=40)
        expect_overdue(opened(page, stack.base), 1)
        live.kill()
        stack.overdue("meanwhile")
        expect_old(page, "stalled", r"^Ngừng cập nhật từ \d\d:\d\d:\d\d")
        assert ask(stack.base, "/readyz").status == 503
        live.start()
        expect_overdue(page, 2)


def test_page_comes_back_when_the_database_crashed(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    with database(tmp_path_factory.mktemp("pg") / "data") as embedded:
        with connect(embedded.dsn, application="test", autocommit=True) as conn:
            migrate(conn, kind="exercise")
        with running(embedded.dsn) as stack:
            stack.overdue("before")
            expect_overdue(opened(page, stack.base), 1)
            _crash(stack)
            stack.overdue("meanwhile")
            expect_old(page, "stalled", r"^Mất kết nối cơ sở dữ liệu từ \d\d:\d\d:\d\d")
            expect(page.locator("#card--one_stop .card-foot > .state-word")).to_have_text("Mất cơ sở dữ liệu")
            embedded.revive()
            expect_overdue(page, 2)


def _crash(stack: Stack) -> None:
    row = stack.conn.execute("select pg_read_file('postmaster.pid')").fetchone()
    assert row
    os.kill(int(row[0].split()[0]), signal.SIGQUIT)
    eventually(lambda: _refused(stack.conn.info.dsn))


def _refused(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=1).close()
    except psycopg.OperationalError:
        return True
    return False


@pytest.fixture
def impatient(tmp_path: Path) -> Path:
    """A profile whose sources promise an event each second, day and night."""
    for file in BINH_MINH.iterdir():
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            (tmp_path / file.name).write_text(re.sub(r"(expected\w+) = \d+", r"\1 = 1", text), encoding="utf-8")
    return tmp_path


def test_card_turns_late_stale_and_dead_when_its_source_is_silent(page: Page, dsn: str, impatient: Path) -> None:
    with running(dsn, impatient) as stack:
        opened(page, stack.base)
        card = page.locator("#card--one_stop")
        expect(card.locator(".card-foot > .state-word")).to_have_text("Chưa có số liệu")
        stack.overdue("A")
        for state, word in (("fresh", "Đang cập nhật"), ("late", "Chậm cập nhật"), ("stale", "Số liệu cũ"), ("dead", "Mất nguồn")):
            expect(card).to_have_attribute("data-state", state, timeout=20_000)
            expect(card.locator(".card-foot > .state-word")).to_have_text(word)
        stack.overdue("B")
        expect(card).to_have_attribute("data-state", "fresh")
