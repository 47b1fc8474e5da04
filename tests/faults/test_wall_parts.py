"""What a wall does when a part of the centre is gone, and what a rotation does meanwhile: the long form of the faults alone.

The outages of web, live and database are those of tests/browser, which CI runs each time; here they stand beside the others.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack, now, running
from tests.browser.test_outages import (  # noqa: F401 (tests)
    impatient,
    test_card_turns_late_stale_and_dead_when_its_source_is_silent,
    test_page_comes_back_when_the_database_crashed,
    test_page_comes_back_when_web_was_killed,
    test_page_says_that_live_is_gone_and_comes_back_with_it,
)
from tests.browser.test_recovery import test_page_loads_itself_anew_for_a_new_release, test_page_says_that_no_sink_runs  # noqa: F401 (tests)
from tests.browser.test_rotation import TURN_MS, expect_panel, turning
from tests.conftest import fresh_database

pytestmark = [pytest.mark.faults, pytest.mark.browser, pytest.mark.usefixtures("only_long")]
DANGER = """on => dash_clientside.set_props('alert-takeover', { children: on ? 'Nguy hiểm' : [], 'data-on': on })"""


@pytest.fixture
def turned(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn) as made:
        made.overdue("first")
        made.story.camera("first", now(), waiting=3)
        yield made


def test_panel_that_does_not_paint_does_not_come_up_and_a_word_says_so(page: Page, turned: Stack) -> None:
    page.route("**/wall/counters*", lambda route: route.abort())
    turning(page, turned, "rotate=5&panels=one_stop,counters")
    expect_panel(page, "one_stop")
    expect(page.locator("#rotation-says")).to_have_text(re.compile("^Chưa tải được: Quầy tiếp nhận.* – vẫn hiển thị: Giải quyết"), timeout=TURN_MS)
    expect(page.frame_locator(".rotation-frame[data-on]").locator("#focus--one_stop")).to_be_visible()


def test_danger_stops_the_turning_and_lies_over_it(quiet: Page, turned: Stack) -> None:
    turning(quiet, turned, "rotate=5&panels=one_stop,counters")
    expect_panel(quiet, "one_stop")
    quiet.evaluate(DANGER, "1")
    expect(quiet.locator("#alert-takeover")).to_be_visible()
    quiet.wait_for_timeout(7000)
    expect_panel(quiet, "one_stop")
    quiet.evaluate(DANGER, None)
    expect_panel(quiet, "counters")
