"""What is told outside of a grave alert, in the terms of CAP 1.2: the first warning, each change of it, its end. Pure but for the last questions.

An alert's messages follow from its events and are numbered from 1, so whoever asks again gets the same. What persons do with it (acknowledge, assign,
suppress) changes no warning and is not told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import resources
from typing import Any, Literal
from urllib.parse import quote

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.people.principal import Scope
from ioc.streams.alert import STREAM
from ioc.streams.engine.fold import permitted

GRAVE = 3
"""From this severity on an alert is told outside; once it is, its easing and its end are told too."""
TOLD_AGAIN = timedelta(days=7)
"""An alert that stands is told again so often: a message that ends by itself must not end before its alert."""
EXPIRES = TOLD_AGAIN + timedelta(days=1)
KEPT = timedelta(days=7)
"""How long the feed names an alert that has ended."""
MOST = 200

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.alerts").joinpath("cap.sql")).items()}
_FACTS = tuple(STREAM.facts)
_FOUND = ("raised", "worsened", "eased")

Kind = Literal["Alert", "Update", "Cancel"]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One event of an alert, as far as it matters outside."""

    alert_id: str
    event_id: str
    source: str
    type: str
    sequence: str
    occurred_at: datetime
    simulated: bool
    rule_id: str | None
    severity: int | None
    unit_code: str
    org_code: str
    subject_ref: str | None
    value: float | None
    cases: int | None
    figures: str | None
    basis: str | None

    @property
    def fact(self) -> str:
        return self.type.split(".")[3]

    @property
    def order(self) -> tuple[Any, ...]:
        """The stream's own: see `Event.order`."""
        return self.occurred_at, self.sequence, _FACTS.index(self.fact), self.source, self.event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One CAP message. `n`: its number within the alert; `earlier`: when those before it were sent; `onset_at`: when the alert was raised."""

    alert_id: str
    n: int
    kind: Kind
    sent_at: datetime
    earlier: tuple[datetime, ...]
    onset_at: datetime
    simulated: bool
    rule_id: str
    severity: int
    unit_code: str = ""
    org_code: str = ""
    subject_ref: str | None = None
    value: float | None = None
    cases: int | None = None
    figures: str | None = None
    basis: str | None = None

    @property
    def identifier(self) -> str:
        return identifier(self.alert_id, self.n)


def identifier(alert_id: str, n: int) -> str:
    """Of a message: unique within the centre, free of what CAP forbids (blanks, commas, < and &)."""
    return f"{quote(alert_id, safe='')}.{n}"


def messages(events: Iterable[Told], until: datetime) -> list[Message]:
    """Messages of one alert up to a moment, oldest first; none where it never was grave."""
    found: list[Message] = []
    state, now = "", None
    for event in sorted(events, key=lambda e: e.order):
        assert STREAM.projection
        after = permitted(STREAM.projection, state, event.fact)
        if after is None or event.occurred_at > until:
            continue
        found += _again(found, event.occurred_at)
        state, now = after, _found(now, event)
        kind = _kind(event.fact, now.severity, found)
        if kind:
            found.append(_next(found, now, kind, event.occurred_at))
    return [*found, *_again(found, until)]


def _found(before: Message | None, event: Told) -> Message:
    """What is known of the alert after an event."""
    if before is None:
        return Message(alert_id=event.alert_id, n=0, kind="Alert", sent_at=event.occurred_at, earlier=(), onset_at=event.occurred_at,
                       simulated=event.simulated, rule_id=event.rule_id or "", severity=event.severity or 0, unit_code=event.unit_code,
                       org_code=event.org_code, subject_ref=event.subject_ref, value=event.value, cases=event.cases, figures=event.figures,
                       basis=event.basis)
    after = replace(before, simulated=before.simulated or event.simulated)
    if event.fact not in _FOUND:
        return after
    return replace(after, severity=event.severity or before.severity, value=event.value, cases=event.cases, figures=event.figures)


def _kind(fact: str, severity: int, before: Sequence[Message]) -> Kind | None:
    stands = _stands(before)
    if fact == "resolved":
        return "Cancel" if stands else None
    if fact not in {*_FOUND, "reopened"}:
        return None
    if stands:
        return "Update"
    return "Alert" if severity >= GRAVE or before else None


def _stands(before: Sequence[Message]) -> bool:
    return bool(before) and before[-1].kind != "Cancel"


def _next(before: Sequence[Message], now: Message, kind: Kind, at: datetime) -> Message:
    return replace(now, n=len(before) + 1, kind=kind, sent_at=at, earlier=tuple(m.sent_at for m in before))


def _again(before: Sequence[Message], until: datetime) -> Iterator[Message]:
    """What is told again of an alert that stands, before something else is told or time is up."""
    told = list(before)
    while _stands(told) and told[-1].sent_at + TOLD_AGAIN < until:
        told.append(_next(told, told[-1], "Update", told[-1].sent_at + TOLD_AGAIN))
        yield told[-1]


def recent_messages(conn: Connection, now: datetime, scope: Scope) -> list[Message]:
    """Messages of the grave alerts that are open or ended lately, the newest first."""
    asked = {"ended_since": now - KEPT, "scope": _reach(scope), "most": MOST}
    found = _events(conn, conn.execute(_SQL["recent"], asked).fetchall())
    told = [message for events in found.values() for message in messages(events, now)]
    return sorted(told, key=lambda m: (m.sent_at, m.alert_id, m.n), reverse=True)


def alert_messages(conn: Connection, alert_id: str, now: datetime, scope: Scope) -> list[Message]:
    """Messages of one alert, oldest first; none where it is not there, was never grave, or is out of reach."""
    found = _events(conn, conn.execute(_SQL["one"], {"alert_id": alert_id, "scope": _reach(scope)}).fetchall())
    return messages(found[alert_id], now) if found else []


def outline(conn: Connection, message: Message) -> str | None:
    """Area that a message concerns, GeoJSON: as the bulletin behind it was drawn, else its unit's official outline; None where neither is known."""
    if message.subject_ref:
        row = conn.execute(_SQL["drawn"], {"subject": message.subject_ref, "at": message.sent_at}).fetchone()
        if row and row[0]:
            return str(row[0])
    row = conn.execute(_SQL["outline"], {"unit_code": message.unit_code, "day": local_day(message.onset_at)}).fetchone()
    return row[0] if row else None


def _events(conn: Connection, alerts: Sequence[tuple[Any, ...]]) -> Mapping[str, Sequence[Told]]:
    if not alerts:
        return {}
    found: dict[str, list[Told]] = defaultdict(list)
    asked = {"alerts": [alert_id for alert_id, _ in alerts], "first_at": min(first_at for _, first_at in alerts)}
    with conn.cursor(row_factory=class_row(Told)) as cursor:
        for event in cursor.execute(_SQL["events"], asked):
            found[event.alert_id].append(event)
    return found


def _reach(scope: Scope) -> Jsonb:
    return Jsonb(scope.parameters()["scope"])
