"""Tourism: the day's figures of the province and its best-visited units, the month's figures of every unit."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from ioc.clock import start_of
from ioc.profiles.units import Unit
from simulators.engine.agenda import Story, telling
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.days import Told, by_days, utc, whole, working_turn
from simulators.engine.visitors import NOBODY, Visitors, Visits, together

REALISM = """\
True to life: Ooc Om Boc at the full moon of the 10th lunar month draws the year's largest crowds (the profile's region; lunar dates to a day), then
Tet, Chol Chnam Thmay (13-16 April), Nghinh Ong, Sene Dolta; nobody sleeps in a room that is not on offer; the monthly figures are the
sums of the days, and the indicators' monthly reports say the same.
Assumed: 2.6 visits for each resident and year, 15 % stay a night, 480,000 VND each; weekends 1.7 times, holidays 1.9 times a usual day;
each mm of rain between 8 and 18 h keeps 1.2 % away; 2.2 rooms for 1,000 residents.
Made up: which six units (drawn by the seed) have the sights, every figure; daily figures of these, by 11 h of the next day, days off too; monthly
ones on the 2nd to 5th working day; one report in fifteen is corrected some days later. Volumes follow the population, not the dossiers' scale."""

CORRECTED_RATIO = 1 / 15


class Statistics:
    """Tells a day's figures on the next, a month's in the month after."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._source = scenario.source("tourism")
        self._visitors = Visitors(scenario)

    def of_day(self, day: date) -> Iterator[Told]:
        """Stories that begin on a day."""
        yesterday = day - timedelta(days=1)
        units = self._scenario.profile.units_on(yesterday)
        visits = self._visitors.on(yesterday)
        if visits:
            yield self._told("", yesterday, f"{yesterday}", self._day_moment(day, ""), self._visitors.all_on(yesterday))
        for code in self._visitors.sites(units):
            yield self._told(code, yesterday, f"{yesterday}", self._day_moment(day, code), visits[code])
        turn = working_turn(self._scenario.world.hours, day)
        if 2 <= turn <= 5:
            yield from self._month(day, turn)

    def _month(self, day: date, turn: int) -> Iterator[Told]:
        last = day.replace(day=1) - timedelta(days=1)
        days = [last.replace(day=n) for n in range(1, last.day + 1)]
        places: list[Unit | None] = [*self._scenario.profile.units_on(last), None]
        for n, unit in enumerate(places):
            if (n % 4 + 2 if unit else 5) == turn:
                parts = [self._visitors.on(d).get(unit.code, NOBODY) if unit else self._visitors.all_on(d) for d in days]
                yield self._told(unit.code if unit else "", last, f"{last:%Y-%m}", self._office(day, n), together(parts))

    def _told(self, unit_code: str, counted_on: date, period: str, at: datetime, visits: Visits) -> Told:
        random = self._scenario.world.random("tourism", "told", unit_code, period)
        told = [self._event(unit_code, counted_on, period, at, visits)]
        if random.random() < CORRECTED_RATIO:
            factor = 1 + random.choice((-1, 1)) * random.uniform(0.01, 0.08)
            mended = visits._replace(arrivals=round(visits.arrivals * factor), revenue_vnd=round(visits.revenue_vnd * factor / 1e6) * 1_000_000)
            later = at + timedelta(days=random.randint(1, 4), minutes=random.uniform(5, 50))
            told.append(self._event(unit_code, counted_on, period, later, mended))
        return told

    def _event(self, unit_code: str, counted_on: date, period: str, at: datetime, visits: Visits) -> SimulatedEvent:
        at, subject = whole(at), f"{unit_code or 'province'}/{period}"
        place = {"org_code": "", "unit_code": unit_code, "unit_valid_on": counted_on, "facility_code": "", "period": period}
        return SimulatedEvent(fact="arrivals", id=f"{subject}:{int(at.timestamp())}", source=self._source, subject=subject, time=at,
                              data=utc(place | visits._asdict()))

    def _day_moment(self, day: date, code: str) -> datetime:
        return start_of(day) + timedelta(hours=self._scenario.world.random("tourism", "at", code, day).uniform(7.2, 10.8))

    def _office(self, day: date, n: int) -> datetime:
        return start_of(day) + timedelta(hours=13.5, minutes=3 * n)


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # a day is drawn by its name
    yield by_days(start, Statistics(scenario).of_day)


SIMULATOR = Simulator(name="tourism", stream="tourism", realism=REALISM, simulate=telling(_stories), effects=("tourism.rate",))
