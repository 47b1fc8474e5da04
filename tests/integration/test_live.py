"""`ioc live`: one frame for what changed, none for what did not, a new epoch after every connection."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest

import ioc.live.collector
from ioc.clock import SystemClock
from ioc.db.connect import Connection
from ioc.live.alerts import KEY
from ioc.live.collector import MAP, Session
from ioc.live.frames import SNAPSHOT, VARIANTS, WANT
from ioc.live.turns import Turns
from ioc.panels.engine.registry import panels
from ioc.streams.engine.attention import store_gaps
from ioc.streams.engine.broker import Gap
from tests.integration.web_server import body, collecting, eventually, session
from tests.integration.web_story import NOW, Story, ago, told

EACH = len(VARIANTS) + 1  # and numbers
BODIES = len(panels()) * EACH + sum(panel.spec.has_map for panel in panels().values()) * len(VARIANTS)  # and maps
ALL = BODIES + EACH  # and the alerts'


def frames(conn: Connection) -> dict[tuple[str, str], int]:
    return {(row[0], row[1]): row[2] for row in conn.execute("select panel, language, frame from live_panel")}


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


def test_changed_panel_makes_one_frame_with_a_higher_number(told_here: tuple[Story, Connection], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ioc.live.collector, "MAP_EVERY_S", 3600.0)  # on a busy machine the map may be due again
    story, conn = told_here
    epoch = session(conn, story.clock)
    epoch.publish(panels())
    story.dossier("A", ago(hours=2), ago(hours=1))
    story.hear()
    assert epoch.publish(["one_stop"]) == EACH
    assert {key: n for key, n in frames(conn).items() if n > 1} == {("one_stop", language): 2 for language in (*(v.key for v in VARIANTS), SNAPSHOT)}


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
    assert list(epoch.concerned({"dossier"})) == [key for key, panel in panels().items() if "dossier" in panel.spec.streams]
    assert list(epoch.concerned({"sink"})) == list(panels())
    assert epoch.concerned(set()) == {}


def test_gap_is_sent_as_a_pill(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    store_gaps(conn, [Gap("ioc.report", 3, 100, 142)], NOW)
    session(conn, story.clock).publish(panels())
    assert "Mất 42 sự kiện · ioc.report/3" in str(body(conn, "citizen_reports"))
    assert "Mất 42" not in str(body(conn, "one_stop"))


def _epoch(conn: Connection) -> str:
    rows = conn.execute("select epoch, count(*) from live_panel group by epoch").fetchall()
    return str(rows[0][0]) if len(rows) == 1 and rows[0][1] == ALL else ""


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


def test_danger_has_the_least_patience_and_an_own_stream_less_than_one_beside(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    patience = session(conn, story.clock).concerned({"report", "alert"})
    assert patience[KEY] < patience["citizen_reports"] < max(patience.values())


def turning(story: Story, conn: Connection) -> tuple[Session, Turns, list[float]]:
    """An epoch that has published everything once, its turns, and the seconds of their clock, to be set."""
    epoch, at = session(conn, story.clock), [0.0]
    turns = Turns(epoch.all, epoch.concerned, 10.0, lambda: at[0])
    epoch.publish(epoch.all)
    return epoch, turns, at


def finish(epoch: Session, turns: Turns, at: list[float]) -> None:
    """Build all that is due."""
    while epoch.turn(turns):
        at[0] += 0.01


def test_round_of_all_is_one_frame_and_what_changes_meanwhile_goes_out_alone(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    epoch, turns, at = turning(story, conn)
    at[0] = 10.0
    story.dossier("A", ago(hours=2), ago(hours=1))
    story.hear()
    assert [epoch.turn(turns) for _ in range(3)] == [True] * 3
    assert set(frames(conn).values()) == {1}
    turns.changed({"dossier"})
    at[0] = 11.0
    finish(epoch, turns, at)
    sent = frames(conn)
    assert sent["one_stop", "vi"] == 2
    assert body(conn, "one_stop", SNAPSHOT)["numbers"]["overdue"]["value"] == 1


def test_event_is_built_for_who_looks_and_the_round_for_all(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    epoch, turns, at = turning(story, conn)
    story.dossier("A", ago(hours=2), ago(hours=1))
    story.hear()
    turns.changed({"dossier"})
    assert epoch.turn(turns)
    assert (frames(conn)["one_stop", "vi"], frames(conn)["one_stop", "en"]) == (2, 1)
    conn.execute(WANT, (60, ["en"]))
    epoch.tick()
    at[0] = 5.0
    story.dossier("B", ago(hours=2), ago(hours=1))
    story.hear()
    turns.changed({"dossier"})
    finish(epoch, turns, at)
    sent = frames(conn)
    assert sent["one_stop", "vi"] == sent["one_stop", "en"] > 2
    assert sent["one_stop", "vi.guests"] == 1
    at[0] = 20.0
    finish(epoch, turns, at)
    assert frames(conn)["one_stop", "vi.guests"] > sent["one_stop", "en"]


def test_what_the_round_built_for_others_is_not_dropped_by_a_change(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    epoch, turns, at = turning(story, conn)
    story.dossier("A", ago(hours=2), ago(hours=1))
    story.hear()
    at[0] = 10.0
    assert epoch.turn(turns)  # one_stop is the first of the round
    turns.changed({"dossier"})
    at[0] = 11.0
    finish(epoch, turns, at)
    assert frames(conn)["one_stop", "vi.guests"] > 1


def test_map_of_others_does_not_wait_for_ever_for_one_that_is_sent_often(told_here: tuple[Story, Connection]) -> None:
    story, conn = told_here
    at = [0.0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ioc.live.collector.time.monotonic", lambda: at[0])
        epoch, turns, at = turning(story, conn)
        finish(epoch, turns, at)
        before = frames(conn)["citizen_reports" + MAP, "vi.guests"]
        at[0] = 9.9
        story.report("R", ago(hours=2), ago(hours=1), unit_code="99004", lon_deg=85.1, lat_deg=-20.2)
        story.hear()
        turns.changed({"report"})
        finish(epoch, turns, at)
        assert frames(conn)["citizen_reports" + MAP, "vi"] > before
        at[0] = 10.0
        finish(epoch, turns, at)
    assert frames(conn)["citizen_reports" + MAP, "vi.guests"] > before
