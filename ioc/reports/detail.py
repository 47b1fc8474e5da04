"""One report in full, for whoever works on it: what came of it, what belongs to it, what this person may decide about it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from math import cos, radians
from typing import Any, NamedTuple

from psycopg.rows import dict_row

from ioc.calendar.working import WorkingCalendar
from ioc.contacts.vault import Subject, masked
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.decisions.acts import DESKS
from ioc.errors import NotFoundError
from ioc.people.principal import Principal, Scope
from ioc.people.roles import Permission
from ioc.people.seals import SealError, Seals
from ioc.places.distance import DEGREE_M
from ioc.reports.pictures import Hint, photo_hints
from ioc.reports.queue import SEEN_S, lines, scope_of
from ioc.streams.engine.fold import permitted
from ioc.streams.engine.rules import Rules
from ioc.streams.report import STREAM

MOST_EVENTS, MOST_CHILDREN, MOST_NEIGHBOURS, MOST_CHANGED = 300, 50, 40, 200
AROUND_M = 400
"""Half the side of the box whose open reports are neighbours."""
GONE = timedelta(minutes=5)
"""After which a look that nobody ended is forgotten."""


class Left(NamedTuple):
    """Time to a deadline, seconds below zero when it has passed. `unit`: 'clock', or 'working' for time of work; `stands`: the clock is stopped."""

    seconds: float
    unit: str
    stands: bool


class Looking(NamedTuple):
    """Who looks at a report, and what limits the reach of those who are told."""

    subject: str
    actor: str
    name: str
    unit_code: str
    org_code: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A report with what belongs to it: rows by column of the queries. `contact`: masked, empty for who needs not know the reporter."""

    line: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    photos: Sequence[Mapping[str, Any]]
    hints: Sequence[Hint]
    children: Sequence[Mapping[str, Any]]
    neighbours: Sequence[Mapping[str, Any]]
    contact: Mapping[str, str]
    acts: Sequence[str]


def detail(conn: Connection, seals: Seals, who: Principal, subject: str) -> Detail:
    """One report.

    Raises:
        NotFoundError: it is not there, or out of reach.

    """
    found = lines(conn, [subject], who)
    if not found:
        raise NotFoundError(f"there is no report {subject[:100]} that you could see")
    line = found[0]
    contact = _contact(conn, seals, who, subject) if who.may(Permission.REPORTS_CONTACT) else {}
    reach = {"subject": subject, "scope": scope_of(who)}
    return Detail(
        line=line, contact=contact, acts=acts(line, who), hints=photo_hints(conn, subject), photos=_rows(conn, "photos", reach),
        events=_rows(conn, "events", {"subject": subject, "first_at": line["first_at"], "most": MOST_EVENTS}),
        children=_rows(conn, "children", {**reach, "most": MOST_CHILDREN}),
        neighbours=_neighbours(conn, line, reach))


def _contact(conn: Connection, seals: Seals, who: Principal, subject: str) -> Mapping[str, str]:
    try:
        return masked(conn, seals, who, Subject("report", subject))
    except SealError:
        return {}  # a lost key must not hide the report


def acts(line: Mapping[str, Any], who: Principal) -> list[str]:
    """What this person may decide about a report as it stands: facts, and 'paused' only for who may agree to it where it was asked for."""
    projection = STREAM.projection
    assert projection is not None
    if not line["decidable"]:
        return []
    reach = {"unit": line["unit_code"], "agency": line["org_code"], "field": line["category"]}
    found = [fact for fact, act in DESKS["report"].acts.items()
             if permitted(projection, line["state"], fact) and _covers(who.scope(act.permission), reach)]
    if "paused" not in found and line["pause_asked_at"] and _covers(who.scope(Permission.REPORTS_APPROVE), reach):
        found.append("paused")
    return found


def left(calendar: WorkingCalendar, rules: Rules, line: Mapping[str, Any], now: datetime) -> Left | None:
    """Time that a report has left; None where it has no deadline, or has ended."""
    if line["due_at"] is None or line["ended_at"] is not None:
        return None
    stands = line["suspended_at"] is not None
    since = line["suspended_at"] if stands else now
    term = rules.terms.get(line["category"])
    if line["jurisdiction"] or (term and term.unit == "clock_hour"):
        return Left((line["due_at"] - since).total_seconds(), "clock", stands)
    return Left(calendar.working_seconds(since, line["due_at"]), "working", stands)


def look(conn: Connection, who: Principal, subject: str, at: datetime) -> None:
    """A person looks at a report, '' = at none any more; all that look at reports are told.

    Raises:
        NotFoundError: it is not there, or out of reach.

    """
    if subject and not lines(conn, [subject], who):
        raise NotFoundError(f"there is no report {subject[:100]} that you could see")
    with conn.transaction():
        if subject:
            conn.execute(sql()["look"], {"actor": who.actor, "name": who.name, "subject": subject, "at": at, "before": at - GONE})
        else:
            conn.execute(sql()["leave"], {"actor": who.actor})
        conn.execute("select pg_notify(%s, '')", (PRESENCE,))


PRESENCE = "ioc_report_presence"
"""NOTIFY channel: somebody looks at another report."""


def looking(rows: Sequence[tuple[Any, ...]], who: Principal) -> dict[str, list[Looking]]:
    """Who looks at which report, of those within a person's reach."""
    reach, found = who.scope(Permission.REPORTS_READ), dict[str, list[Looking]]()
    for one in (Looking(*row) for row in rows):
        if reach.covers(unit=one.unit_code, agency=one.org_code, field=one.category):
            found.setdefault(one.subject, []).append(one)
    return found


def lookers(conn: Connection, real: datetime) -> list[tuple[Any, ...]]:
    """All that look at reports now."""
    return conn.execute(sql()["looking"], {"after": real - timedelta(seconds=SEEN_S)}).fetchall()


@cache
def sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("detail.sql")).items()}


def _covers(scope: Scope, reach: Mapping[str, str]) -> bool:
    return bool(scope.grants) and scope.covers(**reach)


def _neighbours(conn: Connection, line: Mapping[str, Any], reach: Mapping[str, Any]) -> list[dict[str, Any]]:
    lon, lat = line["lon_deg"], line["lat_deg"]
    if lon is None:
        return []
    high = AROUND_M / DEGREE_M
    wide = high / max(0.01, cos(radians(lat)))
    return _rows(conn, "neighbours", {**reach, "jurisdiction": line["jurisdiction"], "west_deg": lon - wide, "east_deg": lon + wide,
                                      "south_deg": lat - high, "north_deg": lat + high, "most": MOST_NEIGHBOURS})


def _rows(conn: Connection, query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql()[query], values).fetchall()
