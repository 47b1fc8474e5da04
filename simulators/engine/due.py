"""Which indicators are due in a month, for whom, and when each is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from ioc.calendar.written import last_day
from ioc.indicators.catalogue import Catalogue, Indicator
from simulators.engine.contract import Scenario
from simulators.engine.days import office_moment
from simulators.engine.figures import MODELLED, SHARE_OF_AGENCIES, SHARE_OF_UNITS
from simulators.engine.offices import Offices

LATE_RATIO = 0.03
BY_PLACE = frozenset({"disbursement", "budget_revenue"})
"""Told for units and agencies too, where the profile says that they are."""
DAILY = "score_766"


@dataclass(frozen=True, slots=True)
class Row:
    """What is reported: an indicator of a place in a period. `share`: the place's part of the province's plan."""

    indicator: Indicator
    period: str
    org_code: str = ""
    unit_code: str = ""
    share: float = 1.0

    @property
    def place(self) -> str:
        return self.org_code or self.unit_code

    @property
    def subject(self) -> str:
        return f"{self.indicator.id}/{self.place or 'province'}/{self.period}"


class Due:
    """The reports that are due."""

    def __init__(self, scenario: Scenario, catalogue: Catalogue) -> None:
        self._scenario = scenario
        self._catalogue = catalogue
        self._offices = Offices(scenario.profile, scenario.world)
        self.in_month = lru_cache(64)(self._in_month)
        self._turn = lru_cache(64)(self._turn_of)

    def _in_month(self, month: date) -> Sequence[tuple[Row, datetime]]:
        """Figures of the month before, and of the quarter that ended with it, each with the moment at which it is told."""
        before = month - timedelta(days=1)
        periods = {"month": f"{before:%Y-%m}", "quarter": f"{before.year}-Q{before.month // 3}" if before.month % 3 == 0 else ""}
        rows: list[Row] = []
        for indicator in self._catalogue.indicators.values():
            period = next((periods[p] for p in ("month", "quarter") if p in indicator.periods), "")
            # The daily score needs no month; what is not modelled is not told.
            if period and indicator.id != DAILY and indicator.id in MODELLED:
                rows.append(Row(indicator, period))
                rows += self._places(indicator, period, before)
        return [(row, self._told_at(row)) for row in rows]

    def _places(self, indicator: Indicator, period: str, day: date) -> Iterator[Row]:
        if indicator.id not in BY_PLACE:
            return
        units, people = self._scenario.profile.units_on(day), sum(u.population for u in self._scenario.profile.units_on(day))
        if "unit" in indicator.levels:
            yield from (Row(indicator, period, unit_code=u.code, share=SHARE_OF_UNITS * u.population / people) for u in units)
        above = [office for office in self._offices.on(day) if not office.unit_code]
        if "agency" in indicator.levels:
            yield from (Row(indicator, period, org_code=o.code, share=SHARE_OF_AGENCIES / len(above)) for o in above)

    def _told_at(self, row: Row) -> datetime:
        """On the owner's own day of the first five working days, or some days late."""
        world = self._scenario.world
        random = world.random("indicator", "told", row.subject)
        turn = self._turn(row.indicator.owner) + int(random.random() < 0.3) + (random.randint(1, 5) if random.random() < LATE_RATIO else 0)
        return office_moment(random, world.hours, self._scenario.profile.calendar.next_working_day(last_day(row.period), turn))

    def _turn_of(self, owner: str) -> int:
        return self._scenario.world.random("indicator", "owner", owner).randint(2, 4)
