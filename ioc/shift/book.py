"""Sổ giao ca: what the next shift has to know, gathered from what stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.alerts.board import Alert, open_alerts, told
from ioc.alerts.register import Register
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.panels.engine.freshness import Heard, freshness
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.profiles import Profile
from ioc.words import words

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.shift").joinpath("book.sql")).items()}
MOST = 1000
"""Lines of one kind; a shift with more hands over the oldest."""
GRAVE = 3
"""Severity from which an open alert is handed over."""
SILENT = frozenset({"stale", "dead", "none"})


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An open report of the first priority."""

    subject: str
    category: str
    unit_code: str
    org_code: str
    state: str
    submitted_at: datetime | None
    due_at: datetime | None
    simulated: bool


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A pause or an extension that waits for the centre's word."""

    subject: str
    category: str
    unit_code: str
    org_code: str
    pause_asked_at: datetime | None
    extension_asked_at: datetime | None
    wanted_due_at: datetime | None


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """An open alert; `title` in Vietnamese, as its rule had it then."""

    alert_id: str
    severity: int
    state: str
    title: str
    unit_code: str
    org_code: str
    raised_at: datetime
    simulated: bool


class Silent(msgspec.Struct, frozen=True, kw_only=True):
    """A source that does not keep its promise. `heard_at` None = it was never heard."""

    stream: str
    name: str
    name_en: str
    state: str
    heard_at: datetime | None


class Letters(msgspec.Struct, frozen=True, kw_only=True):
    """Open dead letters of one topic and reason."""

    topic: str
    reason: str
    messages: int
    oldest_at: datetime


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note of the shift. `corrects`: the number of the one that it puts right."""

    note_id: int
    written_at: datetime
    name: str
    words: str
    corrects: int | None


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """The book as it stands at a moment. `began_at` None = no shift was ever handed over before."""

    at: datetime
    began_at: datetime | None
    reports: Sequence[Report]
    asked: Sequence[Asked]
    alarms: Sequence[Alarm]
    sources: Sequence[Silent]
    letters: Sequence[Letters]
    notes: Sequence[Note]

    @property
    def simulated(self) -> bool:
        return any(r.simulated for r in self.reports) or any(a.simulated for a in self.alarms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """What the book is written with."""

    profile: Profile
    register: Register


def gather(conn: Connection, centre: Centre, who: Principal, now: datetime, *, began_at: datetime | None, after: int) -> Book:
    """The book of the shift that began, within a person's reach. `after`: the last note of the shift before."""
    reach = {"scope": Jsonb(who.scope(Permission.REPORTS_TRIAGE).parameters()["scope"]), "most": MOST}
    urgent = [c.code for c in centre.profile.categories if c.priority == 1]
    return Book(
        at=now, began_at=began_at, reports=_rows(conn, "urgent", Report, reach | {"urgent": urgent}), asked=_rows(conn, "asked", Asked, reach),
        alarms=[_alarm(a, centre) for a in open_alerts(conn, who.scope(Permission.ALERTS_READ)) if a.severity >= GRAVE],
        sources=_silent(_rows(conn, "heard", Heard, {}), centre.profile, now), letters=_rows(conn, "letters", Letters, {}),
        notes=_rows(conn, "notes", Note, {"after": after}))


def within_reach(book: Book, who: Principal) -> Book:
    """A frozen book as a person may see it: what lies out of reach is left out."""
    reports, alerts = who.scope(Permission.REPORTS_TRIAGE), who.scope(Permission.ALERTS_READ)
    return msgspec.structs.replace(
        book,
        reports=[r for r in book.reports if reports.covers(unit=r.unit_code, agency=r.org_code, field=r.category)],
        asked=[a for a in book.asked if reports.covers(unit=a.unit_code, agency=a.org_code, field=a.category)],
        alarms=[a for a in book.alarms if alerts.covers(unit=a.unit_code, agency=a.org_code)])


def _alarm(alert: Alert, centre: Centre) -> Alarm:
    title, _ = told(alert, centre.register, words("vi"), centre.profile)
    return Alarm(alert_id=alert.alert_id, severity=alert.severity, state=alert.state, title=title, unit_code=alert.unit_code,
                 org_code=alert.owner_org or alert.org_code, raised_at=alert.raised_at, simulated=alert.simulated)


def _silent(heard: Sequence[Heard], profile: Profile, now: datetime) -> list[Silent]:
    streams = sorted({contract.stream for contract in profile.file.sources})
    return [Silent(stream=f.stream, name=f.name, name_en=f.name_en, state=f.state, heard_at=f.heard_at)
            for f in freshness(profile, streams, heard, now) if f.state in SILENT]


def _rows(conn: Connection, name: str, row: type[Any], parameters: dict[str, Any]) -> list[Any]:
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(_SQL[name], parameters).fetchall()
