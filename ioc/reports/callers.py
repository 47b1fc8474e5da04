"""Whether somebody called before: how many of their reports are within reach, how many are open, how many were rejected. Never a name."""

from datetime import datetime
from functools import cache
from importlib import resources
from typing import NamedTuple

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.contacts.vault import same_caller
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ForbiddenError
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.people.seals import Seals

SHOWN = 5


class Earlier(NamedTuple):
    """An earlier report of a caller, as it stands."""

    subject: str
    category: str
    state: str
    submitted_at: datetime | None
    is_rejected: bool
    is_open: bool


class Caller(NamedTuple):
    """What is known of a number within reach. `last`: the newest SHOWN, those that are open first."""

    reports: int
    open: int
    rejected: int
    last: tuple[Earlier, ...]


def caller(conn: Connection, seals: Seals, who: Principal, telephone: str) -> Caller:
    """Earlier reports of a telephone number.

    Raises:
        ForbiddenError: no role of the person takes reports in.

    """
    scope = who.scope(Permission.REPORTS_TRIAGE)
    if not scope.grants:
        raise ForbiddenError("earlier calls need the permission reports_triage, which none of your roles gives")
    subjects = [found.id for found in same_caller(conn, seals, "telephone", telephone) if found.stream == "report"]
    with conn.cursor(row_factory=class_row(Earlier)) as cursor:
        found = cursor.execute(sql()["earlier"], {"subjects": subjects, "scope": Jsonb(scope.parameters()["scope"])}).fetchall()
    last = sorted(found, key=lambda one: not one.is_open)[:SHOWN]
    return Caller(len(found), sum(one.is_open for one in found), sum(one.is_rejected for one in found), tuple(last))


@cache
def sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("callers.sql")).items()}
