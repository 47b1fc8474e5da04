"""A day at a one-stop point: who takes a ticket, which desk calls it, when nobody is there. Counters tell it, cameras look at it.

A pure function of the world, the point and the day, so that two simulators that never talk see the same people waiting.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from ioc.clock import LOCAL
from ioc.profiles import Point
from simulators.engine.chance import poisson
from simulators.engine.contract import Scenario
from simulators.engine.counter_desks import OVERTIME, SERVICE_MIN, Desks, Span, Ticket, second

PER_RESIDENT = 1.46e-3
CENTRE = 1.4
MOST_DESKS = 8
LATE_OPENING, AWAY = 0.02, 0.01
ASKED, EARLIER, QUARTER = timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15)
# Share of a working day's visitors in each local hour (domain notes, 7: peaks at 8–10 and 14–15 h).
HOURS = {7: 0.12, 8: 0.2, 9: 0.2, 10: 0.12, 13: 0.12, 14: 0.14, 15: 0.07, 16: 0.03}
OTHER_HOURS = 0.03


@dataclass(frozen=True, slots=True)
class PointDay:
    """`desks`: (desk, opened, closed). `absent`: when nobody was at any desk. `away`: hours (UTC) in which one of the officials was out."""

    desks: Sequence[tuple[int, datetime, datetime]]
    tickets: Sequence[Ticket]
    absent: Sequence[Span]
    away: frozenset[int]
    comings: Sequence[datetime]
    goings: Sequence[datetime]

    def waiting(self, at: datetime) -> int:
        """People with a ticket who were not called yet."""
        return bisect_right(self.comings, at) - bisect_right(self.goings, at)

    def staff(self, at: datetime) -> int:
        """Officials at the desks."""
        if any(begin <= at < end for begin, end in self.absent):
            return 0
        manned = sum(opened <= at < closed for _, opened, closed in self.desks)
        return max(1, manned - (at.astimezone(UTC).hour in self.away)) if manned else 0


def is_centre(point: Point) -> bool:
    """Whether a point serves the whole province: its code does not name its unit."""
    return point.unit_code not in point.code


def point_day(scenario: Scenario, point: Point, day: date) -> PointDay | None:
    """The day at a point; None on a day off, and where its unit did not exist."""
    unit, load = scenario.profile.units.at(point.unit_code, day), scenario.world.load(day)
    segments = [(a.astimezone(UTC), b.astimezone(UTC)) for a, b in scenario.world.hours.segments(day)]
    if unit is None or not segments or load <= 0:
        return None
    random = scenario.world.random("counter", point.code, day)
    visits = PER_RESIDENT * unit.population * (CENTRE if is_centre(point) else 1.0)
    count = min(MOST_DESKS, max(2, round(visits * 0.2 * SERVICE_MIN / 60 / 0.8)))
    desks: list[tuple[int, datetime, datetime]] = []
    tickets: list[Ticket] = []
    absent: list[Span] = []
    for segment in segments:
        gone = _absences(random, scenario, point, segment)
        comings = list(_comings(random, scenario, point, segment, visits * load))
        desk = Desks(random, segment, gone, count)
        tickets += [desk.serve(taken, f"{_letter(number)}{number % 999 + 1:03}") for number, taken in enumerate(comings, len(tickets))]
        desks += desk.openings()
        absent += gone
    ends = sorted(t.called or t.ended for t in tickets)
    away = frozenset(hour for hour in range(24) if random.random() < 0.25)
    return PointDay(desks, tickets, absent, away, [t.taken for t in tickets], ends)


def _letter(number: int) -> str:
    return "ABCDEFGH"[number // 999 % 8]


def _comings(random: Random, scenario: Scenario, point: Point, segment: Span, visits: float) -> Iterator[datetime]:
    # By quarters of an hour; the machine is on ten minutes before the desks and off as long before they close.
    at, off = segment[0] - EARLIER, segment[1] - EARLIER
    while at < off:
        ends = min(at + QUARTER, off)
        factor = scenario.effects.factor("counter.rate", at, unit=point.unit_code, kind=point.code)
        expected = visits * HOURS.get((at + EARLIER).astimezone(LOCAL).hour, OTHER_HOURS) * ((ends - at) / timedelta(hours=1)) * factor
        yield from sorted(second(at + (ends - at) * random.random()) for _ in range(poisson(random.random(), expected)))
        at = ends


def _absences(random: Random, scenario: Scenario, point: Point, segment: Span) -> list[Span]:
    begin, end = segment
    late, away = random.random() < LATE_OPENING, random.random() < AWAY
    late_min, away_min, away_at = random.uniform(10, 25), random.uniform(12, 30), random.uniform(0.2, 0.8)
    found = [(begin - EARLIER, begin + timedelta(minutes=late_min))] if late else []
    if away:
        found.append((begin + (end - begin) * away_at, begin + (end - begin) * away_at + timedelta(minutes=away_min)))
    return sorted([*found, *_ordered(scenario, point, segment)])


def _ordered(scenario: Scenario, point: Point, segment: Span) -> Iterator[Span]:
    # What the scenario says, asked every five minutes.
    if not scenario.effects.has("counter.absent"):
        return
    begin = segment[0] - EARLIER
    since: datetime | None = None
    for n in range(int((segment[1] + OVERTIME - begin) / ASKED) + 1):
        at = begin + ASKED * n
        gone = scenario.effects.holds("counter.absent", at, unit=point.unit_code, kind=point.code)
        if gone and since is None:
            since = at
        if since is not None and not gone:
            yield since, at
            since = None
    if since is not None:
        yield since, segment[1] + OVERTIME
