"""The air over a town: fine dust from season, traffic, wind and rain, and the index that is told of it."""

import math
from datetime import date, datetime, timedelta
from itertools import pairwise

from ioc.clock import LOCAL, local_day
from simulators.engine.contract import Scenario

SCALE = ((0, 0), (25, 50), (50, 100), (80, 150), (150, 200), (250, 300), (350, 400), (500, 500))
"""µg/m³ of PM2.5 → VN_AQI (QĐ 1459/QĐ-TCMT), straight lines in between."""
# Swing by local hour: traffic and cooking in the morning and evening, mixing at noon.
HOURS = (0.95, 0.9, 0.85, 0.85, 0.9, 1.05, 1.25, 1.35, 1.25, 1.05, 0.95, 0.85, 0.8, 0.75, 0.75, 0.8, 0.9, 1.1, 1.3, 1.35, 1.25, 1.15, 1.05, 1.0)
BURNING = 0.03
"""Share of the days in the dry half of the year with smoke of straw in the evening."""


def pm25_ugm3(scenario: Scenario, at: datetime, place: str) -> float:
    """Mean of the hour that ends here."""
    world, local = scenario.world, (at - timedelta(minutes=30)).astimezone(LOCAL)
    day = local.date()
    level, smoke = _day(scenario, day, place)
    wind = 1.25 - min(0.6, world.wind_kmh(at) / 60)
    rain = math.exp(-0.12 * min(8.0, world.rain_mm_h(at - timedelta(minutes=30))))
    evening = smoke if 17 <= local.hour < 22 else 0.0
    return (level * HOURS[local.hour] * wind * rain + evening) * scenario.effects.factor("environment.aqi", at, kind=place)


def vn_aqi(pm25: float) -> int:
    for (low, low_aqi), (high, high_aqi) in pairwise(SCALE):
        if pm25 < high:
            return round(low_aqi + (high_aqi - low_aqi) * (pm25 - low) / (high - low))
    return SCALE[-1][1]


def aqi_of_day(scenario: Scenario, ends: datetime, place: str) -> int:
    """Index of the mean of 24 hours."""
    return vn_aqi(sum(pm25_ugm3(scenario, ends - timedelta(hours=n), place) for n in range(24)) / 24)


def _day(scenario: Scenario, day: date, place: str) -> tuple[float, float]:
    random = scenario.world.random("air", place, day)
    dry = 0.5 + 0.5 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 40) / 365.25)
    usual = (13 + 13 * dry) * math.exp(random.gauss(0, 0.22))
    return usual, random.uniform(30, 75) if random.random() < 2 * BURNING * dry else 0.0


def busiest(scenario: Scenario, at: datetime) -> str:
    """Code of the unit where most people live: there the air is measured."""
    return max(scenario.profile.units_on(local_day(at)), key=lambda unit: (unit.population, unit.code)).code
