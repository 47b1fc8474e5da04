"""Panel 5 in words: the agency that owes most, and no name of a paper that says more than its kind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from ioc.moment import now_moment
from ioc.panels.documents_tasks import BacklogRow, BurndownRow, SessionsRow, WaitingRow, render, snapshot
from ioc.panels.engine.chart import Chart
from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.charts.parts import Parts
from ioc.panels.engine.contract import Face
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

ROWS: dict[str, list[Any]] = {"backlog": [], "waiting": [], "letters": [], "days": [], "burndown": [], "sessions": []}


def face(*, overdue: dict[str, float] | None = None, language: str = "vi", **rows: list[Any]) -> Face:
    """The face of some rows; `overdue`: tasks by unit, as the catalogue of figures would answer."""
    made = snapshot(ROWS | rows, now_moment(NOW), PROFILE)
    bare = snapshot_of("documents_tasks")
    numbers, tables = dict(bare.numbers), {**bare.tables, **made.tables}
    if overdue is not None:
        numbers["overdue"] = msgspec.structs.replace(numbers["overdue"], value=sum(overdue.values()), then=1.0)
        tables["by:overdue"] = [{"unit_code": unit, "org_code": f"X99.{unit[1:]}", "value": n} for unit, n in overdue.items()]
    return render(msgspec.structs.replace(bare, numbers=numbers, tables=tables), words(language), PROFILE)


def backlog(unit: str, overdue: int, due_at: datetime | None, basis: str | None = None, soon: int = 0) -> BacklogRow:
    return BacklogRow(unit_code=unit, org_code="", open=9, overdue=overdue, due_soon=soon, unseen=0, oldest_due_at=due_at, basis=basis)


@pytest.mark.parametrize(("language", "said"), [("vi", "Xã Hòa Tân: 4 quá hạn"), ("en", "Hòa Tân commune: 4 overdue")])
def test_card_names_the_agency_with_most_overdue(language: str, said: str) -> None:
    name = PROFILE.unit_name("99004", NOW.date(), language)
    shown = face(overdue={"99001": 1, "99004": 4}, language=language)
    assert (shown.headline, shown.sentence) == ("5", said.replace(said.partition(":")[0], name))
    assert shown.trend == "up"


def test_nothing_overdue_is_said_and_nothing_known_is_not() -> None:
    assert face(overdue={}).sentence == "Không có nhiệm vụ quá hạn"
    assert face().sentence == "Chưa có số liệu"
    assert face().headline == "—"


def test_guests_are_told_no_agency() -> None:
    shown = face(overdue={"99004": 4})
    assert PROFILE.unit_name("99004", NOW.date(), "vi") not in shown.guest_sentence
    assert shown.guest_sentence.startswith("Đúng hạn trong tháng")


def test_backlog_begins_with_what_was_due_first_and_tells_the_kind_of_its_paper() -> None:
    rows = [backlog("99001", 5, NOW - timedelta(days=2), "TB"), backlog("99004", 1, NOW - timedelta(days=20), "NQ"), backlog("99002", 0, None, soon=3),
            backlog("99003", 0, None)]
    listed = face(backlog=rows).lists[0].rows
    assert [(r["basis"], r["overdue"], r["due_soon"]) for r in listed] == [("Nghị quyết", "1", "0"), ("Thông báo", "5", "0"), ("—", "0", "3")]
    assert listed[0]["days"] == "15"  # working days since 31 October, a Saturday


def test_matrix_colours_what_is_late_and_counts_what_waits() -> None:
    chart = face(waiting=[WaitingRow(urgency="express", stage="waiting", age=0, documents=5, late=2),
                          WaitingRow(urgency="normal", stage="waiting", age=1, documents=7, late=0),
                          WaitingRow(urgency="normal", stage="overdue", age=1, documents=3, late=3)]).charts["waiting"]
    assert isinstance(chart, Heat)
    assert (chart.texts[0][0], chart.values[0][0]) == ("5, 2 chậm", 2)
    assert (chart.texts[1][3], chart.values[1][3]) == ("7", 0)
    assert (chart.texts[4][3], chart.values[4][3]) == ("3", 3)


def test_burndown_is_unknown_before_its_first_task_and_zero_after_its_last() -> None:
    day = NOW.date()
    rows = [BurndownRow(basis="40/NQ-HĐND", day=day - timedelta(days=n), open=n) for n in (4, 2)]
    chart = face(burndown=rows).charts["burndown"]
    assert isinstance(chart, Chart)
    assert list(chart.series[0].values[-4:]) == [None, 4, 2, 0]


def test_sessions_show_their_points_by_how_they_stand() -> None:
    row = SessionsRow(meeting_id="M", started_at=datetime(2026, 11, 20, 1, 0, tzinfo=UTC), running=True, connected=40, lost=2, attended=0, absent=0, invited=3)
    chart = face(sessions=[row]).charts["sessions"]
    assert isinstance(chart, Parts)
    assert chart.rows == ["20/11 08:00, đang họp"]
    assert {part.name: part.values[0] for part in chart.parts if part.values[0]} == {"Đang kết nối": 40, "Mất kết nối": 2, "Chưa vào": 3}
