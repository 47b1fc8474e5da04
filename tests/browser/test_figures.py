"""Figures entered by hand in a browser: a number that can be read in two ways is asked back, another person approves."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack, now, running
from tests.conftest import fresh_database
from tests.integration.cast import cookie
from tests.integration.streams_db import one

EVIL = "<img src=x onerror=\"document.title='owned'\">"


@pytest.fixture
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn, sink=False, live=False) as made:
        yield made


def opened(page: Page, stack: Stack, login: str, role: str) -> Page:
    name, _, value = cookie(stack.conn, login, [role], now()).partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": stack.base}])
    page.goto(f"{stack.base}/console/figures")
    return page


def test_figure_is_mended_sent_and_approved_by_another(quiet: Page, heard: list[str], stack: Stack) -> None:
    opened(quiet, stack, "lan", "focal_point").locator(".e-list a").first.click()
    quiet.get_by_label("Tử số").fill("1.234")
    quiet.get_by_label("Mẫu số").fill("2500")
    quiet.get_by_label("Nguồn số liệu").fill(f"Báo cáo 45 {EVIL}")
    quiet.get_by_role("button", name="Gửi duyệt").click()
    expect(quiet.locator("#wrong-numerator")).to_contain_text("có thể là 1234 hoặc 1,234")
    expect(quiet.get_by_label("Mẫu số")).to_have_value("2500")
    assert all("status of 400" in line for line in heard)
    heard.clear()
    quiet.get_by_label("Tử số").fill("1234")
    quiet.get_by_role("button", name="Gửi duyệt").click()
    expect(quiet.locator(".done")).to_contain_text("Đã gửi đi chờ duyệt")
    expect(quiet.locator(".e-list")).to_contain_text("49,36% (1.234 / 2.500)")
    opened(quiet, stack, "minh", "unit_head").get_by_role("link", name="Giải ngân vốn đầu tư công").first.click()
    expect(quiet.locator("main")).to_contain_text(EVIL)
    quiet.get_by_role("button", name="Duyệt", exact=True).click()
    expect(quiet.locator(".done")).to_contain_text("Đã duyệt")
    assert (one(stack.conn, "select state from figure_draft"), quiet.title() != "owned") == ("approved", True)
