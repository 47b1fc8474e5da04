"""How one report goes: triage, the agency's work, the citizen's verdict."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from simulators.engine.contract import SimulatedEvent
from simulators.engine.effects import Effects
from simulators.engine.hours import WorkingTime
from simulators.engine.report_course import Course, Report

INVALID_RATIO = 0.2
LATE_RATIO = 0.0055
UNDONE_RATIO = 0.003


Stage = Iterator[SimulatedEvent]


def life(random: Random, hours: WorkingTime, effects: Effects, report: Report, at: datetime) -> Stage:
    """From the first message to the end."""
    c = Course(random=random, hours=hours, effects=effects, report=report, at=at, due=at)
    c = replace(c, due=c.after(at, report.category.resolve_h))
    accuracy_m = round(random.lognormvariate(2.7, 0.6), 1)
    place = {"lon_deg": report.place[0], "lat_deg": report.place[1], "accuracy_m": accuracy_m} if report.place else {}
    yield report.event("submitted", at, category=report.category.code, channel=report.channel, priority=report.category.priority, **place)
    yield from _triage(c.minutes_on(1.0 if c.urgent else 4.0))


def _triage(c: Course) -> Stage:
    report = c.report
    if c.chance(0.03):
        yield report.event("needs_info", c.at, actor_role="operator")
        c = c.minutes_on(90)
        yield report.event("info_added", c.at)
        c = c.minutes_on(6)
    if report.parent:
        yield report.event("merged", c.at, parent_id=report.parent, actor_role="operator")
    elif not c.urgent and c.chance(INVALID_RATIO):
        reason = c.random.choice(("spam", "out_of_scope", "not_true"))
        yield report.event("rejected", c.at, reason_code=reason, actor_role="operator")
    elif c.chance(0.02):
        yield report.event("referred", c.at, reason_code="other_authority", actor_role="operator")
    else:
        yield report.event("verified", c.at, priority=report.category.priority, due_at=c.due, actor_role="operator")
        yield from _work(c.minutes_on(3))


def _work(c: Course) -> Stage:
    report = c.report
    yield report.event("assigned", c.at, to_org=report.owner, due_at=c.due, actor_role="operator")
    if c.chance(0.03):
        c = c.later(report.category.accept_h / 2)
        yield report.event("returned", c.at, reason_code="not_competent", actor_role="agency")
        c = c.minutes_on(15)
        yield report.event("assigned", c.at, to_org=report.owner, due_at=c.due, actor_role="operator")
    c = _not_past(c, c.later(report.category.accept_h / 3), 0.3)
    yield report.event("accepted", c.at, actor_role="agency")
    c = _not_past(c, c.later(report.category.resolve_h / 8), 0.3)
    yield report.event("in_progress", c.at, actor_role="agency")
    yield from _ending(c)


def _ending(c: Course) -> Stage:
    luck = c.random.random() / c.effects.factor("report.late", c.at, unit=c.report.unit.code, kind=c.report.category.code)
    if luck < UNDONE_RATIO:
        c = replace(c, at=max(c.at, c.due) + timedelta(days=c.random.uniform(1, 30)))
    elif luck < UNDONE_RATIO + LATE_RATIO:
        c = replace(c, at=c.after(max(c.at, c.due), 0.3 + c.random.expovariate(0.3)))
    else:
        wanted = c.at + (c.due - c.at) * c.random.betavariate(1.6, 1.8)
        wanted = wanted if c.urgent else c.hours.opened(wanted)
        c = replace(c, at=max(c.at + timedelta(seconds=1), min(wanted, c.due - timedelta(minutes=1))))
    yield c.report.event("resolved", c.at, actor_role="agency")
    c = c.minutes_on(40)
    yield c.report.event("published", c.at, actor_role="operator")
    yield from _verdict(c)


def _verdict(c: Course) -> Stage:
    closing = c.at + timedelta(days=7)
    if c.chance(0.4):
        rating = c.random.choices((3, 2, 1), (64, 28, 8))[0]
        c = c.minutes_on(300)
        yield c.report.event("rated", c.at, rating=rating)
        if rating == 1 and c.reopened < 2:
            c = c.minutes_on(20)
            due = c.after(c.at, c.report.category.resolve_h / 2)
            yield c.report.event("reopened", c.at, due_at=due, reason_code="badly_done")
            yield from _work(replace(c.minutes_on(10), due=due, reopened=c.reopened + 1))
            return
    yield c.report.event("closed", max(c.at, closing))


def _not_past(before: Course, after: Course, ratio: float) -> Course:
    # An agency takes a report up before most of its time is gone.
    latest = before.at + max(timedelta(seconds=1), (before.due - before.at) * ratio)
    return replace(after, at=min(after.at, latest))
