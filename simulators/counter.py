"""Counters of the one-stop points: tickets from the machine to the rating, and when the desks are open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.profiles import Point
from simulators.engine.agenda import Story, telling
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.counter_desks import Ticket
from simulators.engine.counter_life import PointDay, is_centre, point_day
from simulators.engine.days import Told, by_days
from simulators.engine.ground import Ground, counter_points

REALISM = """\
True to life: a wait of at most 15 minutes is the aim and now and then missed (QD 468/QD-TTg); the centre and every commune have a point
(domain notes, 3.2); peaks at 8-10 and 14-15 h, Monday 1.25, Friday 0.9, 1.3 before Tet and 0.2 in the week after (domain notes, 7); visits
follow the counter's 45 % of 2,433 dossiers a working day (F001, F010), and some come again for the result.
Assumed: 1.46 visits per 1,000 residents and working day, 1.4 times that at the province's own point; service 8-15 minutes by group
(log-normal); so many desks that the busiest hour fills about 80 % of them, two at least; 2 % do not come when called, some give up after an
hour; 12 % rate, 93 % of them are satisfied (Q3/2021: 100 % of 609).
Made up: every visit; in one of fifty half days nobody is there until 10-25 minutes after opening, in one of a hundred nobody for 12-30
minutes in between. The queue is always that of the whole population, as the cameras see it; at scale s the share s of its tickets is told
(one at least every 8 minutes, if one was taken), all desks are. A history goes back
14 days; until a day before the live part the start of the service is left out. No persons."""

QUIET = timedelta(minutes=8)
FINE_BEFORE = timedelta(days=1)
HISTORY_DAYS = 14.0


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What all events of a point's day have in common."""

    source: str
    org_code: str
    point: Point
    day: date

    def event(self, fact: str, subject: str, at: datetime, **data: Any) -> SimulatedEvent:
        place = {"org_code": self.org_code, "unit_code": self.point.unit_code, "unit_valid_on": self.day, "point_id": self.point.code}
        return SimulatedEvent(
            fact=fact, id=f"{subject}:{fact}:{int(at.timestamp())}", source=self.source, subject=subject, time=at, data=place | data,
        )


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # chance is the world's, so that the cameras see the same
    points, ground = counter_points(scenario.profile), Ground(scenario.profile)

    def of_day(day: date) -> Iterator[Told]:
        found = [(_kiosk(scenario, ground, point, day), plan) for point in points if (plan := point_day(scenario, point, day))]
        yield from (list(_desk(kiosk, *desk)) for kiosk, plan in found for desk in plan.desks)
        for kiosk, ticket in _sample(found, start, scenario.scale):
            yield list(_visit(kiosk, ticket, fine=ticket.taken >= scenario.live_at - FINE_BEFORE))

    if points:
        yield by_days(start, of_day)


def _kiosk(scenario: Scenario, ground: Ground, point: Point, day: date) -> Kiosk:
    centre = next((a.code for a in scenario.profile.agencies if a.kind == "centre" and a.valid_on(day)), "") if is_centre(point) else ""
    return Kiosk(scenario.source("counter"), centre or ground.owner(point.unit_code, day), point, day)


def _sample(found: Sequence[tuple[Kiosk, PointDay]], start: datetime, scale: float) -> Iterator[tuple[Kiosk, Ticket]]:
    """The share of the tickets that is told, and one where none was for long."""
    told = start
    for kiosk, ticket in sorted(((k, t) for k, plan in found for t in plan.tickets if t.taken >= start), key=lambda pair: pair[1].taken):
        if ticket.luck < scale or ticket.taken - told > QUIET:
            told = ticket.taken
            yield kiosk, ticket


def _visit(kiosk: Kiosk, ticket: Ticket, *, fine: bool) -> Iterator[SimulatedEvent]:
    subject, number = f"{kiosk.point.code}/{kiosk.day:%y%m%d}/{ticket.number}", {"ticket_no": ticket.number}
    desk = number | {"counter_no": str(ticket.desk)}
    yield kiosk.event("ticket_taken", subject, ticket.taken, **number, service_group=ticket.group)
    if ticket.called:
        yield kiosk.event("ticket_called", subject, ticket.called, **desk)
    if ticket.started and fine:
        yield kiosk.event("service_started", subject, ticket.started, **desk)
    yield kiosk.event("service_ended" if ticket.started else "ticket_abandoned", subject, ticket.ended, **(desk if ticket.started else number))
    if ticket.rating:
        yield kiosk.event("rated", subject, ticket.ended + timedelta(seconds=20 + 90 * ticket.luck), **desk, rating=ticket.rating)


def _desk(kiosk: Kiosk, number: int, opened: datetime, closed: datetime) -> Iterator[SimulatedEvent]:
    subject, desk = f"{kiosk.point.code}/Q{number}/{kiosk.day:%y%m%d}", {"counter_no": str(number)}
    yield kiosk.event("opened", subject, opened, **desk)
    yield kiosk.event("closed", subject, closed, **desk)


SIMULATOR = Simulator(name="counter", stream="counter", realism=REALISM, simulate=telling(_stories), history_days=HISTORY_DAYS,
                      effects=("counter.rate", "counter.absent"))
