"""The desk of what could not be taken, in a browser: mended by a person who is no programmer, hostile content shown as text."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stack import Stack, now, running
from tests.browser.test_policy import NOTED, offended
from tests.conftest import fresh_database
from tests.integration.cast import cookie
from tests.integration.streams_db import one
from tests.integration.streams_wire import event, publish
from tests.integration.web_server import ask, eventually

EVIL = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


@pytest.fixture
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn, running(dsn, live=False) as made:
        yield made


def bury(stack: Stack, *subjects: str, **data: Any) -> int:
    """Reports whose priority is no priority; answers the newest letter's number."""
    at = (now() - timedelta(minutes=5)).isoformat()
    given: dict[str, Any] = {"category": "TR-ROAD", "channel": "web", "priority": 9} | data
    before = one(stack.conn, "select count(*) from dead_letter")
    publish(stack.story.broker, [event("report", "submitted", subject=s, **given) | {"time": at} for s in subjects])
    eventually(lambda: one(stack.conn, "select count(*) from dead_letter") == before + len(subjects))
    return int(one(stack.conn, "select max(letter_id) from dead_letter"))


def opened(page: Page, stack: Stack, path: str = "/console/letters", role: str = "operator") -> Page:
    name, _, value = cookie(stack.conn, role.replace("_", "-"), [role], now()).partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": stack.base}])
    page.goto(stack.base + path)
    return page


def test_letter_is_found_mended_checked_and_sent(quiet: Page, stack: Stack) -> None:
    bury(stack, "PA-1")
    opened(quiet, stack)
    quiet.get_by_role("link", name="Mở", exact=True).click()
    expect(quiet.locator("#alike")).to_contain_text("Trường priority ngoài giới hạn: không quá 4.")
    quiet.get_by_role("link", name="Xem, sửa").click()
    quiet.get_by_label("priority").fill("8")
    quiet.get_by_role("button", name="Kiểm tra").click()
    expect(quiet.locator("#verdict")).to_contain_text("Vẫn chưa hợp lệ")
    quiet.get_by_label("priority").fill("2")
    quiet.get_by_role("button", name="Kiểm tra").click()
    expect(quiet.locator("#verdict")).to_contain_text("Bây giờ hợp lệ")
    quiet.get_by_role("button", name="Gửi bản đã sửa").click()
    expect(quiet.locator(".done")).to_contain_text("thư gốc được giữ nguyên")
    assert one(stack.conn, "select count(*) from outbox where channel = 'kafka' and target = 'ioc.report'") == 1
    assert one(stack.conn, "select count(*) from dead_letter where replayed_at is null") == 0


def test_several_are_set_aside_in_one_act_and_laid_back(quiet: Page, stack: Stack) -> None:
    bury(stack, "PA-1", "PA-2", "PA-3")
    opened(quiet, stack)
    quiet.get_by_role("link", name="Mở", exact=True).click()
    quiet.get_by_label("Lý do xếp lại").fill("nguồn thử nghiệm")
    quiet.get_by_role("button", name="Xếp lại tất cả (3)").click()
    expect(quiet.locator(".done")).to_have_text("Đã xếp lại 3 thư.")
    quiet.get_by_role("button", name="Hoàn tác").click()
    expect(quiet.locator(".done")).to_have_text("Đã đưa 3 thư trở lại bàn.")
    assert one(stack.conn, "select count(*) from dead_letter where replayed_at is null") == 3


def test_scripts_in_every_field_are_shown_as_text(quiet: Page, stack: Stack) -> None:
    quiet.add_init_script(NOTED)
    number = bury(stack, "PA-1", note=EVIL, address=EVIL, **{EVIL: EVIL, "</textarea><script>x</script>": "</textarea>" + EVIL * 2})
    stack.conn.execute("update dead_letter set detail = %s, reason = %s", (EVIL, EVIL))
    for path in (f"/console/letters/{number}", "/console/letters"):
        opened(quiet, stack, path)
        expect(quiet.locator("body")).to_contain_text(EVIL)
        assert quiet.title() != "owned"
        assert quiet.locator("main script, main img").count() == 0
        assert offended(quiet) == []


def test_persons_are_hidden_on_the_page_and_in_the_file(quiet: Page, stack: Stack) -> None:
    number = bury(stack, "PA-1", ho_ten="Nguyễn Văn Tám", note="gọi 0912 345 678")
    opened(quiet, stack, f"/console/letters/{number}")
    assert not {"Nguyễn Văn Tám", "0912"} & set(quiet.content().split())
    assert "0912 345 678" not in quiet.content()
    assert "Văn Tám" not in quiet.content()
    with quiet.expect_download() as waiting:
        quiet.get_by_role("button", name="Tải tệp").click()
    text = waiting.value.path().read_text(encoding="utf-8")
    assert f'"letter": {number}' in text
    assert "Văn Tám" not in text
    assert one(stack.conn, "select count(*) from audit_line where action = 'dead_letter.forwarded'") == 1


@pytest.mark.parametrize("role", ["leader", "focal_point", "auditor", "presenter"])
def test_nobody_without_the_permission_sees_the_desk(stack: Stack, role: str) -> None:
    number = bury(stack, "PA-1")
    header = cookie(stack.conn, role.replace("_", "-"), [role], now())
    asked = [("GET", "/console/letters"), ("GET", f"/console/letters/{number}"), ("POST", "/console/letters/act"),
             ("POST", f"/console/letters/{number}/mend"), ("POST", f"/console/letters/{number}/file")]
    assert {ask(stack.base, path, method=method, body=b"" if method == "POST" else None, Cookie=header).status for method, path in asked} == {403}


def test_form_of_another_session_does_nothing(stack: Stack) -> None:
    number = bury(stack, "PA-1")
    header = cookie(stack.conn, "operator", ["operator"], now())
    body = f"letter={number}&do=replay&csrf=guessed".encode()
    answer = ask(stack.base, "/console/letters/act", method="POST", body=body, Cookie=header, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status, one(stack.conn, "select count(*) from outbox")) == (403, 0)
