"""The citizens' pages on a telephone, with a script and without; the hotline by keyboard alone; none of it offends the policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.test_policy import NOTED, offended
from tests.conftest import fresh_database
from tests.integration.cast import cookie
from tests.integration.citizen_desk import FOLLOW, FORM, House, opened
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW
from tests.unit.reports.test_photos import picture

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def house(postgres: str, tmp_path: Path) -> Iterator[House]:
    with fresh_database(postgres) as dsn, opened(dsn, tmp_path) as made:
        yield made


def filled(page: Page, house: House) -> Page:
    """The form, all but sent."""
    page.goto(house.base + FORM)
    page.locator("details.group", has_text="Đường sá").locator("summary").click()
    page.get_by_label("Ổ gà, hư mặt đường").check()
    page.get_by_label("Đường, chợ, trường").fill("Chợ Sao Khuê")
    page.get_by_label("Vài lời về sự việc").fill("Ổ gà sâu")
    page.get_by_label("Ảnh (tối đa 5").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    return page


def test_report_is_sent_and_followed_without_a_script(browser: Browser, house: House) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = filled(context.new_page(), house)
    page.get_by_role("button", name="Gửi phản ánh").click()
    code = page.locator("#code").inner_text()
    assert page.url == house.base + FORM  # the code stands in no address
    page.get_by_role("button", name="Xem tiến độ").click()
    expect(page.locator("[data-found]")).to_contain_text("Mới gửi")
    assert code not in page.url
    assert rows(house.conn, "select channel, lon_deg from report_filing") == [("web", 85.146)]
    assert one(house.conn, "select count(*) from report_photo") == 1
    context.close()


def test_position_is_touched_on_the_map_of_a_telephone(quiet: Page, house: House) -> None:
    quiet.add_init_script(NOTED)
    quiet.set_viewport_size(PHONE)
    filled(quiet, house)
    expect(quiet.locator("#map .c-label").first).to_be_attached()
    quiet.locator("#map").click(position={"x": 180, "y": 140})
    expect(quiet.locator("#located")).to_contain_text("Đã chọn vị trí")
    assert quiet.evaluate("document.documentElement.scrollWidth") <= 390
    quiet.get_by_role("button", name="Gửi phản ánh").click()
    expect(quiet.locator("#code")).to_be_visible()
    assert offended(quiet) == []
    assert one(house.conn, "select lon_deg between 84.9 and 85.5 from report_filing")


def test_names_on_the_map_of_a_telephone_do_not_lie_over_each_other(quiet: Page, house: House) -> None:
    quiet.set_viewport_size(PHONE)
    quiet.goto(house.base + FORM)
    expect(quiet.locator("#map .c-label").first).to_be_attached()
    boxes = quiet.locator("#map .c-label span:visible").evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    assert len(boxes) > 1
    assert [(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1:]
            if a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]] == []


def test_lost_connection_keeps_everything_and_the_same_form_counts_once(page: Page, house: House) -> None:
    filled(page, house)
    page.route("**/phan-anh", lambda route: (route.fetch(), route.abort()))  # it arrives, unheard
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.locator(".problem")).to_contain_text("mất kết nối")
    expect(page.get_by_label("Vài lời về sự việc")).to_have_value("Ổ gà sâu")
    page.unroute("**/phan-anh")
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.locator("#code")).to_be_visible()
    assert one(house.conn, "select count(*) from report_filing") == 1


def test_what_was_typed_outlives_a_reload_until_the_receipt(page: Page, house: House) -> None:
    filled(page, house)
    page.reload()
    expect(page.get_by_label("Vài lời về sự việc")).to_have_value("Ổ gà sâu")
    expect(page.get_by_label("Ổ gà, hư mặt đường")).to_be_checked()
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.locator("#code")).to_be_visible()
    page.goto(house.base + FORM)
    expect(page.get_by_label("Vài lời về sự việc")).to_have_value("")


def test_danger_is_told_before_sending_without_a_script(browser: Browser, house: House) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(house.base + FORM)
    expect(page.locator(".danger a[href='tel:114']")).to_be_visible()
    expect(page.locator(".grave")).to_be_hidden()
    page.locator("details.group").first.locator("summary").click()
    page.get_by_label("Dây điện đứt").check()
    expect(page.locator(".grave")).to_be_visible()
    context.close()


def test_code_behind_a_link_is_looked_up_and_leaves_the_address(quiet: Page, house: House) -> None:
    code = house.filed()
    quiet.goto(f"{house.base}{FOLLOW}#{code}")
    expect(quiet.locator("[data-found]")).to_contain_text("Mới gửi")
    assert quiet.url == house.base + FOLLOW


def hotline(page: Page, house: House) -> Page:
    name, _, value = cookie(house.conn, "lan", ["operator"], NOW).partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": house.base}])
    page.goto(f"{house.base}/console/hotline")
    expect(page.locator("#telephone")).to_be_focused()
    return page


def test_call_is_filed_by_keys_alone_and_the_next_one_begins(quiet: Page, house: House) -> None:
    house.filed()
    house.sink()
    quiet.add_init_script(NOTED)
    hotline(quiet, house)
    keys = quiet.keyboard
    keys.type("0912345678")
    keys.press("Tab")
    expect(quiet.locator("#caller")).to_contain_text("Đã có 1 phản ánh từ số này: 1 đang mở")
    keys.type("o ga")
    keys.press("Enter")
    keys.type("cho sao")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("Ổ gà sâu trước cổng")
    keys.press("Control+Enter")
    expect(quiet.locator("#receipt")).to_contain_text("-")
    assert offended(quiet) == []
    assert rows(house.conn, "select channel, category, address, lon_deg from report_filing where channel = 'phone'") == [
        ("phone", "TR-ROAD", "Chợ Sao Khuê, Phường Sao Khuê", 85.146)]
    keys.press("Enter")
    expect(quiet.locator("#telephone")).to_be_focused()
    expect(quiet.locator("#category")).to_have_value("")


def test_call_waits_for_the_network_and_counts_once(page: Page, house: House) -> None:
    hotline(page, house)
    for text, key in (("0987654321", "Tab"), ("cay nga", "Enter"), ("truong tieu hoc sao", "Enter"), ("", "Tab"), ("Cây ngã", "Control+Enter")):
        if text == "Cây ngã":
            page.route("**/api/hotline", lambda route: (route.fetch(), route.abort()))
        page.keyboard.type(text)
        page.keyboard.press(key)
    expect(page.locator("#trouble")).to_contain_text("đang tự gửi lại")
    page.unroute("**/api/hotline")
    expect(page.locator("#receipt")).to_contain_text("-")
    assert one(house.conn, "select count(*) from report_filing") == 1


def test_half_a_call_is_not_filed_and_says_what_is_missing(quiet: Page, house: House) -> None:
    hotline(quiet, house)
    quiet.keyboard.type("0912345678")
    quiet.keyboard.press("Control+Enter")
    expect(quiet.locator("#trouble")).to_contain_text("Còn thiếu: loại sự việc, nơi xảy ra, lời kể")
    expect(quiet.locator("#category")).to_be_focused()
    assert one(house.conn, "select count(*) from report_filing") == 0
