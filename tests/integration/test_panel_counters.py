"""The page of the counters, counted by hand: waits and queues by point, cameras that see and those that do not; past and as known then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from ioc.db.connect import Connection
from tests.conftest import fresh_database
from tests.integration.web_story import NOW, Story, ago, seen, told, values

POINTS = {"OS-99001": "99001", "OS-99004": "99004", "OS-99007": "99007"}


@pytest.fixture(scope="module")
def conn(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, made):
        _tickets(story)
        _cameras(story)
        story.hear()
        yield made


def _ticket(story: Story, point: str, number: str, taken: datetime, called: datetime | None = None) -> None:
    place = {"org_code": "X99.9001", "unit_code": POINTS[point], "unit_valid_on": "2025-07-01", "point_id": point, "ticket_no": number}
    story.tell("counter", "ticket_taken", f"{point}/{number}", taken, **place)
    if called:
        story.tell("counter", "ticket_called", f"{point}/{number}", called, counter_no="1", **place)
        story.tell("counter", "service_ended", f"{point}/{number}", called + timedelta(minutes=5), **place)
        story.tell("counter", "rated", f"{point}/{number}", called + timedelta(minutes=6), rating=4, **place)


def _tickets(story: Story) -> None:
    for n in range(5):  # five that waited 20 minutes each
        _ticket(story, "OS-99001", f"A{n}", ago(hours=3, minutes=n), ago(hours=2, minutes=40 + n))
    _ticket(story, "OS-99004", "B1", ago(hours=3), ago(hours=2, minutes=55))
    _ticket(story, "OS-99004", "B2", ago(minutes=5))
    _ticket(story, "OS-99001", "old", ago(days=1, hours=1), ago(days=1, minutes=50))


def _cameras(story: Story) -> None:
    for weeks in (0, 1):
        story.camera("one", ago(weeks=weeks, minutes=1), waiting=10 + 4 * weeks)
    story.camera("crowd", ago(minutes=1), waiting=15, point_id="OS-99007", unit_code="99007")
    story.camera("blind", ago(minutes=2), online=False, point_id="OS-99004", unit_code="99004")
    story.camera("silent", ago(days=2), point_id="RD-01", unit_code="99004")


def _states(found: list[dict[str, Any]], kind: str) -> dict[str, str]:
    return {f["properties"]["point_id"]: f["properties"]["state"] for f in found if f["properties"]["kind"] == kind}


def test_waits_of_the_day_stand_against_the_target(conn: Connection) -> None:
    number = seen(conn, "counters").numbers["wait_today"]
    assert [number.value, number.cases, number.target, number.then] == pytest.approx([105 / 6, 6, 15, 10])


def test_points_are_told_by_wait_queue_and_camera(conn: Connection) -> None:
    assert _states(seen(conn, "counters").features, "point") == {
        "OS-X99": "offline", "OS-99001": "late", "OS-99004": "open", "OS-99007": "due", **dict.fromkeys(
            ("OS-99010", "OS-99013", "OS-99016", "OS-99019", "OS-99022"), "offline")}


def test_who_waits_too_long_makes_a_point_late_at_once(conn: Connection) -> None:
    found = seen(conn, "counters", now=NOW + timedelta(minutes=11))
    assert _states(found.features, "point")["OS-99004"] == "late"


def test_cameras_say_whether_they_see_and_when_they_last_spoke(conn: Connection) -> None:
    found = seen(conn, "counters")
    assert _states(found.features, "camera") == {"OS-99001": "open", "OS-99007": "open", "OS-99004": "offline", "RD-01": "offline"}
    assert [(c["point_id"], c["says_so"], c["seen_at"]) for c in found.tables["lost"]] == [
        ("RD-01", False, ago(days=2)), ("OS-99004", True, ago(minutes=2))]


def test_weeks_are_means_of_the_same_weekday_and_hour(conn: Connection) -> None:
    weeks = {(w["weekday"], w["hour"]): (w["waiting"], w["days"]) for w in seen(conn, "counters").tables["weeks"]}
    assert weeks == {(4, 10): (19.5, 2)}  # 10 + 15 people today, 14 a week ago


def test_days_keep_what_the_mean_is_made_of(conn: Connection) -> None:
    days = {d["day"]: (d["waited"], d["wait_s"], d["rated"], d["satisfied"]) for d in seen(conn, "counters").tables["days"]}
    assert days == {"2026-11-19": (1, 600, 1, 1), "2026-11-20": (6, 6300, 6, 6)}


def test_the_past_shows_the_queue_of_its_moment(conn: Connection) -> None:
    at = "2026-11-20T07:40"
    restated, then = seen(conn, "counters", at=at), seen(conn, "counters", at=at, known=NOW.isoformat())
    assert [values(s, "tickets_today", "waiting_over_15") for s in (restated, then)] == [{"tickets_today": 1, "waiting_over_15": 0}] * 2
    assert [_states(s.features, "point")["OS-99001"] for s in (restated, then)] == ["open", "open"]


def test_nothing_was_known_before_it_was_learnt(conn: Connection) -> None:
    found = seen(conn, "counters", at="2026-11-20T08:00", known="2026-11-20T08:00")
    assert set(_states(found.features, "point").values()) == {"offline"}
    assert [found.tables[table] for table in ("points", "lost", "days", "weeks")] == [[]] * 4
