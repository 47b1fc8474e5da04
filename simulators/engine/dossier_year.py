"""A planned year told day by day: when each of its dossiers comes in, where, and how it will end."""

import heapq
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from ioc.calendar.working import WorkingCalendar
from ioc.clock import end_of, local_day, start_of
from ioc.errors import InputError
from ioc.profiles.scenarios import YearTotals
from simulators.engine.contract import Scenario
from simulators.engine.dossier_desks import Desk, Desks
from simulators.engine.dossier_kinds import Procedure, choice, counter_pieces, online_pieces, spread
from simulators.engine.dossier_plan import Channel, Plan, Special, plan
from simulators.engine.dossier_work import Course, Ending, Limits

REFUSED = 0.015
POST_RATIO = 0.02
OVERTIME = timedelta(hours=3)
CUT_H = 2.0
"""What comes online in the last two hours of a working day is taken in on the next one."""


class Coming(NamedTuple):
    """A dossier that begins, and what is planned of it."""

    at: datetime
    desk: Desk
    procedure: Procedure
    channel: str
    course: Course


class Urn:
    """So many marked ones among so many, drawn one by one: exact at the end."""

    def __init__(self, count: int, marked: int) -> None:
        self._left, self._marked = count, marked

    def draw(self, random: Random) -> bool:
        found = random.random() * self._left < self._marked
        self._left -= 1
        self._marked -= found
        return found


def begins(totals: YearTotals, start: datetime) -> None:
    """Raise InputError where a planned year would be told from its middle."""
    first = start_of(date(totals.of, 1, 1))
    if start > first:
        raise InputError(f"the year {totals.of} adds up only from its first day: begin it on {local_day(first)}, without --from")


def plan_of(random: Random, scenario: Scenario) -> Plan:
    """The plan of the scenario's year."""
    assert scenario.year
    days = scenario.profile.calendar.working_days_of(scenario.year.of)
    return plan(random, scenario.year, scenario.scale, days, scenario.world.load)


def courses(random: Random, scenario: Scenario, desks: Desks) -> Iterator[Coming]:
    """All dossiers of the year in the order in which they begin."""
    made = plan_of(random, scenario)
    told = (_Telling(Random(random.getrandbits(64)), scenario, desks, made, channel) for channel in ("counter", "online"))
    yield from heapq.merge(*(telling.all() for telling in told), key=lambda coming: coming.at)


class _Telling:
    """One channel of the year."""

    def __init__(self, random: Random, scenario: Scenario, desks: Desks, made: Plan, channel: Channel) -> None:
        self._random, self._desks, self._plan, self._channel = random, desks, made, channel
        self._calendar: WorkingCalendar = scenario.profile.calendar
        fees, paid = made.fees[channel]
        self._fee = Urn(sum(made.ordinary[channel]), fees)
        self._paid = Urn(fees, paid)
        self._priced, self._free = choice(lambda p: p.fee_vnd > 0), choice(lambda p: p.fee_vnd == 0)
        closing, year = self._calendar.closing(made.days[-1]), made.days[0].year
        self._limits = Limits(closing=closing, ready_by=closing + OVERTIME, end=end_of(date(year, 12, 31)))
        self._since = start_of(date(year, 1, 1))
        self._rate = 0.0

    def all(self) -> Iterator[Coming]:
        """Day by day; online also what is sent after the last cut and not taken in any more."""
        for place, day in enumerate(self._plan.days):
            yield from self._day(place, day)
        if self._channel == "online":
            pieces = online_pieces(self._since, self._limits.end - timedelta(seconds=60), self._calendar.is_working_day)
            for at in spread(self._random, round(self._rate * _weight(pieces)), pieces):
                yield self._coming(at, at, "waits")

    def _day(self, place: int, day: date) -> Iterator[Coming]:
        random = self._random
        items: list[Special | Ending] = [s for s in self._plan.special.get(place, ()) if s.channel == self._channel]
        items += ["in_time"] * self._plan.ordinary[self._channel][place]
        items += ["refused"] * int(len(items) * REFUSED + random.random())
        random.shuffle(items)
        closing, pieces = self._calendar.closing(day), self._pieces(day)
        self._rate = len(items) / _weight(pieces)
        for item, at in zip(items, spread(random, len(items), pieces), strict=True):
            yield self._coming(at, self._taken_in(at, closing), item)

    def _pieces(self, day: date) -> list[tuple[datetime, datetime, float]]:
        if self._channel == "counter":
            return counter_pieces(self._calendar.segments(day))
        since, self._since = self._since, self._calendar.add_working_seconds(self._calendar.closing(day), -CUT_H * 3600)
        return online_pieces(since, self._since, self._calendar.is_working_day)

    def _taken_in(self, at: datetime, closing: datetime) -> datetime:
        if self._channel == "counter":
            return at
        room_s = self._calendar.working_seconds(at, closing)
        taken = self._calendar.add_working_seconds(self._calendar.reception(at), min(self._random.expovariate(1 / 4500), room_s * 0.95))
        return taken.replace(microsecond=0)

    def _coming(self, at: datetime, received_at: datetime, item: Special | Ending) -> Coming:
        random, end, pays = self._random, item.end if isinstance(item, Special) else item, False
        if isinstance(item, Special):
            procedure, pays = item.procedure, item.pays
        elif end == "in_time" and self._fee.draw(random):
            procedure, pays = self._priced.draw(random), self._paid.draw(random)
        else:
            procedure = self._free.draw(random)
        course = Course(end=end, limits=self._limits, received_at=received_at, pays=pays)
        desk = self._desk(local_day(at), end)
        channel = "post" if self._channel == "counter" and random.random() < POST_RATIO else self._channel
        return Coming(at, desk, procedure, channel, course)

    def _desk(self, day: date, end: Ending) -> Desk:
        # Slow entry is the communes' (F005), and some desks are worse than others.
        office = self._desks.on(day)
        desk = office.draw(self._random)
        for _ in range(4 if end == "recorded_late" else 0):
            if desk.level == "commune" and self._random.random() < 0.7:
                break
            desk = office.draw(self._random)
        return desk


def _weight(pieces: list[tuple[datetime, datetime, float]]) -> float:
    return sum(weight for *_, weight in pieces)
