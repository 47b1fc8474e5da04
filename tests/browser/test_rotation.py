"""The rotation: panels one after the other, never an empty page, nothing turned while there is a danger."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack, now, running, signed_in, until
from tests.conftest import fresh_database

FRAMES = """[...document.querySelectorAll('.rotation-frame')].map(frame => frame.contentWindow.location.pathname)"""
TURN_MS = 30_000


@pytest.fixture(scope="module")
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn) as made:
        made.overdue("first")
        made.story.camera("first", now(), waiting=3)
        yield made


def turning(page: Page, stack: Stack, query: str) -> Page:
    signed_in(page, stack.base).goto(f"{stack.base}/wall?{query}")
    return page


def expect_panel(page: Page, key: str) -> None:
    expect(page.locator(f'html[data-rotation^="/wall/{key}"]')).to_be_attached(timeout=TURN_MS)


def test_panels_come_up_painted_one_after_the_other_and_the_old_ones_are_emptied(quiet: Page, stack: Stack) -> None:
    turning(quiet, stack, "rotate=5&panels=one_stop,counters")
    expect_panel(quiet, "one_stop")
    expect(quiet.frame_locator(".rotation-frame[data-on]").locator("#focus--one_stop .headline-value")).to_have_text("1")
    expect_panel(quiet, "counters")
    expect(quiet.locator(".rotation-dot").nth(1)).to_have_attribute("aria-current", "true")
    until(quiet, f"({FRAMES}).includes('blank')")
    assert len(quiet.evaluate(FRAMES)) == 2
    expect_panel(quiet, "one_stop")


@pytest.mark.parametrize("query", ["rotate=4", "rotate=601", "rotate=x"])
def test_rotation_that_cannot_be_is_answered_on_the_page(quiet: Page, stack: Stack, query: str) -> None:
    turning(quiet, stack, query)
    expect(quiet.locator(".card-sentence")).to_contain_text("viết số giây từ 5 đến 600")


def test_rotation_of_a_panel_that_is_not_there_names_those_that_are(quiet: Page, stack: Stack) -> None:
    turning(quiet, stack, "rotate=20&panels=one_stop,weather")
    expect(quiet.locator(".card-sentence")).to_contain_text("panels=weather")
