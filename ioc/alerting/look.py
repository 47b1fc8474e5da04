"""One look at one rule: what it finds is judged against what is remembered, and what changes is written and told, in one transaction."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Rollback

from ioc.alerting import books
from ioc.alerting.post import Letter, Post, Telling, alert_number, found_of
from ioc.alerts.board import OPEN
from ioc.alerts.judge import Verdict, judge
from ioc.alerts.reading import readings
from ioc.alerts.register import Register
from ioc.alerts.rule import Rule
from ioc.calendar.deadlines import Term, deadline
from ioc.calendar.working import WorkingCalendar
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.moment import Moment

OLD = timedelta(minutes=10)
"""Of what an engine finds out about the time when it was away no letters are written, if it was longer ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a look needs beside the database."""

    register: Register
    calendar: WorkingCalendar
    post: Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One rule at one moment. `now`: of the data's clock, later than the moment while catching up."""

    rule: Rule
    moment: Moment
    now: datetime


def look(conn: Connection, sight: Sight, desk: Desk) -> int:
    """Look at a rule at a moment, and answer how many things were told. `conn` is in autocommit.

    A moment that another engine has looked at already is passed over; what a person does meanwhile stands, and is looked at again.
    """
    began = time.perf_counter()
    rule, at = sight.rule, sight.moment.at
    found = readings(conn, rule, desk.register.watch(rule), sight.moment, desk.calendar)
    took_ms = (time.perf_counter() - began) * 1000
    count = 0
    with conn.transaction():
        standing = books.lock_rule(conn, rule.id)
        if standing.evaluated_at is not None and standing.evaluated_at >= at:
            return 0
        known = books.conditions(conn, rule.id, found)
        verdicts = list(judge(rule, found, known, at))
        told = [v for v in verdicts if v.told]
        numbers = {v.after.subject: alert_number(rule.id, v.after.subject, at) for v in told if v.told == "raised" and v.after}
        if told:
            _tell(conn, told, numbers, sight, desk)
        else:
            conn.execute("set local synchronous_commit = off")  # what is not told can be found again
        books.keep(conn, rule.id, verdicts, numbers, at)
        still = sum(1 for c in known.values() if c.alert_id and c.closed_at is None) + len(numbers) - sum(v.told == "resolved" for v in told)
        books.note(conn, rule.id, at, books.Noted(state="watching", took_ms=took_ms, open_count=still))
        count = len(told)
    return count  # noqa: RET504 (rolled back, nothing was told)


def _tell(conn: Connection, told: Sequence[Verdict], numbers: Mapping[str, str], sight: Sight, desk: Desk) -> None:
    rows = books.alerts(conn, [v.before.alert_id for v in told if v.told != "raised" and v.before and v.before.alert_id])
    if any(row.state not in OPEN for row in rows.values()):
        raise Rollback  # a person was faster: judged again at the next look
    tellings: list[Telling] = []
    letters: list[Letter] = []
    plans: list[books.Plan] = []
    done: list[str] = []
    for verdict in told:
        number = numbers[verdict.after.subject] if verdict.told == "raised" and verdict.after else verdict.before and verdict.before.alert_id
        assert number
        assert verdict.told
        row = rows.get(number)
        state = _state(sight, verdict, row)
        tellings.append(Telling(alert_id=number, fact=verdict.told, at=sight.moment.at, state=state, not_before=row.last_at if row else None))
        if verdict.told in {"raised", "worsened"}:
            plans += first_plan(desk, sight.rule, number, int(state["severity"]), sight.now)
            letters += _letters(desk, sight, state)
        elif verdict.told == "resolved":
            done.append(number)
    books.plan(conn, plans, done)
    desk.post.tell(tellings, letters)


def _letters(desk: Desk, sight: Sight, state: Mapping[str, Any]) -> list[Letter]:
    if sight.now - sight.moment.at > OLD:
        return []
    severity = int(state["severity"])
    # Of an agency without a unit, the addresses that are kept for its code.
    place = state.get("unit_code") or state.get("org_code") or ""
    return [Letter(rule=sight.rule, severity=severity, roles=desk.register.severities[severity].tell, unit_code=place,
                   found=found_of(state, state.get("subject_ref") or ""))]


def first_plan(desk: Desk, rule: Rule, number: str, severity: int, now: datetime) -> list[books.Plan]:
    """Who is told first of an alert that nobody acknowledges, and when; nothing where nobody is."""
    steps = desk.register.steps(rule, severity)
    if not steps:
        return []
    return [books.Plan(number, 0, step_due(desk.calendar, now, steps[0].after_min, working=steps[0].working))]


def step_due(calendar: WorkingCalendar, since: datetime, minutes: float, *, working: bool) -> datetime:
    """When a step of an escalation is due."""
    return deadline(calendar, since, Term(minutes / 60, "working_hour" if working else "clock_hour"))


def _state(sight: Sight, verdict: Verdict, row: books.AlertRow | None) -> dict[str, Any]:
    """Payload of what is told: where it is as the alert was raised, or as it was found where it is raised now."""
    rule, reading, after = sight.rule, verdict.reading, verdict.after
    place = row.place() if row else {"org_code": reading.org_code, "unit_code": reading.unit_code} if reading else {}
    if verdict.told == "resolved":
        return {**place, "reason_code": "cleared"}
    assert after
    level = rule.level(after.alert_level)
    assert level
    found = {"severity": after.alert_level, "value": after.value, "threshold": float(level.raise_), "cases": after.cases,
             "figures": books.figures_text(reading), "takeover": level.takeover}
    if verdict.told != "raised":
        return {**place, **found}
    return {**place, **found, "unit_valid_on": local_day(sight.moment.at), "rule_id": rule.id, "dedup_key": f"{rule.id}:{after.subject}"[:300],
            "subject_ref": after.subject[:200] or None, "basis": rule.basis}
