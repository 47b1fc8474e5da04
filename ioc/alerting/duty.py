"""What the clock alone brings: somebody else is told, a suppression ends, what is over is closed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ioc.alerting import books
from ioc.alerting.look import Desk, first_plan, step_due
from ioc.alerting.post import Letter, Telling
from ioc.alerts.rule import Step
from ioc.alerts.wording import Found, figures_of
from ioc.db.connect import Connection

MOST = 200
"""Of one kind in one transaction: a backlog is worked off without holding others up."""


def on_the_clock(conn: Connection, desk: Desk, now: datetime) -> int:
    """Do all that is due, and answer how many things were told. `conn` is in autocommit."""
    told = 0
    for act in (_escalate, _unsuppress, _close):
        done = MOST
        while done == MOST:
            with conn.transaction():
                done = act(conn, desk, now)
            told += done
    return told


def _escalate(conn: Connection, desk: Desk, now: datetime) -> int:
    due: dict[str, int] = dict(conn.execute(books.SQL["steps_due"], {"at": now, "most": MOST}).fetchall())
    tellings: list[Telling] = []
    letters: list[Letter] = []
    plans: list[books.Plan] = []
    for alert in books.alerts(conn, list(due)).values():
        steps, place = _steps(desk, alert), due[alert.subject]
        if place >= len(steps):
            continue
        tellings.append(_telling(alert, "escalated", now, {"told_role": steps[place].tell}))
        letters.append(Letter(rule=desk.register.rules[alert.rule_id], severity=alert.severity or 1, roles=[steps[place].tell],
                              unit_code=alert.unit_code or alert.org_code, found=_found(alert)))
        if place + 1 < len(steps):
            wait = max(steps[place + 1].after_min - steps[place].after_min, 1)
            plans.append(books.Plan(alert.subject, place + 1, step_due(desk.calendar, now, wait, working=steps[place + 1].working)))
    books.plan(conn, plans, sorted(set(due) - {p.alert_id for p in plans}))
    desk.post.tell(tellings, letters)
    return len(due)


def _steps(desk: Desk, alert: books.AlertRow) -> tuple[Step, ...]:
    rule = desk.register.rules.get(alert.rule_id)
    return desk.register.steps(rule, alert.severity or 1) if rule else ()


def _unsuppress(conn: Connection, desk: Desk, now: datetime) -> int:
    found = books.alerts(conn, [number for (number,) in conn.execute(books.SQL["suppressions_over"], {"at": now, "most": MOST}).fetchall()])
    known = [(alert, rule) for alert in found.values() if (rule := desk.register.rules.get(alert.rule_id))]
    books.plan(conn, [p for alert, rule in known for p in first_plan(desk, rule, alert.subject, alert.severity or 1, now)], [])
    desk.post.tell([_telling(alert, "unsuppressed", now, {}) for alert in found.values()])
    return len(found)


def _close(conn: Connection, desk: Desk, now: datetime) -> int:
    before = now - timedelta(hours=desk.register.close_after_h)
    found = books.alerts(conn, [number for (number,) in conn.execute(books.SQL["closable"], {"before": before, "most": MOST}).fetchall()])
    desk.post.tell([_telling(alert, "closed", now, {}) for alert in found.values()])
    return len(found)


def _telling(alert: books.AlertRow, fact: str, now: datetime, state: Mapping[str, Any]) -> Telling:
    return Telling(alert_id=alert.subject, fact=fact, at=now, state={**alert.place(), **state}, not_before=alert.last_at)


def _found(alert: books.AlertRow) -> Found:
    return Found(unit_code=alert.unit_code, org_code=alert.org_code, value=alert.value, cases=alert.cases, figures=figures_of(alert.figures),
                 since_at=alert.raised_at, item=alert.subject_ref or "")
