"""Each key of the reports' desk does what its help says, as far as the event in the database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ioc.decisions.decide import decide
from ioc.decisions.decision import Decision
from ioc.people.principal import Grant, Principal
from tests.browser.report_desk import HOLE, OFFICE, Counter, counter, opened, pressed
from tests.browser.stack import now
from tests.conftest import fresh_database
from tests.integration.streams_db import one, rows
from tests.integration.web_server import eventually

AGENCY = "X99.05"
WORKER = Principal(kind="person", id="98", name="Đầu mối", grants=(Grant(role="focal_point", agencies=frozenset({AGENCY})),))


@pytest.fixture
def desk(postgres: str, tmp_path: Path) -> Iterator[Counter]:
    with fresh_database(postgres) as dsn, counter(dsn, tmp_path) as made:
        yield made


def version(desk: Counter, subject: str) -> int:
    return int(one(desk.conn, "select version from report_state where subject = %s", subject))


def works(desk: Counter, subject: str, fact: str, *, reason: str = "", **data: Any) -> None:
    """What the agency does."""
    at = version(desk, subject)
    decide(desk.conn, Decision(stream="report", subject=subject, fact=fact, version=at, data=data, reason=reason, key=f"work-{subject}-{at}"), WORKER, OFFICE)


def with_the_agency(desk: Counter) -> str:
    """A report that an agency has accepted."""
    (subject,) = desk.file(HOLE)
    desk.decide(subject, "verified", version(desk, subject))
    desk.decide(subject, "assigned", version(desk, subject), to_org=AGENCY)
    works(desk, subject, "accepted")
    return subject


def state(desk: Counter, subject: str, *fields: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = rows(desk.conn, f"select {', '.join(('state', *fields))} from report_state where subject = %s", subject)[0]
    return found


def test_y_accepts_all_that_is_suggested(quiet: Page, desk: Counter) -> None:
    (subject,) = desk.file(HOLE)
    opened(quiet, desk)
    pressed(quiet, "y")
    eventually(lambda: state(desk, subject)[0] == "assigned")
    assert one(desk.conn, "select org_code from report_state") != ""


def test_m_merges_into_the_one_that_is_suggested_and_u_takes_it_back(quiet: Page, desk: Counter) -> None:
    first, second = desk.file(HOLE, replace(HOLE, text="Ổ gà sâu ngay trước chợ Sao Khuê"))
    opened(quiet, desk, f"?open={second}", role="shift_lead")  # to undo a merge is the lead's
    expect(quiet.locator(f".r-row[data-subject='{second}'][aria-current]")).to_be_visible()
    pressed(quiet, "m")
    expect(quiet.locator(".r-options li").first).to_contain_text(first)
    pressed(quiet, "Enter", "Enter")
    eventually(lambda: state(desk, second, "parent_id") == ("merged", first))
    expect(quiet.get_by_role("log")).to_contain_text("Gộp")
    pressed(quiet, "u")
    eventually(lambda: state(desk, second)[0] == "submitted")


@pytest.mark.parametrize(("key", "fact"), [("f", "referred"), ("i", "needs_info")])
def test_key_asks_for_words_and_decides(quiet: Page, desk: Counter, key: str, fact: str) -> None:
    (subject,) = desk.file(HOLE)
    opened(quiet, desk)
    pressed(quiet, key)
    expect(quiet.locator("#ask")).to_be_visible()
    pressed(quiet, "1", "Enter")
    eventually(lambda: state(desk, subject)[0] == fact)
    assert one(desk.conn, "select count(*) from audit_line where action = %s", f"report.{fact}") == 1


def test_p_agrees_to_the_pause_that_the_agency_asks_for(quiet: Page, desk: Counter) -> None:
    subject = with_the_agency(desk)
    works(desk, subject, "paused", reason="chờ vật tư")
    opened(quiet, desk, "?stage=approval", role="shift_lead")
    pressed(quiet, "p")
    expect(quiet.locator("#ask")).to_be_visible()
    pressed(quiet, "Enter")
    eventually(lambda: state(desk, subject, "pause_asked_at") == ("paused", None))


def test_d_denies_what_the_agency_asks_for(quiet: Page, desk: Counter) -> None:
    subject = with_the_agency(desk)
    works(desk, subject, "paused", reason="chờ vật tư")
    opened(quiet, desk, "?stage=approval", role="shift_lead")
    pressed(quiet, "d")
    expect(quiet.locator("#ask")).to_be_visible()
    pressed(quiet, "1", "Enter")
    eventually(lambda: rows(desk.conn, "select count(*) from audit_line where action = 'report.denied'") == [(1,)])
    assert state(desk, subject, "pause_asked_at")[1] is None


def test_e_extends_to_the_day_that_the_agency_wants(quiet: Page, desk: Counter) -> None:
    subject = with_the_agency(desk)
    wanted = now() + timedelta(days=20)
    works(desk, subject, "extension_asked", reason="mưa lớn", wanted_due_at=wanted.isoformat())
    opened(quiet, desk, "?stage=approval", role="shift_lead")
    before = state(desk, subject, "due_at")[1]
    pressed(quiet, "e")
    expect(quiet.locator("#ask")).to_be_visible()
    pressed(quiet, "Enter", "Enter")
    eventually(lambda: state(desk, subject, "extension_asked_at")[1] is None)
    assert state(desk, subject, "due_at")[1] > before


@pytest.mark.parametrize(("key", "fact"), [("b", "published"), ("r", "reopened")])
def test_lead_publishes_or_reopens_what_is_resolved(quiet: Page, desk: Counter, key: str, fact: str) -> None:
    subject = with_the_agency(desk)
    works(desk, subject, "resolved", reason_code="no_picture", note="Đã vá")
    opened(quiet, desk, f"?open={subject}", role="shift_lead")
    pressed(quiet, key)
    expect(quiet.locator("#ask")).to_be_visible()
    pressed(quiet, "1", "Enter")
    eventually(lambda: state(desk, subject)[0] == fact)


def test_key_for_which_a_person_has_no_right_is_refused_in_words_and_changes_nothing(quiet: Page, desk: Counter) -> None:
    subject = with_the_agency(desk)
    works(desk, subject, "resolved", reason_code="no_picture", note="Đã vá")
    opened(quiet, desk, f"?open={subject}")
    pressed(quiet, "b")
    quiet.wait_for_timeout(500)
    assert state(desk, subject)[0] == "resolved"
