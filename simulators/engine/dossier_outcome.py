"""How a dossier ends: in time, recorded late though handed over in time, or really late."""

from datetime import datetime, timedelta
from typing import Any

from ioc.clock import day_closed
from simulators.engine.dossier_moves import SECOND, catch_up
from simulators.engine.dossier_work import Course, Stage, Work

REAL_CAUSES = ("complex_verification", "inter_agency", "technical_fault", "applicant_unreachable")


def by_plan(w: Work, course: Course) -> Stage:
    """What the plan of a year says."""
    limits = course.limits
    if course.end == "in_time":
        return _in_time(w)
    if course.end == "recorded_late":
        room_h = w.calendar.working_seconds(w.due, limits.closing) / 3600
        return _recorded_late(w, _finish(w), w.after(w.due, min(0.2 + w.random.expovariate(1 / 8), 0.9 * room_h)), "slow_data_entry")
    if course.end == "really_late":
        return _really_late(w, min(4, w.calendar.working_days_between(day_closed(w.due), day_closed(limits.closing))), known=True)
    w.at = max(w.at, limits.end)
    return _in_time(w) if w.due > limits.end + timedelta(hours=12) else _really_late(w, 10, known=True)


def by_chance(w: Work) -> Stage:
    """As often late and lingering as the desk is, and as the scenario makes it."""
    desk, effects, at = w.dossier.desk, w.scenario.effects, w.random.random()
    kind = w.dossier.procedure.sector
    linger = desk.linger_ratio + effects.amount("dossier.linger", w.at, unit=desk.key, kind=kind)
    if at < desk.late_ratio:
        slow = w.chance(0.9602)
        return _recorded_late(w, _finish(w), w.after(w.due, 0.2 + w.random.expovariate(1 / 8)), "slow_data_entry") if slow else _really_late(w, 4)
    if at < desk.late_ratio + linger:
        return _really_late(w, 25)
    if w.dossier.procedure.days >= 5 and w.chance(0.006):
        return _extended(w)
    return _in_time(w)


def _in_time(w: Work) -> Stage:
    done, desk, effects = _finish(w), w.dossier.desk, w.scenario.effects
    if w.course is None and w.chance(effects.amount("dossier.late_entry", done, unit=desk.key, kind=w.dossier.procedure.sector)):
        return _recorded_late(w, done, catch_up(w.random, w.scenario, desk, w.dossier.procedure.sector, done, w.due), "slow_data_entry")
    before = w.at
    w.reach(done)
    if w.at > w.due and w.course is None:
        # What fell into a silence is entered after it: the citizen had it in time.
        w.at, late_at = before, w.at
        return _recorded_late(w, done, late_at, "technical_fault")
    return _result(w)


def _finish(w: Work) -> datetime:
    """Moment of a result in time: most on an earlier day than promised."""
    earliest, last = w.at + timedelta(seconds=60), w.last - timedelta(seconds=60)
    day_before = w.shifted(w.due, -1)
    if last < w.due - timedelta(minutes=5):  # the year ends before the deadline
        day_before = w.course.limits.closing if w.course else last
    room_s = w.calendar.working_seconds(earliest, day_before)
    if room_s > 0 and w.chance(0.72 if day_before < last else 1.0):
        wanted = w.calendar.add_working_seconds(earliest, room_s * w.random.uniform(0.1, 0.97))
    elif w.last < w.due:
        wanted = earliest + timedelta(minutes=w.random.uniform(0, 40))
    else:
        wanted = w.calendar.reception(last - timedelta(hours=w.random.uniform(0.2, 9.8)))
    return max(earliest, min(wanted + timedelta(minutes=w.random.uniform(0, 20)), last)).replace(microsecond=0)


def _recorded_late(w: Work, handed: datetime, recorded: datetime, cause: str) -> Stage:
    """The citizen has the result in time, the system learns it too late."""
    w.reach(max(recorded, w.due + SECOND))
    return _result(w, late_cause=cause, delivered_at=handed)


def _really_late(w: Work, worst_days: int, *, known: bool = False) -> Stage:
    """`worst_days`: working days after the deadline; `known`: when it was handed over is always told."""
    days = 1 + int(w.random.random() ** 2 * worst_days)
    closing = w.shifted(w.due, min(days, max(1, worst_days)))
    if w.chance(0.6):
        w.reach(w.shifted(w.due, -1) - timedelta(hours=w.random.uniform(0.5, 3)))
        yield w.tell("apology_issued", reason_code=w.random.choice(REAL_CAUSES))
    w.reach(w.after(max(w.at, closing - timedelta(hours=w.random.uniform(1, 9))), 0.5))
    delivered = {"delivered_at": w.at} if known or not w.chance(0.15) else {}
    yield from _result(w, late_cause=w.random.choice(REAL_CAUSES), **delivered)


def _extended(w: Work) -> Stage:
    cause = w.random.choice(REAL_CAUSES)
    w.reach(w.shifted(w.due, -1) - timedelta(hours=w.random.uniform(0.5, 8)))
    yield w.tell("apology_issued", reason_code=cause)
    w.reach(w.at + timedelta(seconds=30))
    old, w.due = w.due, w.shifted(w.due, w.random.randint(2, 5))
    yield w.tell("extended", due_at=old, new_due_at=w.due, reason_code=cause)
    yield from _in_time(w)


def _result(w: Work, **data: Any) -> Stage:
    online = w.dossier.channel == "online"
    yield w.tell("result_ready", electronic_result=online and w.chance(0.7), **data)
    w.reach(w.at + timedelta(minutes=w.random.uniform(1, 30)) if online else w.later(5))
    yield w.tell("result_returned")
    if w.chance(0.04 if w.course else 0.08):
        rating = w.random.choices((5, 4, 3, 2, 1), (60, 30, 6, 3, 1))[0]
        w.reach(w.at + timedelta(minutes=w.random.uniform(1, 600)))
        yield w.tell("rated", rating=rating)
