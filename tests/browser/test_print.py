"""The pages on paper: dark on white, nothing cut, marked as simulated on every page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack, now, running, signed_in
from tests.browser.test_sizes import CUT
from tests.conftest import fresh_database

DARKNESS = """() => [...document.querySelectorAll('.headline-value, .card-sentence, .card-foot .state-word, .main-svg .xtick text, td')].map(e => {
    const {color, fill} = getComputedStyle(e);
    const [r, g, b] = (e.closest('svg') ? fill : color).match(/[\\d.]+/g).map(Number);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
})"""
OUTSIDE = """() => [...document.querySelectorAll('.main-svg')].filter(svg => {
    const frame = svg.closest('.card-figure, .focus-figure').getBoundingClientRect(), {right, bottom} = svg.getBoundingClientRect();
    return !svg.getAttribute('viewBox') || right > frame.right + 1 || bottom > frame.bottom + 1;
}).length"""
MARK = """() => {
    const {content, position} = getComputedStyle(document.querySelector('.wall'), '::after');
    return [content, position];
}"""


@pytest.fixture(scope="module")
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn) as made:
        made.overdue("first")
        made.story.report("first", now() - timedelta(days=1), now() - timedelta(hours=1), lon_deg=85.1450, lat_deg=-20.1750)
        made.story.camera("first", now(), waiting=3)
        yield made


@pytest.fixture(params=["/wall", "/wall/citizen_reports"])
def paper(request: pytest.FixtureRequest, quiet: Page, stack: Stack) -> Page:
    """A page as it is laid out for a landscape A4."""
    signed_in(quiet, stack.base).goto(stack.base + request.param)
    expect(quiet.locator("html[data-link=live]")).to_be_attached(timeout=15_000)
    expect(quiet.locator(".main-svg .xtick text").first).to_be_attached(timeout=15_000)
    quiet.evaluate("dispatchEvent(new Event('beforeprint'))")
    quiet.emulate_media(media="print")
    quiet.set_viewport_size({"width": 1055, "height": 726})
    return quiet


def test_paper_is_white_and_its_words_are_dark(paper: Page) -> None:
    assert paper.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    darkness = paper.evaluate(DARKNESS)
    assert len(darkness) > 5
    assert max(darkness) < 110


def test_nothing_is_cut_on_paper(paper: Page) -> None:
    assert paper.evaluate(CUT) == []
    assert paper.evaluate(OUTSIDE) == 0
    assert paper.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_every_page_on_paper_says_that_it_is_simulated(paper: Page) -> None:
    assert paper.evaluate(MARK) == ['"mô phỏng"', "fixed"]


def test_screen_is_as_before_after_a_print(paper: Page) -> None:
    paper.emulate_media(media="screen")
    paper.evaluate("dispatchEvent(new Event('afterprint'))")
    assert paper.locator(".main-svg[viewBox]").count() == 0
    assert paper.evaluate("[...document.querySelectorAll('.focus-map')].every(map => map.style.cssText === '')")
