"""The morning page: what it tells, how honest it is about age, and that it is one sheet whatever it holds."""

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from ioc.brief.facts import Late
from ioc.brief.figures import CHOICES, asked, before, texts
from ioc.clock import start_of
from ioc.db.connect import Connection
from ioc.kpi.engine.registry import sections
from ioc.moment import Moment, asked_moment
from ioc.people.principal import Grant, Scope
from ioc.words import words
from tests.alerts.alert_desk import bring, raising
from tests.alerts.alert_desk import told as event
from tests.alerts.brief_desk import figure, known, long_alert, nothing, task, written
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import NOW as SUNK_AT
from tests.integration.web_story import NOW, PROFILE, Story, ago


def test_figure_says_how_much_of_how_many_and_what_changed_since_yesterday(dsn: str, conn: Connection) -> None:
    story = Story(dsn)
    for n, due in enumerate((ago(days=2), ago(hours=3), ago(hours=-20))):
        story.dossier(f"D-{n}", ago(days=5), due)
    story.hear()
    line = figure(written(known(conn)), "Hồ sơ đang giải quyết quá hạn")
    assert (line.value, line.made_of, line.change, line.turn, line.period) == ("2", "trong 3 đang giải quyết", "+1", "worse", "10:30 20/11")


@pytest.mark.parametrize(("cases", "shown"), [(40, ("52,50%", "21 / 40", "không đổi")), (20, ("20 / 20", "", "—"))])
def test_rate_stands_on_its_counts_and_of_few_cases_is_not_compared(dsn: str, conn: Connection, cases: int, shown: tuple[str, str, str]) -> None:
    story = Story(dsn)
    for n in range(cases):
        story.dossier(f"D-{n}", ago(days=9), ago(days=1, hours=n), ready=ago(days=1, hours=20))
    story.hear()
    line = figure(written(known(conn)), "Tỷ lệ đúng hẹn")
    assert (line.value, line.made_of, line.change) == shown
    assert line.period == "01–19/11"


def test_count_of_what_was_never_heard_is_no_zero(dsn: str, conn: Connection) -> None:
    story = Story(dsn)
    story.dossier("D-1", ago(days=5), ago(days=-2))
    story.hear()
    page = written(known(conn))
    assert (figure(page, "Hồ sơ đang giải quyết").value, figure(page, "Phản ánh").value) == ("0", "—")
    assert (figure(page, "Phản ánh").until, page.tasks_rest) == ("chưa có nguồn", "Chưa có số liệu")


def test_late_source_is_named_with_when_it_was_last_heard(dsn: str, conn: Connection) -> None:
    story = Story(dsn)
    story.dossier("D-1", ago(days=5), ago(days=-2))
    story.hear(ago(hours=2))
    story.report("R-1", ago(hours=3))
    story.hear()
    page = written(known(conn))
    assert "Hệ thống một cửa (08:30 20/11)" in page.late_sources
    assert (figure(page, "Hồ sơ tiếp nhận").until, figure(page, "Hồ sơ tiếp nhận").is_late) == ("08:30 20/11 chậm", True)
    assert (figure(page, "Phản ánh").until, figure(page, "Phản ánh").is_late) == ("10:30 20/11", False)
    assert page.sources.startswith("1 / ")


def test_overdue_tasks_stand_by_agency_without_a_person(dsn: str, conn: Connection) -> None:
    given = (("T-1", 4, "X99.03"), ("T-2", 1, "X99.05"), ("T-3", 3, "X99.05"), ("T-4", -1, "X99.04"))
    sunk(dsn, [task(subject, ago(days=days), owner) for subject, days, owner in given], seconds=(NOW - SUNK_AT).total_seconds())
    page = written(known(conn))
    assert [(a.name, a.overdue, a.longest) for a in page.tasks or ()] == [
        ("Sở Xây dựng", "2", "3 ngày làm việc, hạn 17/11/2026"), ("Sở Tư pháp", "1", "4 ngày làm việc, hạn 16/11/2026")]
    assert figure(page, "Nhiệm vụ").value == "3"


def test_more_agencies_than_the_page_bears_are_added_up() -> None:
    tasks = [Late(owner_org=f"X{n}", overdue=2, oldest_due_at=ago(days=3)) for n in range(9)]
    page = written(replace(nothing(), tasks=tasks))
    assert (len(page.tasks or ()), page.tasks_rest) == (6, "Và 3 cơ quan khác: 6 nhiệm vụ quá hạn.")


def test_five_worst_open_alerts_stand_with_who_has_them(dsn: str, conn: Connection) -> None:
    bring(dsn, [*(raising(f"A-{n}", ago(hours=n + 1), severity=2 + n % 3) for n in range(6)),
                event("acknowledged", ago(minutes=10), "A-2", actor_role="operator"),
                event("suppressed", ago(minutes=5), "A-5", actor_role="operator", reason_code="test", until_at=ago(hours=-5).isoformat())], NOW)
    page = written(known(conn))
    assert [(a.severity, a.since) for a in page.alerts] == [(4, "07:30 20/11"), (3, "05:30 20/11"), (3, "08:30 20/11"), (2, "06:30 20/11"), (2, "09:30 20/11")]
    assert [a.holder for a in page.alerts][:2] == ["trực ban đã nhận 10:20 20/11", "chưa ai nhận"]
    assert page.alerts_rest == "Đang mở 6 cảnh báo: nghiêm trọng 2, cảnh báo 2, chú ý 2. Tạm ẩn 1, không liệt kê."


def test_alerts_out_of_reach_are_neither_shown_nor_counted(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising("A-1", ago(hours=1)), raising("A-2", ago(hours=1), unit_code="99004", org_code="X99.9004")], NOW)
    scope = Scope(grants=(Grant(role="incident_command", units=frozenset({"99004"})),))
    page = written(known(conn, scope=scope, shown=["environment"]))
    assert [a.place for a in page.alerts] == ["Phường Sao Khuê"]
    assert page.alerts_rest.startswith("Đang mở 1 cảnh báo")
    assert [line.label for line in page.figures] == ["Độ mặn cao nhất", "Mực nước cao nhất"]
    assert page.tasks is None


def test_page_of_a_past_moment_shows_the_alerts_of_then(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising("A-1", ago(hours=30)), event("resolved", ago(hours=2), "A-1", actor_role="operator"), raising("A-2", ago(hours=1))], NOW)
    then = asked_moment(NOW, at="2026-11-20T07:00", known=None)
    page = written(known(conn, then))
    assert [a.since for a in page.alerts] == ["04:30 19/11"]
    assert (page.moment, page.simulated) == ("Số liệu tính đến 07:00 ngày 20/11/2026", "MÔ PHỎNG")


def test_alert_of_another_year_says_which() -> None:
    old = msgspec.structs.replace(long_alert(0), began_at=ago(days=400))
    assert written(replace(nothing(), alerts=[old])).alerts[0].since == "10:30 16/10/2025"


def test_midnight_closes_the_day_that_ends() -> None:
    moment = Moment(at=start_of(NOW.date()), known=NOW, live=False)
    assert written(replace(nothing(), moment=moment)).moment == "Số liệu tính đến 24:00 ngày 19/11/2026"


# ---- of which time


@pytest.mark.parametrize(("at", "day", "earlier"), [
    ("2026-11-20T10:30", "2026-11-19", "2026-11-18"), ("2026-11-23T07:00", "2026-11-20", "2026-11-19"), ("2026-11-20", "2026-11-20", "2026-11-19")])
def test_counts_of_work_are_of_the_last_whole_working_day(at: str, day: str, earlier: str) -> None:
    moment = asked_moment(datetime(2026, 12, 1, tzinfo=UTC), at=at, known=None)
    then = before("working_day", moment, PROFILE.calendar)
    assert then
    assert (str(asked("working_day", moment, PROFILE.calendar).last_day), str(then[0].last_day)) == (day, earlier)


def test_month_is_compared_within_itself_alone() -> None:
    first, second = (asked_moment(datetime(2026, 12, 9, tzinfo=UTC), at=at, known=None) for at in ("2026-12-02T07:00", "2026-12-03T07:00"))
    assert before("month", first, PROFILE.calendar) is None
    then = before("month", second, PROFILE.calendar)
    assert then
    assert (str(then[0].first_day), str(then[0].last_day)) == ("2026-12-01", "2026-12-01")


def test_every_chosen_figure_is_one_of_the_catalogue_and_has_its_texts() -> None:
    for choice in CHOICES:
        for key in filter(None, (choice.key, choice.of)):
            section, name = key.split(".")
            assert name in sections()[section].kpis
        assert set(choice.streams) <= set(sections()[choice.section].streams)
        kpi = sections()[choice.section].kpis[choice.key.split(".")[1]]
        assert choice.better in {kpi.better, ""}
    assert set(texts(words("vi"))) == {choice.key for choice in CHOICES}
