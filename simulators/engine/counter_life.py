"""A day at a one-stop point: who takes a ticket, which desk calls it, when nobody is there. Counters tell it, cameras look at it.

A pure function of the world, the point and the day, so that two simulators that never talk see the same people waiting.
"""

import heapq
import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

from ioc.clock import LOCAL
from ioc.profiles import Point
from simulators.engine.contract import Scenario

PER_RESIDENT = 1.46e-3
CENTRE = 1.4
MOST_DESKS = 8
LATE_OPENING, AWAY = 0.02, 0.01
OVERTIME = timedelta(minutes=25)
LONGEST_MIN = 40.0
ASKED = timedelta(minutes=5)
# Share of a working day's visitors in each local hour (domain notes, 7: peaks at 8–10 and 14–15 h).
HOURS = {7: 0.12, 8: 0.2, 9: 0.2, 10: 0.12, 13: 0.12, 14: 0.14, 15: 0.07, 16: 0.03}
OTHER_HOURS = 0.03
# (share, code, minutes at the desk)
GROUPS = ((0.34, "civil_status", 8.0), (0.26, "land", 15.0), (0.18, "social", 10.0), (0.12, "construction", 13.0), (0.1, "business", 12.0))
LIKELY = list(accumulate(share for share, _, _ in GROUPS))
SERVICE_MIN = sum(share * minutes for share, _, minutes in GROUPS)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One visit. `called` None = gave up at `ended` before a call; `started` None with a call = did not come. `luck`: 0–1, its rank in a sample."""

    number: str
    group: str
    taken: datetime
    called: datetime | None
    started: datetime | None
    ended: datetime
    desk: int
    luck: float
    rating: int


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
        desk = _Desks(random, segment, gone, count)
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
    at, quarter = segment[0] - timedelta(minutes=10), timedelta(minutes=15)
    while at < segment[1] - timedelta(minutes=10):
        ends = min(at + quarter, segment[1] - timedelta(minutes=10))
        factor = scenario.effects.factor("counter.rate", at, unit=point.unit_code, kind=point.code)
        expected = visits * HOURS.get((at + timedelta(minutes=10)).astimezone(LOCAL).hour, OTHER_HOURS) * ((ends - at) / timedelta(hours=1)) * factor
        yield from sorted(_second(at + (ends - at) * random.random()) for _ in range(_poisson(random, expected)))
        at = ends


def _absences(random: Random, scenario: Scenario, point: Point, segment: Span) -> list[Span]:
    begin, end = segment
    late, away = random.random() < LATE_OPENING, random.random() < AWAY
    late_min, away_min, away_at = random.uniform(10, 25), random.uniform(12, 30), random.uniform(0.2, 0.8)
    found = [(begin - timedelta(minutes=10), begin + timedelta(minutes=late_min))] if late else []
    if away:
        found.append((begin + (end - begin) * away_at, begin + (end - begin) * away_at + timedelta(minutes=away_min)))
    return sorted([*found, *_ordered(scenario, point, segment)])


def _ordered(scenario: Scenario, point: Point, segment: Span) -> Iterator[Span]:
    # What the scenario says, asked every five minutes.
    begin = segment[0] - timedelta(minutes=10)
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


class _Desks:
    """The desks of one half day, and when each is free."""

    def __init__(self, random: Random, segment: Span, absent: Sequence[Span], count: int) -> None:
        self._random, self._segment, self._absent = random, segment, absent
        self._opened = {n: self._manned(_second(segment[0] - timedelta(minutes=random.uniform(0, 8)))) for n in range(1, count + 1)}
        self._busy = dict.fromkeys(self._opened, segment[0] - timedelta(hours=1))
        self._free = [(max(opened, segment[0]), n) for n, opened in self._opened.items()]
        heapq.heapify(self._free)

    def serve(self, taken: datetime, number: str) -> Ticket:
        random = self._random
        luck, patience, minutes = random.random(), 70 * math.exp(random.gauss(0, 0.6)), math.exp(random.gauss(-0.12, 0.5))
        _, group, usual = random.choices(GROUPS, cum_weights=LIKELY)[0]
        rating = random.choices((4, 3, 2, 1), (58, 35, 5, 2))[0] if random.random() < 0.12 else 0
        free, desk = self._free[0]
        called = _second(self._manned(max(free, taken + timedelta(seconds=random.uniform(5, 40)))))
        gives_up = min(taken + timedelta(minutes=patience), self._segment[1] + OVERTIME)
        if called > gives_up:
            return Ticket(number, group, taken, None, None, _second(max(gives_up, taken)), 0, luck, 0)
        came = random.random() >= 0.02
        started = called + timedelta(seconds=int(random.uniform(15, 60)))
        ended = _second(started + timedelta(minutes=min(LONGEST_MIN, usual * minutes))) if came else called + timedelta(seconds=90)
        self._busy[desk] = ended
        heapq.heapreplace(self._free, (ended + timedelta(seconds=random.uniform(15, 90)), desk))
        return Ticket(number, group, taken, called, started if came else None, ended, desk, luck, rating if came else 0)

    def openings(self) -> list[tuple[int, datetime, datetime]]:
        """When each was open; not at all where its official came when the half day was over and nobody waited."""
        end = self._segment[1]
        return [(n, opened, max(_second(end + timedelta(minutes=self._random.uniform(-2, 4))), self._busy[n] + timedelta(seconds=20)))
                for n, opened in self._opened.items() if opened < end - timedelta(minutes=5) or self._busy[n] > opened]

    def _manned(self, at: datetime) -> datetime:
        for begin, end in self._absent:
            if begin <= at < end:
                at = _second(end + timedelta(seconds=self._random.uniform(10, 90)))
        return at


def _poisson(random: Random, expected: float) -> int:
    if expected <= 0:
        return 0
    count, left = 0, random.expovariate(1.0)
    while left < expected:
        count, left = count + 1, left + random.expovariate(1.0)
    return count


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
