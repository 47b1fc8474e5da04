"""One dossier being worked on: what it is, what is planned of it, how far it has come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Literal

from ioc.calendar.deadlines import resumed, suspended
from ioc.calendar.working import WorkingCalendar
from ioc.clock import day_closed
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.dossier_desks import Desk
from simulators.engine.dossier_kinds import Procedure
from simulators.engine.dossier_moves import SECOND, entered

Stage = Iterator[SimulatedEvent]
Ending = Literal["in_time", "recorded_late", "really_late", "open", "refused", "waits"]
"""Of the year's end: ready in time or late, still open; refused before reception, not taken in yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Ends of a planned year: what counts in it is ready by `ready_by` (late: by `closing`, its last), what stays open not before `end`."""

    closing: datetime
    ready_by: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a plan has decided of a dossier. `received_at`: when it is taken in, for one that came online; None = with its first event."""

    end: Ending
    limits: Limits
    received_at: datetime | None = None
    pays: bool = False


@dataclass(slots=True, kw_only=True)
class Dossier:
    """What stays the same in a dossier's life. `day`: on which it began; `place`: who tells of it."""

    code: str
    source: str
    desk: Desk
    day: date
    procedure: Procedure
    channel: str
    place: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.place = {"org_code": self.desk.org_code, "unit_code": self.desk.unit_code, "unit_valid_on": max(self.day, self.desk.known_on)}

    def event(self, fact: str, at: datetime, data: dict[str, Any]) -> SimulatedEvent:
        """An event of this dossier; the id says which, since a fact comes at most once a second."""
        return SimulatedEvent(fact=fact, id=f"{self.code}:{fact}:{int(at.timestamp())}", source=self.source, subject=self.code, time=at,
                              data=self.place | data)

    def kind(self) -> dict[str, Any]:
        return {"procedure_code": self.procedure.code, "sector_code": self.procedure.sector, "channel": self.channel, "service_level": "full"}

    def promise(self, due: datetime) -> dict[str, Any]:
        days = self.procedure.days
        return {**self.kind(), "due_at": due, "committed_n": days, "committed_unit": "working_day",
                "statutory_n": self.procedure.statutory_days, "statutory_unit": "working_day", "fee_due": self.procedure.fee_vnd > 0}


@dataclass(slots=True, kw_only=True)
class Work:
    """One dossier being worked on. `at`: what was done last; `due`: the promised moment; `course`: None = chance decides."""

    random: Random
    calendar: WorkingCalendar
    scenario: Scenario
    dossier: Dossier
    at: datetime
    course: Course | None = None
    due: datetime = datetime(1, 1, 1, tzinfo=UTC)

    @property
    def last(self) -> datetime:
        """Moment by which it must be ready to be in time."""
        planned = self.course is not None and self.course.end != "open"
        return min(self.due, self.course.limits.ready_by) if planned and self.course else self.due

    def chance(self, ratio: float) -> bool:
        return self.random.random() < ratio

    def after(self, at: datetime, hours: float) -> datetime:
        """Moment when so many working hours have passed."""
        return self.calendar.add_working_seconds(self.calendar.reception(at), int(hours * 3600) or 1)

    def later(self, hours: float) -> datetime:
        """Some working hours on, about so many."""
        return self.after(self.at, self.random.expovariate(1 / hours))

    def shifted(self, at: datetime, days: int) -> datetime:
        """Close of business so many working days later or earlier."""
        return self.calendar.closing(self.calendar.next_working_day(day_closed(at), days))

    def reach(self, at: datetime, *, before_due_s: float = 0) -> None:
        """Go on to a moment, at least a second after the last one; before the deadline where that is asked."""
        at = min(at, self.last - timedelta(seconds=before_due_s)) if before_due_s else at
        wanted = max(at, self.at + SECOND).replace(microsecond=0)
        self.at = wanted if self.course else entered(self.random, self.scenario.effects, wanted, self.dossier.desk.key)

    def tell(self, fact: str, **data: Any) -> SimulatedEvent:
        return self.dossier.event(fact, self.at, data)

    def stood_still(self, since: datetime) -> None:
        """The clock stood still since a moment: the deadline moves as the stream's own rule moves it."""
        self.due = resumed(self.calendar, self.at, suspended(self.calendar, since, self.due, self.dossier.procedure.term))
