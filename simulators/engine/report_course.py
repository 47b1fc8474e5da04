"""One report, and how far it has come."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.profiles import Category
from ioc.profiles.units import Unit
from simulators.engine.contract import SimulatedEvent
from simulators.engine.days import utc, whole
from simulators.engine.effects import Effects
from simulators.engine.hours import WorkingTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What stays the same in a report's life. `place`: (lon, lat) in degrees, None where not known; `parent`: the report it repeats."""

    code: str
    source: str
    unit: Unit
    category: Category
    owner: str
    day: date
    place: tuple[float, float] | None
    channel: str
    parent: str | None

    def event(self, fact: str, at: datetime, **data: Any) -> SimulatedEvent:
        at, base = whole(at), {"org_code": self.owner, "unit_code": self.unit.code, "unit_valid_on": self.day}
        return SimulatedEvent(
            fact=fact, id=f"{self.code}:{fact}:{int(at.timestamp())}", source=self.source, subject=self.code, time=at,
            data=utc(base | data),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a stage needs. `at` and `due`: now and the promised moment; `urgent` counts clock hours, others working hours."""

    random: Random
    hours: WorkingTime
    effects: Effects
    report: Report
    at: datetime
    due: datetime
    reopened: int = 0

    @property
    def urgent(self) -> bool:
        return self.report.category.priority == 1

    def chance(self, ratio: float) -> bool:
        return self.random.random() < ratio

    def after(self, at: datetime, hours: float) -> datetime:
        return at + timedelta(hours=hours) if self.urgent else self.hours.after(at, hours)

    def later(self, hours: float) -> "Course":
        """The same course some hours on, about so many, at least a second."""
        return replace(self, at=self.after(self.at + timedelta(seconds=1), self.random.expovariate(1 / hours)))

    def minutes_on(self, median: float) -> "Course":
        return replace(self, at=self.at + timedelta(seconds=1, minutes=median * self.random.lognormvariate(0, 0.7)))
