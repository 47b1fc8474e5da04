"""Attacks on who may do what: guessing, waiting and timing of log-ins, used codes, other people's ids and roles, screens and half-made accounts."""

import statistics
import time
from urllib.parse import urlencode

import pyotp
import pytest

from ioc.api.app import create_app
from ioc.audit.chain import verify
from ioc.audit.ledger import lines
from ioc.db.connect import connect
from ioc.people import screens
from ioc.people.accounts import By, add_person, end_person, person_by_login, set_roles, set_totp
from ioc.people.principal import Grant
from ioc.people.seals import read_seals
from ioc.settings import Settings
from tests.browser.stack import free_port, program
from tests.integration.cast import PASSWORD, cookie, person
from tests.integration.streams_wire import NOW
from tests.integration.test_attacks import HTML, Centre, centre, world
from tests.integration.web_server import Answer, ask, eventually, serving, viewing
from tests.profiles import FICTIONAL

__all__ = ["centre", "world"]  # fixtures
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BY = By(actor="system:test", at=NOW)
ROUNDS = 15


def set_cookie(answer: Answer, what: str) -> str:
    return next(c.partition(";")[0] for c in answer.cookies if c.startswith(f"ioc_{what}_"))


def paired(centre: Centre) -> tuple[int, str]:
    """(number, cookie) of a screen of its own."""
    page = centre.get("/screen")
    device, code = set_cookie(page, "pairing"), page.body.decode().split('pairing-code">')[1].partition("<")[0]
    number = screens.confirm(centre.conn, code, "Sảnh", BY)
    return number, set_cookie(centre.post("/screen/state", device), "screen")


def with_second_step(centre: Centre, login: str) -> None:
    who = person(centre.conn, login, ["operator"], NOW)
    set_totp(centre.conn, who, SECRET, read_seals(str(centre.keys)), BY)


# ------------------------------------------------------------------ which log-ins are there?


def test_refusal_tells_nothing_of_the_log_in(centre: Centre) -> None:
    person(centre.conn, "gone", ["operator"], NOW)
    gone = person_by_login(centre.conn, "gone")
    assert gone
    if gone.ended_at is None:
        end_person(centre.conn, gone, BY, "left")
    found = [centre.log_in(login, "wrong password", **HTML) for login in ("lan", "xyz", "gone")]
    assert {answer.status for answer in found} == {403}
    assert len({answer.body.replace(login, b"?") for answer, login in zip(found, (b'value="lan"', b'value="xyz"', b'value="gone"'), strict=True)}) == 1
    assert len({tuple(sorted(set(answer.headers) - {"date"})) for answer in found}) == 1


def test_waiting_tells_nothing_of_the_log_in(centre: Centre) -> None:
    told = [[(a.status, a.headers.get("retry-after")) for a in (centre.log_in(login, "wrong") for _ in range(7))] for login in ("lan", "nobody")]
    assert told[0] == told[1] == [(403, None)] * 5 + [(429, "15")] * 2


def test_time_of_a_refusal_tells_nothing_of_the_log_in(centre: Centre) -> None:
    took: dict[str, list[float]] = {"lan": [], "nobody": []}
    for _ in range(ROUNDS):  # by turns, so that what else the machine does falls on both
        for login, times in took.items():
            centre.conn.execute("delete from sign_in_failure")
            began = time.perf_counter()
            assert centre.log_in(login, "wrong").status == 403
            times.append(time.perf_counter() - began)
    ratio = statistics.median(took["nobody"]) / statistics.median(took["lan"])
    print(f"\nunknown/known log-in: {ratio:.2f}")
    assert 0.7 < ratio < 1.4


def test_address_is_not_what_the_caller_says_where_no_proxy_is_named(centre: Centre) -> None:
    port = free_port()
    with program("web", centre.conn.info.dsn, port):
        base = f"http://127.0.0.1:{port}"
        eventually(lambda: _answers(base), within_s=60)
        ask(base, "/login", method="POST", body=urlencode({"login": "lan", "password": PASSWORD}).encode(),
            **{"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"})
    assert centre.conn.execute("select address from person_session order by session_id desc limit 1").fetchone() == ("127.0.0.1",)


def _answers(base: str) -> bool:
    try:
        return ask(base, "/healthz").status == 200
    except OSError:
        return False


# ------------------------------------------------------------------ used and half-done proofs


def test_code_that_was_seen_over_a_shoulder_is_used_up(centre: Centre) -> None:
    with_second_step(centre, "otp")
    code = pyotp.TOTP(SECRET).at(int(NOW.timestamp()))
    statuses = [centre.post("/login/step", set_cookie(centre.log_in("otp"), "step"), f"code={code}".encode()).status for _ in range(2)]
    assert statuses == [303, 403]


def test_token_of_one_step_is_no_token_of_another(centre: Centre) -> None:
    """Both lie in one table: what turns the second step on must not count as a password that was right, nor the other way round."""
    page = centre.get("/console/me", centre.lan).body.decode()
    enrolling = page.split('name="step" value="')[1].partition('"')[0]
    for path in ("/login/step", "/login/return"):
        answer = ask(centre.base, path, method="POST" if path == "/login/step" else "GET", body=b"code=1", Cookie=f"ioc_step_8050={enrolling}", **HTML)
        assert (answer.status, [c for c in answer.cookies if "session" in c]) == (403, [])
    with_second_step(centre, "half")
    half, signed_in = set_cookie(centre.log_in("half"), "step"), cookie(centre.conn, "half", [], NOW)
    assert centre.form("/console/me/second-step", signed_in, act="on", old=PASSWORD, step=half.partition("=")[2], code="123456").status == 400


def test_second_step_that_is_on_is_not_replaced_without_the_password(centre: Centre) -> None:
    mine = cookie(centre.conn, "twice", ["operator"], NOW)
    given = [centre.get("/console/me", mine).body.decode() for _ in range(2)]
    found = []
    for page in given:
        secret, step = page.split("<code>")[1].partition("</code>")[0], page.split('name="step" value="')[1].partition('"')[0]
        code = pyotp.TOTP(secret).at(int(NOW.timestamp()))
        found.append(centre.form("/console/me/second-step", mine, act="on", old=PASSWORD, step=step, code=code).status)
    assert found == [200, 400]


def test_one_time_password_opens_nothing_but_its_change(centre: Centre) -> None:
    _, drawn = add_person(centre.conn, "moi", "Mới", [Grant(role="operator")], BY)
    mine = set_cookie(centre.log_in("moi", drawn), "session")
    closed = ("/wall", "/api/panels", "/console", "/console/screens", "/live/stream", "/_dash-layout", "/api/contacts/report/PA-1", "/api/kpi")
    assert [ask(centre.base, path, Cookie=mine).status for path in closed] == [403] * len(closed)
    for path in ("/console/me/second-step", "/console/me/sessions", "/console/screens/confirm", "/_dash-update-component"):
        assert centre.form(path, mine).status == 403, path
    assert centre.decide(b'{"fact": "verified", "version": 1}', mine).status == 403


def test_account_page_is_there_without_a_key_file(centre: Centre) -> None:
    settings = Settings(database=centre.conn.info.dsn, profile=FICTIONAL)
    with serving(create_app(settings, centre.clock)) as base:
        assert ask(base, "/console/me", Cookie=centre.lan).status == 200


# ------------------------------------------------------------------ other people's doors and ids


@pytest.mark.parametrize("role", ["auditor", "administrator", "leader", "presenter", "procedure_office", "incident_command", "focal_point", "unit_head"])
def test_role_does_not_decide_what_is_another_roles(centre: Centre, role: str) -> None:
    who = cookie(centre.conn, f"only-{role}".replace("_", "-"), [role], NOW)
    before = centre.conn.execute("select count(*) from audit_line").fetchone()
    assert centre.decide(b'{"fact": "verified", "version": 1}', who, key=f"key-{role}").status == 403
    assert centre.decide(b'{"fact": "rejected", "version": 1, "reason": "x"}', who, key=f"key2-{role}").status == 403
    assert centre.conn.execute("select version from report_state").fetchall() == [(1,)]
    assert centre.conn.execute("select count(*) from audit_line").fetchone() == before


def test_operator_does_not_approve_by_the_field_that_only_the_lead_tells(centre: Centre) -> None:
    for told in (b'{"due_at": "2026-12-01T00:00:00Z", "to_org": "STC"}', b'{"due_at": 0, "to_org": "STC"}', b'{"due_at": "", "to_org": "STC"}'):
        found = centre.decide(b'{"fact": "assigned", "version": 1, "data": ' + told + b"}")
        assert found.status in {400, 403}, told
    assert centre.conn.execute("select version from report_state").fetchall() == [(1,)]


def test_screens_cookie_looks_and_does_nothing_else(centre: Centre) -> None:
    _, screen = paired(centre)
    assert centre.get("/wall", screen).status == 200
    for path in ("/console", "/console/me", "/console/screens", "/console/audit", "/scenarios", "/api/contacts/report/PA-1"):
        assert ask(centre.base, path, Cookie=screen).status == 403, path
    for path in ("/console/screens/end", "/console/me/password", "/console/me/sessions", "/scenarios/run", "/session/active", "/api/contacts/report/PA-1/reveal"):
        assert centre.post(path, screen, b"screen=1").status == 403, path
    assert centre.decide(b'{"fact": "verified", "version": 1}', screen).status == 403
    assert ask(centre.base, "/console", Cookie=f"ioc_session_8050={screen.partition('=')[2]}").status == 401


def test_nobody_ends_what_is_not_theirs(centre: Centre) -> None:
    number, screen = paired(centre)
    other = cookie(centre.conn, "minh", ["leader"], NOW)
    assert centre.form("/console/screens/end", other, screen=str(number)).status == 403
    assert centre.form("/console/screens/change", other, screen=str(number), name="x").status == 403
    assert centre.form("/console/me/sessions", other, session="1", person="1", session_id="1").status == 200
    assert [ask(centre.base, "/api/panels", Cookie=who).status for who in (screen, centre.lan, other)] == [200] * 3


def test_form_token_of_another_person_is_refused(centre: Centre) -> None:
    other = cookie(centre.conn, "minh", ["leader"], NOW)
    token = centre.get("/console/me", other).body.decode().split('name="csrf" value="')[1].partition('"')[0]
    assert centre.post("/logout", centre.lan, urlencode({"csrf": token}).encode()).status == 403
    assert centre.post("/console/screens/end", centre.lan, urlencode({"csrf": token, "screen": "1"}).encode()).status == 403
    assert centre.post("/console/me/sessions", centre.lan, b'{"csrf": "x"}', **{"Content-Type": "application/json"}).status == 403
    assert centre.get("/console", centre.lan).status == 200


def test_decision_needs_a_header_that_no_form_of_another_site_can_send(centre: Centre) -> None:
    forged = b'{"fact": "noted", "version": 1, "data": {"note": "x"}}'
    assert centre.post("/api/decisions/report/PA-1", centre.lan, forged, **{"Content-Type": "text/plain"}).status == 400
    assert centre.decide(forged, Origin="http://evil.example").status == 403
    assert centre.decide(forged, **{"Sec-Fetch-Site": "same-site", "Content-Type": "text/plain"}).status == 403
    assert centre.conn.execute("select version from report_state").fetchall() == [(1,)]


def test_open_stream_ends_when_the_persons_roles_change(centre: Centre) -> None:
    mine = cookie(centre.conn, "streamer", ["leader"], NOW)
    who = person_by_login(centre.conn, "streamer")
    assert who
    with viewing(centre.base, cookie=mine) as viewer:
        assert viewer.next("hello").event == "hello"
        set_roles(centre.conn, who, [Grant(role="auditor")], BY)
        assert viewer.next("signed-out").event == "signed-out"


def test_after_all_this_the_ledger_is_whole_and_tells_of_the_failures(centre: Centre) -> None:
    centre.log_in("lan", "wrong")
    assert lines(centre.conn, limit=1)[0].action == "sign_in.failed"
    with connect(centre.conn.info.dsn, application="test") as reading:
        assert verify(reading).whole
    assert ask(centre.base, "/healthz").status == 200
