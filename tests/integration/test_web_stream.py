"""The live stream over HTTP: hello, everything, then only what changed; the same bytes for everyone."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

import ioc.api.feed
from ioc.api.app import build_id, create_app
from ioc.db.connect import Connection
from ioc.live.collector import MAP, Session
from ioc.live.frames import SNAPSHOT, Body, encode, store
from ioc.panels.engine.registry import panels
from ioc.played import PlayedClock, Setting, write_setting
from ioc.settings import Settings
from tests.integration.cast import viewer
from tests.integration.web_server import ask, eventually, serving, session, viewing
from tests.integration.web_story import NOW, Story, ago, told
from tests.profiles import FICTIONAL

EVERYTHING = {name for key, panel in panels().items() for name in (key, *((key + MAP,) if panel.spec.has_map else ()))}


class Stack(NamedTuple):
    base: str
    story: Story
    conn: Connection
    epoch: Session

    def change(self, subject: str) -> None:
        """Bring one more overdue dossier onto the wall."""
        self.story.dossier(subject, ago(hours=2), ago(hours=1))
        self.story.hear()
        self.epoch.publish(["one_stop"])


@pytest.fixture
def stack(dsn: str) -> Iterator[Stack]:
    with told(dsn) as (story, conn):
        epoch = session(conn, story.clock)
        epoch.publish(panels())
        with serving(create_app(Settings(database=dsn, profile=FICTIONAL), story.clock), cookie=viewer(dsn, story.clock.now())) as base:
            eventually(lambda: ask(base, "/api/panels/one_stop.json").headers.get("cache-control") == "no-store")
            yield Stack(base, story, conn, epoch)


def test_stream_begins_with_hello_and_a_heartbeat(stack: Stack) -> None:
    with viewing(stack.base) as viewer:
        hello, beat = viewer.next(), viewer.next()
    assert viewer.headers["content-type"].startswith("text/event-stream")
    assert viewer.headers["cache-control"] == "no-store"
    assert (hello.event, hello.data) == ("hello", {"build": build_id(), "guests": False, "now": NOW.timestamp(), "speed": 1, "turn": 0.0, "held": False})
    assert (beat.event, beat.data["now"], beat.data["away"]) == ("hb", NOW.timestamp(), {})


def test_first_frame_holds_every_panel_in_the_asked_language(stack: Stack) -> None:
    for language, word in (("vi", "hồ sơ quá hạn"), ("en", "dossiers overdue")):
        with viewing(stack.base, f"lang={language}") as viewer:
            frame = viewer.next("message")
        assert set(frame.data["panels"]) == EVERYTHING
        assert word in frame.raw.decode()


def test_change_is_sent_alone(stack: Stack) -> None:
    with viewing(stack.base) as viewer:
        first = viewer.next("message")
        stack.change("A")
        second = viewer.next("message")
    assert {"one_stop"} <= set(second.data["panels"]) <= {"one_stop", "one_stop" + MAP}
    assert (second.data["epoch"], second.data["n"]) == (first.data["epoch"], first.data["n"] + 1)


def test_viewer_who_comes_back_is_given_what_was_missed(stack: Stack) -> None:
    with viewing(stack.base) as viewer:
        first = viewer.next("message")
    stack.change("A")
    with viewing(stack.base, f"since={first.id}") as viewer:
        missed = viewer.next("message")
    assert {"one_stop"} <= set(missed.data["panels"]) <= {"one_stop", "one_stop" + MAP}


@pytest.mark.parametrize("since", ["gone.1", "nonsense", "1", ".", "{epoch}.999", "{epoch}.x", "{epoch}.-1", "{epoch}.%C2%B2"])
def test_viewer_whose_place_is_unknown_is_given_everything(stack: Stack, since: str) -> None:
    with viewing(stack.base) as viewer:
        epoch = viewer.next("message").data["epoch"]
    with viewing(stack.base, f"since={since.format(epoch=epoch)}") as viewer:
        assert set(viewer.next("message").data["panels"]) == EVERYTHING


def test_two_viewers_are_sent_the_same_bytes(stack: Stack) -> None:
    with viewing(stack.base) as one, viewing(stack.base) as other:
        assert one.next("message").raw == other.next("message").raw
        for subject in ("A", "B"):
            stack.change(subject)
            assert one.next("message").raw == other.next("message").raw


def test_changes_that_come_close_together_are_sent_together(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ioc.api.feed, "AT_ONCE", 0)
    monkeypatch.setattr(ioc.api.feed, "PACE_EACH_S", 2.0)
    monkeypatch.setattr(ioc.api.feed, "PACE_S", 2.0)
    with viewing(stack.base) as seen:
        first = seen.next("message").data["n"]
        for subject in ("A", "B", "C"):
            stack.change(subject)
        assert [seen.next("message").data["n"] for _ in range(2)] == [first + 1, first + 3]


def test_heartbeat_is_the_same_bytes_for_everyone(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ioc.api.feed, "HEARTBEAT_S", 0.5)
    with viewing(stack.base) as one, viewing(stack.base) as other:
        assert other.next("hb").data["away"] == {}  # its own, of its beginning
        one.next("message")
        other.next("message")
        said = [one.next("hb").raw for _ in range(4)]
        assert set(said) & {other.next("hb").raw for _ in range(4)}


def test_new_epoch_gives_everything_again(stack: Stack) -> None:
    with viewing(stack.base) as viewer:
        first = viewer.next("message")
        session(stack.conn, stack.story.clock).publish(panels())
        again = viewer.next("message")
    assert again.data["epoch"] != first.data["epoch"]
    assert set(again.data["panels"]) == EVERYTHING


def test_quiet_stream_beats_and_says_when_live_last_looked(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ioc.api.feed, "HEARTBEAT_S", 0.1)
    with viewing(stack.base) as viewer:
        viewer.next("message")
        stack.story.clock.advance(7)
        stack.epoch.tick()
        quiet = eventually(lambda: [beat for beat in [viewer.next("hb")] if beat.data["silent_s"] == 0])
    assert quiet


def test_clock_that_is_let_go_among_frames_reaches_the_viewer(stack: Stack, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ioc.api.feed, "HEARTBEAT_S", 0.5)
    write_setting(tmp_path / "clock", Setting(at=NOW, since=NOW, speed=60, end=NOW + timedelta(hours=1), held=True))
    clock, subjects = PlayedClock(tmp_path / "clock", stack.story.clock), map(str, count())

    def told_after_a_frame() -> tuple[float | None, bool | None]:
        stack.change(next(subjects))
        said = seen.next().data
        return said.get("speed"), said.get("held")

    with serving(create_app(Settings(database=dsn, profile=FICTIONAL), clock), cookie=viewer(dsn, NOW)) as base, viewing(base) as seen:
        assert (seen.next("hello").data["speed"], seen.next("hb").data["held"]) == (0, True)
        clock.release()
        assert eventually(lambda: told_after_a_frame() == (60, False))


def test_page_that_opens_while_live_is_silent_is_told_since_when(stack: Stack) -> None:
    with viewing(stack.base) as viewer:
        assert viewer.next("hb").data["silent_s"] == 0
        viewer.next("message")
    stack.story.clock.advance(60)
    with viewing(stack.base) as late:
        assert late.next("message").data["silent_s"] == 60


def test_viewers_are_counted_while_they_look(stack: Stack) -> None:
    def viewers() -> float:
        return float(next(line.split()[1] for line in ask(stack.base, "/metrics").body.decode().splitlines() if line.startswith("ioc_viewers")))

    with viewing(stack.base) as one, viewing(stack.base) as other:
        assert one.next()
        assert other.next()
        assert viewers() == 2
    stack.change("A")  # a closed connection is noticed at the next sending
    assert eventually(lambda: viewers() == 0)


def test_stream_goes_on_after_the_database_was_away(stack: Stack) -> None:
    with viewing(stack.base) as viewer:
        viewer.next("message")
        stack.conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ioc-web'")
        stack.change("A")
        assert "one_stop" in viewer.next("message").data["panels"]


def test_panel_that_live_cannot_build_has_no_numbers(stack: Stack) -> None:
    reason = encode({"error": "ZeroDivisionError: by nothing", "panel": "counters"})
    store(stack.conn, "later", 1, [Body("counters", SNAPSHOT, reason)], NOW + timedelta(seconds=1))
    answer = eventually(lambda: (found := ask(stack.base, "/api/panels/counters.json")).status == 503 and found)
    assert answer.json["error"] == "ZeroDivisionError: by nothing"
