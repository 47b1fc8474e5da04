"""Giao việc: deadlines in working time, agencies of today, and a task that is followed on the panel of tasks, with and without a script."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from ioc.api.app import create_app
from ioc.api.task_form import due, figure_of, office, offices, presets
from ioc.calendar.periods import period_of
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.errors import InputError
from ioc.kpi.engine.compute import Question, compute
from ioc.kpi.engine.registry import sections
from ioc.moment import now_moment
from ioc.places.register import load_register
from ioc.profiles import load_profile
from ioc.settings import Settings
from ioc.words import words
from tests.alerts.alert_desk import bring, raising
from tests.integration.cast import cookie
from tests.integration.decisions_desk import decided, decision, owed_is_read, person
from tests.integration.streams_db import one, rows
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
FRIDAY = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
"""10:30 local of a working day."""
VI = words("vi")


@pytest.fixture
def base(dsn: str) -> Iterator[str]:
    clock = FrozenClock(FRIDAY)
    with connect(dsn, application="test", autocommit=True) as conn:
        known = cookie(conn, "lead", ["shift_lead"], FRIDAY)
    with serving(create_app(Settings(database=dsn, profile=FICTIONAL), clock), cookie=known) as address:
        yield address


def local(at: datetime) -> str:
    return VI.minute(at)


def form(base: str, query: str = "alert=A-1") -> dict[str, str]:
    """The form's hidden fields, as a browser without a script would send them."""
    page = ask(base, f"/console/tasks/new?{query}").body.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.partition("task-form")[2]))


def give(base: str, fields: dict[str, str]) -> Answer:
    return ask(base, "/console/tasks/new", method="POST", body=urlencode(fields).encode(), **{"content-type": "application/x-www-form-urlencoded"})


def test_deadlines_are_closes_of_business_in_working_days() -> None:
    found = {preset.key: local(preset.at) for preset in presets(PROFILE.calendar, FRIDAY, VI)}
    assert found == {"today": "20/11/2026 17:00", "tomorrow": "23/11/2026 17:00", "3": "25/11/2026 17:00", "5": "27/11/2026 17:00", "10": "04/12/2026 17:00"}


def test_day_that_is_over_or_off_is_no_deadline() -> None:
    evening, sunday = FRIDAY + timedelta(hours=9), FRIDAY + timedelta(days=2)
    assert [presets(PROFILE.calendar, at, VI)[0].key for at in (evening, sunday)] == ["tomorrow", "tomorrow"]
    assert local(presets(PROFILE.calendar, sunday, VI)[0].at) == "23/11/2026 17:00"


def test_agencies_are_those_of_today() -> None:
    now, before = (offices(PROFILE, at, VI) for at in (FRIDAY, FRIDAY - timedelta(days=700)))
    assert {o.code[:3] for o in now} == {"X99"}
    assert {o.code[:3] for o in before} == {"X98"}
    with pytest.raises(InputError, match="cơ quan"):
        office(PROFILE, "X98.04", FRIDAY, VI)


@pytest.mark.parametrize("typed", [{"due": "own", "due_at": "2026-11-20T10:00"}, {"due": "own", "due_at": "soon"}, {"due": "99"}])
def test_deadline_that_does_not_lie_ahead_is_refused(typed: dict[str, str]) -> None:
    with pytest.raises(InputError, match="Hạn hoàn thành"):
        due(PROFILE, typed, FRIDAY, VI)


def test_own_deadline_is_local_time_and_none_is_none() -> None:
    assert due(PROFILE, {"due": "own", "due_at": "2026-11-20T16:00"}, FRIDAY, VI) == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert due(PROFILE, {"due": "none"}, FRIDAY, VI) is None


def test_figure_is_one_of_the_reports_or_of_a_panel() -> None:
    assert figure_of("one_stop.overdue") == ("one_stop", "Đang giải quyết quá hạn")
    assert figure_of("one_stop.overdue_yesterday")[1] == "Quá hạn cùng giờ hôm qua"
    with pytest.raises(InputError, match="no figure"):
        figure_of("one_stop.nothing")


def test_task_is_given_without_a_script_and_counts_once(base: str, dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=FRIDAY - timedelta(hours=1))], FRIDAY)
    fields = form(base) | {"title": "Vá mặt đường, hỏi 0912 345 678", "owner": "X99.05", "due": "3"}
    assert "Đã giao: NV-261120-" in give(base, fields).body.decode()
    assert "Đã giao: NV-261120-" in give(base, fields).body.decode()
    assert rows(conn, "select owner_org, source_document, title, due_at, unit_code from task_state") == [
        ("X99.05", "alert:A-1", "Vá mặt đường, hỏi ***", datetime(2026, 11, 25, 10, tzinfo=UTC), "")]
    assert rows(conn, "select count(*) from task_event") == [(1,)]


def test_form_that_is_not_whole_keeps_what_was_typed(base: str, conn: Connection) -> None:
    found = give(base, form(base, "figure=one_stop.overdue") | {"title": "Rà soát <b>", "due": "5"})
    page = found.body.decode()
    assert found.status == 400
    assert "Hãy chọn cơ quan thực hiện." in page
    assert "Rà soát &lt;b&gt;</textarea>" in page
    assert one(conn, "select count(*) from task_state") == 0


def test_form_of_another_session_is_refused(base: str, conn: Connection) -> None:
    fields = form(base, "figure=one_stop.overdue") | {"title": "x", "owner": "X99.05", "due": "3", "csrf": "not mine"}
    assert give(base, fields).status == 403
    assert one(conn, "select count(*) from task_state") == 0


@pytest.mark.parametrize("query", ["", "alert=A-none", "figure=one_stop.nothing", "figure=x"])
def test_task_comes_from_something_that_is_there(base: str, query: str) -> None:
    assert ask(base, f"/console/tasks/new?{query}").status == 400


def backlog(conn: Connection, at: datetime) -> dict[str, Any]:
    """What panel 5 counts of open tasks at a moment."""
    moment = now_moment(at)
    question = Question(period=period_of("year", moment.day, PROFILE.periods), moment=moment)
    found = compute(conn, sections()["documents_tasks"], question, PROFILE, load_register(PROFILE))
    return {f.key.partition(".")[2]: f.value for f in found if f.key.endswith(("tasks_unacknowledged", "tasks_in_time", "tasks_overdue"))}


def test_task_that_was_given_is_followed_on_the_panel_of_tasks(base: str, dsn: str, conn: Connection) -> None:
    give(base, form(base, "figure=one_stop.overdue") | {"title": "Rà soát hồ sơ quá hạn", "owner": "X99.05", "due": "today"})
    assert backlog(conn, FRIDAY + timedelta(minutes=1)) == {"tasks_unacknowledged": 1, "tasks_in_time": 0, "tasks_overdue": 0}
    subject = one(conn, "select subject from task_state")
    decided(conn, decision("acknowledged", 1, stream="task", subject=subject), person("focal_point"))
    later = datetime(2026, 11, 21, 8, 1, tzinfo=UTC)
    assert backlog(conn, later) == {"tasks_unacknowledged": 0, "tasks_in_time": 0, "tasks_overdue": 1}
    owed_is_read(dsn, conn)
    assert backlog(conn, later)["tasks_overdue"] == 1
    assert one(conn, "select title from task_state") == "Rà soát hồ sơ quá hạn"
