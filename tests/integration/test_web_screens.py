"""What a screen may send: its language and its heartbeat, and nothing that leads elsewhere or breaks something."""

import json
import re
from collections.abc import Iterator

import pytest

import ioc.api.beats
from ioc.api.app import create_app
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.settings import Settings
from tests.integration.cast import viewer
from tests.integration.web_server import Answer, ask, eventually, serving
from tests.integration.web_story import NOW
from tests.profiles import FICTIONAL


@pytest.fixture(scope="module")
def base(module_dsn: str) -> Iterator[str]:
    with serving(create_app(Settings(database=module_dsn, profile=FICTIONAL), FrozenClock(NOW)), cookie=viewer(module_dsn, NOW)) as address:
        yield address


@pytest.mark.parametrize(("to", "target"), [
    ("/wall/one_stop?at=2026-11-19", "/wall/one_stop?at=2026-11-19"), ("", "/wall"), ("//evil.example", "/wall"), ("/%5Cevil.example", "/wall"),
    ("https://evil.example/wall", "/wall"), ("evil.example", "/wall"), ("javascript:alert(1)", "/wall"),
])
def test_language_leads_only_to_our_own_pages(base: str, to: str, target: str) -> None:
    answer = ask(base, f"/language/en?to={to.replace('?', '%3F').replace('=', '%3D')}")
    assert (answer.status, answer.headers["location"]) == (303, target)
    assert answer.headers["set-cookie"].startswith("ioc_language=en; HttpOnly")


@pytest.mark.parametrize("to", ["/%09/evil.example", "/%0D%0ASet-Cookie:%20a=b", "/%0A/evil.example"])
def test_language_smuggles_no_control_character(base: str, to: str) -> None:
    answer = ask(base, f"/language/en?to={to}")
    assert not re.search(r"[\x00-\x20]", answer.headers["location"])
    assert answer.headers["set-cookie"].startswith("ioc_language=en")


def test_unknown_language_sets_no_cookie(base: str) -> None:
    assert "set-cookie" not in ask(base, "/language/fr?to=/wall").headers


def beat(base: str, body: bytes) -> Answer:
    return ask(base, "/live/heartbeat", method="POST", body=body)


def test_heartbeat_is_kept_once_a_screen(base: str, module_conn: Connection) -> None:
    statuses = [beat(base, json.dumps({"screen": "s1", "n": n}).encode()).status for n in (1, 2)]
    assert statuses == [204, 204]
    eventually(lambda: module_conn.execute("select body -> 'n' from screen_heartbeat where screen = 's1'").fetchall() == [(2,)])


@pytest.mark.parametrize("body", [
    b"", b"no json", b"[]", b'"s"', b"{}", b"\xff", b'{"screen": "' + b"x" * 5000 + b'"}', b'{"screen": "a\\u0000"}', b'{"screen": "a", "b": "\\u0000"}',
    b'{"screen": "a", "b": ' + b"[" * 2000 + b"]" * 2000 + b"}",
])
def test_heartbeat_that_is_none_is_refused(base: str, body: bytes) -> None:
    answer = beat(base, body)
    assert answer.status == 400
    assert "heartbeat" in answer.json["error"]


def test_what_screens_said_is_written_when_the_process_ends(dsn: str, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ioc.api.beats, "WRITE_S", 3600.0)
    with serving(create_app(Settings(database=dsn, profile=FICTIONAL), FrozenClock(NOW)), cookie=viewer(dsn, NOW)) as address:
        assert [beat(address, json.dumps({"screen": name}).encode()).status for name in ("s1", "s2")] == [204, 204]
        assert conn.execute("select count(*) from screen_heartbeat").fetchone() == (0,)
    assert conn.execute("select screen from screen_heartbeat order by screen").fetchall() == [("s1",), ("s2",)]


@pytest.mark.parametrize(("method", "path"), [("GET", "/live/heartbeat"), ("POST", "/live/stream")])
def test_path_of_the_live_page_is_asked_for_by_its_method(base: str, method: str, path: str) -> None:
    assert ask(base, path, method=method, body=b"" if method == "POST" else None).status == 405
