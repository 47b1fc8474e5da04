"""The judgement: from what was found and what stood before to what changes. Pure: the same for the running centre and for a replay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from ioc.alerts.reading import Reading
from ioc.alerts.rule import Rule

HOUR = timedelta(hours=1)
FLAPS = 3
"""Raisings within an hour after which a condition counts as flapping: its alert then stays until it has been clear for `DAMPED`."""
DAMPED = timedelta(minutes=30)

GRAVE = 4

Kind = Literal["raised", "worsened", "eased", "resolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What is remembered of one rule and subject.

    `level`: severity that is met, 0 = none; `since_at`: since when any is, `level_since_at`: since when this one. `clear_since_at`: since when
    the open alert's level no longer holds. `alert_id`: the alert that speaks of it ('' = it is about to), with `alert_level` as its severity;
    `closed_at`: when a person resolved that alert although the condition lasts. `raisings`: moments within the last hour.
    """

    subject: str
    unit_code: str = ""
    org_code: str = ""
    level: int = 0
    since_at: datetime | None = None
    level_since_at: datetime | None = None
    clear_since_at: datetime | None = None
    alert_id: str | None = None
    alert_level: int = 0
    closed_at: datetime | None = None
    raisings: tuple[datetime, ...] = ()
    value: float | None = None
    cases: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of one subject: its new condition (None = forget it), and what is told, if anything. `reading`: what was found; None = nothing."""

    before: Condition | None
    after: Condition | None
    told: Kind | None = None
    reading: Reading | None = None


def judge(rule: Rule, found: Sequence[Reading], standing: Mapping[str, Condition], at: datetime) -> Iterator[Verdict]:
    """Verdicts on all that is found or stands, those alone where something changes. `standing`: conditions by subject."""
    seen: set[str] = set()
    for reading in found:
        seen.add(reading.subject)
        if reading.unknown:
            continue  # not known raises nothing and clears nothing
        before = standing.get(reading.subject)
        verdict = _judged(rule, reading, before, at)
        if verdict.told or verdict.after != before:
            yield verdict
    for subject, before in standing.items():
        if subject not in seen:
            verdict = _judged(rule, None, before, at)
            if verdict.told or verdict.after != before:
                yield verdict


def _judged(rule: Rule, reading: Reading | None, before: Condition | None, at: datetime) -> Verdict:
    met = _met(rule, reading)
    now = _noted(before or Condition(subject=reading.subject if reading else ""), reading, met, at)
    if now.alert_id is None or now.closed_at is not None:
        return _silent(rule, now, before, reading, at)
    return _open(rule, now, before, reading, at)


def _met(rule: Rule, reading: Reading | None) -> int:
    """The gravest severity that is met, 0 = none."""
    if reading is None:
        return 0
    return max((level.severity for level, n in zip(rule.levels, reading.raised, strict=True) if n >= level.cases), default=0)


def _held(rule: Rule, reading: Reading | None, most: int) -> int:
    """The gravest severity up to `most` that still holds by its clearing threshold, 0 = none."""
    if reading is None:
        return 0
    pairs = zip(rule.levels, reading.held, strict=True)
    return max((level.severity for level, n in pairs if n >= level.held_cases and level.severity <= most), default=0)


def _noted(before: Condition, reading: Reading | None, met: int, at: datetime) -> Condition:
    """The condition with what was found: since when which level is met."""
    raisings = tuple(moment for moment in before.raisings if moment > at - HOUR)
    if reading is None or not met:
        return replace(before, level=0, since_at=None, level_since_at=None, raisings=raisings, value=None if reading is None else reading.value,
                       cases=0 if reading is None else reading.cases)
    began = reading.since_at if reading.since_at is not None and reading.since_at <= at else at
    since = began if before.since_at is None else min(before.since_at, began)
    level_since = before.level_since_at if met <= before.level and before.level_since_at is not None else at if before.level else since
    return replace(before, unit_code=reading.unit_code, org_code=reading.org_code, level=met, since_at=since, level_since_at=level_since,
                   raisings=raisings, value=reading.value, cases=reading.cases)


def _silent(rule: Rule, now: Condition, before: Condition | None, reading: Reading | None, at: datetime) -> Verdict:
    """No alert speaks of it: raise one once its level has lasted, or forget it."""
    if not now.level:
        # What a person resolved while it lasted is over now; the raisings of the hour are kept, so that what comes and goes is known.
        rest = replace(now, alert_id=None, alert_level=0, closed_at=None, clear_since_at=None)
        return Verdict(before=before, after=rest if rest.raisings else None, reading=reading)
    if now.closed_at is not None and before is not None and _rests(rule, now, before, at):
        return Verdict(before=before, after=replace(now, cases=min(now.cases, before.cases)), reading=reading)
    if not _lasted(rule, now.level, now.level_since_at, at):
        return Verdict(before=before, after=now, reading=reading)
    raised = replace(now, alert_id="", alert_level=now.level, closed_at=None, clear_since_at=None, raisings=(*now.raisings, at))
    return Verdict(before=before, after=raised, told="raised", reading=reading)


def _rests(rule: Rule, now: Condition, before: Condition, at: datetime) -> bool:
    """Whether what a person resolved stays so although it lasts: not once it is graver than that alert was, nor where a grave one concerns more."""
    assert now.closed_at
    worse = now.level > now.alert_level or (now.level == GRAVE and now.cases > before.cases)
    return not worse and at - now.closed_at < timedelta(seconds=rule.again_after_s)


def _open(rule: Rule, now: Condition, before: Condition | None, reading: Reading | None, at: datetime) -> Verdict:
    """An alert speaks of it: it worsens, goes on, eases, or is over."""
    if now.level > now.alert_level and _lasted(rule, now.level, now.level_since_at, at):
        return Verdict(before=before, after=replace(now, alert_level=now.level, clear_since_at=None), told="worsened", reading=reading)
    holds = max(_held(rule, reading, now.alert_level), min(now.level, now.alert_level))
    if holds >= now.alert_level:
        return Verdict(before=before, after=replace(now, clear_since_at=None), reading=reading)
    clear_since = now.clear_since_at or at
    waited = replace(now, clear_since_at=clear_since)
    needed = timedelta(seconds=rule.clear_for_s)
    if len(now.raisings) >= FLAPS:
        needed = max(needed, DAMPED)
    if at - clear_since < needed:
        return Verdict(before=before, after=waited, reading=reading)
    if holds:
        return Verdict(before=before, after=replace(waited, alert_level=holds, clear_since_at=None), told="eased", reading=reading)
    over = replace(waited, alert_id=None, alert_level=0, clear_since_at=None)
    return Verdict(before=before, after=over if over.raisings else None, told="resolved", reading=reading)


def _lasted(rule: Rule, severity: int, since: datetime | None, at: datetime) -> bool:
    level = rule.level(severity)
    assert level
    assert since
    return at - since >= timedelta(seconds=rule.for_s if level.for_s is None else level.for_s)
