"""What is open: alerts as the screens show them, within the reach of who asks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import resources
from typing import Any

import msgspec
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from ioc.alerts.register import Register
from ioc.alerts.wording import Found, figures_of, sentence, title
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.people.principal import Grant, Scope
from ioc.profiles import Profile
from ioc.words import Words

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.alerts").joinpath("board.sql")).items()}
EVERYTHING = Scope(grants=(Grant(role="operator"),))
"""The reach of the centre itself, e.g. of the wall."""
MOST = 500
OPEN = ("raised", "acknowledged", "assigned", "suppressed")


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert as it stands. `began_at`: since when its condition is met; `live_at`: when that was last found, None = nothing stands behind it."""

    alert_id: str
    state: str
    version: int
    rule_id: str
    severity: int
    unit_code: str
    org_code: str
    owner_org: str | None
    subject_ref: str | None
    raised_at: datetime
    since_at: datetime | None
    acknowledged_at: datetime | None
    escalation_count: int
    told_role: str | None
    takeover: bool
    until_at: datetime | None
    reason_code: str | None
    note: str | None
    simulated: bool
    value: float | None
    cases: int | None
    figures: str | None
    began_at: datetime | None
    live_at: datetime | None

    def found(self) -> Found:
        return Found(unit_code=self.unit_code, org_code=self.org_code, value=self.value, cases=self.cases, figures=figures_of(self.figures),
                     since_at=self.began_at or self.raised_at, item=self.subject_ref or "")


def open_alerts(conn: Connection, scope: Scope = EVERYTHING, most: int = MOST) -> list[Alert]:
    """The open alerts within reach, the gravest first, then the oldest."""
    with conn.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(_SQL["open"], {"scope": _reach(scope), "most": most}).fetchall()


def counts(conn: Connection, scope: Scope = EVERYTHING) -> dict[tuple[int, str], int]:
    """How many are open, by severity and state."""
    return {(severity, state): n for severity, state, n in conn.execute(_SQL["counts"], {"scope": _reach(scope)})}


def one_alert(conn: Connection, alert_id: str, scope: Scope = EVERYTHING) -> Alert | None:
    """An alert, open or not; None where it is not there or out of reach."""
    with conn.cursor(row_factory=class_row(Alert)) as cursor:
        return cursor.execute(_SQL["one"], {"alert_id": alert_id, "scope": _reach(scope)}).fetchone()


def history(conn: Connection, alert: Alert) -> Sequence[Mapping[str, Any]]:
    """What became of an alert, oldest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL["told"], {"alert_id": alert.alert_id, "first_at": alert.raised_at}).fetchall()


def rule_states(conn: Connection) -> dict[str, Mapping[str, Any]]:
    """How each rule stands, by its id, as the engine wrote it down."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return {row["rule_id"]: row for row in cursor.execute(_SQL["rules"]).fetchall()}


def told(alert: Alert, register: Register, words: Words, profile: Profile) -> tuple[str, str]:
    """Title and sentence of an alert; a rule that is no longer in the register is named by its id."""
    rule = register.rules.get(alert.rule_id)
    if rule is None:
        return alert.rule_id, words("Quy tắc {rule} không còn trong danh mục.", rule=alert.rule_id)
    return title(rule, words), sentence(rule, words, profile, local_day(alert.raised_at), alert.found())


def _reach(scope: Scope) -> Jsonb:
    return Jsonb(scope.parameters()["scope"])
