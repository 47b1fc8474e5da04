"""What all streams share: working days, the load of a day, Tết, rain, wind, tide. A pure function of seed and moment.

Whoever asks, and whenever a simulator began, the answer for a moment is the same: so rain that fills a river also brings reports
of flooded streets, and the days before Tết are busy at every counter.
"""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random

from holidays import country_holidays

from ioc.clock import LOCAL, local_day, start_of
from ioc.profiles import Profile
from simulators.engine.effects import Effects
from simulators.engine.hours import WorkingTime

EFFECTS = ("tide.surge_m", "rain.mm_h", "wind.kmh", "day.load")
"""Effects that the world itself understands, everywhere at once: amounts, but for day.load, a factor on a day that is asked for at its noon."""

WEEKDAY = {1: 1.25, 2: 1.0, 3: 0.95, 4: 0.9, 5: 0.9}
BEFORE_TET, AFTER_TET = 1.3, 0.2
TET_DAYS = 10
"""Working days before Tết that are busy; the five after it are quiet (domain notes, 7)."""

# Constituents at the river mouth: amplitude in m (a spring range of about 3.5 m on this coast, assumed), period in hours, phase.
TIDE = ((0.85, 12.4206, 0.0), (0.32, 12.0, 0.0), (0.55, 23.9345, 2.1), (0.38, 25.8193, 4.0))
# A spring tide: the new moon of 2026-03-19 01:23 UTC and a day and a quarter, high water in the early afternoon (assumed).
TIDE_EPOCH = datetime(2026, 3, 20, 7, tzinfo=UTC)
MOST_MM_H = 45.0
# Share of days with rain by month and mm of such a day: together about 1,850 mm a year, more than nine tenths from May to November (assumed).
RAIN_DAYS = (0.04, 0.02, 0.06, 0.18, 0.5, 0.62, 0.66, 0.66, 0.7, 0.66, 0.42, 0.14)
RAIN_MM = (4.7, 3.8, 6.6, 11.3, 12.2, 13.2, 13.2, 14.1, 15.0, 14.1, 11.3, 7.5)
WARM_C = (30.0, 31.0, 33.0, 34.0, 33.0, 32.0, 31.5, 31.2, 31.2, 31.0, 30.5, 29.6)
"""Mean of the day's maximum by month (assumed)."""


@dataclass(frozen=True, slots=True)
class Weather:
    """A local day's weather. `rain`: (begin, end, mm an hour) of its showers; `wind_kmh`: its strongest hour; `warm_c`: its maximum."""

    rain: tuple[tuple[datetime, datetime, float], ...]
    wind_kmh: float
    warm_c: float


class World:
    """The province as all simulators see it."""

    def __init__(self, profile: Profile, seed: str, effects: Effects) -> None:
        self.hours = WorkingTime(profile)
        self._seed = seed
        self._effects = effects
        self._load = lru_cache(1024)(self._load_of)
        self._weather = lru_cache(1024)(self._weather_of)
        self._tet = lru_cache(64)(self._tet_of)

    def random(self, *name: object) -> Random:
        """A Random of its own for something that must not depend on what was asked before."""
        return Random("/".join(map(str, (self._seed, *name))))

    def works(self, day: date) -> bool:
        return self.hours.works(day)

    def load(self, day: date) -> float:
        """How busy offices are: 1 on an ordinary working day, 0 on a day off (Monday, Tết and the scenario included)."""
        return self._load(day)

    def tet(self, year: int) -> date:
        """First day of the lunar year."""
        return self._tet(year)

    def weather(self, day: date) -> Weather:
        return self._weather(day)

    def rain_mm_h(self, at: datetime) -> float:
        """Rain over the province."""
        showers = self.weather(local_day(at)).rain
        return sum(mm for begin, end, mm in showers if begin <= at < end) + max(0.0, self._effects.amount("rain.mm_h", at))

    def rain_mm(self, start: datetime, end: datetime) -> float:
        """Rain that fell in a stretch of up to some days, by quarters of an hour."""
        quarter = timedelta(minutes=15)
        return sum(self.rain_mm_h(start + quarter * n) for n in range(math.ceil((end - start) / quarter))) / 4

    def wind_kmh(self, at: datetime) -> float:
        """Mean wind."""
        hour = at.astimezone(LOCAL).hour
        return self.weather(local_day(at)).wind_kmh * (0.7 + 0.3 * math.cos(2 * math.pi * (hour - 14) / 24)) + self._effects.amount("wind.kmh", at)

    def temperature_c(self, at: datetime) -> float:
        local = at.astimezone(LOCAL)
        swing = math.cos(2 * math.pi * (local.hour + local.minute / 60 - 14) / 24)
        return self.weather(local.date()).warm_c - 3.5 + 3.5 * swing - min(3.0, 0.3 * self.rain_mm_h(at))

    def tide_m(self, at: datetime) -> float:
        """Level at the river mouth over the national datum: M2, S2, K1, O1, a seasonal mean, and the scenario's surge."""
        hours = (at - TIDE_EPOCH) / timedelta(hours=1)
        level = sum(a * math.cos(2 * math.pi * hours / period - phase) for a, period, phase in TIDE)
        season = 0.2 * math.cos(2 * math.pi * (at.timetuple().tm_yday - 320) / 365.25)
        return level + season + self._effects.amount("tide.surge_m", at)

    def dryness_ratio(self, day: date) -> float:
        """0 in the wet season to 1 at the height of the dry one (end of March)."""
        return math.pow(max(0.0, math.cos(2 * math.pi * (day.timetuple().tm_yday - 85) / 365.25)), 1.5)

    def _load_of(self, day: date) -> float:
        if not self.works(day):
            return 0.0
        noon = start_of(day) + timedelta(hours=12)
        return WEEKDAY.get(day.isoweekday(), 1.0) * self._festive(day) * self._effects.factor("day.load", noon)

    def _festive(self, day: date) -> float:
        to_go, gone = (self.hours.days_between(start_of(a), start_of(b)) for a, b in ((day, self._tet(day.year)), (self._tet(day.year), day)))
        if day < self._tet(day.year):
            return BEFORE_TET if to_go < TET_DAYS else 1.0
        return AFTER_TET if gone <= 5 else 1.0

    def _tet_of(self, year: int) -> date:
        # The package knows the lunar year for all years; the calendar's own rows say which days around it are off.
        days = country_holidays("VN", years=year, language="en_US")
        return min(day for day, name in days.items() if name == "Lunar New Year")

    def _weather_of(self, day: date) -> Weather:
        random, month = self.random("weather", day), day.month - 1
        wet = random.random() < RAIN_DAYS[month]
        amount, showers = random.expovariate(1 / RAIN_MM[month]), random.choice((1, 1, 2))
        rain: list[tuple[datetime, datetime, float]] = []
        for _ in range(showers if wet else 0):
            length_h = max(random.uniform(0.5, 1.9), amount / showers / MOST_MM_H)
            begin = start_of(day) + timedelta(hours=min(24.0 - length_h, max(0.0, random.gauss(15.5, 3.0))))
            rain.append((begin, begin + timedelta(hours=length_h), amount / showers / length_h))
        warm = WARM_C[month] + random.gauss(0, 0.8) - (1.0 if wet else 0.0)
        return Weather(tuple(rain), random.weibullvariate(19, 2.2) + (8 if wet else 0), warm)
