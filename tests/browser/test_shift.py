"""The shift's book in a browser: notes, a handover by two leads, and its paper."""

from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.stack import Stack, now, running
from tests.conftest import fresh_database
from tests.integration.cast import cookie
from tests.integration.streams_db import one, sunk
from tests.integration.streams_wire import event
from tests.integration.web_server import Answer, ask

EVIL = "<img src=x onerror=\"document.title='owned'\">"


@pytest.fixture
def stack(postgres: str) -> Iterator[Stack]:
    with fresh_database(postgres) as dsn:
        sunk(dsn, [event("report", "submitted", n, subject=f"PA-{n}", priority=1, category="EM-WIRE") for n in range(3)])
        with running(dsn, sink=False, live=False) as made:
            yield made


def opened(page: Page, stack: Stack, login: str, path: str = "/console/shift", role: str = "shift_lead") -> Page:
    name, _, value = cookie(stack.conn, login, [role], now()).partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": stack.base}])
    page.goto(stack.base + path)
    return page


def test_shift_is_handed_over_by_one_lead_and_taken_over_by_another(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "lead-one")
    expect(quiet.locator("#p1")).to_contain_text("(3)")
    quiet.get_by_label("Ghi chú mới").fill(f"Trạm bơm chờ thợ {EVIL}")
    quiet.get_by_role("button", name="Ghi vào sổ").click()
    expect(quiet.locator(".s-notes")).to_contain_text(EVIL)
    quiet.get_by_role("button", name="Ký bàn giao ca").click()
    expect(quiet.locator(".s-waiting")).to_contain_text("không tự nhận ca của mình")
    expect(quiet.get_by_role("button", name="Ký nhận ca")).to_have_count(0)
    opened(quiet, stack, "lead-two")
    quiet.get_by_role("button", name="Ký nhận ca").click()
    expect(quiet.locator(".s-waiting")).to_have_count(0)
    expect(quiet.locator("main")).to_contain_text("Đã nhận ca")
    expect(quiet.locator(".s-notes")).to_contain_text("Chưa ai ghi")
    assert (one(stack.conn, "select taken_name from shift_handover"), quiet.title() != "owned") == ("Lead-Two", True)


def test_handover_is_refused_with_a_reason(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "lead-one").get_by_role("button", name="Ký bàn giao ca").click()
    opened(quiet, stack, "lead-two").get_by_label("Lý do").fill("còn thiếu việc")
    quiet.get_by_role("button", name="Không nhận ca").click()
    expect(quiet.locator("main")).to_contain_text("Không nhận ca: còn thiếu việc")
    expect(quiet.get_by_role("button", name="Ký bàn giao ca")).to_be_visible()


def test_record_is_printed_on_paper_without_the_pages_frame(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "lead-one").get_by_role("button", name="Ký bàn giao ca").click()
    quiet.get_by_role("link", name="Đọc biên bản giao ca").click()
    expect(quiet.locator(".s-signed")).to_contain_text("Lead-One")
    paper = PdfReader(BytesIO(quiet.pdf(prefer_css_page_size=True)))
    text = "".join(sheet.extract_text() for sheet in paper.pages)
    assert [round(float(side)) for side in paper.pages[0].mediabox[2:]] == [595, 842]
    assert "PA-2" in text
    assert "Đăng xuất" not in text


def signed(stack: Stack, login: str, **form: str) -> Answer:
    """What a lead's own form, sent without the page, is answered."""
    header = cookie(stack.conn, login, ["shift_lead"], now())
    page = ask(stack.base, "/console/shift", Cookie=header, Accept="text/html").body.decode()
    body = urlencode({"csrf": page.split('name="csrf" value="')[1].partition('"')[0], **form}).encode()
    return ask(stack.base, "/console/shift/sign", method="POST", body=body, Cookie=header, **{"Content-Type": "application/x-www-form-urlencoded"})


def test_lead_who_sends_the_form_by_hand_does_not_take_over_from_themself(stack: Stack) -> None:
    assert signed(stack, "lead-one", do="give").status == 303
    number = str(one(stack.conn, "select handover_id from shift_handover"))
    assert signed(stack, "lead-one", do="take", handover=number).status == 400
    assert one(stack.conn, "select taken_at from shift_handover") is None
    assert signed(stack, "lead-two", do="take", handover=number, csrf="guessed").status == 403
    assert one(stack.conn, "select taken_at from shift_handover") is None


def test_operator_writes_notes_and_signs_nothing(quiet: Page, stack: Stack) -> None:
    opened(quiet, stack, "op", role="operator")
    expect(quiet.get_by_role("button", name="Ghi vào sổ")).to_be_visible()
    expect(quiet.get_by_role("button", name="Ký bàn giao ca")).to_have_count(0)
    header = cookie(stack.conn, "op", ["operator"], now())
    assert ask(stack.base, "/console/shift/sign", method="POST", body=b"", Cookie=header).status == 403


@pytest.mark.parametrize("role", ["leader", "focal_point", "administrator", "auditor"])
def test_book_is_closed_to_who_does_not_triage(stack: Stack, role: str) -> None:
    header = cookie(stack.conn, role.replace("_", "-"), [role], now())
    for path in ("/console/shift", "/console/shift/handover?id=1", "/console/reviews", "/console/measures"):
        assert ask(stack.base, path, Cookie=header).status == 403
