"""Water of the river and its canals: how high and how salt it is at a station, from the tide at the mouth.

Fitted to 23/02/2025 on the river's main branch (g/l, highest and lowest of the day): 15.6-11.0 at 5 km from the sea, 11.7-7.0 at 20 km,
4.6-2.4 at 38 km, 2.8-0.4 at 43 km, 0.9-0.2 at 52 km (domain notes, 3.11).
"""

import math
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from ioc.clock import local_day, start_of
from ioc.places.stations import Station
from simulators.engine.contract import Scenario

QUARTER = timedelta(minutes=15)
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)

WAVE_KM_H, DAMPING_KM = 33.0, 300.0
"""The tide's way upriver: an hour later and a tenth lower 33 km on (high water at Đại Ngãi against Trần Đề, 3.11)."""
EXCURSION_KM = 7.0
SPRING_M = 1.7
STEEP = 2.3
LAG_H, LONGEST_LAG_H = 3.0, 6.0
FRESH_GL, MOST_GL = 0.08, 40.0
UNKNOWN_KM = 40.0


class Water:
    """Levels and salt of a scenario, without the errors of measuring; asked by quarters of an hour."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._tide = lru_cache(4096)(self._tide_at)
        self._rain = lru_cache(256)(self._rain_on)
        self._day, self._dryness = lru_cache(512)(local_day), lru_cache(64)(scenario.world.dryness_ratio)

    def level_m(self, station: Station, at: datetime) -> float:
        """Level over the national datum: the tide at the mouth, later and lower upriver, and the rain of the days before."""
        sea_km = UNKNOWN_KM if station.sea_km is None else station.sea_km
        tide = self._tide(_quarters(at) - round(sea_km / WAVE_KM_H * 4)) * math.exp(-sea_km / DAMPING_KM)
        day = self._day(at)
        return tide + min(1.0, sea_km / 40) * (0.05 + 0.002 * (self._rain(day) + 0.5 * self._rain(day - timedelta(days=1))))

    def salinity_gl(self, station: Station, at: datetime) -> float:
        """Salt: the more, the nearer the sea, the drier the season and the higher the tide of three to six hours before."""
        sea_km, dryness = UNKNOWN_KM if station.sea_km is None else station.sea_km, self._dryness(self._day(at))
        lag_h = min(LONGEST_LAG_H, LAG_H + sea_km / 26)
        swing = min(1.2, max(-1.2, self._tide(_quarters(at) - round(lag_h * 4)) / SPRING_M))
        from_sea_km = sea_km + EXCURSION_KM * (1 - swing)
        salt = (3.0 + 16.5 * dryness) * math.exp(-((from_sea_km / (8.0 + 31.0 * dryness)) ** STEEP)) + FRESH_GL
        return min(MOST_GL, salt * self._scenario.effects.factor("environment.salinity", at, unit=station.unit_code, kind=station.code))

    def _tide_at(self, quarters: int) -> float:
        return self._scenario.world.tide_m(BEGINNING + QUARTER * quarters)

    def _rain_on(self, day: date) -> float:
        """Rain of the day before: what has run off into the canals."""
        return self._scenario.world.rain_mm(start_of(day) - timedelta(days=1), start_of(day))


def quarters_of(day: date) -> list[datetime]:
    """The quarters of an hour of a local day."""
    begin = start_of(day)
    return [begin + QUARTER * n for n in range(96)]


def _quarters(at: datetime) -> int:
    return (at - BEGINNING) // QUARTER
