"""What makes citizens report more of one kind: hour, weather, tide, salt and holidays, as a factor of the kind's ordinary rate."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from ioc.clock import LOCAL, start_of
from ioc.profiles.units import Unit
from simulators.engine.contract import Scenario

HOUR = (0.25, 0.15, 0.1, 0.1, 0.15, 0.4, 0.8, 1.1, 1.2, 1.2, 1.1, 1.0, 0.8, 0.9, 1.0, 1.1, 1.3, 1.5, 2.1, 2.3, 2.2, 1.6, 0.9, 0.5)
HEARD = timedelta(minutes=30)
"""People report what they met half an hour ago."""
SPRING_M, FALLS_M = 1.65, 0.12
TIDE_S, TWO_HOURS = 600, 12
WIND_KMH = 32.0
LOW = (0.2, 1.6)
"""Factors of how low the units lie, drawn evenly; those with a water station in them twice the upper one."""

MOST: Mapping[str, float] = {
    "WA-FLOOD": 60.0, "WA-SALT": 8.0, "TR-ROAD": 2.2, "EM-HOLE": 6.0, "EM-WIRE": 8.0, "EM-FIRE": 2.0, "UR-TREE": 8.0, "TR-LIGHT": 2.0,
    "EN-WASTE": 1.5, "EN-NOISE": 2.2, "GO-ATT": 2.2,
}
"""No factor beside the hour's is greater; 1 for all other categories."""


class Moment:
    """The world as people in a unit see it when they report; each part is looked up when it is asked for."""

    def __init__(self, causes: "Causes", unit: Unit, at: datetime, day: date) -> None:
        self._causes, self._world, self._unit, self._at, self._day = causes, causes.world, unit, at, day

    @property
    def works(self) -> bool:
        return self._world.works(self._day)

    @property
    def load(self) -> float:
        return self._world.load(self._day)

    @property
    def tet(self) -> bool:
        return abs(self._day - self._world.tet(self._day.year)) <= timedelta(days=4)

    @property
    def rain_mm_h(self) -> float:
        return self._world.rain_mm_h(self._at - HEARD)

    @property
    def rained_mm(self) -> float:
        return self._causes.rained(self._day)

    @property
    def wind_kmh(self) -> float:
        return self._world.wind_kmh(self._at - HEARD)

    @property
    def tide_m(self) -> float:
        """What the highest water of some hours left behind: a flood of the night is told in the morning."""
        heard = int((self._at - HEARD).timestamp()) // TIDE_S
        return max(self._causes.tide_m(heard - n * TWO_HOURS) - FALLS_M * n for n in range(4))

    @property
    def dryness(self) -> float:
        return self._world.dryness_ratio(self._day)

    @property
    def saltier(self) -> float:
        return self._causes.saltier(self._unit, self._at)

    @property
    def low(self) -> float:
        return self._causes.low(self._unit.code)


def _flood(m: Moment) -> float:
    return m.low * (0.2 + 1.8 * m.rain_mm_h + 40.0 * max(0.0, m.tide_m - SPRING_M))


def _storm(m: Moment) -> float:
    return 0.7 + 0.12 * m.rain_mm_h + max(0.0, m.wind_kmh - WIND_KMH) / 5


CAUSES: Mapping[str, Callable[[Moment], float]] = {
    "WA-FLOOD": _flood,
    "WA-SALT": lambda m: (0.1 + 2.2 * m.dryness) * m.saltier,
    "TR-ROAD": lambda m: 0.65 + min(1.3, m.rained_mm / 50) + 0.04 * m.rain_mm_h,
    "EM-HOLE": lambda m: 0.8 + 0.2 * m.rain_mm_h,
    "EM-WIRE": _storm,
    "UR-TREE": _storm,
    "EM-FIRE": lambda m: (0.7 + m.dryness) * (0.5 if m.rain_mm_h else 1.0),
    "TR-LIGHT": lambda m: 0.95 + 0.04 * m.rain_mm_h,
    "EN-WASTE": lambda m: 1.4 if m.tet else 1.0,
    "EN-NOISE": lambda m: (1.6 if m.tet else 1.0) * (0.85 if m.works else 1.3),
    "GO-ATT": lambda m: 0.15 + 1.25 * m.load,
}


class Causes:
    """The factors of a scenario's world. `wet_units`: codes of those with a water station in them."""

    def __init__(self, scenario: Scenario, wet_units: frozenset[str]) -> None:
        self.world = scenario.world
        self._effects, self._wet = scenario.effects, wet_units
        self.rained = lru_cache(64)(self._rained_on)
        self.low = lru_cache(512)(self._low_of)
        self.tide_m = lru_cache(4096)(self._tide_at)

    def factor(self, category: str, unit: Unit, at: datetime) -> float:
        """The hour's factor times the category's."""
        local = at.astimezone(LOCAL)
        hour, cause = HOUR[local.hour], CAUSES.get(category)
        return hour * min(MOST.get(category, 1.0), cause(Moment(self, unit, at, local.date()))) if cause else hour

    def saltier(self, unit: Unit, at: datetime) -> float:
        return self._effects.factor("environment.salinity", at, unit=unit.code)

    def _tide_at(self, tens: int) -> float:
        return self.world.tide_m(datetime.fromtimestamp(tens * TIDE_S, UTC))

    def _rained_on(self, day: date) -> float:
        """Rain of the two days before."""
        return self.world.rain_mm(start_of(day) - timedelta(days=2), start_of(day))

    def _low_of(self, unit_code: str) -> float:
        return 2 * LOW[1] if unit_code in self._wet else self.world.random("low ground", unit_code).uniform(*LOW)
