"""The pages of the morning brief and of the fatigue ledger, as a browser gets them."""

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from pypdf import PdfReader

from ioc.api.app import create_app
from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.settings import Settings
from tests.alerts.alert_desk import bring, raising
from tests.integration.cast import cookie, person
from tests.integration.streams_wire import NOW
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL


@pytest.fixture
def base(dsn: str, conn: Connection) -> Iterator[str]:
    """A web process whose clock stands, with twelve alerts of one condition that came every half hour; asked by a shift lead."""
    bring(dsn, [raising(f"A-{n}", NOW - timedelta(minutes=30 * n + 10), rule_id="ZZ-99", dedup_key="ZZ-99", severity=4) for n in range(12)])
    application = create_app(Settings(database=dsn, profile=FICTIONAL), FrozenClock(NOW))
    with serving(application, cookie=cookie(conn, "lead", ["shift_lead"], NOW)) as served:
        yield served


def page(base: str, path: str) -> str:
    answer = ask(base, path)
    assert answer.status == 200
    return answer.body.decode()


def as_role(base: str, conn: Connection, role: str, path: str) -> Answer:
    return ask(base, path, Cookie=cookie(conn, role.replace("_", "-"), [role], NOW))


def test_brief_is_shown_with_its_two_files(base: str) -> None:
    shown = page(base, "/console/brief")
    assert 'href="/console/brief.pdf"' in shown
    assert 'href="/console/brief.docx"' in shown
    assert "Đang mở 12 cảnh báo: nghiêm trọng 12." in shown
    assert "Người lập: Trưởng ca trực" in shown


def test_file_is_given_to_be_kept_and_stands_in_the_ledger(base: str, conn: Connection) -> None:
    answer = ask(base, "/console/brief.pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'attachment; filename="giao-ban-2026-11-21.pdf"'
    assert len(PdfReader(io.BytesIO(answer.body)).pages) == 1
    (line,) = lines(conn, limit=1)
    who = person(conn, "lead", ["shift_lead"])
    assert (line.actor, line.action) == (f"person:{who.person_id}", "brief.exported")
    assert (line.after or {})["form"] == "pdf"


def test_looking_at_the_brief_is_no_export(base: str, conn: Connection) -> None:
    page(base, "/console/brief")
    assert [line for line in lines(conn, limit=20) if line.action == "brief.exported"] == []


def test_document_is_given_in_the_readers_language(base: str, conn: Connection) -> None:
    known = cookie(conn, "reader", ["leader"], NOW)
    answer = ask(base, "/console/brief.docx?at=2026-11-21T07:00", Cookie=f"{known}; ioc_lang=en")
    assert answer.body.startswith(b"PK")
    assert (next(iter(lines(conn, limit=1))).after or {}).get("form") == "docx"


@pytest.mark.parametrize("at", ["2099-01-01", "soon"])
def test_moment_that_is_none_or_has_not_come_is_refused(base: str, at: str) -> None:
    assert ask(base, f"/console/brief?at={at}").status == 400


def test_incident_command_sees_its_own_figures_and_alerts_alone(base: str, conn: Connection) -> None:
    shown = as_role(base, conn, "incident_command", "/console/brief").body.decode()
    assert "Mực nước cao nhất" in shown
    assert "Hồ sơ" not in shown
    assert "III." not in shown


@pytest.mark.parametrize("path", ["/console/brief", "/console/brief.pdf", "/console/brief.docx", "/console/alerts/fatigue"])
@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_sees_neither_wall_nor_alerts_gets_nothing(base: str, conn: Connection, role: str, path: str) -> None:
    assert as_role(base, conn, role, path).status == 403


def test_console_leads_to_the_brief(base: str) -> None:
    assert 'href="/console/brief"' in page(base, "/console")


def test_fatigue_page_names_the_rules_to_mend_and_why(base: str) -> None:
    shown = page(base, "/console/alerts/fatigue")
    assert "11 trên 12 cảnh báo phát lại trong vòng một giờ" in shown
    assert '<th scope="row"><b>ZZ-99</b> không còn trong danh mục <span class="tag">cần chỉnh</span></th>' in shown
    assert "mô phỏng" in shown
    assert 'aria-current="page">30 ngày gần nhất' in shown


def test_fatigue_page_of_a_month_is_chosen_by_a_link(base: str) -> None:
    shown = page(base, "/console/alerts/fatigue?month=2026-11")
    assert 'href="/console/alerts/fatigue?month=2026-11" aria-current="page">11/2026' in shown
    assert "Từ 01/11/2026 00:00 đến 21/11/2026 15:00" in shown
    assert "Không có cảnh báo nào trong kỳ." in page(base, "/console/alerts/fatigue?month=2026-09")


def test_month_that_is_none_is_said_and_the_last_days_shown(base: str) -> None:
    answer = ask(base, "/console/alerts/fatigue?month=<script>")
    assert answer.status == 400
    assert "Tháng không hợp lệ" in answer.body.decode()
    assert "<script>" not in answer.body.decode()
