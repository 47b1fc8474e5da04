"""The page of the one-stop offices, counted by hand: ages, stages, outcomes, causes, months, what falls due; past and as known then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ioc.db.connect import Connection
from tests.conftest import fresh_database
from tests.integration.kpi_ways import figures
from tests.integration.web_story import NOW, Story, ago, seen, told, values

STOCKS = ("overdue", "open", "due_soon", "overdue_unapologised")
FIRST_MONTH = datetime(2025, 11, 3, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def conn(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, made):
        _open(story)
        _done(story)
        story.hear()
        yield made


def _open(story: Story) -> None:
    story.dossier("1 day", ago(days=9), ago(hours=1))
    story.dossier("3 days", ago(days=9), ago(days=3), unit_code="99004")
    story.dossier("21 days", ago(days=40), ago(days=29), unit_code="99004")
    story.tell("dossier", "apology_issued", "21 days", ago(days=20), unit_code="99004")
    story.dossier("2 h left", ago(days=1), NOW + timedelta(hours=3, minutes=30))  # the lunch hours are none
    story.dossier("next week", ago(hours=1), NOW + timedelta(days=5))
    for fact, subject in (("supplement_requested", "papers"), ("payment_requested", "fee"), ("suspended", "stopped clock")):
        story.dossier(subject, ago(days=5), ago(days=1))
        story.tell("dossier", fact, subject, ago(days=2))
    story.dossier("working", ago(days=1), NOW + timedelta(days=5))
    story.tell("dossier", "step_started", "working", ago(hours=20), step_no=1)


def _done(story: Story) -> None:
    story.dossier("collected", ago(days=4), NOW, ready=ago(days=2))
    story.tell("dossier", "result_returned", "collected", ago(days=1))
    story.dossier("lies there", ago(days=4), NOW + timedelta(days=9), ready=ago(days=2))
    story.dossier("fault", ago(days=9), ago(days=6), unit_code="99004")
    story.tell("dossier", "step_started", "fault", ago(days=8), step_no=1, unit_code="99004")
    story.tell("dossier", "result_ready", "fault", ago(days=5), late_cause="technical_fault", unit_code="99004")
    story.dossier("long ago", FIRST_MONTH, FIRST_MONTH + timedelta(days=9), ready=FIRST_MONTH + timedelta(days=2))
    story.dossier("before", FIRST_MONTH - timedelta(days=9), FIRST_MONTH - timedelta(days=1))
    story.tell("dossier", "withdrawn", "before", FIRST_MONTH - timedelta(days=5))


def test_overdue_lie_in_the_buckets_of_their_working_days(conn: Connection) -> None:
    assert {a["bucket"]: a["dossiers"] for a in seen(conn, "one_stop").tables["ages"]} == {"1": 1, "2-3": 1, "4-7": 0, "8-15": 0, "16+": 1}


def test_stages_say_where_dossiers_lie_and_which_results_nobody_took(conn: Connection) -> None:
    assert {s["state"]: s["dossiers"] for s in seen(conn, "one_stop").tables["stages"]} == {
        "received": 5, "processing": 1, "awaiting_supplement": 1, "awaiting_payment": 1, "suspended": 1, "result_ready": 2}


def test_backlog_knows_who_got_no_apology(conn: Connection) -> None:
    units = {u["unit_code"]: (u["overdue"], u["unapologised"], u["oldest_days"]) for u in seen(conn, "one_stop").tables["units"]}
    assert units == {"99001": (1, 1, 1), "99004": (2, 1, 21)}


def test_what_falls_due_soon_has_working_hours_left(conn: Connection) -> None:
    (row,) = seen(conn, "one_stop").tables["due_soon"]
    assert (row["unit_code"], row["due_soon"], row["unapologised"], row["left_h"]) == ("99001", 1, 1, 1.5)


def test_outcomes_of_thirty_days_and_why_they_were_late(conn: Connection) -> None:
    found = seen(conn, "one_stop").tables
    assert {o["unit_code"]: (o["resolved"], o["early"], o["late"]) for o in found["outcomes"]} == {"99001": (2, 2, 0), "99004": (1, 0, 1)}
    assert {c["cause"]: c["late"] for c in found["causes"] if c["late"]} == {"technical_fault": 1}


def test_months_reach_back_a_year_and_no_further(conn: Connection) -> None:
    months = {m["month"]: (m["received"], m["resolved"], m["in_time"]) for m in seen(conn, "one_stop").tables["months"]}
    assert months == {"2025-11-01": (1, 1, 1), "2026-10-01": (1, 0, 0), "2026-11-01": (11, 3, 2)}


@pytest.mark.parametrize("at", ["2026-11-20T10:30", "2026-11-19", "2026-11-17T09:00"])
def test_what_was_known_by_now_of_a_past_moment_is_the_same_both_ways(conn: Connection, at: str) -> None:
    restated, then = seen(conn, "one_stop", at=at), seen(conn, "one_stop", at=at, known=NOW.isoformat())
    for table in ("ages", "stages", "outcomes", "causes", "due_soon", "units"):
        assert restated.tables[table] == then.tables[table]
    whole = [{d["day"]: (d["received"], d["resolved"]) for d in s.tables["trend"]} for s in (restated, then)]
    assert all(whole[0][day] == whole[1][day] for day in whole[0].keys() & whole[1].keys())


def test_nothing_was_known_before_it_was_learnt(conn: Connection) -> None:
    found = seen(conn, "one_stop", at="2026-11-19", known="2026-11-19").tables
    assert [found[table] for table in ("units", "due_soon", "stages", "outcomes")] == [[]] * 4
    assert [m for m in found["months"] if m["received"]] == []


@pytest.mark.parametrize("at", [None, "2026-11-18T09:00"])
def test_the_wall_says_what_the_catalogue_of_figures_says(conn: Connection, at: str | None) -> None:
    asked = figures(conn, "one_stop", at=at) if at else figures(conn, "one_stop", at=NOW.isoformat())
    shown = seen(conn, "one_stop", at=at) if at else seen(conn, "one_stop")
    assert values(shown, *STOCKS) == {key: asked[key].value for key in STOCKS}
    assert sum(u["overdue"] for u in shown.tables["units"]) == shown.numbers["overdue"].value


def test_points_show_what_lies_at_them(conn: Connection) -> None:
    states = {f["properties"]["point_id"]: (f["properties"]["kind"], f["properties"]["state"]) for f in seen(conn, "one_stop").features}
    assert (states["OS-99001"], states["OS-99004"]) == (("point", "late"), ("point", "late"))
    assert states["OS-X99"] == ("point", "done")  # the province's own: its agencies have nothing open
