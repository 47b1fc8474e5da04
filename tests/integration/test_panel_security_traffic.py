"""Panel 6 on a small province told event by event, counted by hand: now, in the past, and as it was known then."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ioc.panels.engine.contract import Snapshot
from ioc.panels.engine.registry import panels
from ioc.words import words
from tests.integration.web_story import NOW, PROFILE, Story, ago, counts, seen, told, values

WHERE = {"org_code": "X99.9004", "unit_code": "99004", "unit_valid_on": "2025-07-01"}
KEY = "security_traffic"


def incident(story: Story, subject: str, at: datetime, *, steps: Mapping[str, float] | None = None, **data: Any) -> None:
    """An incident reported at `at`; `steps`: minutes from then until each further fact."""
    given = {"kind": "traffic_accident", **WHERE, **data}
    story.tell("incident", "reported", subject, at, **given)
    for fact, minutes in (steps or {}).items():
        story.tell("incident", fact, subject, at + timedelta(minutes=minutes), **{**given, "reason_code": "handled"})


DONE = {"dispatched": 1, "arrived": 10, "cleared": 60}


def units(snapshot: Snapshot) -> list[tuple[str, int, int, int]]:
    return [(u["unit_code"], u["open"], u["serious"], u["oldest_min"]) for u in snapshot.tables["units"]]


def test_open_incidents_stand_by_unit_the_longest_first(dsn: str) -> None:
    with told(dsn) as (story, conn):
        incident(story, "A", ago(minutes=30), severity=4)
        incident(story, "B", ago(minutes=50), unit_code="99007", dead=1, injured=2)
        incident(story, "C", ago(minutes=5), unit_code="99007")
        incident(story, "D", ago(minutes=90), steps=DONE)
        story.hear()
        shown = seen(conn, KEY)
    assert units(shown) == [("99007", 2, 1, 50), ("99004", 1, 1, 30)]
    assert values(shown, "open", "serious") == {"open": 3, "serious": 2}


def test_incident_cleared_since_was_open_and_one_learnt_late_was_not_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        incident(story, "A", ago(hours=5), steps={"dispatched": 1, "arrived": 9, "cleared": 240})
        story.hear(ago(minutes=30))
        incident(story, "late", ago(hours=4))
        story.hear()
        assert values(seen(conn, KEY), "open") == {"open": 1}
        assert values(seen(conn, KEY, at="2026-11-20T07:00"), "open") == {"open": 2}
        assert values(seen(conn, KEY, at="2026-11-20T07:00", known="2026-11-20T10:15"), "open") == {"open": 1}


def test_hours_and_weekdays_are_local_and_false_alarms_are_none(dsn: str) -> None:
    with told(dsn) as (story, conn):
        incident(story, "A", datetime(2026, 11, 14, 18, 10, tzinfo=UTC), steps=DONE)  # Sunday, 01:10 local
        incident(story, "B", datetime(2026, 11, 8, 18, 40, tzinfo=UTC), steps=DONE)  # Monday, 01:40 local
        incident(story, "false", datetime(2026, 11, 14, 18, 30, tzinfo=UTC), steps={"cancelled": 5})
        incident(story, "old", NOW - timedelta(days=92), steps=DONE)
        story.hear()
        found = seen(conn, KEY).tables["heat"]
    assert [(h["weekday"], h["hour"], h["incidents"]) for h in found] == [(1, 1, 1), (7, 1, 1)]


def test_weeks_tell_median_and_nine_of_ten_of_the_week_of_arrival(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n, minutes in enumerate((4, 8, 30)):
            incident(story, f"I{n}", ago(days=8, hours=n), steps={"dispatched": 1 + n, "arrived": minutes, "cleared": 60})
        incident(story, "false", ago(days=8), steps={"dispatched": 50, "cancelled": 55})
        story.hear()
        weeks = seen(conn, KEY).tables["weeks"]
    assert [(w["week"], w["arrived"], w["arrive_min"], w["dispatch_min"]) for w in weeks] == [(date(2026, 11, 9), 3, 8, 2)]
    assert round(weeks[0]["arrive_p90_min"], 1) == 25.6


def test_target_for_the_way_is_the_house_s_own_of_that_year(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for year, target in ((2025, 30), (2026, 15)):
            story.tell("indicator", "target_set", f"arrive_minutes/province/{year}", ago(days=2), indicator_id="arrive_minutes", period=str(year),
                       target=target)
        story.hear()
        assert seen(conn, KEY).numbers["arrive"].target == 15
        assert seen(conn, KEY, at="2026-11-17").numbers["arrive"].target is None


def test_three_accidents_in_one_field_are_a_black_spot(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n, (unit, lat) in enumerate((("99004", -20.1751), ("99004", -20.1752), ("99004", -20.17515), ("99007", -20.05), ("99007", -20.07))):
            incident(story, f"I{n}", ago(days=1 + n), steps=DONE, unit_code=unit, lon_deg=85.1453, lat_deg=lat)
        for n, unit in enumerate(("99007", "99010", "99010")):
            incident(story, f"N{n}", ago(days=3, hours=n), steps=DONE, unit_code=unit)
        incident(story, "old", ago(days=91), steps=DONE, unit_code="99010")
        story.hear()
        shown = seen(conn, KEY)
    assert [(s["unit_code"], s["accidents"], s["densest"]) for s in shown.tables["spots"]] == [("99004", 3, 3), ("99007", 3, 1)]
    assert [f["properties"]["kind"] for f in shown.features] == ["site"]


def test_road_is_congested_by_the_speed_of_its_nights(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for camera, now in (("slow", 9), ("free", 40)):
            for minutes in (3, 6):
                story.tell("camera", "traffic_count", camera, ago(minutes=minutes), vehicles=5, interval_s=60, mean_speed_kmh=now, point_id="RD-01")
                story.tell("camera", "traffic_count", camera, ago(hours=9, minutes=minutes), vehicles=5, interval_s=60, mean_speed_kmh=50)
            story.tell("camera", "status", camera, ago(minutes=3), online=True, point_id="RD-01")
        story.tell("camera", "traffic_count", "silent", ago(hours=2), vehicles=5, interval_s=60, point_id="RD-02")
        story.hear()
        shown = seen(conn, KEY)
    assert values(shown, "congested") == {"congested": 1}
    assert sorted(f["properties"]["state"] for f in shown.features) == ["late", "offline", "open"]
    assert counts(shown.numbers["traffic_cameras"]) == (2, 3)


def test_detection_waits_until_a_person_has_seen_it_and_its_word_is_not_repeated(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for media, kind in (("m1", "lane"), ("m2", "lane"), ("m3", "a word of the source")):
            story.tell("camera", "detection", "C", ago(hours=30), kind=kind, media_ref=media)
        story.tell("camera", "detection", "C", ago(hours=1), kind="lane", media_ref="m1", reviewed_by="someone")
        story.tell("camera", "detection", "C", ago(hours=2), kind="lane", media_ref="m4")
        story.hear()
        shown = seen(conn, KEY)
        then = seen(conn, KEY, at="2026-11-20T09:00")
    assert [(d["kind"], d["waiting"], d["over_a_day"]) for d in shown.tables["detections"]] == [("lane", 2, 1), ("other", 1, 1)]
    assert (values(shown, "unreviewed"), values(then, "unreviewed")) == ({"unreviewed": 3}, {"unreviewed": 4})


def test_detection_is_one_through_its_phases_and_its_review(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for n, (hours, phase) in enumerate(((5, "new"), (4, "update"), (3, "end"))):
            story.tell("camera", "detection", "C", ago(hours=hours), kind="crowd", detection_id="d1", phase=phase, media_ref=f"m{n}")
        story.tell("camera", "detection", "C", ago(hours=2), kind="after_hours", detection_id="d2", phase="new")
        story.tell("camera", "detection", "C", ago(hours=1), kind="after_hours", detection_id="d2", reviewed_by="operator", verdict="rejected")
        story.hear()
        shown = seen(conn, KEY)
    assert [(d["kind"], d["waiting"]) for d in shown.tables["detections"]] == [("crowd", 1)]


def test_conditions_are_counted_as_cameras_tell_them_and_told_to_guests(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for camera, condition, minutes in (("A", "ok", 3), ("B", "frozen", 2), ("C", "ok", 30), ("D", "drift", 1)):
            story.tell("camera", "status", camera, ago(minutes=minutes), online=condition != "frozen", condition=condition)
        story.tell("camera", "status", "A", ago(minutes=90), online=False, condition="no_signal")
        story.camera("E", ago(minutes=1))
        story.hear()
        shown, then = seen(conn, KEY), seen(conn, KEY, at="2026-11-20T09:05")
        counters = seen(conn, "counters")
    assert {row["condition"]: row["cameras"] for row in shown.tables["conditions"]} == {"ok": 1, "frozen": 1, "drift": 1}
    assert {row["condition"]: row["cameras"] for row in then.tables["conditions"]} == {"no_signal": 1}
    assert {row["condition"]: row["cameras"] for row in counters.tables["conditions"]} == {"ok": 1, "frozen": 1, "drift": 1}
    face = panels()[KEY].render(shown, words("vi"), PROFILE)
    (told_list,) = [one for one in face.lists if one.title == "Tình trạng camera"]
    assert told_list.guests
    assert [row["condition"] for row in told_list.rows] == ["Đứng hình", "Lệch giờ", "Có hình"]
