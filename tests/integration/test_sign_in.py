"""Signing in as a browser does it: passwords, the second step, waiting, sessions that end, forms that are ours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ioc.audit.chain import verify
from ioc.db.connect import connect
from ioc.people.accounts import By, add_person, end_person, person_by_login, reset_password
from ioc.people.principal import Grant
from tests.integration.cast import PASSWORD
from tests.integration.sign_in_desk import NOW, Desk, cookie_of, csrf, sentence, signing_in
from tests.integration.web_server import ask


@pytest.fixture
def desk(postgres: str, tmp_path: Path) -> Iterator[Desk]:
    with signing_in(postgres, tmp_path) as made:
        yield made


def test_right_password_opens_the_console(desk: Desk) -> None:
    answer = desk.sign_in("  LAN ", to="/console/screens")
    assert (answer.status, answer.headers["location"]) == (303, "/console/screens")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=Lax" in answer.headers["set-cookie"]
    assert desk.get("/console", Cookie=cookie_of(answer)).status == 200


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"])
def test_sign_in_leads_only_to_our_own_pages(desk: Desk, to: str) -> None:
    assert desk.sign_in("lan", to=to).headers["location"] == "/console"


def test_wrong_password_and_unknown_login_are_told_alike(desk: Desk) -> None:
    wrong, unknown = desk.sign_in("lan", "wrong"), desk.sign_in("nobody", "wrong")
    assert (wrong.status, unknown.status) == (403, 403)
    assert sentence(wrong) == sentence(unknown) == "Tên đăng nhập, mật khẩu hoặc mã không đúng."
    assert desk.actions()[:2] == ["sign_in.failed", "sign_in.failed"]


def test_typed_login_that_is_unknown_stands_nowhere_in_plain_text(desk: Desk) -> None:
    desk.sign_in("my secret phrase", "x")
    found = desk.conn.execute("select content from audit_line where action = 'sign_in.failed'").fetchall()
    assert found
    assert "secret phrase" not in str(found)


def test_fifth_failure_makes_the_login_wait_also_with_the_right_password(desk: Desk) -> None:
    statuses = [desk.sign_in("lan", "wrong").status for _ in range(6)]
    assert statuses == [403] * 5 + [429]
    assert int(desk.sign_in("lan").headers["retry-after"]) > 0
    desk.clock.advance(16)
    assert desk.sign_in("lan").status == 303


def test_many_attempts_at_once_are_counted_before_they_are_looked_at(desk: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(lambda _: desk.sign_in("lan", "wrong").status, range(12)))
    assert statuses.count(403) == 5
    assert statuses.count(429) == 7


def test_sign_ins_that_succeed_do_not_make_an_office_wait(desk: Desk) -> None:
    for n in range(35):
        desk.clock.advance(1)
        assert desk.sign_in("lan").status == 303, n


def test_session_of_before_the_sign_in_is_not_taken_over(desk: Desk) -> None:
    planted = "ioc_session_8050=planted"
    answer = desk.post("/login", {"login": "lan", "password": PASSWORD}, Cookie=planted)
    assert cookie_of(answer) != planted
    assert desk.get("/console", Cookie=planted).status == 303


def test_database_holds_no_token(desk: Desk) -> None:
    token = cookie_of(desk.sign_in("lan")).partition("=")[2]
    dump = desk.conn.execute("select digest::text || csrf from person_session").fetchall()
    assert token not in str(dump)
    assert token.encode().hex() not in str(dump)


def test_session_ends_when_nobody_is_there_though_the_page_updates_itself(desk: Desk) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    for _ in range(4):
        desk.clock.advance(600)
        status = ask(desk.base, "/live/heartbeat", method="POST", body=b'{"screen": "s"}', Cookie=cookie).status
    assert status == 401
    assert desk.get("/console", Cookie=cookie).headers["location"].startswith("/login?to=")


def test_session_lasts_while_its_person_works_but_no_longer_than_a_shift(desk: Desk) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    for _ in range(38):
        desk.clock.advance(1200)
        assert ask(desk.base, "/session/active", method="POST", Cookie=cookie).status == 204
    desk.clock.advance(1200)
    assert ask(desk.base, "/session/active", method="POST", Cookie=cookie).status == 401


def test_sign_out_ends_the_session_for_whoever_kept_the_cookie(desk: Desk) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    answer = desk.post("/logout", {"csrf": csrf(desk, cookie)}, Cookie=cookie)
    assert answer.status == 303
    assert desk.get("/console", Cookie=cookie).status == 303
    assert desk.actions()[0] == "session.ended"


def test_form_without_the_sessions_token_does_nothing(desk: Desk) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    other = cookie_of(desk.sign_in("lan"))
    for token in ("", "x", csrf(desk, other)):
        assert desk.post("/logout", {"csrf": token}, Cookie=cookie).status == 403
        assert desk.post("/console/screens/confirm", {"csrf": token, "code": "1", "name": "x"}, Cookie=cookie).status == 403
    assert desk.get("/console", Cookie=cookie).status == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}])
def test_form_of_another_site_is_refused_whatever_it_knows(desk: Desk, headers: dict[str, str]) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    assert desk.post("/logout", {"csrf": csrf(desk, cookie)}, Cookie=cookie, **headers).status == 403
    assert desk.post("/login", {"login": "lan", "password": PASSWORD}, **headers).status == 403


def test_one_time_password_opens_nothing_but_the_choice_of_an_own_one(desk: Desk) -> None:
    _, drawn = add_person(desk.conn, "moi", "Mới", [Grant(role="operator")], By(actor="system:test", at=NOW))
    answer = desk.sign_in("moi", drawn)
    cookie = cookie_of(answer)
    assert answer.headers["location"] == "/console/me"
    assert desk.get("/wall", Cookie=cookie).headers["location"] == "/console/me"
    assert ask(desk.base, "/api/panels", Cookie=cookie).status == 403
    form = {"csrf": csrf(desk, cookie), "old": drawn, "new": "một câu dài dễ nhớ", "again": "một câu dài dễ nhớ"}
    assert desk.post("/console/me/password", form, Cookie=cookie).headers["location"] == "/console"
    assert ask(desk.base, "/api/panels", Cookie=cookie).status == 200
    assert desk.sign_in("moi", drawn).status == 403


@pytest.mark.parametrize(("new", "again"), [("short", "short"), ("một câu dài dễ nhớ", "khác"), (PASSWORD, PASSWORD), ("lanlanlanlanlan", "lanlanlanlanlan"),
                                            ("matkhau123456", "matkhau123456")])
def test_password_that_is_unfit_is_refused(desk: Desk, new: str, again: str) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    answer = desk.post("/console/me/password", {"csrf": csrf(desk, cookie), "old": PASSWORD, "new": new, "again": again}, Cookie=cookie)
    assert answer.status == 400
    assert desk.sign_in("lan").status == 303


def test_new_password_ends_the_other_sessions(desk: Desk) -> None:
    mine, other = cookie_of(desk.sign_in("lan")), cookie_of(desk.sign_in("lan"))
    form = {"csrf": csrf(desk, mine), "old": PASSWORD, "new": "một câu dài dễ nhớ", "again": "một câu dài dễ nhớ"}
    desk.post("/console/me/password", form, Cookie=mine)
    assert (desk.get("/console", Cookie=mine).status, desk.get("/console", Cookie=other).status) == (200, 303)


def test_open_session_alone_does_not_change_the_password(desk: Desk) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    form = {"csrf": csrf(desk, cookie), "old": "guess", "new": "một câu dài dễ nhớ", "again": "một câu dài dễ nhớ"}
    statuses = [desk.post("/console/me/password", form, Cookie=cookie).status for _ in range(6)]
    assert statuses == [403] * 6
    assert desk.sign_in("lan").status == 429


def test_account_that_was_ended_or_reset_is_out_at_once(desk: Desk) -> None:
    cookie, lan = cookie_of(desk.sign_in("lan")), person_by_login(desk.conn, "lan")
    assert lan
    drawn = reset_password(desk.conn, lan, By(actor="system:test", at=NOW))
    assert desk.sign_in("lan").status == 403
    assert desk.sign_in("lan", drawn).headers["location"] == "/console/me"
    end_person(desk.conn, lan, By(actor="system:test", at=NOW), "left")
    assert desk.sign_in("lan", drawn).status == 403
    desk.sign_in("x")  # any sign-in makes the process look again
    assert wait_out(desk, cookie) == 303


def wait_out(desk: Desk, cookie: str) -> int:
    """Status of the console once a change elsewhere is heeded (three seconds at most)."""
    from tests.integration.web_server import eventually

    return int(eventually(lambda: s if (s := desk.get("/console", Cookie=cookie).status) != 200 else 0))


def test_ledger_of_all_this_is_whole(desk: Desk) -> None:
    cookie = cookie_of(desk.sign_in("lan"))
    desk.sign_in("lan", "wrong")
    desk.post("/logout", {"csrf": csrf(desk, cookie)}, Cookie=cookie)
    with connect(desk.conn.info.dsn, application="test") as reading:
        verdict = verify(reading)
    assert verdict.whole
    assert verdict.lines >= 4


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "${alert(1)}", "{{7*7}}", '"><img src=x onerror=alert(1)>', "' or 1=1 --", "\x00", "a" * 5000])
def test_hostile_text_in_every_field_is_shown_as_text_or_refused(desk: Desk, text: str) -> None:
    page: Any = desk.post("/login", {"login": text, "password": text, "to": text})
    assert page.status in {400, 403, 429}
    assert "<script>alert" not in page.body.decode()
    assert "onerror=alert(1)>" not in page.body.decode().replace("&gt;", "")


def test_bodies_that_are_too_large_or_broken_are_refused(desk: Desk) -> None:
    assert ask(desk.base, "/login", method="POST", body=b"a=" + b"x" * (2 << 20)).status == 413
    many = "&".join(f"f{n}=1" for n in range(100)).encode()
    assert ask(desk.base, "/login", method="POST", body=many).status in {400, 403}
    assert ask(desk.base, "/login", method="POST", body=b"\xff\xfe=%zz&&&").status == 403
