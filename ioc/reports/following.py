"""What a citizen sees by the receipt code: public facts and times, what is asked of them, what they may do next. No words, no contact."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.profiles import Profile
from ioc.reports.filing import by_receipt
from ioc.reports.intake_rules import IntakeRules
from ioc.reports.public import PublicReport, public
from ioc.reports.telling import Fact, sql, standing
from ioc.streams.engine.privacy import masked
from ioc.streams.report import STREAM


class Step(NamedTuple):
    """A state that the report came into, and when."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A report for whoever holds its code. `asked`: the question that the report waits for an answer to; `waiting`: an answer was given that the
    report does not show yet; `reopen_until`: None where it cannot be opened again.
    """

    report: PublicReport
    steps: tuple[Step, ...]
    may: frozenset[Fact]
    waiting: bool
    rated: bool
    asked: str = ""
    reopen_until: datetime | None = None


def following(conn: Connection, receipt: str, profile: Profile, rules: IntakeRules, clock: Clock, language: str) -> Following | None:
    """What a receipt code opens; None = there is no such code."""
    found = by_receipt(conn, receipt)
    if found is None:
        return None
    subject = found["subject"]
    (report,) = public(conn, profile, [subject], language)
    at = standing(conn, subject, rules, clock.now())
    ended = at.row["ended_at"] if at else None
    return Following(
        report=report, steps=_steps(conn, subject, found["filed_at"]), may=at.may if at else frozenset(), waiting=at is not None and at.waiting,
        rated=at is not None and at.rated, asked=_asked(conn, subject) if report.state == "needs_info" else "",
        reopen_until=ended + rules.reopen_within if ended and at and "reopened" in at.may else None)


def _steps(conn: Connection, subject: str, filed_at: datetime) -> tuple[Step, ...]:
    steps: list[Step] = []
    for at, state in conn.execute(sql()["steps"], {"subject": subject}):
        if not steps or steps[-1].state != state:
            steps.append(Step(state, at))
    return tuple(steps) or (Step("submitted", filed_at),)


def _asked(conn: Connection, subject: str) -> str:
    row = conn.execute(sql()["asked"], {"subject": subject, "type": STREAM.type_of("needs_info")}).fetchone()
    return str(masked(row[0])) if row else ""
