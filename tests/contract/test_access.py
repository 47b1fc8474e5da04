"""Every path of the web process × every role: who gets in is what the table says, and the table names every path."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

import ioc.layouts
from ioc.api.access import Door, may
from ioc.api.app import create_app
from ioc.api.guard import Guard
from ioc.api.live import PATHS
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.people.principal import Grant, Principal
from ioc.people.roles import LIMITED, NAMES, ROLES, Permission
from ioc.settings import Settings
from tests.conftest import fresh_database
from tests.integration.cast import cookie
from tests.integration.web_server import ask, serving
from tests.profiles import FICTIONAL

TEMPLATES = Path(ioc.layouts.__file__).parent / "templates"
FILLED = {"key": "one_stop", "code": "en", "stream": "report", "subject": "PA-1", "name": "index.json"}
"""What stands in the places of a path."""


class House(NamedTuple):
    """A served web process, its guard and one signed-in person of each role."""

    base: str
    guard: Guard
    cookies: dict[str, str]


@pytest.fixture(scope="module")
def house(postgres: str) -> Iterator[House]:
    with fresh_database(postgres) as dsn:
        guard = create_app(Settings(database=dsn, profile=FICTIONAL), SystemClock())
        with connect(dsn, application="test", autocommit=True) as conn:
            cookies = {role: cookie(conn, role.replace("_", "-"), [role]) for role in ROLES}
        with serving(guard) as base:
            yield House(base, guard, cookies)


def paths(guard: Guard) -> list[tuple[str, str]]:
    """(method, path) of everything that the application answers, its places filled."""
    found = [("GET", "/wall"), ("GET", "/wall/one_stop")]  # Dash answers any path with its page
    found += [(method, path) for path, method in PATHS.items()]
    for route in guard.application.behind.routes:  # type: ignore[attr-defined]
        path = re.sub(r"{(\w+)(?::path)?}", lambda place: FILLED.get(place[1], "x"), route.path)
        if isinstance(route, Mount):
            found.append(("GET", f"{path}/fonts.css"))
        elif isinstance(route, APIRoute) and path != "x":  # the last one: Dash answers any path, the guard lets none pass that has no line
            found += [(method, path) for method in sorted({"GET", "POST"} & set(route.methods or ()))]
    return found


def test_every_path_of_the_application_has_a_line_in_the_table(house: House) -> None:
    assert [path for _, path in paths(house.guard) if house.guard.access.need(path) is None] == []


def test_nobody_gets_only_what_is_open(house: House) -> None:
    for method, path in paths(house.guard):
        need = house.guard.access.need(path)
        assert need is not None
        status = ask(house.base, path, method=method, body=b"" if method == "POST" else None).status
        assert (status == 401) == (not may(None, need)) or need is Door.OWN or path == "/session", (method, path, status)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_role_gets_what_the_table_says_and_nothing_else(house: House, role: str) -> None:
    wrong = []
    address = f"127.0.1.{1 + sorted(ROLES).index(role)}"  # one address may not ask for so much, nor guess so many codes of reports
    for method, path in paths(house.guard):
        need = house.guard.access.need(path)
        assert need is not None
        if need is Door.OWN or path in {"/live/stream", "/api/reports/stream", "/logout"} or path.startswith("/login"):
            continue  # a stream never ends; the others end the session
        status = ask(house.base, path, method=method, body=b"" if method == "POST" else None, address=address, Cookie=house.cookies[role]).status
        allowed = may(_principal(role), need)
        if status == 401 or (not allowed and status != 403) or (allowed and status == 403 and method == "GET" and "/kpi/" not in path):
            wrong.append((method, path, status, allowed))
    assert wrong == []


def _principal(role: str) -> Principal:
    limit = frozenset({"X99.9001"}) if role in LIMITED else None
    return Principal(kind="person", id="1", name=role, grants=(Grant(role=role, agencies=limit),))


def test_every_role_has_a_name_and_every_permission_a_role() -> None:
    assert set(NAMES) == set(ROLES)
    assert {p for permissions in ROLES.values() for p in permissions} == set(Permission)


def test_the_administrator_decides_nothing_and_reads_no_ledger() -> None:
    business = {Permission.REPORTS_TRIAGE, Permission.REPORTS_APPROVE, Permission.REPORTS_CONTACT, Permission.ALERTS_ACT, Permission.AUDIT_READ,
                Permission.TASKS_GIVE, Permission.INCIDENTS_HANDLE}
    assert ROLES["administrator"].isdisjoint(business)
    assert ROLES["auditor"] == {Permission.AUDIT_READ}




BEFORE_A_SESSION = {"/login", "/login/step", "/login/outside"}
SIGNED = ('name="form"', "proof(", 'name="code"')
"""What a citizen's form carries instead, who has no session: a signed number of its own (tests/integration/test_citizen_hostile.py), or, to read alone, the
receipt code.
"""


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_every_form_carries_the_sessions_token_inside(template: Path) -> None:
    forms = re.findall(r'<form([^>]*method="post"[^>]*)>(.*?)</form>', template.read_text(encoding="utf-8"), re.DOTALL)
    without = [action for head, body in forms if (action := head.split('action="')[1].partition('"')[0]) not in BEFORE_A_SESSION
               and "csrf" not in body and not (template.name.startswith("citizen") and any(sign in body for sign in SIGNED))]
    assert without == []


def test_forms_are_found() -> None:
    assert sum(path.read_text(encoding="utf-8").count('method="post"') for path in TEMPLATES.glob("*.html")) > 10
