"""What each panel shows now, against counts made by hand and against the raw events."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from ioc.db.connect import Connection
from tests.conftest import fresh_database
from tests.integration.web_story import NOW, Story, ago, counts, seen, told, values


@pytest.fixture(scope="module")
def conn(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, made):
        _dossiers(story)
        _reports(story)
        _cameras(story)
        story.hear()
        yield made


def _dossiers(story: Story) -> None:
    ten, five, four = ago(days=10), ago(days=5), ago(days=4)
    story.dossier("overdue", ago(days=3), ago(days=2))
    story.dossier("due soon", ago(days=1), NOW + timedelta(hours=2))
    story.dossier("early", ago(days=2), NOW + timedelta(days=5), ready=ago(hours=1))
    story.dossier("really late", ten, five, ready=four, delivered=four)
    story.dossier("late entry", ten, five, ready=four, delivered=ago(days=6))
    story.dossier("late unknown", ten, five, ready=four)
    story.dossier("today", ago(hours=2), NOW + timedelta(days=5), unit_code="99004")
    story.dossier("overdue since today", five, ago(hours=1), unit_code="99004")
    story.dossier("suspended", five, ago(days=1))
    story.tell("dossier", "suspended", "suspended", ago(days=3))
    story.dossier("withdrawn", five, ago(days=1))
    story.tell("dossier", "withdrawn", "withdrawn", four)


def _reports(story: Story) -> None:
    story.report("overdue", ago(days=2), ago(hours=26), lon_deg=85.1, lat_deg=-20.1)
    story.report("danger", ago(hours=3), NOW + timedelta(days=1), priority=1, category="EM-WIRE")
    story.report("on time", ago(days=2), ago(hours=1), resolved=ago(hours=2), rating=3)
    story.report("late", ago(days=3), ago(days=2), resolved=ago(days=1, hours=1), rating=1)
    story.report("rejected", ago(days=1), NOW)
    story.tell("report", "rejected", "rejected", ago(hours=20))
    story.report("verified", ago(days=1), NOW + timedelta(days=1))
    story.tell("report", "verified", "verified", ago(hours=20))
    for subject, resolved in (("chicago:1", None), ("chicago:2", ago(days=3))):
        story.report(subject, ago(days=4), ago(days=2), resolved=resolved, jurisdiction="chicago", unit_code="", source="/open311/chicago")


def _cameras(story: Story) -> None:
    story.camera("crowded", ago(minutes=1), waiting=16)
    story.camera("unstaffed", ago(minutes=1), waiting=4, staff=0, point_id="OS-99004")
    story.camera("blind", ago(minutes=2), online=False)
    story.camera("silent", ago(days=2), waiting=50)
    story.camera("long ago counted", ago(minutes=5), waiting=90, point_id="OS-99007")
    for at, vehicles in ((ago(minutes=10), 40), (ago(minutes=20), 25), (ago(minutes=31), 1000)):
        story.tell("camera", "traffic_count", "road", at, vehicles=vehicles, interval_s=60)


def test_one_stop_counts_what_stands_and_what_happened(conn: Connection) -> None:
    assert values(seen(conn, "one_stop")) | {"in_time_year": 25.0} == {
        "overdue": 2, "overdue_yesterday": 1, "open": 5, "due_soon": 1, "received_today": 1, "resolved_today": 1, "received_year": 10,
        "resolved_year": 4, "in_time_year": 25.0, "late_year": 3, "really_late_year": 1, "delivery_unknown_year": 1,
        "overdue_unapologised": 2, "on_time_month": 25, "apology_month": 0,
    }


def test_one_stop_keeps_what_the_rate_was_made_of(conn: Connection) -> None:
    assert counts(seen(conn, "one_stop").numbers["in_time_year"]) == (1, 4)


def test_one_stop_names_the_units_with_most_overdue(conn: Connection) -> None:
    units = {u["unit_code"]: (u["open"], u["overdue"], u["oldest_days"]) for u in seen(conn, "one_stop").tables["units"]}
    assert units == {"99001": (3, 1, 2), "99004": (2, 1, 1)}


def test_citizen_reports_count_what_stands_and_what_happened(conn: Connection) -> None:
    found = seen(conn, "citizen_reports")
    assert {k: v for k, v in values(found).items() if not k.endswith("_month")} == {
        "overdue": 1, "overdue_yesterday": 1, "open": 3, "untriaged": 2, "danger": 1, "submitted_today": 1, "resolved_today": 1,
        "submitted_year": 6, "resolved_year": 2, "bounced": 0, "hot_spots": 0,
    }
    assert {k: counts(n) for k, n in found.numbers.items() if k in {"handled_month", "on_time_month", "satisfied_month"}} == {
        "handled_month": (2, 5), "on_time_month": (1, 2), "satisfied_month": (1, 2),
    }


def test_jurisdiction_is_kept_apart(conn: Connection) -> None:
    found = seen(conn, "citizen_reports", jurisdiction="chicago")
    assert values(found, "overdue", "open", "submitted_year", "resolved_year") == {"overdue": 1, "open": 1, "submitted_year": 2, "resolved_year": 1}
    assert counts(found.numbers["on_time_month"]) == (1, 1)
    assert found.sources == []


def test_jurisdiction_that_nobody_knows_is_empty(conn: Connection) -> None:
    assert {v for v in values(seen(conn, "citizen_reports", jurisdiction="atlantis")).values() if v} == set()


def test_counters_count_what_cameras_saw_in_the_last_minutes(conn: Connection) -> None:
    found = seen(conn, "counters")
    assert values(found, "waiting", "crowded", "offline", "vehicles_hour") == {"waiting": 20, "crowded": 1, "offline": 3, "vehicles_hour": 65}
    assert counts(found.numbers["staffed"]) == (1, 2)
    assert counts(found.numbers["online"]) == (3, 6)
    assert counts(found.numbers["uptime_today"]) == (3, 4)


def test_a_count_holds_as_long_as_its_source_promises(conn: Connection) -> None:
    conn.execute("insert into source_promise (stream, source, expected_s, expected_closed_s) values ('camera', '/slow', 600, 600)")
    try:
        assert values(seen(conn, "counters"), "waiting")["waiting"] == 20 + 90
    finally:
        conn.execute("delete from source_promise where source = '/slow'")


def _raw(conn: Connection, sql: str) -> int:
    row = conn.execute(sql.encode(), {"now": NOW}).fetchone()
    assert row
    return int(row[0])


OVERDUE = """select count(*) from {table} as e where e.type like '%%.{first}.v1' and due_at < %(now)s and not exists (
    select 1 from {table} as f where f.subject = e.subject and f.type not like '%%.{first}.v1' and f.type not like '%%.step_started.v1')"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_headlines_equal_a_count_of_raw_events(dsn: str, seed: int) -> None:
    random = Random(seed)
    with told(dsn) as (story, conn):
        for n in range(150):
            at = ago(hours=random.uniform(1, 900))
            due = at + timedelta(hours=random.uniform(1, 900))
            end = at + timedelta(hours=random.uniform(0.5, 1000))
            done = end if end < NOW and random.random() < 0.5 else None
            story.dossier(f"D{n}", at, due, ready=done, delivered=done)
            story.report(f"R{n}", at, due, resolved=done)
        story.hear()
        assert values(seen(conn, "one_stop"), "overdue") == {"overdue": _raw(conn, OVERDUE.format(table="dossier_event", first="received"))}
        assert values(seen(conn, "citizen_reports"), "overdue") == {"overdue": _raw(conn, OVERDUE.format(table="report_event", first="submitted"))}


def test_map_points_carry_no_report_code(conn: Connection) -> None:
    features = seen(conn, "citizen_reports").features
    ids = [f["id"] for f in features]
    assert len(set(ids)) == len(ids) > 0
    assert all(len(i) == 12 and f["properties"]["id"] == i for i, f in zip(ids, features, strict=True))
