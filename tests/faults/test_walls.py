"""One wall and what may be taken from it: while it lasts the page says what is away, afterwards it shows the right figure, and nobody touched it.

Both forms run here; the long one (IOC_TEST_FAULTS=long) waits longer, and test_wall_parts.py adds what tests/browser has of the centre's parts.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import ioc.api.app
from ioc.api.app import create_app
from ioc.settings import Settings
from tests.browser.cable import Cable, cable
from tests.browser.stack import CLOCK, Stack, free_port, now, running, until
from tests.browser.test_outages import expect_old, expect_overdue, opened
from tests.conftest import fresh_database
from tests.integration.cast import viewer
from tests.integration.web_server import COOKIES, serving
from tests.profiles import FICTIONAL

pytestmark = [pytest.mark.faults, pytest.mark.browser]
HOUR_MS = 3_600_000
NOTICED_S = 20
"""By then a page has said that nothing comes any more: 15 s of silence, and a second's tick or two of a busy machine."""
# A machine that sleeps: its clock goes on, its scripts do not. The shared link keeps a clock of its own, so the page goes without.
SLEEPY = "(() => { const real = Date.now; window.slept = 0; Date.now = () => real() + window.slept; delete window.SharedWorker; })()"
# Cards that look like fresh ones while nothing can be fresh, looked at five times a second.
WATCH = """() => { window.seenFresh = []; window.watching = setInterval(() => window.seenFresh.push(
    ...[...document.querySelectorAll(':is(.card, .source):is([data-state=fresh], [data-state=late])')].map(card => card.id || card.className)), 200); }"""
SEEN_FRESH = "() => { clearInterval(window.watching); return window.seenFresh; }"


class Wall:
    """A centre that all outages meet, one after the other: the line to its web process, and how many of its dossiers are overdue."""

    def __init__(self, stack: Stack, port: int, line: Cable) -> None:
        self.stack, self.line = stack, line
        self._port = port
        self._web = ExitStack()
        self.overdue = 0
        self.one_more()

    def web_begins(self) -> None:
        dsn = self.stack.conn.info.dsn
        application = create_app(Settings(database=dsn, profile=FICTIONAL, idle_minutes=600), CLOCK)
        base = self._web.enter_context(serving(application, self._port, cookie=viewer(dsn)))
        COOKIES[self.line.base.removeprefix("http://")] = COOKIES[base.removeprefix("http://")]

    def web_ends(self) -> None:
        self._web.close()

    def one_more(self) -> None:
        self.overdue += 1
        self.stack.overdue(f"dossier-{self.overdue}")

    def expect_right(self, page: Page) -> None:
        """What happened meanwhile is there, as fresh as it is."""
        expect_overdue(page, self.overdue)


@pytest.fixture(scope="module")
def wall(postgres: str) -> Iterator[Wall]:
    port = free_port()
    with fresh_database(postgres) as dsn, running(dsn, web=False) as stack, cable(f"http://127.0.0.1:{port}") as line:
        made = Wall(stack, port, line)
        made.web_begins()
        yield made
        made.web_ends()


@pytest.fixture(scope="module")
def standing(browser: Browser, browser_context_args: dict[str, Any], wall: Wall) -> Iterator[Page]:
    """The page of a wall that nobody touches while one thing after the other is taken from it."""
    context = browser.new_context(**browser_context_args)
    yield opened(context.new_page(), wall.line.base)
    context.close()


@pytest.fixture
def page_of_wall(standing: Page, wall: Wall) -> Iterator[Page]:
    wall.expect_right(standing)
    yield standing
    wall.line.mend()
    wall.stack.story.broker.answers = True


@contextmanager
def never_fresh(page: Page) -> Iterator[None]:
    """Within the block no card and no source looks fresh, at no moment."""
    page.evaluate(WATCH)
    yield
    assert page.evaluate(SEEN_FRESH) == []


def expect_old_points(page: Page) -> None:
    """The map in the middle says it of its points, in words too."""
    points = page.frame_locator("#map--overview")
    expect(points.locator(".ioc-legend-marks [data-age]").first).to_contain_text("số liệu cũ từ")
    expect(points.locator(".ioc-mark[data-age]").first).to_be_attached()
    expect(points.locator(".ioc-mark:not([data-age])")).to_have_count(0)


@pytest.mark.parametrize(("how", "gone_s", "form"), [("cut", 1, "short"), ("silence", 1, "long"), ("silence", 20, "short"), ("cut", 60, "long"),
                                                     ("silence", 60, "long"), ("silence", 600, "long")])
def test_wall_is_right_again_when_its_line_was_away(page_of_wall: Page, wall: Wall, how: str, gone_s: int, form: str,
                                                    is_long: bool) -> None:  # noqa: FBT001 (a fixture)
    if form == "long" and not is_long:
        pytest.skip("asked for by IOC_TEST_FAULTS=long")
    getattr(wall.line, how)()
    wall.one_more()
    page_of_wall.wait_for_timeout(min(gone_s, NOTICED_S) * 1000)
    if gone_s >= NOTICED_S:
        expect_old(page_of_wall, "lost", r"^Mất kết nối từ \d\d:\d\d:\d\d")
        expect(page_of_wall.locator("#card--one_stop .card-foot > .state-word")).to_have_text("Mất kết nối")
        expect_old_points(page_of_wall)
        with never_fresh(page_of_wall):
            page_of_wall.wait_for_timeout((gone_s - NOTICED_S) * 1000)
    wall.line.mend()
    wall.expect_right(page_of_wall)


def test_wall_says_that_the_broker_is_away_and_comes_back_with_it(page_of_wall: Page, wall: Wall) -> None:
    wall.stack.story.broker.answers = False
    wall.one_more()
    expect_old(page_of_wall, "stalled", r"^Mất kết nối máy chủ sự kiện từ \d\d:\d\d:\d\d")
    expect(page_of_wall.locator("#card--one_stop .card-foot > .state-word")).to_have_text("Mất máy chủ sự kiện")
    with never_fresh(page_of_wall):
        page_of_wall.wait_for_timeout(3000)
    wall.stack.story.broker.answers = True
    wall.expect_right(page_of_wall)


def test_wall_loads_by_itself_a_release_that_came_after_an_outage(page_of_wall: Page, wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of_wall.evaluate("window.ofBefore = true")
    wall.web_ends()
    wall.one_more()
    expect_old(page_of_wall, "lost", r"^Mất kết nối từ \d\d:\d\d:\d\d")
    monkeypatch.setattr(ioc.api.app, "build_id", lambda: "the next one")
    wall.web_begins()
    until(page_of_wall, "window.ofBefore === undefined && window.ioc?.state?.build === 'the next one'", within_s=60)
    wall.expect_right(page_of_wall)


def test_page_comes_back_from_an_hours_sleep(page: Page, wall: Wall) -> None:
    page.add_init_script(SLEEPY)
    wall.expect_right(opened(page, wall.line.base))
    wall.line.cut()
    page.evaluate(f"window.slept = {HOUR_MS}")
    wall.one_more()
    wall.line.mend()
    wall.expect_right(page)
    expect(page.locator("#clock")).to_contain_text((now() + timedelta(hours=7)).strftime("%H:"))
