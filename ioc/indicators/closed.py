"""Chốt số liệu: a person closes a period, its figures stand still, and what comes later shows as an adjustment."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from typing import Literal, NamedTuple

import psycopg

from ioc.calendar.written import Grain
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.indicators import ledgers
from ioc.indicators.period import parse_period

QUERIES = named(resources.files("ioc.indicators").joinpath("closed.sql"))

Kind = Grain | Literal["reporting"]


class Days(NamedTuple):
    """A period that can be closed. `kind` 'reporting': an administrative reporting period with its own first and last day."""

    kind: Kind
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The newest word on a period. `figures` is None while it stands reopened."""

    closing_id: int
    stream: str
    kind: Kind
    first_day: date
    last_day: date
    turn: int
    action: Literal["closed", "reopened"]
    closed_at: datetime
    closed_by: str
    figures: ledgers.Figures | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A figure that is another today than when its period was closed; `unit_code` '' is the whole province."""

    unit_code: str
    measure: str
    closed: int
    today: int

    @property
    def change(self) -> int:
        return self.today - self.closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who closes or reopens, when, and what they say to it."""

    name: str
    at: datetime
    note: str = ""


def parse_days(text: str) -> Days:
    """Period of a text: 2026-11, 2026-Q3, 2026 …, or a reporting period as FIRST..LAST, e.g. 2025-12-15..2026-12-14.

    Raises:
        InputError: neither of them.

    """
    if ".." not in text:
        span = parse_period(text)
        return Days(span.kind, span.first_day, span.last_day)
    first, _, last = text.partition("..")
    try:
        days = Days("reporting", date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise InputError(f"'{text}' is no period: write e.g. 2025-12-15..2026-12-14") from None
    if days.last_day < days.first_day:
        raise InputError(f"'{text}' ends before it begins")
    return days


def close_period(conn: Connection, stream: str, days: Days, person: Person) -> Closing:
    """Freeze a period's figures as they are known now.

    Raises:
        InputError: a stream without daily counts, a period that has not ended, one that is closed already, no name.

    """
    ledgers.ledger(stream)
    if days.last_day >= local_day(person.at):
        raise InputError(f"the period ends on {days.last_day}: it can be closed from the day after")
    before = closing(conn, stream, days.first_day, days.last_day)
    if before and before.action == "closed":
        raise InputError(f"{_name(stream, days)} was closed by {before.closed_by} on {local_day(before.closed_at)}: reopen it with a reason first")
    found = ledgers.figures(conn, stream, days.first_day, days.last_day)
    return _add(conn, stream, days, person, (before.turn if before else 0) + 1, json.dumps(found, sort_keys=True))


def reopen_period(conn: Connection, stream: str, days: Days, person: Person) -> Closing:
    """Let a closed period move again; its frozen figures stay on record.

    Raises:
        InputError: a period that is not closed, no name, no reason.

    """
    before = closing(conn, stream, days.first_day, days.last_day)
    if before is None or before.action == "reopened":
        raise InputError(f"{_name(stream, days)} is not closed: `ioc period list` shows what is")
    if not person.note.strip():
        raise InputError("reopening a period needs a reason")
    return _add(conn, stream, days, person, before.turn + 1, None)


def closings(conn: Connection, stream: str | None = None) -> Sequence[Closing]:
    """The newest word on each period, newest period first."""
    every = {"stream": stream, "first_day": None, "last_day": None, "known": None}
    return [_closing(row) for row in conn.execute(QUERIES["newest"].encode(), every)]


def closing(conn: Connection, stream: str, first_day: date, last_day: date, known: datetime | None = None) -> Closing | None:
    """The newest word on one period, as far as it was `known` (None = now); None where nobody had closed it."""
    asked = {"stream": stream, "first_day": first_day, "last_day": last_day, "known": known}
    row = conn.execute(QUERIES["newest"].encode(), asked).fetchone()
    return _closing(row) if row else None


def adjustments(conn: Connection, closing: Closing) -> tuple[Adjustment, ...]:
    """What changed since a period was closed, the whole province first; nothing for one that stands reopened."""
    if closing.figures is None:
        return ()
    frozen, today = closing.figures, ledgers.figures(conn, closing.stream, closing.first_day, closing.last_day)
    measures = ledgers.LEDGERS[closing.stream].measures
    found = [Adjustment(unit_code="", measure=m, closed=ledgers.total(frozen, m), today=ledgers.total(today, m)) for m in measures]
    found += [Adjustment(unit_code=code, measure=m, closed=frozen.get(code, {}).get(m, 0), today=today.get(code, {}).get(m, 0))
              for code in sorted({*frozen, *today} - {""}) for m in measures]
    return tuple(item for item in found if item.change)


def worded(item: Adjustment) -> str:
    """An adjustment in words: "điều chỉnh sau chốt: +3"."""
    return f"điều chỉnh sau chốt: {item.change:+d}".replace("-", "−")


def _add(conn: Connection, stream: str, days: Days, person: Person, turn: int, frozen: str | None) -> Closing:
    if not person.name.strip():
        raise InputError("a period is closed and reopened by somebody: give the name")
    try:
        with conn.transaction():
            row = conn.execute(QUERIES["add"].encode(), {
                "stream": stream, "kind": days.kind, "first_day": days.first_day, "last_day": days.last_day, "turn": turn,
                "action": "reopened" if frozen is None else "closed", "closed_at": person.at, "closed_by": person.name.strip(), "figures": frozen,
                "note": person.note.strip()}).fetchone()
    except psycopg.errors.UniqueViolation:
        raise InputError(f"somebody else just closed or reopened {_name(stream, days)}: look at `ioc period list`") from None
    assert row is not None
    return _closing(row)


def _name(stream: str, days: Days) -> str:
    return f"the period {days.first_day} to {days.last_day} of '{stream}'"


def _closing(row: tuple[object, ...]) -> Closing:
    return Closing(**dict(zip(Closing.__dataclass_fields__, row, strict=True)))  # type: ignore[arg-type]
