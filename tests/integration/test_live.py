"""`ioc live`: one frame for what changed, none for what did not, a new epoch after every connection."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from ioc.clock import SystemClock
from ioc.db.connect import Connection
from ioc.live.collector import Session
from ioc.live.frames import SNAPSHOT
from ioc.panels.engine.contract import Figures, Panel
from ioc.panels.engine.registry import panels
from ioc.streams.engine.attention import store_gaps
from ioc.streams.engine.broker import Gap
from ioc.streams.engine.registry import streams
from tests.integration.web_server import collecting, eventually, session
from tests.integration.web_story import NOW, PROFILE, Story, ago, told

BODIES = len(panels()) * 3  # Vietnamese, English, numbers


def frames(conn: Connection) -> dict[tuple[str, str], int]:
    return {(row[0], row[1]): row[2] for row in conn.execute("select panel, language, frame from live_panel")}


def body(conn: Connection, panel: str, language: str = "vi") -> Any:
    row = conn.execute("select body from live_panel where panel = %s and language = %s", (panel, language)).fetchone()
    assert row
    return orjson.loads(row[0])


@pytest.fixture
def told_here(dsn: str) -> Iterator[tuple[Story, Connection]]:
    with told(dsn) as pair:
        yield pair


def test_first_frame_holds_everything(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    assert session(conn, story.clock).publish(panels()) == BODIES
    assert set(frames(conn).values()) == {1}


def test_unchanged_panel_is_not_sent_again(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    epoch = session(conn, story.clock)
    epoch.publish(panels())
    assert epoch.publish(panels()) == 0


def test_changed_panel_makes_one_frame_with_a_higher_number(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    epoch = session(conn, story.clock)
    epoch.publish(panels())
    story.dossier("A", ago(hours=2), ago(hours=1))
    story.hear()
    assert epoch.publish(panels()) == 3
    assert {key: n for key, n in frames(conn).items() if n > 1} == {("one_stop", language): 2 for language in ("vi", "en", SNAPSHOT)}


def test_passing_of_time_alone_draws_nothing_anew(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    story.dossier("A", ago(hours=2), NOW + timedelta(hours=1))
    story.hear()
    epoch = session(conn, story.clock)
    epoch.publish(panels())
    story.clock.advance(10)
    epoch.publish(panels())
    assert {language for (_, language), n in frames(conn).items() if n > 1} <= {SNAPSHOT}


def test_time_alone_makes_a_dossier_overdue(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    story.dossier("A", ago(hours=2), NOW + timedelta(minutes=1))
    story.hear()
    epoch = session(conn, story.clock)
    epoch.publish(panels())
    story.clock.advance(61)
    epoch.publish(panels())
    assert body(conn, "one_stop", SNAPSHOT)["numbers"]["overdue"]["value"] == 1


def test_stream_concerns_the_panels_that_read_it_and_the_sink_all(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    epoch = session(conn, story.clock)
    assert epoch.concerned({"dossier"}) == ["one_stop"]
    assert epoch.concerned({"sink"}) == list(panels())
    assert epoch.concerned(set()) == []


def test_gap_is_sent_as_a_pill(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    store_gaps(conn, [Gap("ioc.report", 3, 100, 142)], NOW)
    session(conn, story.clock).publish(panels())
    assert "Mất 42 sự kiện · ioc.report/3" in orjson.dumps(body(conn, "citizen_reports")).decode()
    assert "Mất 42" not in orjson.dumps(body(conn, "one_stop")).decode()


def _broken(key: str, switch: threading.Event) -> dict[str, Panel]:
    panel = panels()[key]

    def snapshot(*given: Any) -> Figures:
        if switch.is_set():
            raise ZeroDivisionError("by nothing")
        return panel.snapshot(*given)

    return {**panels(), key: replace(panel, snapshot=snapshot)}


def test_broken_panel_says_so_while_the_others_go_on(told_here: tuple[Story, Connection], caplog: pytest.LogCaptureFixture) -> None:
    story, conn = told_here
    switch = threading.Event()
    found = _broken("counters", switch)
    epoch = Session(conn, story.clock, PROFILE, found, streams())
    epoch.publish(found)
    switch.set()
    with caplog.at_level(logging.CRITICAL):
        epoch.publish(found)
    given = body(conn, "counters")["props"]
    assert given["card--counters"]["data-state"] == "dead"
    assert given["counters--comparison"]["children"] == "Không tính được số liệu"
    assert given["counters--sentence"]["children"] == "ZeroDivisionError: by nothing"
    assert body(conn, "one_stop")["props"]["card--one_stop"]["data-state"] == "none"


def test_broken_panel_leaves_no_old_numbers_for_the_api(told_here: tuple[Story, Connection], caplog: pytest.LogCaptureFixture) -> None:
    story, conn = told_here
    switch = threading.Event()
    found = _broken("counters", switch)
    epoch = Session(conn, story.clock, PROFILE, found, streams())
    epoch.publish(found)
    switch.set()
    with caplog.at_level(logging.CRITICAL):
        epoch.publish(found)
    assert body(conn, "counters", SNAPSHOT) == {"error": "ZeroDivisionError: by nothing", "panel": "counters"}
    switch.clear()
    epoch.publish(found)
    assert "numbers" in body(conn, "counters", SNAPSHOT)


def _epoch(conn: Connection) -> str:
    rows = conn.execute("select epoch, count(*) from live_panel group by epoch").fetchall()
    return str(rows[0][0]) if len(rows) == 1 and rows[0][1] == BODIES else ""


def test_collector_begins_a_new_epoch_when_it_lost_the_database(told_here: tuple[Story, Connection], dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    _, conn = told_here
    with collecting(dsn), caplog.at_level(logging.CRITICAL):
        first = eventually(lambda: _epoch(conn))
        conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-live'")
        assert eventually(lambda: _epoch(conn) not in {"", first})
        assert set(frames(conn).values()) == {1}


def test_collector_is_woken_by_the_sink(told_here: tuple[Story, Connection], dsn: str) -> None:
    story, conn = told_here
    with collecting(dsn):
        eventually(lambda: _epoch(conn))
        now = SystemClock().now()
        story.dossier("A", now - timedelta(hours=2), now - timedelta(hours=1))
        story.hear(now)
        assert eventually(lambda: body(conn, "one_stop", SNAPSHOT)["numbers"]["overdue"]["value"] == 1, within_s=3)


def test_collector_ticks_while_nothing_happens(told_here: tuple[Story, Connection], dsn: str) -> None:
    _, conn = told_here
    with collecting(dsn):
        assert eventually(lambda: conn.execute("select 1 from live_tick").fetchone())
