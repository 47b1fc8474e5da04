"""Persons of the tests, signed in without the page: what the browser would keep of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ioc.api.identity import Cookies
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.people import screens, sessions
from ioc.people.accounts import By, Person, add_person, person_by_login
from ioc.people.principal import Grant
from ioc.people.roles import LIMITED
from tests.integration.web_server import Answer, ask

PASSWORD = "ba con vịt bơi qua sông"
NAME = Cookies(secure=False, port=8050)
ALL_SEEING = ("shift_lead", "presenter", "procedure_office", "incident_command", "leader")


def person(conn: Connection, login: str, roles: Sequence[str], at: datetime | None = None, *, agencies: Sequence[str] = ("X99.9001",)) -> Person:
    """An account with a password of its own; limited roles reach the agencies."""
    known = person_by_login(conn, login)
    if known:
        return known
    return holding(conn, login, [Grant(role=role, agencies=frozenset(agencies) if role in LIMITED else None) for role in roles], at)


def holding(conn: Connection, login: str, grants: Sequence[Grant], at: datetime | None = None) -> Person:
    """A new account with these grants."""
    return add_person(conn, login, login.title(), grants, By(actor="system:test", at=at or SystemClock().now()), password=PASSWORD)[0]


def given(answer: Answer, what: str) -> str:
    """A cookie that an answer sets, as a browser sends it back."""
    return next(c.partition(";")[0] for c in answer.cookies if c.startswith(f"ioc_{what}_"))


def paired(base: str, conn: Connection, by: By, **limits: Any) -> tuple[int, str]:
    """(number, cookie) of a screen that was paired by the code it showed."""
    shown = ask(base, "/screen", Cookie="", Accept="text/html")
    code = shown.body.decode().split('pairing-code">')[1].partition("<")[0]
    number = screens.confirm(conn, code, "Sảnh", by, **limits)
    return number, given(ask(base, "/screen/state", method="POST", Cookie=given(shown, "pairing")), "screen")


def cookie(conn: Connection, login: str, roles: Sequence[str], at: datetime | None = None, *, port: int = 8050) -> str:
    """Header of a person's browser who has just signed in."""
    when = at or SystemClock().now()
    return signed_in(conn, person(conn, login, roles, when), when, port=port)


def signed_in(conn: Connection, who: Person, at: datetime, *, port: int = 8050) -> str:
    """Header of this person's browser."""
    return f"{Cookies(secure=False, port=port).name('session')}={sessions.begin(conn, who, By(actor='system:test', at=at))}"


def viewer(dsn: str, at: datetime | None = None, *, port: int = 8050) -> str:
    """Header of somebody who may see everything and play scenarios."""
    with connect(dsn, application="test", autocommit=True) as conn:
        return cookie(conn, "viewer", ALL_SEEING, at, port=port)
