"""The served web process under attack: cookies, headers, methods, paths, bodies, texts, other people's ids. Refused clearly, logged, nothing lost."""

import asyncio
import socket
import time
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest

from ioc.api.app import create_app
from ioc.api.hardening import bounded, cookie_in
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.people.seals import add_key
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import PASSWORD, cookie
from tests.integration.decisions_desk import report
from tests.integration.streams_wire import NOW
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL

HTML = {"Accept": "text/html"}
SCRIPT = "<script>alert(1)</script>${alert(1)}{{7*7}}"
MARKS = "a" + "\u0300\u0316" * 20_000


class Centre(NamedTuple):
    """A web process, its database, clock and key file, and the cookies of two who are signed in."""

    base: str
    conn: Connection
    clock: FrozenClock
    keys: Path
    lan: str
    auditor: str

    def get(self, path: str, who: str = "", **headers: str) -> Answer:
        return ask(self.base, path, method="GET", body=None, **HTML, **headers, **({"Cookie": who} if who else {}))

    def post(self, path: str, who: str = "", body: bytes = b"", **headers: str) -> Answer:
        return ask(self.base, path, method="POST", body=body, **({"Cookie": who} if who else {}), **headers)

    def form(self, path: str, who: str, **fields: str) -> Answer:
        page = self.get("/console/me", who).body.decode()
        token = page.split('name="csrf" value="')[1].partition('"')[0] if 'name="csrf"' in page else ""
        return self.post(path, who, urlencode({"csrf": token} | fields).encode())

    def log_in(self, login: str, password: str = PASSWORD, **headers: str) -> Answer:
        return self.post("/login", body=urlencode({"login": login, "password": password}).encode(), **headers)

    def decide(self, body: bytes, who: str = "", key: str = "key-00001", **headers: str) -> Answer:
        return self.post("/api/decisions/report/PA-1", who or self.lan, body, **({"Content-Type": "application/json", "Idempotency-Key": key} | headers))

    def raw(self, request: bytes) -> bytes:
        """The first bytes that are answered to bytes as they are."""
        with socket.create_connection((urlsplit(self.base).hostname or "", urlsplit(self.base).port or 0), 10) as line:
            line.sendall(request)
            return line.recv(65_536)


@pytest.fixture(scope="module")
def world(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """One process for the whole file, so that what one attack broke another would see."""
    keys, clock = tmp_path_factory.mktemp("keys") / "keys", FrozenClock(NOW)
    add_key(keys)
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        report(dsn)
        lan, auditor = cookie(conn, "lan", ["operator"], NOW), cookie(conn, "kiem", ["auditor"], NOW)
        with serving(create_app(Settings(database=dsn, profile=FICTIONAL, keys=str(keys)), clock)) as base:
            yield Centre(base, conn, clock, keys, lan, auditor)


@pytest.fixture
def centre(world: Centre) -> Centre:
    """Nobody waits for what the test before guessed."""
    world.conn.execute("delete from sign_in_failure")
    return world


# ------------------------------------------------------------------ cookies


def test_cookie_that_another_program_set_takes_nobodys_session(centre: Centre) -> None:
    for foreign in ('a={"x":1}', "a b=1", "x[1]=2", "a(b=1", "x=a b", "path=/", "$Version=1"):
        assert centre.get("/console", f"{foreign}; {centre.lan}").status == 200, foreign


@pytest.mark.parametrize("forged", [
    "ioc_session_8050=", "ioc_session_8050=planted", 'ioc_session_8050="a\\073b"', "ioc_session_8050=' or 1=1", "ioc_session_8050=" + "x" * 20_000,
    "ioc_session_8050=\xff\xfe", "IOC_SESSION_8050={token}", "__Host-ioc_session_8050={token}", "ioc_session_8051={token}", "ioc_screen_8050={token}",
    "ioc_session_8050={token}x", "ioc_session_8050={token}; ioc_session_8050=planted", "x=ioc_session_8050={token}", "ioc_session_8050%00={token}",
])
def test_cookie_that_is_not_ours_opens_nothing(centre: Centre, forged: str) -> None:
    shown = forged.replace("{token}", centre.lan.partition("=")[2])
    assert ask(centre.base, "/api/panels", Cookie=shown).status == 401


def test_cookie_of_backslashes_costs_no_time(centre: Centre) -> None:
    began = time.monotonic()
    assert centre.get("/healthz", 'a="' + "\\" * 30_000 + '"').status == 200  # the library's parser takes five seconds
    assert time.monotonic() - began < 2
    assert cookie_in("a=1; b = 2 ;a=3;=4;c", "a") == "3"


def test_headers_beyond_any_need_are_refused(centre: Centre) -> None:
    assert centre.get("/healthz", "a=" + "x" * 40_000).status == 431


# ------------------------------------------------------------------ headers


@pytest.mark.parametrize("origin", ["null", "http://[", "http://evil.example", "http://{host}.evil.example", "http://{host}@evil.example", "http://evil.example/{host}",
                                    "http://{host}\\.evil.example", "file://", "x", "//{host}:1", "http://127.0.0.1:1"])
def test_post_of_another_origin_is_refused_whatever_it_carries(centre: Centre, origin: str) -> None:
    told = origin.replace("{host}", urlsplit(centre.base).netloc)
    for path in ("/login", "/logout", "/console/screens/end", "/console/me/password", "/api/decisions/report/PA-1", "/live/heartbeat", "/screen/state"):
        assert centre.post(path, centre.lan, b"{}", Origin=told).status == 403, path
    assert centre.get("/console", centre.lan).status == 200


def test_post_that_a_person_typed_is_taken_and_one_of_a_neighbour_not(centre: Centre) -> None:
    assert centre.post("/session/active", centre.lan, b"", **{"Sec-Fetch-Site": "none"}).status == 204
    for site in ("same-site", "cross-site", "SAME-ORIGIN", "x"):
        assert centre.post("/session/active", centre.lan, b"", **{"Sec-Fetch-Site": site}).status == 403, site


def test_other_origin_behind_a_matching_host_still_needs_our_cookie(centre: Centre) -> None:
    """A name that leads here (DNS rebinding) is one origin with itself, but the browser has no cookie of ours for it."""
    forged = b"POST /session/active HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    assert b" 401 " in centre.raw(forged)[:20]


@pytest.mark.parametrize("host", [b"[", b"evil/foo", b"", b"a b", b"\xff", b"127.0.0.1:99999999", b"a@b", b"<script>alert(1)</script>"])
def test_host_that_cannot_be_harms_no_page(centre: Centre, host: bytes) -> None:
    answer = centre.raw(b"GET /login HTTP/1.1\r\nHost: " + host + b"\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
    assert answer[:12] in {b"HTTP/1.1 200", b"HTTP/1.1 400"}
    assert b"alert(1)" not in answer


def test_line_break_in_a_path_makes_no_line_of_the_log(centre: Centre, caplog: pytest.LogCaptureFixture) -> None:
    centre.post("/api/decisions/report/a%0Aforged:%20well", Origin="http://evil.example")
    refused = [r.getMessage() for r in caplog.records if "another site" in r.getMessage()]
    assert refused
    assert "\n" not in refused[-1]


@pytest.mark.parametrize("request_", [
    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /console HTTP/1.1\r\nHost: x\r\n\r\n",
    b"Content-Length: 5\r\nContent-Length: 6\r\n\r\naaaaaa", b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", b"Content-Length: -1\r\n\r\n",
    b"Transfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", b"Content-Length: +3\r\n\r\nabc", b"Content-Length: 3\r\n X: y\r\n\r\nabc",
])
def test_request_whose_end_can_be_read_in_two_ways_is_refused(centre: Centre, request_: bytes) -> None:
    answer = centre.raw(b"POST /login HTTP/1.1\r\nHost: x\r\n" + request_)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403"))
    assert answer.count(b"HTTP/1.1 ") == 1


# ------------------------------------------------------------------ methods, paths, queries


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "TRACE", "DELETE", "PATCH", "PROPFIND"])
def test_other_methods_do_and_tell_nothing(centre: Centre, method: str) -> None:
    for path in ("/console/screens/end", "/logout", "/api/decisions/report/PA-1", "/console"):
        assert ask(centre.base, path, method=method, Cookie=centre.lan).status == 405, path
    assert ask(centre.base, "/console", method=method).status in {401, 403, 405}


def test_method_in_a_header_is_not_heeded(centre: Centre) -> None:
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert centre.get("/session/active", centre.lan, **{name: "POST"}).status in {200, 405}
        assert centre.get("/console/me/sessions", centre.lan, **{name: "POST"}).status in {200, 405}
    assert centre.get("/console", centre.lan).status == 200


@pytest.mark.parametrize("path", ["//wall", "/wall/../console", "/%2e%2e/console", "/console%00", "/console;x", "/console/", "/%2563onsole", "/CONSOLE", "/./console",
                                  "/assets/../console", "/assets/..%2fconsole/me", "/static/../../../etc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/%00",
                                  "/_dash-component-suites/dash/../../../../etc/passwd", "/_dash-component-suites/os/os.py", "/console%0d%0aX:%20y"])
def test_path_by_a_trick_is_no_path(centre: Centre, path: str) -> None:
    for who in ("", centre.lan):
        assert centre.get(path, who).status == 404
    assert ask(centre.base, path, Accept="application/json").status == 404


def test_query_opens_no_other_host_and_no_script(centre: Centre) -> None:
    for to in ("//evil.example", "/\\evil.example", "/%09/evil.example", "https://evil.example", "javascript:alert(1)", "/%0d%0aX:y"):
        assert centre.get(f"/language/en?to={to}").headers["location"].startswith("/wall")
        assert "evil.example" not in centre.get(f"/login?to={to}").body.decode()
        assert centre.get(f"/screen?to={to}", centre.lan).headers["location"] == "/wall"
    for path in ("/login?lang={x}&to=/{x}", "/map/citizen_reports?at={x}&jurisdiction={x}", "/wall?lang={x}"):
        assert "<script>alert" not in centre.get(path.replace("{x}", "%3Cscript%3Ealert(1)%3C/script%3E"), centre.lan).body.decode()
    assert "<script>alert" not in centre.get(f"/console/audit?actor={SCRIPT}".replace("{", "%7B"), centre.auditor).body.decode()


# ------------------------------------------------------------------ bodies


def test_password_of_many_marks_costs_no_time(centre: Centre) -> None:
    """Normalising grows with the square of the marks: a body of 1 MiB stood the whole process still for minutes."""
    centre.log_in("nobody", "x")
    began = time.monotonic()
    assert centre.log_in("nobody", MARKS).status == 403
    assert time.monotonic() - began < 2


def test_form_of_ten_thousand_fields_is_refused(centre: Centre) -> None:
    assert centre.post("/login", body="&".join(f"f{n}=1" for n in range(10_000)).encode()).status == 403


def test_slow_bodies_keep_nobody_out(centre: Centre) -> None:
    begun = b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
    with ExitStack() as stack:
        for _ in range(40):
            line = stack.enter_context(socket.create_connection((urlsplit(centre.base).hostname or "", urlsplit(centre.base).port or 0), 10))
            line.sendall(begun)
        assert centre.log_in("lan").status == 303


def test_body_that_is_not_whole_in_time_is_given_up() -> None:
    cut: list[int] = []

    async def never() -> MutableMapping[str, Any]:
        return await asyncio.Future()

    assert asyncio.run(_received(bounded(never, 10, cut.append, within_s=0.02)))["type"] == "http.disconnect"
    assert cut == [408]


async def _received(receive: Any) -> Any:
    return await receive()


@pytest.mark.parametrize("body", [b"[" * 4000, b'{"screen":' + b"[" * 1000 + b"]" * 1000 + b"}", b'"screen"', b"5", b"null", b"\xff", b"x" * 5000, b'{"screen":"\\ud800"}',
                                  b'{"screen":"a\\u0000"}', b'{"screen":"\xed\xa0\x80"}'])
def test_heartbeat_that_cannot_be_is_refused(centre: Centre, body: bytes) -> None:
    assert centre.post("/live/heartbeat", centre.lan, body).status == 400


def data(text: bytes) -> bytes:
    return b'{"fact": "verified", "version": 1, "data": ' + text + b"}"


@pytest.mark.parametrize("body", [
    b"[" * 60_000, data(b'{"priority": ' + b"[" * 500 + b"]" * 500 + b"}"), data(b'{"priority": ' + b"9" * 5000 + b"}"), data(b'{"\\udc00": 1}'),
    data(b'{"note": "\\udc00"}'), data(b'{"note": "\\u0000"}'), data(b'{"category": {"a": 1}}'), data(b'{"category": []}'), b'{"fact": "\\udc00", "version": 1}',
    b'{"fact": "merged", "version": 1, "reason": "x", "data": {"parent_id": "\\u0000"}}', b'{"fact": "rejected", "version": 1, "reason": "\\u0000"}',
    b'{"fact": "assigned", "version": 1, "data": {"due_at": false, "to_org": "STC"}}',
    b'{"fact": "assigned", "version": 1, "data": {"due_at": []}}',
])
def test_decision_that_cannot_be_is_refused_and_changes_nothing(centre: Centre, body: bytes) -> None:
    assert centre.decide(body).status in {400, 403}
    assert centre.conn.execute("select version from report_state").fetchall() == [(1,)]
    assert centre.conn.execute("select count(*) from decision_key").fetchone() == (0,)


@pytest.mark.parametrize("text", ["\x00", "\ud800", "😀" * 300, "\u202e\u200b", "a\r\nSet-Cookie: x=y", SCRIPT, "%s%n", "../../etc/passwd"])
def test_any_text_in_any_field_is_answered(centre: Centre, text: str) -> None:
    told = urlencode(dict.fromkeys(("login", "password", "code", "to", "way", "csrf", "name", "old", "new"), text), errors="surrogatepass").encode()
    for path in ("/login", "/login/step", "/login/outside", "/logout", "/console/me/password", "/console/me/second-step", "/console/screens/confirm",
                 "/console/screens/change", "/console/screens/end"):
        found = centre.post(path, centre.lan, told, **HTML)
        assert found.status in {400, 403, 429}, path
        assert "<script>alert" not in found.body.decode()
        assert "x" not in [c.partition("=")[0] for c in found.cookies]


# ------------------------------------------------------------------ texts that are shown to others


def test_script_in_a_name_is_shown_as_text_to_everybody(centre: Centre) -> None:
    mine = cookie(centre.conn, "kchban", ["operator"], NOW)
    centre.conn.execute("update person set name = %s where login = 'kchban'", (SCRIPT,))
    code = centre.get("/screen").body.decode().split('pairing-code">')[1].partition("<")[0]
    assert centre.form("/console/screens/confirm", mine, code=code, name=SCRIPT).status == 303
    fresh = cookie(centre.conn, "kchban", [], NOW)
    for page in (centre.get("/console/screens", fresh), centre.get("/console", fresh), centre.get("/console/audit", centre.auditor)):
        assert page.status == 200
        assert "&lt;script&gt;alert(1)" in page.body.decode()
        assert "<script>alert" not in page.body.decode()
        assert "49" not in page.body.decode().partition("&lt;script")[2][:60]


@pytest.mark.parametrize("more", [{"addresses": "fe80::1%<b>"}, {"addresses": "x" * 500}, {"pinned": "/wall/../console"}, {"pinned": "/wall/" + "a" * 1000},
                                  {"pinned": "/wall?\n"}, {"pinned": "//evil.example"}, {"name": "\u202ename"}, {"name": "x" * 101}, {"screen": "9" * 30}])
def test_screen_cannot_be_made_what_no_screen_is(centre: Centre, more: dict[str, str]) -> None:
    number = centre.conn.execute("insert into screen (name, digest, changed_at, paired_at, paired_by, seen_at) values ('a', %(d)s, %(at)s, %(at)s, 'x', %(at)s) "
                                 "returning screen_id", {"d": str(more).encode(), "at": NOW}).fetchone()
    assert number
    found = centre.form("/console/screens/change", centre.lan, **({"screen": str(number[0]), "name": "b", "addresses": "", "pinned": ""} | more))
    assert found.status == 400
    assert centre.conn.execute("select name, pinned from screen where screen_id = %s", (number[0],)).fetchone() == ("a", None)
