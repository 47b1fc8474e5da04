"""How one copy of a document goes at its recipient: registered or refused, worked on, finished; seldom asked back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.streams.document import EDXML, REGISTER_WITHIN
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.days import evening, utc, whole
from simulators.engine.hours import WorkingTime
from simulators.engine.offices import Office

LATE_RATIO, WORSE_FACTOR = 0.035, 4.0
LINGER_RATIO = 0.008
SLOW_REGISTER_RATIO = 0.02
REFUSE_RATIO = 0.02
ONLINE_RATIO = 0.9238
REGISTER_MIN = {"express": 12.0, "very_urgent": 25.0, "urgent": 45.0, "normal": 80.0}
"""Median minutes to register, of working time for a normal document and by the clock for an urgent one."""
TERM_DAYS = {"express": (1, 1), "very_urgent": (1, 2), "urgent": (1, 3), "normal": (3, 15)}
FINE_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document as its issuer sent it, or a copy of it at `to`. `head`: what the axis tells of it."""

    subject: str
    source: str
    day: date
    org_code: str
    unit_code: str
    urgency: str
    head: dict[str, Any]

    def event(self, fact: str, at: datetime, **data: Any) -> SimulatedEvent:
        at = whole(at)
        place = {"org_code": self.org_code, "unit_code": self.unit_code, "unit_valid_on": self.day, "edxml_state": EDXML.get(fact)}
        return SimulatedEvent(
            fact=fact, id=f"{self.subject}:{fact}:{int(at.timestamp())}", source=self.source, subject=self.subject, time=at,
            data=utc(place | data),
        )


@dataclass(frozen=True, slots=True)
class Course:
    """What a stage needs: chance, working time, the copy and who received it."""

    random: Random
    scenario: Scenario
    paper: Paper
    office: Office

    @property
    def hours(self) -> WorkingTime:
        return self.scenario.world.hours

    def chance(self, ratio: float) -> bool:
        return self.random.random() < ratio

    def factor(self, what: str, at: datetime) -> float:
        return self.scenario.effects.factor(what, at, unit=self.office.unit_code, kind=self.office.code)

    def event(self, fact: str, at: datetime, **data: Any) -> SimulatedEvent:
        return self.paper.event(fact, at, **data)


def life(c: Course, at: datetime) -> Iterator[SimulatedEvent]:
    """From the arrival to the end."""
    due = _due(c, at)
    yield c.event("arrived", at, **c.paper.head, due_at=due)
    registered = _registered(c, at)
    if c.chance(REFUSE_RATIO * c.factor("document.refused", at)):
        yield c.event("refused", registered, reason_code=c.random.choice(("wrong-recipient", "annex-missing", "not-signed")))
        return
    yield c.event("accepted", registered)
    finished = _finished(c, registered, due)
    if registered >= c.scenario.live_at - FINE_BEFORE:
        assigned = registered + (finished - registered) * 0.15
        yield c.event("assigned", assigned, due_at=due)
        yield c.event("processing", registered + (finished - registered) * 0.4)
    if c.chance(0.005):
        yield from _asked_back(c, registered, finished)
        return
    yield c.event("finished", finished, electronic=c.chance(ONLINE_RATIO))


def _due(c: Course, at: datetime) -> datetime | None:
    if c.paper.urgency == "normal" and c.chance(0.3):
        return None
    return c.hours.due(at, c.random.randint(*TERM_DAYS[c.paper.urgency]))


def _registered(c: Course, at: datetime) -> datetime:
    urgency = c.paper.urgency
    minutes = REGISTER_MIN[urgency] * c.random.lognormvariate(0, 0.6)
    is_slow = c.chance(SLOW_REGISTER_RATIO * (WORSE_FACTOR if c.office.is_worse else 1.0) * c.factor("document.late", at))
    if urgency == "normal":
        hours = c.random.uniform(12, 30) if is_slow else min(minutes / 60, 7.5)
        return max(at + timedelta(minutes=1), c.hours.after(at, hours))
    term = timedelta(hours=REGISTER_WITHIN[urgency].n)
    return at + (term * c.random.uniform(1.1, 3.0) if is_slow else min(timedelta(minutes=1 + minutes), term * 0.95))


def _finished(c: Course, registered: datetime, due: datetime | None) -> datetime:
    earliest = registered + timedelta(minutes=5)
    if due is None or due <= earliest:
        return max(earliest, c.hours.after(earliest, c.random.uniform(1, 60)))
    late = LATE_RATIO * (WORSE_FACTOR if c.office.is_worse else 1.0) * c.factor("document.late", due)
    luck = c.random.random()
    if luck < late:
        return c.hours.after(due, 0.5 + c.random.expovariate(1 / 14))
    if luck < late + LINGER_RATIO:
        return c.hours.after(due, c.random.uniform(60, 240))
    wanted = c.hours.opened(earliest + (due - earliest) * c.random.betavariate(1.5, 1.7))
    stayed = evening(c.random, c.hours, wanted)
    # Some stay on to finish; not on the last day, where the deadline is the close of business.
    return stayed if stayed < due and c.chance(0.15) else max(earliest, min(wanted, due - timedelta(minutes=2)))


def _asked_back(c: Course, registered: datetime, finished: datetime) -> Iterator[SimulatedEvent]:
    asked = max(registered + timedelta(minutes=1), finished - timedelta(minutes=1))
    yield c.event("recalled", asked, reason_code=c.random.choice(("wrong-annex", "wrong-number", "replaced")))
    answered = c.hours.after(asked + timedelta(seconds=30), c.random.uniform(0.2, 6))
    if c.chance(0.8):
        yield c.event("update_agreed", max(answered, asked + timedelta(seconds=30)))
        return
    yield c.event("update_refused", max(answered, asked + timedelta(seconds=30)), reason_code="finished-already")
    yield c.event("finished", max(answered, asked) + timedelta(minutes=10), electronic=True)
