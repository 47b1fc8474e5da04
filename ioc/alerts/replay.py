"""A rule over a stretch of history: when it would have spoken, by the same judgement as the running centre's.

A replay knows no silent source and no person: what was held back then, or resolved by somebody, is judged by the data alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ioc.alerts.judge import Condition, Kind, judge
from ioc.alerts.reading import Reading, readings
from ioc.alerts.rule import Rule
from ioc.alerts.watch import Watch
from ioc.calendar.working import WorkingCalendar
from ioc.db.connect import Connection
from ioc.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that would have been told. `severity`: after it; 0 = it was over. `takes_over`: it took the wall over at this moment."""

    at: datetime
    told: Kind
    subject: str
    severity: int
    reading: Reading | None
    takes_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """[since, until), looked at every `step`. `known`: with what was known by this moment; None = each moment as it was known then."""

    since: datetime
    until: datetime
    step: timedelta
    known: datetime | None

    def moments(self) -> Iterator[Moment]:
        at = self.since
        while at < self.until:
            yield Moment(at=at, known=at if self.known is None else self.known, live=False, time_machine=self.known is None)
            at += self.step


def replay(conn: Connection, rule: Rule, watch: Watch, stretch: Stretch, calendar: WorkingCalendar) -> Iterator[Happening]:
    """What the rule would have told, in order."""
    standing: dict[str, Condition] = {}
    spoke: dict[str, tuple[datetime, int]] = {}
    for moment in stretch.moments():
        found = readings(conn, rule, watch, moment, calendar)
        for verdict in list(judge(rule, found, standing, moment.at)):
            subject = verdict.reading.subject if verdict.reading else verdict.before.subject if verdict.before else ""
            if verdict.told:
                severity = verdict.after.alert_level if verdict.after else 0
                yield Happening(at=moment.at, told=verdict.told, subject=subject, severity=severity, reading=verdict.reading)
                _note(spoke, rule, subject, severity if verdict.told != "resolved" else 0, moment.at)
            if verdict.after is None:
                standing.pop(subject, None)
            else:
                speaks = "" if verdict.after.alert_id is None else "-"
                standing[subject] = replace(verdict.after, alert_id=speaks or None)
        yield from _takeovers(rule, spoke, moment.at)


def _note(spoke: dict[str, tuple[datetime, int]], rule: Rule, subject: str, severity: int, at: datetime) -> None:
    level = rule.level(severity) if severity else None
    if level is not None and level.takeover:
        spoke.setdefault(subject, (at, severity))
    else:
        spoke.pop(subject, None)


def _takeovers(rule: Rule, spoke: dict[str, tuple[datetime, int]], at: datetime) -> Iterator[Happening]:
    """Alerts that have waited long enough to take the wall over; each does so once."""
    for subject, (since, severity) in list(spoke.items()):
        level = rule.level(severity) if severity > 0 else None
        if level is not None and at - since >= timedelta(seconds=level.takeover_after_s):
            spoke[subject] = (since, -severity)
            yield Happening(at=at, told="raised", subject=subject, severity=severity, reading=None, takes_over=True)
