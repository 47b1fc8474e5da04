"""Where things happen: units by population, places inside them, and who answers for them on a day."""

import math
from datetime import date
from functools import lru_cache
from random import Random

from ioc.places.succession import read_succession
from ioc.profiles import Point, Profile
from ioc.profiles.units import Unit
from simulators.engine.chance import Lot

KM_PER_DEGREE = 111.32
INSIDE = 0.6
"""Share of the radius of a circle of the unit's area within which places are drawn, so that they seldom lie next door."""


class Ground:
    """A profile's units as simulators use them; every answer depends on the day."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._by_key = {u.key: u for u in profile.units}
        self._heirs = {row.origin: row.heir for row in read_succession(profile.folder)}
        self.units = lru_cache(512)(self._units_of)
        self.owner = lru_cache(4096)(self._owner_of)
        self._circle = lru_cache(1024)(self._circle_of)

    def unit(self, random: Random, day: date) -> Unit:
        """A unit valid that day, the more people live there the likelier."""
        return self.units(day).draw(random)

    def people(self, day: date) -> int:
        return int(self.units(day).total)

    def place(self, random: Random, unit: Unit) -> tuple[float, float] | None:
        """(lon, lat) inside a unit; of a unit without a known place, inside that which took its ground over; None where none is known."""
        circle = self._circle(unit.key)
        return near(random, circle[:2], circle[2]) if circle else None

    def _units_of(self, day: date) -> Lot[Unit]:
        return Lot((unit, unit.population) for unit in self._profile.units_on(day))

    def _owner_of(self, unit_code: str, day: date) -> str:
        return next((a.code for a in self._profile.agencies if a.unit_code == unit_code and a.valid_on(day)), "")

    def _circle_of(self, key: tuple[str, date]) -> tuple[float, float, float] | None:
        unit, share = self._by_key[key], 1.0
        while unit.known_lat_deg is None or unit.known_lon_deg is None or unit.known_area_km2 is None:
            if unit.key not in self._heirs:
                return None
            heir = self._by_key[self._heirs[unit.key]]
            unit, share = heir, share * min(1.0, unit.population / max(heir.population, 1))
        return unit.known_lon_deg, unit.known_lat_deg, INSIDE * math.sqrt(share * unit.known_area_km2 / math.pi)


def near(random: Random, place: tuple[float, float], radius_km: float) -> tuple[float, float]:
    """(lon, lat) within so many km, evenly over the circle."""
    distance, angle = radius_km * math.sqrt(random.random()) / KM_PER_DEGREE, random.uniform(0, 2 * math.pi)
    lon, lat = place
    return round(lon + distance * math.cos(angle) / math.cos(math.radians(lat)), 6), round(lat + distance * math.sin(angle), 6)


def counter_points(profile: Profile) -> tuple[Point, ...]:
    """One-stop points, in the profile's order."""
    return tuple(p for p in profile.points if p.kind == "counter")
