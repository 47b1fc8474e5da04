"""Persons of the tests, signed in without the page: what the browser would keep of them."""

from collections.abc import Sequence
from datetime import datetime

from ioc.api.identity import Cookies
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.people import sessions
from ioc.people.accounts import By, Person, add_person, person_by_login
from ioc.people.principal import Grant
from ioc.people.roles import LIMITED

PASSWORD = "ba con vịt bơi qua sông"
NAME = Cookies(secure=False, port=8050)
ALL_SEEING = ("shift_lead", "presenter", "procedure_office", "incident_command", "leader")


def person(conn: Connection, login: str, roles: Sequence[str], at: datetime | None = None, *, agencies: Sequence[str] = ("X99.9001",)) -> Person:
    """An account with a password of its own; limited roles reach the agencies."""
    known = person_by_login(conn, login)
    if known:
        return known
    grants = [Grant(role=role, agencies=frozenset(agencies) if role in LIMITED else None) for role in roles]
    return add_person(conn, login, login.title(), grants, By(actor="system:test", at=at or SystemClock().now()), password=PASSWORD)[0]


def cookie(conn: Connection, login: str, roles: Sequence[str], at: datetime | None = None, *, port: int = 8050) -> str:
    """Header of a person's browser who has just signed in."""
    when = at or SystemClock().now()
    token = sessions.begin(conn, person(conn, login, roles, when), By(actor="system:test", at=when))
    return f"{Cookies(secure=False, port=port).name('session')}={token}"


def viewer(dsn: str, at: datetime | None = None, *, port: int = 8050) -> str:
    """Header of somebody who may see everything and play scenarios."""
    with connect(dsn, application="test", autocommit=True) as conn:
        return cookie(conn, "viewer", ALL_SEEING, at, port=port)
