"""How one dossier goes: reception, work, the result, and what may come between."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from simulators.engine.contract import SimulatedEvent
from simulators.engine.hours import WorkingTime

REAL_CAUSES = ("complex_verification", "inter_agency", "technical_fault", "applicant_unreachable")


@dataclass(frozen=True, slots=True)
class Procedure:
    """`days`: committed working days."""

    code: str
    sector: str
    days: int
    fee_vnd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An agency that takes dossiers in, and how often it finishes late or lets one linger."""

    org_code: str
    unit_code: str
    late_ratio: float
    linger_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What stays the same in a dossier's life."""

    code: str
    source: str
    desk: Desk
    day: date
    procedure: Procedure
    channel: str

    def event(self, fact: str, at: datetime, **data: Any) -> SimulatedEvent:
        """An event of this dossier; the id says which, since a fact comes at most once a second."""
        at = at.astimezone(UTC).replace(microsecond=0)
        place = {"org_code": self.desk.org_code, "unit_code": self.desk.unit_code, "unit_valid_on": self.day}
        return SimulatedEvent(
            fact=fact, id=f"{self.code}:{fact}:{int(at.timestamp())}", source=self.source, subject=self.code, time=at,
            data=place | _utc(data),
        )

    def kind(self) -> dict[str, Any]:
        return {"procedure_code": self.procedure.code, "sector_code": self.procedure.sector, "channel": self.channel}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """What a stage needs: chance, working time, the dossier; `at` and `due`: now and the promised moment."""

    random: Random
    hours: WorkingTime
    dossier: Dossier
    at: datetime
    due: datetime

    def chance(self, ratio: float) -> bool:
        return self.random.random() < ratio

    def later(self, hours: float) -> datetime:
        """Some working hours on, about so many."""
        return self.hours.after(self.at + timedelta(seconds=1), self.random.expovariate(1 / hours))


Stage = Iterator[SimulatedEvent]


def life(random: Random, hours: WorkingTime, dossier: Dossier, at: datetime) -> Stage:
    """From the first contact to the result."""
    at = at.replace(microsecond=0)
    works = Clockwork(random=random, hours=hours, dossier=dossier, at=at, due=at)
    if dossier.channel == "online":
        yield dossier.event("submitted", at, **dossier.kind())
        works = replace(works, at=hours.after(at + timedelta(seconds=1), min(random.expovariate(0.8), 9.0)))
        if works.chance(0.004):
            yield dossier.event("withdrawn", works.at, reason_code="applicant")
            return
    if works.chance(0.015):
        yield dossier.event("refused", works.at, **dossier.kind(), reason_code="incomplete")
        return
    due = hours.due(works.at, dossier.procedure.days)
    yield dossier.event("received", works.at, **dossier.kind(), due_at=due)
    yield from _work(replace(works, due=due))


def _work(w: Clockwork) -> Stage:
    w = replace(w, at=min(w.later(0.7), _before(w.due, 5)))
    yield w.dossier.event("step_started", w.at, step_no=1)
    if w.chance(0.007):
        yield w.dossier.event("withdrawn", min(w.later(4), _before(w.due, 4)), reason_code="applicant")
        return
    if w.dossier.procedure.fee_vnd and w.chance(0.2):
        asked, w = w.at, replace(w, at=min(w.later(1), _before(w.due, 4)))
        yield w.dossier.event("payment_requested", max(w.at, asked), amount_vnd=w.dossier.procedure.fee_vnd)
        w = replace(w, at=min(w.at + timedelta(minutes=w.random.uniform(2, 90)), _before(w.due, 3)))
        yield w.dossier.event("paid", w.at, amount_vnd=w.dossier.procedure.fee_vnd)
    if w.chance(0.04):
        w = replace(w, at=min(w.later(3), _before(w.due, 2)))
        yield w.dossier.event("supplement_requested", w.at, reason_code="incomplete")
        w = _resumed(w)
        yield w.dossier.event("supplemented", w.at, new_due_at=w.due)
    yield from _outcome(w)


def _resumed(w: Clockwork) -> Clockwork:
    # The clock stood still meanwhile: the deadline moves by the working days that passed.
    at = w.hours.after(w.at + timedelta(days=w.random.uniform(0.3, 6)), 0.3)
    return replace(w, at=at, due=w.hours.shifted(w.due, w.hours.days_between(w.at, at)))


def _outcome(w: Clockwork) -> Stage:
    desk, at = w.dossier.desk, w.random.random()
    if at < desk.late_ratio:
        yield from _recorded_late(w) if w.chance(0.9602) else _really_late(w, worst_days=4)
    elif at < desk.late_ratio + desk.linger_ratio:
        yield from _really_late(w, worst_days=25)
    elif w.dossier.procedure.days >= 5 and w.chance(0.006):
        yield from _extended(w)
    else:
        yield from _in_time(w)


def _in_time(w: Clockwork) -> Stage:
    yield from _result(replace(w, at=_finish(w)))


def _finish(w: Clockwork) -> datetime:
    """Moment of a result in time: most on an earlier day than promised."""
    earliest, day_before = w.at + timedelta(seconds=60), w.hours.shifted(w.due, -1)
    if earliest < day_before and w.chance(0.72):
        wanted = w.hours.opened(earliest + (day_before - earliest) * w.random.uniform(0.1, 0.97))
    else:
        wanted = w.hours.opened(w.due - timedelta(hours=w.random.uniform(0.2, 9.8)))
    return max(earliest, min(wanted + timedelta(minutes=w.random.uniform(0, 20)), _before(w.due, 1)))


def _recorded_late(w: Clockwork) -> Stage:
    """The citizen has the result in time, the system learns it too late."""
    handed = _finish(w)
    recorded = w.hours.after(w.due, 0.2 + w.random.expovariate(1 / 8))
    yield from _result(replace(w, at=recorded), late_cause="slow_data_entry", delivered_at=handed)


def _really_late(w: Clockwork, *, worst_days: int) -> Stage:
    if w.chance(0.6):
        apology = max(w.at + timedelta(minutes=1), w.hours.shifted(w.due, -1) - timedelta(hours=w.random.uniform(0.5, 3)))
        yield w.dossier.event("apology_issued", apology, reason_code=w.random.choice(REAL_CAUSES))
        w = replace(w, at=apology)
    days = 1 + int(w.random.random() ** 2 * worst_days)
    done = w.hours.after(max(w.at, w.hours.shifted(w.due, days)) - timedelta(hours=w.random.uniform(1, 9)), 0.5)
    known = {} if w.chance(0.15) else {"delivered_at": done}
    yield from _result(replace(w, at=max(done, w.at)), late_cause=w.random.choice(REAL_CAUSES), **known)


def _extended(w: Clockwork) -> Stage:
    cause = w.random.choice(REAL_CAUSES)
    at = max(w.at + timedelta(minutes=1), w.hours.shifted(w.due, -1) - timedelta(hours=w.random.uniform(0.5, 8)))
    due = w.hours.shifted(w.due, w.random.randint(2, 5))
    yield w.dossier.event("apology_issued", at, reason_code=cause)
    yield w.dossier.event("extended", at + timedelta(seconds=30), due_at=w.due, new_due_at=due, reason_code=cause)
    yield from _in_time(replace(w, at=at + timedelta(seconds=30), due=due))


def _result(w: Clockwork, **data: Any) -> Stage:
    yield w.dossier.event("result_ready", w.at, **data)
    online = w.dossier.channel == "online"
    at = w.at + timedelta(minutes=w.random.uniform(1, 30)) if online else w.later(5)
    yield w.dossier.event("result_returned", at)
    if w.chance(0.08):
        rating = w.random.choices((5, 4, 3, 2, 1), (60, 30, 6, 3, 1))[0]
        yield w.dossier.event("rated", at + timedelta(minutes=w.random.uniform(1, 600)), rating=rating)


def _before(due: datetime, minutes: int) -> datetime:
    return due - timedelta(minutes=minutes)


def _utc(data: dict[str, Any]) -> dict[str, Any]:
    return {k: v.astimezone(UTC).replace(microsecond=0) if isinstance(v, datetime) else v for k, v in data.items()}
