"""Past moments: what was, as known today, and the wall as it stood then."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.web_story import NOW, ago, counts, seen, told, values

T = NOW - timedelta(minutes=30)
AT = T.isoformat()
MIDNIGHT = datetime(2026, 11, 18, 17, tzinfo=UTC)
"""Between Wednesday 18 and Thursday 19 November, local."""


def test_dossier_ready_before_but_learnt_after_changes_the_past_not_what_was_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.dossier("A", ago(hours=5), ago(hours=3))
        story.hear(ago(hours=4))
        story.tell("dossier", "step_started", "A", ago(hours=4), step_no=1)
        story.tell("dossier", "result_ready", "A", ago(hours=2))
        story.hear(NOW)
        assert values(seen(conn, "one_stop", at=AT), "overdue", "resolved_today") == {"overdue": 0, "resolved_today": 1}
        assert values(seen(conn, "one_stop", at=AT, known=AT), "overdue", "resolved_today") == {"overdue": 1, "resolved_today": 0}
        assert values(seen(conn, "one_stop"), "overdue") == {"overdue": 0}


def test_report_resolved_before_but_learnt_after_changes_the_past_not_what_was_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.report("A", ago(hours=5), ago(hours=3), lon_deg=85.1, lat_deg=-20.1)
        story.hear(ago(hours=4))
        for n, fact in enumerate(("verified", "assigned", "accepted", "resolved")):
            story.tell("report", fact, "A", ago(hours=2) + timedelta(minutes=n), to_org="X99.9004")
        story.hear(NOW)
        restated, then = seen(conn, "citizen_reports", at=AT), seen(conn, "citizen_reports", at=AT, known=AT)
        assert values(restated, "overdue", "resolved_today") == {"overdue": 0, "resolved_today": 1}
        assert values(then, "overdue", "resolved_today") == {"overdue": 1, "resolved_today": 0}
        assert [f["properties"]["state"] for s in (restated, then) for f in s.features] == ["done", "late"]


def test_report_that_waits_for_information_is_not_late_on_the_map_either(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.report("A", ago(hours=5), ago(hours=1), lon_deg=85.1, lat_deg=-20.1)
        story.tell("report", "needs_info", "A", ago(hours=4))
        story.hear()
        found = seen(conn, "citizen_reports")
    assert values(found, "overdue", "open") == {"overdue": 0, "open": 1}
    assert [f["properties"]["state"] for f in found.features] == ["open"]


def test_camera_heard_late_changes_the_past_not_what_was_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.camera("A", T - timedelta(minutes=2), waiting=3)
        story.hear(T - timedelta(minutes=1))
        story.camera("B", T - timedelta(minutes=2), waiting=40, point_id="OS-99004")
        story.hear(NOW)
        restated, then = seen(conn, "counters", at=AT), seen(conn, "counters", at=AT, known=AT)
        assert (values(restated, "waiting"), values(then, "waiting")) == ({"waiting": 43}, {"waiting": 3})
        assert [counts(s.numbers["uptime_today"]) for s in (restated, then)] == [(2, 2), (1, 1)]


def test_what_happened_after_a_moment_is_not_in_it(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for minutes in (20, 40):
            story.camera("A", ago(minutes=minutes), waiting=1)
            story.tell("camera", "traffic_count", "road", ago(minutes=minutes), vehicles=10, interval_s=60)
            story.dossier(f"D{minutes}", ago(minutes=minutes), NOW)
            story.report(f"R{minutes}", ago(minutes=minutes))
        story.hear()
        at = ago(minutes=25).isoformat()
        assert values(seen(conn, "one_stop", at=at), "received_today", "open") == {"received_today": 1, "open": 1}
        assert values(seen(conn, "citizen_reports", at=at), "submitted_today", "open") == {"submitted_today": 1, "open": 1}
        assert counts(seen(conn, "counters", at=at).numbers["uptime_today"]) == (1, 1)
        assert values(seen(conn, "counters", at=ago(minutes=15).isoformat()), "vehicles_hour") == {"vehicles_hour": 10}
        assert values(seen(conn, "counters", at=ago(minutes=22).isoformat()), "vehicles_hour") == {"vehicles_hour": None}


def test_date_alone_is_the_whole_day_and_no_more(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n, at in enumerate((MIDNIGHT - timedelta(seconds=1), MIDNIGHT)):
            story.dossier(f"D{n}", at, NOW)
            story.report(f"R{n}", at)
            story.camera(f"C{n}", at)
        story.hear()
        for day in ("2026-11-18", "2026-11-19"):
            assert values(seen(conn, "one_stop", at=day), "received_today") == {"received_today": 1}
            assert values(seen(conn, "citizen_reports", at=day), "submitted_today") == {"submitted_today": 1}
            assert counts(seen(conn, "counters", at=day).numbers["uptime_today"]) == (1, 1)
        assert values(seen(conn, "one_stop", at="2026-11-17"), "received_today", "received_year") == {"received_today": 0, "received_year": 0}


def test_date_alone_shows_the_last_hour_of_its_day(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.tell("camera", "traffic_count", "road", MIDNIGHT - timedelta(minutes=5), vehicles=7, interval_s=60)
        story.hear()
        assert values(seen(conn, "counters", at="2026-11-18"), "vehicles_hour") == {"vehicles_hour": 7}


@pytest.mark.parametrize("days", [1, 2, 30, 200])
def test_year_to_a_past_day_is_the_same_from_counts_and_from_history(dsn: str, days: int) -> None:
    with told(dsn) as (story, conn):
        for n in range(0, 240, 7):
            at = ago(days=n, hours=3)
            story.dossier(f"D{n}", at, at + timedelta(days=3), ready=at + timedelta(days=n % 5 + 0.5), delivered=at + timedelta(days=n % 4 + 0.5))
            story.report(f"R{n}", at, at + timedelta(days=3), resolved=at + timedelta(days=n % 5 + 0.5))
        story.hear()
        day, known = (NOW - timedelta(days=days)).date().isoformat(), NOW.isoformat()
        for key in ("one_stop", "citizen_reports"):
            assert values(seen(conn, key, at=day)) == values(seen(conn, key, at=day, known=known))


def test_past_moment_reaches_as_far_as_itself(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.dossier("A", ago(hours=5), NOW)
        story.hear(ago(hours=4))
        assert seen(conn, "one_stop", at=AT).as_of == T
        assert seen(conn, "one_stop", at=AT, known=AT).as_of == ago(hours=4)
        assert seen(conn, "one_stop").as_of == ago(hours=4)


def test_time_machine_shows_the_sources_as_they_were_heard_then(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.dossier("A", ago(hours=2), NOW)
        story.hear(ago(hours=2))
        story.dossier("B", ago(minutes=1), NOW)
        story.hear(NOW)
        assert [s.heard_at for s in seen(conn, "one_stop", at=AT, known=AT).sources] == [ago(hours=2)]
        assert [s.state for s in seen(conn, "one_stop").sources] == ["fresh"]
