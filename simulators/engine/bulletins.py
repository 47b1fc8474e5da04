"""What the weather service tells of tomorrow: the day's highest water at each station with alarm levels, and a bulletin where it is high."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from ioc.clock import LOCAL, end_of, start_of
from ioc.places.stations import Station
from simulators.engine.contract import Scenario
from simulators.engine.water import Water, quarters_of

ISSUED = timedelta(hours=15, minutes=30)
NEAR_M = 0.1
"""A bulletin is issued where the water comes so near alarm III: "xấp xỉ báo động III", risk level 1 (domain notes, 3.11)."""
RISKS = ((0.3, 3), (0.05, 2), (-NEAR_M, 1))
LONGEST_DAYS = 14
ERROR_M = 0.06
STORM_KMH = ((90.0, 4), (60.0, 3))


class Said(NamedTuple):
    fact: str
    subject: str
    at: datetime
    data: dict[str, Any]


class Service:
    """A forecaster who knows the scenario; what it says of a day depends on nothing but the day."""

    def __init__(self, scenario: Scenario, stations: Sequence[Station], water: Water) -> None:
        self._scenario, self._water, self._stations = scenario, water, [s for s in stations if s.bd3_m is not None]
        self._known: dict[date, tuple[int, str]] = {}
        self._peaks: dict[date, dict[str, tuple[float, datetime]]] = {}

    def says(self, day: date) -> Iterator[Said]:
        """What is told on the afternoon of a day about the next."""
        at = start_of(day) + ISSUED
        for station in self._stations:
            level, moment = self._highest(day + timedelta(days=1))[station.code]
            level += self._scenario.world.random("forecast", station.code, day).gauss(0, ERROR_M / 2)
            yield Said("forecast", f"{station.code}/level_m", at, {
                "station": station, "property": "level_m", "unit": "m", "valid_at": moment,
                "value_low": round(level - ERROR_M, 2), "value_high": round(level + ERROR_M, 2)})
        risk, phenomenon = self._risk(day)
        if risk:
            yield self._bulletin(day, at + timedelta(minutes=15), risk, phenomenon)

    def _bulletin(self, day: date, at: datetime, risk: int, phenomenon: str) -> Said:
        first = self._first(day)
        number, subject = (day - first).days + 1, _name(first, 1)
        sent = (at - timedelta(days=1)).astimezone(LOCAL).isoformat()
        before = {"reference": f"kttv@example,{_name(first, number - 1)},{sent}"} if number > 1 else {}
        units = sorted({s.unit_code for s in self._stations if self._scenario.profile.units.at(s.unit_code, day)})
        return Said("bulletin", subject, at, {
            "identifier": _name(first, number), **before, "msg_type": "update" if number > 1 else "alert",
            "status": "exercise", "risk_level": risk, "phenomenon": phenomenon, "issuer": "KTTV", "effective_at": at,
            "expires_at": end_of(day + timedelta(days=1)).astimezone(UTC), "area": "Vùng cửa sông và ven sông", "area_units": ",".join(units)})

    def _first(self, day: date) -> date:
        """The day on which the bulletin that holds was first issued."""
        for _ in range(LONGEST_DAYS):
            if self._risk(day - timedelta(days=1))[0] == 0:
                break
            day -= timedelta(days=1)
        return day

    def _risk(self, day: date) -> tuple[int, str]:
        if day not in self._known:
            self._known[day] = self._risk_of(day + timedelta(days=1))
        return self._known[day]

    def _risk_of(self, day: date) -> tuple[int, str]:
        highest = self._highest(day)
        over = max((highest[s.code][0] - (s.bd3_m or 0.0) for s in self._stations), default=-9.0)
        tide = next((risk for least, risk in RISKS if over >= least), 0)
        wind = max(self._scenario.world.wind_kmh(start_of(day) + timedelta(hours=3 * n)) for n in range(8))
        storm = next((risk for least, risk in STORM_KMH if wind >= least), 0)
        return (storm, "storm") if storm > tide else (tide, "spring_tide")

    def _highest(self, day: date) -> dict[str, tuple[float, datetime]]:
        if day not in self._peaks:
            self._peaks = {d: p for d, p in self._peaks.items() if abs((d - day).days) < LONGEST_DAYS} | {
                day: {s.code: max((self._water.level_m(s, at), at) for at in quarters_of(day)) for s in self._stations}}
        return self._peaks[day]


def _name(first: date, number: int) -> str:
    return f"BT-{first:%y%m%d}-{number:02}"
