"""Panel 5 from events: backlogs, ages, resolutions and conferences, counted by hand, now, in the past and as known then."""

from datetime import datetime, timedelta
from typing import Any

from tests.integration.web_story import NOW, Story, ago, seen, told, values

OWNER: dict[str, Any] = {"org_code": "X99.9001", "unit_code": "99001", "unit_valid_on": "2025-07-01"}
OTHER: dict[str, Any] = {"org_code": "X99.9004", "unit_code": "99004", "unit_valid_on": "2025-07-01"}


def assign(story: Story, subject: str, at: datetime, due: datetime | None, owner: dict[str, Any] = OWNER, basis: str = "X99,2026/10/01,40/NQ-HĐND") -> None:
    given: dict[str, Any] = {} if due is None else {"due_at": due}
    story.tell("task", "assigned", subject, at, owner_org=owner["org_code"], source_document=basis, **owner, **given)
    story.tell("task", "acknowledged", subject, at + timedelta(minutes=5), **owner)


def arrive(story: Story, subject: str, at: datetime, urgency: str, due: datetime, *, accepted: bool = False) -> None:
    story.tell("document", "arrived", subject, at, from_org="X99", to_org="X99.9001", urgency=urgency, due_at=due, **OWNER)
    if accepted:
        story.tell("document", "accepted", subject, at + timedelta(minutes=10), **OWNER)


def table(conn: Any, name: str, **asked: Any) -> list[dict[str, Any]]:
    return seen(conn, "documents_tasks", **asked).tables[name]


def test_backlog_agrees_with_the_figures_and_has_the_oldest_first(dsn: str) -> None:
    with told(dsn) as (story, conn):
        assign(story, "old", ago(days=20), ago(days=10), OTHER)
        for n in range(3):
            assign(story, f"new{n}", ago(days=9), ago(days=1), basis="X99,2026/11/02,612/TB-UBND")
        assign(story, "soon", ago(days=2), NOW + timedelta(hours=3))
        assign(story, "undated", ago(days=2), None)
        story.hear()
        snapshot = seen(conn, "documents_tasks")
        assert values(snapshot, "overdue", "due_soon", "in_time") == {"overdue": 4, "due_soon": 1, "in_time": 2}
        assert [(r["unit_code"], r["overdue"], r["due_soon"], r["basis"], r["days"]) for r in snapshot.tables["backlog"]] == [
            ("99004", 1, 0, "NQ", 8), ("99001", 3, 1, "TB", 1)]
        assert {r["org_code"]: r["value"] for r in snapshot.tables["by:overdue"]} == {"X99.9001": 3, "X99.9004": 1}


def test_documents_stand_by_urgency_and_age_in_one_stage_alone(dsn: str) -> None:
    with told(dsn) as (story, conn):
        arrive(story, "a", ago(minutes=30), "express", ago(days=-1))
        arrive(story, "b", ago(hours=2), "express", ago(days=-1))
        arrive(story, "c", ago(days=2), "normal", ago(days=1))  # both unregistered and overdue: it waits
        arrive(story, "d", ago(days=8), "urgent", ago(days=4), accepted=True)
        arrive(story, "e", ago(days=8), "urgent", ago(hours=1), accepted=True)
        story.hear()
        found = {(r["urgency"], r["stage"], r["age"]): (r["documents"], r["late"]) for r in table(conn, "waiting")}
        assert found == {("express", "waiting", 0): (2, 1), ("normal", "waiting", 2): (1, 1), ("urgent", "overdue", 1): (1, 1), ("urgent", "overdue", 0): (1, 1)}
        assert [(r["unregistered"], r["overdue"]) for r in table(conn, "letters")] == [(2, 3)]


def test_tasks_of_a_resolution_burn_down(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n in range(3):
            assign(story, f"t{n}", ago(days=5), ago(days=-9))
        assign(story, "other", ago(days=3), ago(days=-9), basis="no paper")
        story.tell("task", "completed", "t0", ago(days=2), **OWNER)
        story.hear()
        found = table(conn, "burndown")
        assert {r["basis"] for r in found} == {"40/NQ-HĐND"}
        assert [r["open"] for r in found[-4:]] == [None, 3, 2, 2]


def test_session_counts_its_points_and_stays_for_two_weeks(dsn: str) -> None:
    meeting = {**OWNER, "meeting_id": "M", "started_at": ago(hours=1)}
    with told(dsn) as (story, conn):
        story.tell("meeting", "started", "M", ago(hours=1), **meeting)
        for n, facts in enumerate((("point_invited", "point_joined"), ("point_invited", "point_joined", "point_lost"), ("point_invited",))):
            for step, fact in enumerate(facts):
                at = ago(days=2) if fact == "point_invited" else ago(minutes=50 - step)
                story.tell("meeting", fact, f"M/P{n}", at, point_id=f"P{n}", **meeting)
        story.hear()
        assert [(r["running"], r["connected"], r["lost"], r["invited"]) for r in table(conn, "sessions")] == [(True, 1, 1, 1)]
        assert values(seen(conn, "documents_tasks"), "points_connected", "points_lost", "sessions_running") == {
            "points_connected": 1, "points_lost": 1, "sessions_running": 1}
        assert len(table(conn, "sessions", now=NOW + timedelta(days=13))) == 1
        assert table(conn, "sessions", now=NOW + timedelta(days=16)) == []


def test_past_is_as_it_was_and_known_then_leaves_out_what_came_later(dsn: str) -> None:
    with told(dsn) as (story, conn):
        assign(story, "t", ago(days=6), ago(days=4))
        story.hear(ago(days=6))
        story.tell("task", "completed", "t", ago(days=3), **OWNER)
        story.tell("task", "completed", "t", ago(days=3), **OWNER)  # told twice, learnt late
        story.hear(ago(days=1))
        overdue = [sum(r["overdue"] for r in table(conn, "backlog", **asked)) for asked in (
            {}, {"at": "2026-11-17T00:00"}, {"at": "2026-11-18T12:00"}, {"at": "2026-11-18T12:00", "known": "2026-11-18T12:00"})]
        assert overdue == [0, 1, 0, 1]


def test_documents_of_the_day_that_runs_are_no_point_of_the_line_but_those_of_ended_days_are(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n, at in enumerate((ago(days=1), ago(days=1), ago(hours=1))):
            arrive(story, f"d{n}", at, "normal", ago(days=-5))
        story.hear()
        assert [(r["day"], r["arrived"]) for r in table(conn, "days")] == [("2026-11-19", 2), ("2026-11-20", 1)]
        assert [(r["day"], r["arrived"]) for r in table(conn, "days", at="2026-11-19")] == [("2026-11-19", 2)]
