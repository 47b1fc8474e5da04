"""How many visitors come on a day; the monthly figures of reports and of the tourism source are sums of the same days."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

from ioc.clock import start_of
from ioc.profiles.units import Unit
from simulators.engine.contract import Scenario
from simulators.engine.world import World

PER_RESIDENT_YEAR = 2.6
NIGHT_RATIO = 0.15
SPENT_VND = 480_000
ROOMS_PER_RESIDENT = 0.0022
GUESTS_PER_ROOM = 1.7
WEEKDAY = {5: 1.15, 6: 1.75, 7: 1.7}
DAY_OFF = 1.9
SITES = 6
"""Units with pagodas, islands and markets that people travel for: drawn by the seed."""


class Visits(NamedTuple):
    """What a unit counts on a day, or on days together."""

    arrivals: int
    overnight_guests: int
    revenue_vnd: int
    rooms_occupied: int
    rooms_available: int

NOBODY = Visits(0, 0, 0, 0, 0)


def together(parts: Iterable[Visits]) -> Visits:
    """What several units or days count together."""
    return Visits(*map(sum, zip(NOBODY, *parts, strict=True)))


class Visitors:
    """The visitors of a province by unit and day."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.on = lru_cache(4096)(self._on)
        self.all_on = lru_cache(4096)(self._all_on)
        self._drawn = lru_cache(16)(self._drawn_from)

    def _on(self, day: date) -> dict[str, Visits]:
        """Visits of a day by unit code."""
        units = tuple(self._scenario.profile.units_on(day))
        drawn, usual = self._drawn(units), self._usual(day)
        random, noon = self._scenario.world.random("tourism", day), start_of(day) + timedelta(hours=12)
        each = usual * sum(u.population for u in units) / (sum(drawn) or 1.0)
        factor = self._scenario.effects.factor
        return {u.code: _visits(random, u, each * part * factor("tourism.rate", noon, unit=u.code)) for u, part in zip(units, drawn, strict=True)}

    def _all_on(self, day: date) -> Visits:
        """Visits of a day in the whole province."""
        return together(self.on(day).values())

    def _drawn_from(self, units: Sequence[Unit]) -> list[float]:
        chosen = set(self.sites(units))
        return [u.population * (6.0 if u.code in chosen else 1.0) for u in units]

    def sites(self, units: Sequence[Unit]) -> list[str]:
        """Codes of the units that people travel for."""
        random = self._scenario.world.random("tourism", "sites", len(units))
        return random.sample([u.code for u in units], min(SITES, len(units)))

    def _usual(self, day: date) -> float:
        world = self._scenario.world
        of_weekday = DAY_OFF if day.isoweekday() <= 5 and not world.works(day) else WEEKDAY.get(day.isoweekday(), 0.72)
        opens = start_of(day) + timedelta(hours=8)
        rain = max(0.55, 1.0 - 0.012 * world.rain_mm(opens, opens + timedelta(hours=10)))
        return PER_RESIDENT_YEAR / 365 * 0.95 * of_weekday * feast(world, day) * rain


def _visits(random: Random, unit: Unit, expected: float) -> Visits:
    arrivals = round(expected * math.exp(random.gauss(0, 0.12)))
    rooms = max(10, round(unit.population * ROOMS_PER_RESIDENT))
    occupied = min(rooms, round(arrivals * NIGHT_RATIO * (0.8 + 0.4 * random.random()) / GUESTS_PER_ROOM))
    revenue = round(arrivals * SPENT_VND * (0.85 + 0.3 * random.random()) / 1e6) * 1_000_000
    return Visits(arrivals, min(arrivals, round(occupied * GUESTS_PER_ROOM)), revenue, occupied, rooms)


def feast(world: World, day: date) -> float:
    """How many times as many come for a feast of the lunar year (each within a day of its own)."""
    tet = world.tet(day.year)
    found = 2.6 if 0 <= (day - tet).days <= 6 else 1.0
    for days_before, length, factor in FEASTS:
        for year in (day.year, day.year + 1):
            begin = world.tet(year) - timedelta(days=days_before)
            if 0 <= (day - begin).days < length:
                found = max(found, factor)
    return 1.8 if date(day.year, 4, 13) <= day <= date(day.year, 4, 16) else found


FEASTS = ((77, 4, 3.4), (120, 4, 1.5), (303, 3, 1.6))
"""(days before the next Tet, length in days, factor): Ooc Om Boc about the full moon of the 10th lunar month, Sene Dolta at the end of the 8th, and
Nghinh Ong on the 21st of the 3rd."""
