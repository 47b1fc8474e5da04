"""What the public reads of reports: state, agency, unit and a place on the grid; never a citizen's or an operator's own words."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ioc.db.connect import Connection
from ioc.panels.engine.grid import snapped
from ioc.places.distance import DEGREE_M
from ioc.profiles import load_profile
from ioc.reports.filing import file
from ioc.reports.public import DEEPEST, Near, PublicReport, Sought, public
from ioc.reports.states import STATES
from ioc.streams.report import STREAM
from tests.integration.decisions_desk import report
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW
from tests.integration.test_filing import DOOR, HOLE
from tests.profiles import FICTIONAL
from tests.truth.sections import REPORT_OPEN

PROFILE = load_profile(FICTIONAL)
PLACE: dict[str, Any] = {"lon_deg": 105.9712, "lat_deg": 9.6031}


def shown(conn: Connection, subject: str = "PA-1", language: str = "vi") -> PublicReport:
    (found,) = public(conn, PROFILE, [subject], language)
    return found


def listed(conn: Connection, **sought: Any) -> list[str]:
    return [found.subject for found in public(conn, PROFILE, Sought(**sought))]


def test_every_state_of_a_report_is_open_or_closed_and_has_words() -> None:
    assert STREAM.projection is not None
    states = {after for moves in STREAM.projection.transitions.values() for after in moves.values() if after}
    assert states - {"="} <= set(STATES)
    assert set(STREAM.projection.open_states) == REPORT_OPEN


def test_place_is_told_on_the_grid_and_words_are_not(dsn: str, conn: Connection) -> None:
    report(dsn, "verified", note="SECRET", address="12 SECRET", **PLACE)
    found = shown(conn)
    assert (found.lon_deg, found.lat_deg) == snapped(**PLACE)
    assert "SECRET" not in repr(found)
    assert (found.state, found.open311_status, found.note) == ("verified", "open", "Đã tiếp nhận")


def test_place_of_a_private_category_is_not_told_nor_found(dsn: str, conn: Connection) -> None:
    report(dsn, **PLACE)
    assert listed(conn, near=Near(*snapped(**PLACE), 10)) == ["PA-1"]
    conn.execute("update report_state set category = 'GO-ATT'")
    assert (shown(conn).lon_deg, shown(conn).lat_deg) == (None, None)
    assert listed(conn, near=Near(*snapped(**PLACE), 10_000)) == []


def test_search_around_a_point_knows_the_grid_alone(dsn: str, conn: Connection) -> None:
    report(dsn, **PLACE)
    assert listed(conn, near=Near(PLACE["lon_deg"], PLACE["lat_deg"], 1)) == []
    assert listed(conn, near=Near(*snapped(**PLACE), 1)) == ["PA-1"]


def test_database_snaps_as_the_map_does(conn: Connection) -> None:
    draw = random.Random(1)
    for _ in range(300):
        lon_deg, lat_deg = draw.uniform(-180, 180), draw.uniform(-89, 89)
        lon, lat = snapped(lon_deg, lat_deg)
        assert one(conn, "select public_distance_m(%s, %s, %s, %s)", lon_deg, lat_deg, lon, lat) < 1e-5 * DEGREE_M


def test_published_words_are_the_note_and_inner_ones_never(dsn: str, conn: Connection) -> None:
    report(dsn, "verified", "assigned", "accepted", "in_progress", "resolved", to_org="X99.9001", note="SECRET")
    assert shown(conn).note == f"Đã xử lý: {PROFILE.owner_name('', 'X99.9001', NOW.date(), 'vi')}"
    assert shown(conn).open311_status == "closed"
    report(dsn, *("verified", "assigned", "accepted", "in_progress", "resolved", "published"), subject="PA-2", to_org="X99.9001", note="Đã vá ổ gà")
    assert shown(conn, "PA-2").note == "Đã vá ổ gà"


@pytest.mark.parametrize(("code", "note"), [("spam", "Rejected: spam"), ("SECRET", "Rejected"), (None, "Rejected")])
def test_known_reason_is_told_in_the_readers_language(dsn: str, conn: Connection, code: str | None, note: str) -> None:
    report(dsn, "rejected", note="SECRET", **({"reason_code": code} if code else {}))
    said = shown(conn, language="en").note
    assert ("spam" in said) == (note == "Rejected: spam")
    assert "SECRET" not in said


def test_report_on_its_way_stands_as_submitted(conn: Connection) -> None:
    filed = file(conn, replace(HOLE, **PLACE), DOOR)
    found = shown(conn, filed.subject)
    assert (found.state, found.submitted_at, (found.lon_deg, found.lat_deg)) == ("submitted", NOW, snapped(**PLACE))
    assert listed(conn) == []


def test_only_pictures_that_a_person_has_shown_are_named(dsn: str, conn: Connection) -> None:
    report(dsn)
    for number in (1, 2):
        conn.execute("insert into report_photo (media_id, subject, stage, body, sha256, look, width, height, kept_at, kept_by, shown) values "
                     "(gen_random_uuid(), 'PA-1', 'after', '', '', 0, 1, 1, now(), 'x', %s)", (number == 1,))
    assert [(n,) for n in shown(conn).photos] == rows(conn, "select media_id from report_photo where shown")


def test_windows_are_half_open_and_newest_first(dsn: str, conn: Connection) -> None:
    for name in ("PA-1", "PA-2"):
        report(dsn, subject=name)
    report(dsn, "verified", subject="PA-3")
    at = one(conn, "select submitted_at from report_state where subject = 'PA-1'")
    assert listed(conn, since=at, until=at + timedelta(seconds=1)) == ["PA-3", "PA-2", "PA-1"]
    assert listed(conn, until=at) == []
    changed = one(conn, "select last_at from report_state where subject = 'PA-3'")
    assert listed(conn, changed_since=changed) == (["PA-3"] if changed > at else ["PA-3", "PA-2", "PA-1"])
    assert listed(conn, since=at, most=1, skip=1) == ["PA-2"]


def test_other_jurisdictions_are_lists_of_their_own(dsn: str, conn: Connection) -> None:
    report(dsn)
    report(dsn, "rejected", subject="chicago:1", jurisdiction="chicago")
    assert (listed(conn), listed(conn, jurisdiction="chicago")) == (["PA-1"], ["chicago:1"])
    assert (listed(conn, jurisdiction="chicago", is_open=True), listed(conn, is_open=True)) == ([], ["PA-1"])
    assert (listed(conn, jurisdiction="chicago", is_open=False), listed(conn, is_open=False)) == (["chicago:1"], [])
    assert listed(conn, categories=["EM-WIRE"]) == []


@pytest.mark.parametrize("sought", [{}, {"is_open": True}, {"changed_since": NOW - timedelta(days=90)}], ids=str)
def test_first_page_is_read_from_an_index(dsn: str, conn: Connection, sought: dict[str, Any]) -> None:
    report(dsn)
    conn.execute("create temp table copies as select * from report_state cross join generate_series(1, 20000) as n")
    columns = ", ".join(name for (name,) in rows(conn, "select column_name from information_schema.columns where table_name = 'report_state'"
                                                 " and table_schema = 'public' and column_name not in ('subject', 'submitted_at') order by 1"))
    conn.execute(f"insert into report_state (subject, submitted_at, {columns}) select 'X-' || n, submitted_at - n * interval '1 minute', {columns}"
                 " from copies".encode())
    conn.execute("analyze report_state")
    conn.execute("set enable_seqscan = off")
    before = one(conn, "select pg_stat_get_xact_tuples_fetched('report_state'::regclass)")
    with conn.transaction():
        assert len(listed(conn, since=NOW - timedelta(days=90), **sought)) == 50
        fetched = one(conn, "select pg_stat_get_xact_tuples_fetched('report_state'::regclass)") - before
    assert fetched < 500
    assert len(listed(conn, skip=2 * DEEPEST)) == 50
