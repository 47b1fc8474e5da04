"""The engine's books in the database: how far each rule was looked at, and the conditions it remembers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from importlib import resources
from typing import Any, NamedTuple

import msgspec
from psycopg.rows import class_row

from ioc.alerts.judge import Condition, Verdict
from ioc.alerts.reading import Reading
from ioc.db.connect import Connection
from ioc.db.queries import named

SQL = {name: text.encode() for name, text in named(resources.files("ioc.alerting").joinpath("books.sql")).items()}


class Standing(NamedTuple):
    """A rule as it was last written down."""

    evaluated_at: datetime | None
    state: str


def rule_states(conn: Connection) -> dict[str, Standing]:
    return {rule: Standing(at, state) for rule, at, state in conn.execute(SQL["states"])}


def lock_rule(conn: Connection, rule: str) -> Standing:
    """Take a rule: no other engine writes alerts of it until this transaction ends."""
    conn.execute(SQL["known"], {"rule": rule})
    row = conn.execute(SQL["lock"], {"rule": rule}).fetchone()
    assert row
    return Standing(*row)


class Noted(NamedTuple):
    """What is written down of a rule: None = as it was."""

    state: str
    text: str = ""
    took_ms: float | None = None
    open_count: int | None = None


def note(conn: Connection, rule: str, at: datetime, noted: Noted) -> None:
    """Write down how a rule stands."""
    conn.execute(SQL["note"], {"rule": rule, "at": at, "state": noted.state, "note": noted.text[:2000], "took_ms": noted.took_ms,
                               "open": noted.open_count})


class AlertRow(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it was locked."""

    subject: str
    state: str
    last_at: datetime
    rule_id: str
    severity: int | None
    org_code: str
    unit_code: str
    unit_valid_on: date | None
    subject_ref: str | None
    value: float | None
    cases: int | None
    figures: str | None
    raised_at: datetime

    def place(self) -> dict[str, Any]:
        return {"org_code": self.org_code, "unit_code": self.unit_code, "unit_valid_on": self.unit_valid_on}


def alerts(conn: Connection, numbers: Sequence[str]) -> dict[str, AlertRow]:
    """The named alerts, locked until the transaction ends."""
    if not numbers:
        return {}
    with conn.cursor(row_factory=class_row(AlertRow)) as cursor:
        return {row.subject: row for row in cursor.execute(SQL["alerts"], {"alerts": list(numbers)})}


class Plan(NamedTuple):
    """The step of an alert's escalation that is due at a moment."""

    alert_id: str
    step: int
    due_at: datetime


def plan(conn: Connection, plans: Sequence[Plan], done: Sequence[str]) -> None:
    """Write down who is told next, and of which alerts nobody more is."""
    with conn.cursor() as cursor:
        cursor.executemany(SQL["plan"], [p._asdict() for p in plans])
    if done:
        conn.execute(SQL["unplan"], {"alerts": list(done)})


def conditions(conn: Connection, rule: str, found: Iterable[Reading]) -> dict[str, Condition]:
    """Conditions of a rule by subject; an alert that a person opened again belongs to what is found of its subject."""
    known = {row[0]: Condition(subject=row[0], unit_code=row[1], org_code=row[2], level=row[3], since_at=row[4], level_since_at=row[5],
                               clear_since_at=row[6], alert_id=row[7], alert_level=row[8], closed_at=row[9], raisings=tuple(row[10]), value=row[11],
                               cases=row[12])
             for row in conn.execute(SQL["conditions"], {"rule": rule})}
    orphans = {key.removeprefix(f"{rule}:"): (alert, severity) for alert, key, severity in conn.execute(SQL["orphans"], {"rule": rule})}
    for reading in found:
        if reading.subject in orphans and (known.get(reading.subject) is None or known[reading.subject].alert_id is None):
            alert, severity = orphans[reading.subject]
            before = known.get(reading.subject, Condition(subject=reading.subject))
            known[reading.subject] = replace(before, alert_id=alert, alert_level=severity, closed_at=None)
    return known


def keep(conn: Connection, rule: str, verdicts: Sequence[Verdict], numbers: Mapping[str, str], at: datetime) -> None:
    """Write down what verdicts leave. `numbers`: subject → alert that was just raised."""
    kept: list[Mapping[str, Any]] = []
    gone: list[Mapping[str, Any]] = []
    for verdict in verdicts:
        after = verdict.after
        if after is None:
            assert verdict.before
            gone.append({"rule": rule, "subject": verdict.before.subject})
        else:
            figures = figures_text(verdict.reading)
            kept.append({
                "rule": rule, "subject": after.subject, "unit": after.unit_code, "org": after.org_code, "level": after.level,
                "since_at": after.since_at, "level_since_at": after.level_since_at, "clear_since_at": after.clear_since_at,
                "alert_id": numbers.get(after.subject, after.alert_id), "alert_level": after.alert_level, "raisings": list(after.raisings),
                "value": after.value, "cases": after.cases, "figures": figures, "at": at})
    with conn.cursor() as cursor:
        cursor.executemany(SQL["forget"], gone)
        cursor.executemany(SQL["keep"], kept)


def figures_text(reading: Reading | None) -> str | None:
    """Figures of a reading as an event carries them."""
    return msgspec.json.encode(reading.figures).decode() if reading is not None and reading.figures else None
