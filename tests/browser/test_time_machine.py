"""Moving the wall through a day of the past: by slider, by day, by playing, and back; never a new page, never a sign of the present."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from ioc.clock import LOCAL, local_day, start_of
from tests.browser.stack import Stack, now, running, signed_in
from tests.conftest import fresh_database

YESTERDAY = local_day(now()) - timedelta(days=1)


def at(hour: int, minute: int = 0) -> datetime:
    """A local time of yesterday."""
    return start_of(YESTERDAY) + timedelta(hours=hour, minutes=minute)


@pytest.fixture(scope="module")
def stack(postgres: str) -> Iterator[Stack]:
    """A centre in which a dossier becomes overdue at 12:00 of yesterday."""
    with fresh_database(postgres) as dsn, running(dsn) as made:
        made.story.dossier("noon", at(8) - timedelta(days=2), at(12))
        made.story.report("noon", at(8) - timedelta(days=2), at(12), lon_deg=85.1450, lat_deg=-20.1750)
        made.story.camera("noon", now(), waiting=3)
        yield made


def opened(page: Page, stack: Stack, time: str, path: str = "/wall") -> Page:
    """The page as of a time of yesterday, marked so that a new page would be noticed."""
    signed_in(page, stack.base).goto(f"{stack.base}{path}?at={YESTERDAY}T{time}")
    shows(page, time)
    page.evaluate("window.same = true")
    return page


def shows(page: Page, time: str) -> None:
    expect(page.locator(".past-moment")).to_have_text(f"{time} {YESTERDAY:%d/%m/%Y}")


def overdue(page: Page) -> str:
    return page.locator("[id='past--one_stop--headline'] .headline-value").inner_text()


def test_wall_of_the_past_is_unmistakable(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "11:45")
    expect(quiet.locator(".past-word")).to_have_text("XEM LẠI")
    expect(quiet.locator(".wall-clock")).to_have_text(f"11:45 {YESTERDAY:%d/%m/%Y}")
    assert quiet.locator("#clock, #alert-strip, #alert-takeover").count() == 0
    assert set(quiet.locator(".card").evaluate_all("cards => cards.map(card => card.dataset.state)")) == {"past"}
    frame = quiet.evaluate("getComputedStyle(document.querySelector('.wall'), '::before').borderTopWidth")
    assert float(frame.removesuffix("px")) >= 6
    quiet.wait_for_timeout(1500)  # the second's tick of the live page must not touch it
    expect(quiet.locator(".wall-clock")).to_have_text(f"11:45 {YESTERDAY:%d/%m/%Y}")


def test_slider_asks_once_it_rests_and_fills_the_same_page(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "11:45")
    assert overdue(quiet) == "0"
    asked: list[str] = []
    quiet.on("request", lambda request: asked.append(request.url) if "/_dash-update-component" in request.url else None)
    quiet.locator(".past-slide input").focus()
    for _ in range(5):
        quiet.keyboard.press("ArrowRight")
    expect(quiet.locator(".past-bar output")).to_have_text("13:00")
    shows(quiet, "13:00")
    expect(quiet.locator("[id='past--one_stop--headline'] .headline-value")).to_have_text("1")
    assert len(asked) == 1
    assert quiet.url.endswith(f"?at={YESTERDAY}T13:00")
    assert quiet.evaluate("window.same")
    expect(quiet.locator(".card .main-svg").first).to_be_visible()
    quiet.keyboard.press("ArrowRight")  # the slider still has the focus
    shows(quiet, "13:15")


def test_browser_goes_back_through_the_moments(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "11:45")
    quiet.locator(".past-slide input").press("ArrowLeft")
    shows(quiet, "11:30")
    quiet.go_back()
    shows(quiet, "11:45")
    expect(quiet.locator(".past-bar output")).to_have_text("11:45")


def test_day_is_changed_by_button_and_by_date(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "10:00")
    before = YESTERDAY - timedelta(days=1)
    quiet.get_by_role("button", name="Ngày trước").click()
    expect(quiet.locator(".past-moment")).to_have_text(f"10:00 {before:%d/%m/%Y}")
    quiet.get_by_label("Ngày xem lại").fill(YESTERDAY.isoformat())
    shows(quiet, "10:00")
    assert quiet.evaluate("window.same")


def test_bar_never_asks_for_what_has_not_come(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "23:45")
    quiet.get_by_role("button", name="Ngày sau").click()
    expect(quiet.locator(".past-moment")).not_to_have_text(f"23:45 {YESTERDAY:%d/%m/%Y}")
    time, day = quiet.locator(".past-moment").inner_text().split(" ")
    hour, minute = (int(part) for part in time.split(":"))
    shown = datetime.strptime(day, "%d/%m/%Y").replace(tzinfo=LOCAL) + timedelta(hours=hour, minutes=minute)
    assert timedelta(0) <= now() - shown < timedelta(minutes=17)


def test_playing_goes_a_step_a_second_until_it_is_stopped(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "11:15")
    quiet.get_by_role("button", name="Chạy").click()
    shows(quiet, "11:30")
    shows(quiet, "11:45")
    shows(quiet, "12:00")
    quiet.get_by_role("button", name="Dừng").click()
    stopped = quiet.locator(".past-bar output").inner_text()
    quiet.wait_for_timeout(2500)
    assert quiet.locator(".past-bar output").inner_text() == stopped
    expect(quiet.get_by_role("button", name="Chạy")).to_be_visible()
    assert quiet.evaluate("window.same")


def test_what_was_not_known_then_is_said_and_left_again(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "11:45")
    quiet.get_by_label("Như đã biết lúc đó").check()
    expect(quiet.locator("main")).to_contain_text("hãy bỏ “Như đã biết lúc đó”")
    assert f"known={YESTERDAY}T11:45" in quiet.url
    quiet.go_back()
    shows(quiet, "11:45")


def test_panel_of_the_past_keeps_its_moment_on_the_way_in_and_out(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "11:45").locator(".card-title a").first.click()
    expect(quiet.locator("[id='past--focus--one_stop']")).to_have_attribute("data-state", "past")
    shows(quiet, "11:45")
    assert f"at={YESTERDAY}T11%3A45" in (quiet.locator(".number").first.get_attribute("href") or "")
    quiet.locator(".past-slide input").press("ArrowRight")
    shows(quiet, "12:00")
    quiet.locator(".wall-title a").click()
    expect(quiet.locator(".card")).not_to_have_count(0)
    shows(quiet, "12:00")


def test_door_leads_into_the_past_and_back_to_the_present(quiet: Page, stack: Stack) -> None:
    signed_in(quiet, stack.base).goto(f"{stack.base}/wall")
    quiet.get_by_role("link", name="Xem lại").click()
    expect(quiet.locator(".past-word")).to_be_visible()
    expect(quiet).to_have_url(re.compile(r"\?at=\d{4}-\d\d-\d\dT\d\d:\d\d$"))
    quiet.get_by_role("link", name="Về hiện tại").click()
    expect(quiet.locator("#card--one_stop")).to_have_attribute("data-state", "fresh")
    expect(quiet.locator(".past-band")).to_have_count(0)


def test_number_of_the_past_opens_its_definition_with_its_history(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "13:00", "/wall/one_stop").locator(".number").first.click()
    expect(quiet.locator(".f-past")).to_contain_text(f"Xem lại 13:00 {YESTERDAY:%d/%m/%Y}")
    expect(quiet.locator(".f-bars li")).not_to_have_count(0)
    expect(quiet.locator(".f-facts dt").first).to_have_text("Công thức")
