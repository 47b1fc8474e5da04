"""Panel 7 from events and from what the centre keeps of itself, counted by hand, now and in the past."""

from datetime import timedelta
from importlib import resources
from typing import Any

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.live.promises import store_promises, working_times
from ioc.streams.engine.registry import streams
from tests.integration.web_story import NOW, PROFILE, Story, ago, seen, told, values

OWN = {"alert"}
"""Streams of the centre itself, which no source promises."""


def table(conn: Connection, name: str, **asked: Any) -> list[dict[str, Any]]:
    return seen(conn, "digital_platform", **asked).tables[name]


def cells(conn: Connection, stream: str, **asked: Any) -> list[dict[str, Any]]:
    return [c for c in table(conn, "grid", **asked) if c["stream"] == stream]


def cameras(story: Story, *minutes: float) -> None:
    for n in minutes:
        story.tell("camera", "status", "C", ago(minutes=n), online=True, point_id="P")


def test_every_stream_of_a_source_is_in_the_grid() -> None:
    text = named(resources.files("ioc.panels").joinpath("digital_platform.sql"))["hours"]
    assert [name for name in streams() if name not in OWN and f"{name}_event" not in text] == []


def test_grid_counts_each_event_once_however_its_history_was_rewritten(dsn: str) -> None:
    with told(dsn) as (story, conn):
        story.dossier("D", ago(hours=3), ago(days=-3))
        story.hear(ago(hours=2))
        story.tell("dossier", "submitted", "D", ago(hours=3, minutes=10))  # earlier than what is known: folded anew
        story.tell("dossier", "step_started", "D", ago(minutes=20), step_no=1)
        story.tell("dossier", "step_started", "D", ago(minutes=20), step_no=1)
        story.hear()
        assert {c["hour"].hour: c["events"] for c in cells(conn, "dossier") if c["events"]} == {0: 2, 3: 2}


def test_grid_of_the_past_knows_what_was_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        cameras(story, *range(100, 0, -1))
        story.hear()
        at = {"at": "2026-11-20T10:00"}
        assert [c["events"] for c in cells(conn, "camera", **at)][-2:] == [10, 60]
        assert {c["events"] for c in cells(conn, "camera", **at, known="2026-11-20T10:00")} == {0}


def test_sentence_and_headline_agree_on_who_is_late(dsn: str) -> None:
    with told(dsn) as (story, conn):
        store_promises(conn, PROFILE, working_times(PROFILE.calendar, ago(days=30).date(), ago(days=-30).date()))
        story.dossier("D", ago(minutes=1), ago(days=-3))
        story.hear(ago(minutes=1))
        cameras(story, 60)
        story.hear(ago(minutes=60))
        snapshot = seen(conn, "digital_platform")
        fresh = [s["stream"] for s in snapshot.tables["sources"] if s["state"] == "fresh"]
        assert (snapshot.numbers["fresh"].numerator, snapshot.numbers["fresh"].denominator) == (len(fresh), len(PROFILE.file.sources))
        assert [s["state"] for s in snapshot.tables["sources"] if s["stream"] == "camera"] == ["dead"]


def test_refused_messages_are_counted_by_reason_until_they_are_sent_again(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n in range(3):
            story.tell("platform", "probe", f"p{n}", ago(hours=2), source_id="portal", status="unwell")
        story.hear(ago(hours=2))
        assert [(r["topic"], r["reason"], r["messages"]) for r in table(conn, "letters")] == [("ioc.platform", "schema", 3)]
        conn.execute("update dead_letter set replayed_at = %s where letter_id = (select min(letter_id) from dead_letter)", (ago(hours=1),))
        assert values(seen(conn, "digital_platform"), "dead_letters_open") == {"dead_letters_open": 2}
        assert [r["messages"] for r in table(conn, "letters")] == [2]
        assert [r["messages"] for r in table(conn, "letters", at="2026-11-20T09:00")] == [3]
        assert table(conn, "letters", at="2026-11-20T08:00") == []


def test_gaps_and_pauses_count_until_a_person_ended_them(dsn: str) -> None:
    with told(dsn) as (_, conn):
        conn.execute("insert into stream_gap (topic, partition, from_offset, to_offset, found_at) values ('ioc.task', 0, 10, 25, %s)", (ago(hours=3),))
        conn.execute("insert into stream_gap (topic, partition, from_offset, to_offset, found_at, closed_at) values ('ioc.task', 1, 0, 4, %s, %s)",
                     (ago(hours=3), ago(hours=1)))
        conn.execute("insert into partition_pause (topic, partition, at_offset, reason, paused_at) values ('ioc.task', 0, 1, 'bad', %s)", (ago(hours=2),))
        assert values(seen(conn, "digital_platform"), "lost", "paused") == {"lost": 15, "paused": 1}
        assert values(seen(conn, "digital_platform", at="2026-11-20T09:00"), "lost", "paused") == {"lost": 19, "paused": 1}
        assert values(seen(conn, "digital_platform", at="2026-11-20T07:00"), "lost", "paused") == {"lost": 0, "paused": 0}


def test_waiting_messages_are_those_of_sinks_that_still_run(dsn: str) -> None:
    with told(dsn) as (_, conn):
        for sink, beat, waiting in (("a", ago(seconds=5), 30), ("b", ago(seconds=9), 7), ("gone", ago(hours=1), 900)):
            conn.execute("insert into sink_pulse (sink, beat_at, caught_up_at, waiting) values (%s, %s, %s, %s)", (sink, beat, beat, waiting))
        assert values(seen(conn, "digital_platform"), "waiting") == {"waiting": 37}
        assert values(seen(conn, "digital_platform", at="2026-11-20T10:29"), "waiting") == {"waiting": None}


def test_services_and_portals_count_a_day_back(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for hours, errors in ((1, 10), (5, 0), (25, 90)):
            story.tell("platform", "api_call_stats", "civil", ago(hours=hours), source_id="lgsp", service="civil", calls=100, errors=errors, p95_ms=100 * hours)
        for minutes, status in ((10, "up"), (20, "down"), (25, "degraded")):
            story.tell("platform", "probe", "portal", ago(minutes=minutes), source_id="portal", status=status)
        story.hear()
        assert table(conn, "services") == [{"service": "civil", "calls": 200, "errors": 10, "p95_ms": 500}]
        assert [(p["probes"], p["down"]) for p in table(conn, "portals") if p["probes"]] == [(3, 1)]


def test_delay_of_an_hour_is_that_of_its_slowest_source(dsn: str) -> None:
    with told(dsn) as (story, conn):
        cameras(story, 15)
        story.hear(ago(minutes=14))
        story.report("R", ago(minutes=25), ago(days=-3))
        story.hear(ago(minutes=5))
        assert [f["delay_p95_s"] for f in table(conn, "flow")][-2:] == [None, 1200.0]


def test_certificates_stand_without_their_ids_and_the_first_to_end_on_top(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for name, days in (("Nguyen Van A", 20), ("B", 3), ("C", 3), ("late", 90)):
            story.tell("platform", "certificate_expiring", name, ago(days=1), source_id="ca", unit_code="99001", holder_kind="person",
                       expires_on=(NOW + timedelta(days=days)).date().isoformat())
        story.hear()
        assert [(c["days"], c["certificates"]) for c in table(conn, "certificates")] == [(3, 2), (20, 1)]
        assert "Nguyen" not in str(seen(conn, "digital_platform").tables)
