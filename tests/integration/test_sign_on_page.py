"""The province's own sign-on as the page offers it: to the provider and back, or by the directory's password, into a session with the groups' roles."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from ioc.api.app import create_app
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.people.accounts import grants_of, person_by_login
from ioc.people.principal import Grant
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.fake_directory import FakeDirectory, certified, directory
from tests.fake_sign_on import CLIENT, NOW, SECRET, FakeProvider, provider, visit
from tests.integration.cast import person
from tests.integration.test_sign_on_ldap import BASE, OPERATORS, READER, made
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL


class Desk(NamedTuple):
    """A web process with both ways, the provider, the directory, the database."""

    base: str
    oidc: FakeProvider
    ldap: FakeDirectory
    conn: Connection

    def post(self, path: str, cookie: str = "", **form: str) -> Answer:
        return ask(self.base, path, method="POST", body=urlencode(form).encode(), Cookie=cookie, Accept="text/html")

    def get(self, path: str, cookie: str = "") -> Answer:
        return ask(self.base, path, Cookie=cookie, Accept="text/html")


@pytest.fixture
def desk(postgres: str, tmp_path: Path) -> Iterator[Desk]:
    authority, certificate = certified(tmp_path, "localhost", "127.0.0.1")
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "reader").write_text("of-reader")
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn, provider() as oidc, \
            directory(made(), certificate, ldaps=True) as ldap:
        (tmp_path / "sign-on.toml").write_text(f"""
[oidc]
issuer = "{oidc.issuer}"
client_id = "{CLIENT}"
client_secret_file = "{tmp_path / "secret"}"
return_address = "https://ioc.example.vn/login/return"
title = "Đăng nhập bằng tài khoản công vụ"
[ldap]
url = "ldaps://localhost:{ldap.port}"
base = "{BASE}"
ca_file = "{authority}"
service_dn = "{READER}"
service_password_file = "{tmp_path / "reader"}"
[[grants]]
group = "operators"
role = "operator"
[[grants]]
group = "{OPERATORS}"
role = "incident_command"
""", encoding="utf-8")
        settings = Settings(database=dsn, profile=FICTIONAL, sign_on=str(tmp_path / "sign-on.toml"))
        with serving(create_app(settings, FrozenClock(NOW))) as base:
            yield Desk(base, oidc, ldap, conn)


def cookie(answer: Answer, what: str) -> str:
    return next(c.partition(";")[0] for c in answer.cookies if c.startswith(f"ioc_{what}_"))


def sent_off(desk: Desk) -> tuple[str, dict[str, str]]:
    """The step's cookie, and what the browser brings back from the provider."""
    answer = desk.post("/login/outside", way="oidc", to="/wall")
    address = html.unescape(answer.body.decode().split('content="0; url=')[1].partition('"')[0])
    return cookie(answer, "step"), visit(address)


def came_back(desk: Desk, step: str, query: dict[str, str]) -> Answer:
    return desk.get(f"/login/return?{urlencode(query)}", step)


def test_page_offers_both_ways(desk: Desk) -> None:
    page = desk.get("/login").body.decode()
    assert "Đăng nhập bằng tài khoản công vụ" in page
    assert page.count('name="way"') == 2


def test_provider_leads_back_into_a_session_with_the_groups_roles(desk: Desk) -> None:
    answer = came_back(desk, *sent_off(desk))
    assert (answer.status, answer.headers["location"]) == (303, "/wall")
    assert desk.get("/console/screens", cookie(answer, "session")).status == 200
    lan = person_by_login(desk.conn, "lan.nguyen")
    assert lan
    assert (lan.password_hash, lan.issuer) == (None, desk.oidc.issuer)
    assert grants_of(desk.conn, lan.person_id) == (Grant(role="operator"),)


def test_who_left_the_group_comes_in_no_more_and_has_no_role(desk: Desk) -> None:
    came_back(desk, *sent_off(desk))
    desk.oidc.person["groups"] = ["elsewhere"]
    answer = came_back(desk, *sent_off(desk))
    assert answer.status == 403
    assert "không thuộc nhóm nào" in answer.body.decode()


def test_step_of_another_browser_or_a_second_time_opens_nothing(desk: Desk) -> None:
    step, query = sent_off(desk)
    other, _ = sent_off(desk)
    assert came_back(desk, other, query).status == 403
    assert came_back(desk, "", query).status == 403
    assert came_back(desk, step, query).status == 303
    assert came_back(desk, step, query).status == 403


def test_outside_person_does_not_become_a_local_account_of_the_same_name(desk: Desk) -> None:
    person(desk.conn, "lan.nguyen", ["auditor"], NOW)
    assert came_back(desk, *sent_off(desk)).status == 403
    assert desk.post("/login", login="lan.nguyen", password="x").status == 403


def test_directorys_password_opens_and_is_kept_nowhere(desk: Desk) -> None:
    answer = desk.post("/login/outside", way="ldap", login="lan", password="Mật khẩu 1")
    assert answer.status == 303
    lan = person_by_login(desk.conn, "lan")
    assert lan
    assert lan.password_hash is None
    assert grants_of(desk.conn, lan.person_id) == (Grant(role="incident_command"),)
    assert desk.post("/login", login="lan", password="Mật khẩu 1").status == 403


def test_directory_that_is_guessed_at_makes_wait(desk: Desk) -> None:
    statuses = [desk.post("/login/outside", way="ldap", login="lan", password="wrong").status for _ in range(6)]
    assert statuses == [403] * 5 + [429]


def test_directory_or_provider_away_says_so_and_local_accounts_go_on(desk: Desk) -> None:
    person(desk.conn, "local", ["operator"], NOW)
    desk.oidc.away = True
    desk.ldap.passwords.pop(READER)
    assert desk.post("/login/outside", way="oidc").status == 503
    assert desk.post("/login/outside", way="ldap", login="lan", password="Mật khẩu 1").status == 503
    assert desk.post("/login", login="local", password="ba con vịt bơi qua sông").status == 303


def test_way_that_is_none_is_refused(desk: Desk) -> None:
    assert desk.post("/login/outside", way="kerberos").status == 403


