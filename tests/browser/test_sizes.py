"""The pages on a wall of one screen, of four times the pixels, and of three screens side by side."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.stack import Stack, now, running, signed_in, until
from tests.conftest import fresh_database

SMALLEST_RATIO = 0.016
SCREENS = [(1920, 1080), (3840, 2160), (5760, 1080)]

TEXTS = """([height, smallest]) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || element.closest('script, style, noscript') || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (element.getBoundingClientRect().height > 0 && size < smallest * height - 0.01) found.push(`${text}: ${size}px`);
  }
  return found;
}"""
SCROLLING = """() => [document.scrollingElement, ...document.querySelectorAll('body *')].filter(e => {
    const {overflowX, overflowY} = getComputedStyle(e);
    const may = v => e === document.scrollingElement || v === 'auto' || v === 'scroll';
    return (may(overflowY) && e.scrollHeight > e.clientHeight + 1) || (may(overflowX) && e.scrollWidth > e.clientWidth + 1);
}).map(e => `${e.tagName}.${e.className}`)"""
CUT = """() => [...document.querySelectorAll('.wall, .wall *:not(.js-plotly-plot *)')].filter(e => {
    const {overflowY, textOverflow, webkitLineClamp} = getComputedStyle(e);
    return overflowY === 'hidden' && textOverflow !== 'ellipsis' && webkitLineClamp === 'none' && e.scrollHeight > e.clientHeight + 2;
}).map(e => `${e.id || e.className}: ${e.scrollHeight} > ${e.clientHeight}`)"""


@pytest.fixture(scope="module")
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn) as made:
        for n in range(30):
            at = now() - timedelta(days=n, hours=3)
            unit = ("99001", "99004", "99007", "99010", "99013", "99016")[n % 6]
            made.story.dossier(f"D{n}", at, at + timedelta(hours=1), unit_code=unit)
            made.story.report(f"R{n}", at, at + timedelta(hours=1), unit_code=unit, lon_deg=85.1 + n / 100, lat_deg=-20.2)
            made.story.camera(f"C{n % 6}", now() - timedelta(minutes=1), waiting=n, unit_code=unit)
        yield made


@pytest.fixture(params=SCREENS, ids=lambda s: f"{s[0]}x{s[1]}")
def screen(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    yield context.new_page()
    context.close()


def too_small(page: Page | Frame, height: int, ratio: float = SMALLEST_RATIO) -> list[str]:
    found: list[str] = page.evaluate(TEXTS, [height, ratio])
    return found


@pytest.mark.parametrize("path", ["/wall", "/wall/citizen_reports"])
def test_page_fits_its_screen_and_can_be_read_from_afar(screen: Page, stack: Stack, path: str) -> None:
    signed_in(screen, stack.base).goto(stack.base + path)
    expect(screen.locator("html[data-link=live]")).to_be_attached(timeout=15000)
    expect(screen.locator(".main-svg .xtick text").first).to_be_attached()
    screen.evaluate("document.fonts.ready")
    screen.wait_for_timeout(600)  # the last drawing of the charts
    assert screen.evaluate(SCROLLING) == []
    assert screen.evaluate(CUT) == []
    assert screen.viewport_size
    height = screen.viewport_size["height"]
    assert len(too_small(screen, height, ratio=1)) > 20
    assert [text for frame in screen.frames for text in too_small(frame, height)] == []


LONG = "Trung tâm Phục vụ hành chính công, bộ phận tiếp nhận và trả kết quả"
WIDE = """(box, text) => {
  const list = box.querySelector('.list').cloneNode(true);
  list.id = 'wide';
  list.querySelectorAll('td, th').forEach(cell => { Object.assign(cell, { textContent: text, className: 'number-cell' }).style.whiteSpace = 'nowrap'; });
  box.replaceChildren(list);
}"""


def step(selector: str) -> str:
    """What words are multiplied with."""
    return f"Number(document.querySelector('{selector}').style.getPropertyValue('--fit'))"


def test_words_without_room_become_smaller_and_larger_again(page: Page, stack: Stack) -> None:
    signed_in(page, stack.base).goto(stack.base + "/wall")
    words = page.locator("#counters--comparison")
    expect(words).not_to_be_empty()
    for length, wanted in ((9, "=== 1"), (38, "< 1"), (9, "=== 1")):
        words.evaluate("(e, text) => { e.textContent = text; }", LONG[:length])
        until(page, f"{step('#counters--comparison')} {wanted}")
    words.evaluate("(e, text) => { e.textContent = text; }", LONG[:38])
    until(page, f"{step('#counters--comparison')} < 1")
    assert words.evaluate("e => e.scrollWidth - e.clientWidth") <= 1


def test_list_that_comes_later_and_is_too_wide_becomes_smaller(page: Page, stack: Stack) -> None:
    signed_in(page, stack.base).goto(stack.base + "/wall/counters")
    box = page.locator("#counters--lists")
    expect(box.locator(".list").first).to_be_visible()
    box.evaluate(WIDE, "12.345.678.901")
    until(page, f"{step('#wide')} < 1")


CROWDED = """(box, text) => {
  const alerts = box.parentElement.querySelector('.focus-alerts'), line = document.createElement('div');
  Object.assign(line, { className: 'alert-line', innerHTML: '<span class="alert-text"></span>' });
  line.firstChild.textContent = text;
  alerts.replaceChildren(line, line.cloneNode(true));
  box.querySelectorAll('tbody > tr > td:first-child').forEach(cell => { cell.textContent = text.slice(0, 45); });
  return new Promise(done => { setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done))); });
}"""
ROOM = "(() => { const box = document.querySelector('#citizen_reports--lists'), list = box.querySelector('.list'); return " \
    "{room: Number(box.style.getPropertyValue('--room')), rows: list.querySelectorAll('tbody > tr:not([hidden])').length, " \
    "all: list.querySelectorAll('tbody > tr').length, low: box.scrollHeight > box.clientHeight + 1}; })()"


def test_list_below_long_alerts_keeps_rows_by_smaller_words(page: Page, stack: Stack) -> None:
    signed_in(page, stack.base).goto(stack.base + "/wall/citizen_reports")
    box = page.locator("#citizen_reports--lists")
    expect(box.locator(".list tbody > tr").nth(3)).to_be_attached()
    before = page.evaluate(ROOM)
    assert not before["low"]
    box.evaluate(CROWDED, LONG)  # and what fits lists has run: the page may have begun with smaller words
    until(page, f"{ROOM}.room < 1")
    after = page.evaluate(ROOM)
    assert (after["rows"] >= min(3, after["all"]), after["low"]) == (True, False), after


LATE = """([selector, name]) => {
  const foot = document.querySelector(selector), sources = [...foot.querySelectorAll('.source')], late = sources.at(-1);
  sources.forEach(source => { source.dataset.state = source === late ? 'stale' : 'fresh'; });
  late.querySelector('.state-word').textContent = foot.querySelector('.state-word').textContent = 'Số liệu cũ';
  foot.querySelector('.card-age').textContent = '59 phút trước';
  if (name) late.firstChild.textContent = name;
  const box = late.getBoundingClientRect(), age = foot.querySelector('.card-age');
  const shown = document.elementFromPoint(box.right - 12, box.top + box.height / 2);
  return {seen: late.contains(shown), ageCut: age.scrollWidth > age.clientWidth, number: sources.length};
}"""


def test_source_that_is_late_is_named_whole_where_many_stand_beside_it(page: Page, stack: Stack) -> None:
    signed_in(page, stack.base).goto(f"{stack.base}/wall/reform_indices")
    expect(page.locator(".focus > .card-foot > .source")).to_have_count(5)
    assert page.evaluate(LATE, [".focus > .card-foot", ""]) == {"seen": True, "ageCut": False, "number": 5}


def test_name_of_a_late_source_takes_nothing_from_the_age_of_a_card(page: Page, stack: Stack) -> None:
    signed_in(page, stack.base).goto(f"{stack.base}/wall")
    expect(page.locator("#card--online_services .card-foot > .source").first).to_be_attached()
    found = page.evaluate(LATE, ["#card--online_services > .card-foot", "Giám sát hạ tầng số của các xã, phường"])
    assert (found["seen"], found["ageCut"]) == (True, False)
