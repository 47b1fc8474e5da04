"""What enterprises do on a day; the monthly report counts the same enterprises as the register tells one by one."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from ioc.clock import start_of
from ioc.profiles.units import Unit
from simulators.engine.chance import Lot, poisson
from simulators.engine.contract import Scenario
from simulators.engine.days import office_moment

PER_MILLION_YEAR = {"registered": 375.0, "suspended": 250.0, "resumed": 60.0, "dissolved": 100.0, "inspection": 500.0}
"""Of a million residents in a year; 'resumed' are those that were suspended long ago."""
MONTHS = {
    "registered": (0.8, 0.7, 1.2, 1.15, 1.1, 1.05, 1.05, 1.0, 1.0, 1.05, 1.0, 0.9),
    "suspended": (2.6, 0.8, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 1.1),
    "inspection": (0.1, 0.3, 1.0, 1.3, 1.3, 1.2, 1.2, 1.3, 1.3, 1.3, 1.1, 0.6),
}
LEAST = {"registered": 1}
"""So many on each working day: silence means a fault."""
WORKING_DAYS = 250
TOWN_FACTOR = 2.5
TOWNS = ("Phường", "Thị trấn", "Thành phố", "Thị xã")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens to an enterprise of which nothing was told before."""

    ref: str
    unit: Unit
    at: datetime


class Business:
    """What enterprises do, by day."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._seats = lru_cache(64)(self._seats_of)

    def deeds(self, kind: str, day: date) -> Iterator[Deed]:
        """What happens on a day, of a kind: each to another enterprise."""
        world, (seats, people) = self._scenario.world, self._seats(day)
        load = world.load(day)
        if not load or not people:
            return
        season = MONTHS.get(kind, (1.0,) * 12)[day.month - 1]
        usual = PER_MILLION_YEAR[kind] * people / 1e6 / WORKING_DAYS * season * load
        noon, most = start_of(day) + timedelta(hours=12), self._scenario.effects.most("enterprise.rate")
        random = world.random("enterprise", kind, day)
        for n in range(max(poisson(random.random(), usual * most), LEAST.get(kind, 0))):
            unit, at = seats.draw(random), office_moment(random, world.hours, day)
            if random.random() * most < self._scenario.effects.factor("enterprise.rate", noon, unit=unit.code, kind=kind):
                yield Deed(hashlib.blake2b(f"{random.getrandbits(64)}/{kind}/{day}/{n}".encode(), digest_size=16).hexdigest(), unit, at)

    def count(self, kind: str, days: Iterable[date]) -> int:
        """How many there are on the days together."""
        return sum(1 for day in days for _ in self.deeds(kind, day))

    def _seats_of(self, day: date) -> tuple[Lot[Unit], int]:
        units = self._scenario.profile.units_on(day)
        return Lot((unit, weight(unit)) for unit in units), sum(unit.population for unit in units)


def weight(unit: Unit) -> float:
    """How many enterprises have their seat there, compared with others."""
    return unit.population * (TOWN_FACTOR if unit.kind in TOWNS else 1.0)
