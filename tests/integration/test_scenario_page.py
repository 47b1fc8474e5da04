"""The presenter's page and the demo's hand: asked for once, started, followed, stopped; nothing of it near real data."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from ioc.api.app import create_app
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.demo.stage import FOLDER, Stage
from ioc.demo.supervisor import Process
from ioc.played import PlayedClock, Setting, write_setting
from ioc.settings import Settings
from tests.integration.cast import viewer
from tests.integration.streams_db import rows
from tests.integration.web_server import Answer, ask, eventually, serving
from tests.integration.web_story import NOW


@pytest.fixture
def base(dsn: str) -> Iterator[str]:
    with serving(create_app(Settings(database=dsn, port=8050), FrozenClock(NOW)), cookie=viewer(dsn, NOW)) as address:
        yield address


def post(base: str, path: str, headers: dict[str, str] | None = None, **form: str) -> Answer:
    found = ask(base, "/console/me", Accept="text/html").body.decode()
    body = urlencode({"csrf": found.split('name="csrf" value="')[1].partition('"')[0], **form}).encode()
    return ask(base, path, method="POST", body=body, **{"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})


def asked(conn: Connection) -> list[tuple[Any, ...]]:
    return rows(conn, "select name, seed, speed, port, state from scenario_run order by run_id")


@pytest.mark.parametrize(("language", "text"), [("vi", "Người xem sẽ thấy"), ("en", "What the audience will see")])
def test_page_lists_the_scenarios_and_what_will_be_seen(base: str, language: str, text: str) -> None:
    page = ask(base, f"/scenarios?lang={language}").body.decode()
    assert text in page
    assert 'id="storm"' in page
    assert 'value="land-after-tet"' in page


def test_form_asks_for_a_play_once(base: str, conn: Connection) -> None:
    assert post(base, "/scenarios/run", name="storm", seed="7", speed="60").status == 303
    assert post(base, "/scenarios/run", name="calm").status == 303
    assert asked(conn) == [("storm", "7", 60.0, 8051, "asked")]
    assert "Đã nhận" in ask(base, "/scenarios").body.decode()
    assert post(base, "/scenarios/stop").status == 303
    assert asked(conn) == [("storm", "7", 60.0, 8051, "stopping")]


@pytest.mark.parametrize(("form", "said"), [
    ({"name": "sunshine"}, "no scenario 'sunshine'"), ({"name": "soc-trang-2023"}, "no scenario 'soc-trang-2023' to play"),
    ({"name": "storm", "speed": "601"}, "between 1 and 600"), ({"name": "storm", "speed": "fast"}, "is no number"),
    ({"name": "storm", "seed": "--port=1"}, "does not begin with '-'"), ({"name": "storm", "seed": "x" * 41}, "at most 40"), ({}, "no scenario ''"),
])
def test_form_that_cannot_be_followed_is_refused_in_words(base: str, conn: Connection, form: dict[str, str], said: str) -> None:
    answer = post(base, "/scenarios/run", None, **form)
    assert answer.status == 400
    assert said in answer.json["error"]
    assert asked(conn) == []


@pytest.mark.parametrize("headers", [{"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_form_of_another_site_is_refused(base: str, conn: Connection, headers: dict[str, str]) -> None:
    assert post(base, "/scenarios/run", headers, name="storm").status == 403
    assert asked(conn) == []


def test_form_that_is_too_large_is_refused(base: str) -> None:
    assert post(base, "/scenarios/run", name="x" * (1 << 20)).status == 413


def test_real_database_plays_nothing(base: str, conn: Connection) -> None:
    conn.execute("update database_mark set kind = 'real'")
    assert post(base, "/scenarios/run", name="storm").status == 409
    assert ask(base, "/scenarios").status == 409
    assert asked(conn) == []


def test_own_centre_of_a_play_shows_what_comes_by_its_clock(dsn: str, conn: Connection, tmp_path: Path) -> None:
    file, real = tmp_path / "clock.json", FrozenClock(NOW)
    begin = msgspec.convert("2026-10-30T09:00:00Z", type=type(NOW))
    write_setting(file, Setting(at=begin, since=NOW, speed=120, end=begin.replace(day=31), held=True))
    conn.execute("insert into scenario_run (name, seed, speed, port, asked_at, state) values ('storm', '7', 120, 8051, now(), 'playing')")
    with serving(create_app(Settings(database=dsn, port=8051), PlayedClock(file, real)), cookie=viewer(dsn, NOW, port=8051)) as base:
        page = ask(base, "/scenarios").body.decode()
    assert page.count('class="passed"') == 1
    assert "/scenarios/run" not in page


# ------------------------------------------------------------------ the demo's hand


@contextmanager
def stage(dsn: str, folder: Path, command: list[str]) -> Iterator[tuple[Stage, list[list[str]]]]:
    """A stage whose scenario is another program."""
    started: list[list[str]] = []

    def start(wanted: list[str]) -> Process:
        started.append(wanted)
        return Process("scenario", command, {}, restart=False)

    made = Stage(lambda: connect(dsn, application="test-stage", autocommit=True), folder, FrozenClock(NOW), start)
    try:
        yield made, started
    finally:
        made.end()


def want(conn: Connection) -> None:
    conn.execute("insert into scenario_run (name, seed, speed, port, asked_at) values ('storm', '7', 60, 8051, now())")


SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_stage_starts_what_was_asked_for_and_says_how_far_it_is(dsn: str, conn: Connection, tmp_path: Path) -> None:
    want(conn)
    with stage(dsn, tmp_path, SLEEPER) as (hand, started):
        hand.look()
        assert [c[-9:] for c in started] == [["scenario", "run", "storm", "--seed", "7", "--port", "8051", "--speed", "60"]]
        (tmp_path / FOLDER / "storm").mkdir(parents=True)
        (tmp_path / FOLDER / "storm" / "status.json").write_text('{"state":"history","share":0.25,"at":"2026-10-25T00:00:00Z"}')
        hand.look()
        assert rows(conn, "select state, share from scenario_run") == [("history", 0.25)]
        conn.execute("update scenario_run set state = 'stopping'")
        hand.look()
        assert rows(conn, "select state, ended_at from scenario_run") == [("ended", NOW)]
        want(conn)
        hand.look()
        assert len(started) == 2


def test_scenario_that_ends_by_itself_leaves_its_last_words(dsn: str, conn: Connection, tmp_path: Path) -> None:
    want(conn)
    with stage(dsn, tmp_path, [sys.executable, "-c", "import sys; print('ioc: port 8051 cannot be used'); sys.exit(1)"]) as (hand, _):
        hand.look()

        def failed() -> bool:
            hand.look()
            return rows(conn, "select state, note from scenario_run") == [("failed", "ioc: port 8051 cannot be used")]

        eventually(failed)


def test_stage_finishes_what_an_earlier_demo_left(dsn: str, conn: Connection, tmp_path: Path) -> None:
    want(conn)
    conn.execute("update scenario_run set state = 'playing'")
    with stage(dsn, tmp_path, SLEEPER) as (hand, started):
        hand.look()
        assert started == []
    assert rows(conn, "select state from scenario_run") == [("ended",)]
