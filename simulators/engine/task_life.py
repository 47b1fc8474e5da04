"""How one task goes: taken note of, reported on, finished in time or not; some are extended, given back, called off, opened again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from simulators.engine.chance import Lot
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.days import evening, utc, whole
from simulators.engine.hours import WorkingTime
from simulators.engine.offices import Office

LATE_RATIO, WORSE_FACTOR = 0.05, 3.0
LINGER_RATIO = 0.02
EXTENDED_RATIO, RETURNED_RATIO, CANCELLED_RATIO, REOPENED_RATIO = 0.07, 0.025, 0.012, 0.015
EVENING_RATIO, DAY_OFF_RATIO = 0.25, 0.08
FORGETFUL_RATIO = 0.06
EXTENSIONS = ("waiting-for-ministry", "waiting-for-budget", "survey-needed")
TERMS = Lot((((5, 7), 28), ((10, 15), 40), ((20, 30), 24), ((45, 60), 5), (None, 3)))
"""Working days, from and to; None = no deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task with its owner of the moment; `at`: of its last event, `due`: None where it has no deadline."""

    random: Random
    scenario: Scenario
    code: str
    source: str
    day: date
    resolution: str
    owner: Office
    at: datetime
    due: datetime | None

    @property
    def hours(self) -> WorkingTime:
        return self.scenario.world.hours

    def chance(self, ratio: float) -> bool:
        return self.random.random() < ratio

    def factor(self, what: str, at: datetime) -> float:
        return self.scenario.effects.factor(what, at, unit=self.owner.unit_code, kind=self.owner.code)

    def moved(self, at: datetime) -> "Task":
        """The same task, at a moment that is later than its last event."""
        return replace(self, at=max(at, self.at + timedelta(minutes=1)))

    def event(self, fact: str, **data: Any) -> SimulatedEvent:
        at = whole(self.at)
        place = {"org_code": self.owner.code, "unit_code": self.owner.unit_code, "unit_valid_on": self.day}
        return SimulatedEvent(
            fact=fact, id=f"{self.code}:{fact}:{int(at.timestamp())}", source=self.source, subject=self.code, time=at, data=utc(place | data),
        )


Stage = Iterator[SimulatedEvent]


def life(task: Task, others: list[Office]) -> Stage:
    """From the assignment to the end. `others`: agencies to which it goes when its owner gives it back."""
    yield task.event("assigned", owner_org=task.owner.code, source_document=task.resolution, due_at=task.due)
    if task.chance(RETURNED_RATIO):
        task = task.moved(task.hours.after(task.at, task.random.uniform(1, 8)))
        yield task.event("returned", reason_code="not-competent")
        owner = task.random.choice([office for office in others if office != task.owner] or others)
        task = replace(task, owner=owner).moved(task.hours.after(task.at, task.random.uniform(0.5, 6)))
        yield task.event("assigned", owner_org=task.owner.code, source_document=task.resolution, due_at=task.due)
    is_slow = task.chance(FORGETFUL_RATIO * (WORSE_FACTOR if task.owner.is_worse else 1.0))
    task = task.moved(task.hours.after(task.at, task.random.uniform(17, 30) if is_slow else min(7.9, task.random.lognormvariate(0.7, 0.8))))
    yield task.event("acknowledged")
    if task.chance(CANCELLED_RATIO):
        task = task.moved(task.hours.after(task.at, task.random.uniform(4, 40)))
        yield task.event("cancelled", reason_code=task.random.choice(("merged", "outdated")))
        return
    yield from _worked_on(task)


def _worked_on(task: Task) -> Stage:
    done = _done(task)
    extended = task.due and task.chance(EXTENDED_RATIO)
    for part in _parts(task, done):
        at = _reported(task, task.at + (done - task.at) * 0.4)
        if extended or at >= done:
            break
        task = task.moved(at)
        yield task.event("reported", progress_pct=part)
    if extended and task.due:
        asked = task.hours.shifted(task.due, -task.random.randint(0, 3)) - timedelta(hours=task.random.uniform(1, 7))
        due, task = task.due, task.moved(asked)
        task = replace(task, due=task.hours.shifted(max(due, task.hours.due(task.at, 0)), task.random.randint(5, 15)))
        yield task.event("extended", due_at=due, new_due_at=task.due, reason_code=task.random.choice(EXTENSIONS))
        done = _done(task)
    yield from _ending(task.moved(done))


def _parts(task: Task, done: datetime) -> list[int]:
    """Progress in per cent at each report: one every week or so, three at most."""
    n = min(3, int((done - task.at).days / 8 + task.random.random()))
    return sorted(task.random.randrange(10, 95, 5) for _ in range(n))


def _reported(task: Task, at: datetime) -> datetime:
    # Officials report from home too: in the evening, and some on a day off.
    if not task.hours.works(at.date()) and task.chance(DAY_OFF_RATIO * 5):
        return at.replace(hour=8) + timedelta(minutes=task.random.uniform(0, 700))
    opened = task.hours.opened(at)
    return evening(task.random, task.hours, opened) if task.chance(EVENING_RATIO) else opened + timedelta(minutes=task.random.uniform(0, 90))


def _done(task: Task) -> datetime:
    """Moment of the result: most in the last third of the term."""
    if task.due is None:
        return task.hours.after(task.at, task.random.uniform(20, 240))
    late = LATE_RATIO * (WORSE_FACTOR if task.owner.is_worse else 1.0) * task.factor("task.late", task.due)
    luck = task.random.random()
    if luck < late:
        return task.hours.after(max(task.due, task.at), 1 + task.random.expovariate(1 / 20))
    if luck < late + LINGER_RATIO:
        return task.hours.after(max(task.due, task.at), task.random.uniform(50, 240))
    wanted = task.hours.opened(task.at + (task.due - task.at) * task.random.betavariate(3.0, 1.4))
    stayed = evening(task.random, task.hours, wanted)
    return stayed if stayed < task.due and task.chance(0.15) else min(wanted, task.due - timedelta(minutes=task.random.uniform(3, 90)))


def _ending(task: Task) -> Stage:
    yield task.event("completed", result_code=task.random.choice(("report-filed", "document-issued", "work-done")))
    if task.chance(REOPENED_RATIO):
        task = task.moved(task.hours.after(task.at, task.random.uniform(4, 24)))
        due = task.hours.due(task.at, task.random.randint(3, 7))
        yield task.event("reopened", progress_pct=70, new_due_at=due, reason_code="incomplete")
        task = task.moved(due - timedelta(hours=task.random.uniform(1, 20)))
        yield task.event("completed", result_code="report-filed")
