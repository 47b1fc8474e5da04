"""What may befall the telling of a dossier: its agency is abolished while it is open, or nothing can be entered for a while."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from ioc.calendar.working import WorkingCalendar
from ioc.clock import local_day
from simulators.engine.agenda import Story
from simulators.engine.contract import Scenario, SimulatedEvent
from simulators.engine.dossier_desks import Desk, Desks
from simulators.engine.effects import Effects

SECOND = timedelta(seconds=1)
LOOK = timedelta(minutes=5)
CATCH_UP_S, SESSION_S = 45 * 60, 8 * 60
_MAY_MOVE = frozenset({"received", "step_started", "supplemented", "paid", "extended", "apology_issued"})


def succeeded(random: Random, story: Story, desk: Desk, desks: Desks, calendar: WorkingCalendar) -> Story:
    """The story of a dossier that passes to the successor when its agency ends; what waits for the citizen passes when it is back."""
    place: dict[str, object] | None = None
    pending: SimulatedEvent | None = None
    last: SimulatedEvent | None = None
    for event in story:
        while desk.until and event.time >= desk.until:
            old, moved_at = desk, desk.until
            desk = desks.heir(random, old, local_day(moved_at))
            place = {"org_code": desk.org_code, "unit_code": desk.unit_code, "unit_valid_on": local_day(moved_at)}
            opened = calendar.reception(moved_at) + timedelta(seconds=random.randrange(3 * 3600))
            if last and last.fact not in {"result_ready", "result_returned", "submitted"}:
                pending = _transferred(event, place, old, max(last.time + SECOND, min(opened, event.time - SECOND)))
            if pending and last and last.fact in _MAY_MOVE:
                yield pending
                pending = None
        if place:
            event.data.update(place)
        yield event
        if pending and event.fact in _MAY_MOVE:
            yield _at(pending, event.time + SECOND)
            pending = None
        last = event


def _transferred(event: SimulatedEvent, place: dict[str, object], old: Desk, at: datetime) -> SimulatedEvent:
    data = {**place, "from_org": old.org_code, "to_org": place["org_code"], "to_unit": place["unit_code"]}
    return SimulatedEvent(fact="transferred", id=_identity(event.subject, at), source=event.source, subject=event.subject, time=at, data=data)


def _at(event: SimulatedEvent, at: datetime) -> SimulatedEvent:
    return SimulatedEvent(fact=event.fact, id=_identity(event.subject, at), source=event.source, subject=event.subject, time=at, data=event.data)


def _identity(subject: str, at: datetime) -> str:
    return f"{subject}:transferred:{int(at.timestamp())}"


def entered(random: Random, effects: Effects, at: datetime, unit: str) -> datetime:
    """When something can be entered that would be at a moment: itself, or in the 45 minutes after the silence that holds then."""
    if not effects.holds("dossier.silent", at, unit=unit):
        return at
    end = _end(effects, "dossier.silent", at, unit, "")
    return entered(random, effects, end + timedelta(seconds=random.randrange(CATCH_UP_S)), unit)


def catch_up(random: Random, scenario: Scenario, desk: Desk, sector: str, done: datetime, due: datetime) -> datetime:
    """When a clerk enters what was handed over long ago, all in one session of eight minutes.

    What was due while entering failed is entered within an hour after it works again; the rest some working days after it was due.
    """
    calendar, sessions = scenario.profile.calendar, scenario.world.random("dossier.catch_up", desk.key)
    end, turn, hours = _end(scenario.effects, "dossier.late_entry", done, desk.key, sector), sessions.randrange(3), sessions.uniform(1.0, 6.5)
    if due <= end:
        begun = calendar.add_working_seconds(calendar.reception(end), sessions.randrange(300, 3000))
    else:
        day = next(day for day in _working_days_after(calendar, due) if day.toordinal() % 3 == turn)
        begun = calendar.add_working_seconds(calendar.segments(day)[0][0], round(hours * 3600))
    return begun + timedelta(seconds=random.randrange(SESSION_S))


def _end(effects: Effects, what: str, at: datetime, unit: str, kind: str) -> datetime:
    while effects.holds(what, at, unit=unit, kind=kind):
        at = (at + LOOK).replace(second=0, microsecond=0)
    return at


def _working_days_after(calendar: WorkingCalendar, due: datetime) -> Iterator[date]:
    day = local_day(due)
    while True:
        day = calendar.next_working_day(day)
        yield day
