"""How one dossier goes: reception, work, the result, and what may come between."""

from datetime import timedelta

from ioc.calendar.deadlines import deadline
from simulators.engine.dossier_outcome import by_chance, by_plan
from simulators.engine.dossier_work import Stage, Work

PROVIDERS = ("vnptpay", "viettelpay", "momo", "vietcombank")
WITHDRAWN, UNRECEIVED = 0.007, 0.003
"""Of all; of those sent online, before anyone took them in."""
PAID_ONLINE = 0.6
"""Of the fees asked for online outside a planned year (goal Y05-Y06)."""


def life(w: Work) -> Stage:
    """From the first contact to the result."""
    dossier, course = w.dossier, w.course
    if dossier.channel == "online":
        yield w.tell("submitted", **dossier.kind())
        if course and course.end == "waits":
            return
        w.reach(course.received_at if course and course.received_at else w.after(w.at, min(w.random.expovariate(0.8), 9.0)))
        if course is None and w.chance(UNRECEIVED):
            yield w.tell("withdrawn", reason_code="applicant")
            return
    if course.end == "refused" if course else w.chance(0.015):
        yield w.tell("refused", **dossier.kind(), reason_code="incomplete")
        return
    w.due = deadline(w.calendar, w.at, dossier.procedure.term)
    yield w.tell("received", **dossier.promise(w.due))
    yield from _work(w)


def _work(w: Work) -> Stage:
    course = w.course
    if course and course.pays:
        w.reach(w.at + timedelta(seconds=w.random.uniform(20, 300)))
        yield w.tell("paid", amount_vnd=w.dossier.procedure.fee_vnd, provider=w.random.choice(PROVIDERS))
    w.reach(w.later(0.7), before_due_s=300)
    yield w.tell("step_started", step_no=1)
    if course is None and w.chance(WITHDRAWN - UNRECEIVED * (w.dossier.channel == "online")):
        w.reach(w.later(4), before_due_s=240)
        yield w.tell("withdrawn", reason_code="applicant")
        return
    if course is None and w.dossier.procedure.fee_vnd and w.chance(0.2):
        yield from _payment(w)
    if (course is None or course.end in {"in_time", "open"}) and w.chance(0.04):
        yield from _supplement(w)
    yield from by_plan(w, course) if course else by_chance(w)


def _payment(w: Work) -> Stage:
    w.reach(w.later(1), before_due_s=240)
    asked, amount = w.at, w.dossier.procedure.fee_vnd
    yield w.tell("payment_requested", amount_vnd=amount)
    w.reach(w.at + timedelta(minutes=w.random.uniform(2, 90)), before_due_s=180)
    online = w.dossier.channel == "online" and w.chance(PAID_ONLINE)
    w.stood_still(asked)
    yield w.tell("paid", amount_vnd=amount, provider=w.random.choice(PROVIDERS) if online else "cash", new_due_at=w.due)


def _supplement(w: Work) -> Stage:
    asked = min(w.later(3), w.last - timedelta(seconds=120))
    back = w.after(asked + timedelta(days=w.random.uniform(0.3, 6)), 0.3)
    if w.course and w.course.end == "in_time" and back > w.course.limits.closing - timedelta(hours=1):
        return
    w.reach(asked)
    asked = w.at
    yield w.tell("supplement_requested", reason_code="incomplete")
    w.reach(back)
    w.stood_still(asked)
    yield w.tell("supplemented", new_due_at=w.due)
