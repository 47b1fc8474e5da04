"""Water, air and weather: readings of the profile's stations, sluices beside them, forecasts and bulletins."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from ioc.clock import local_day, start_of
from ioc.places.stations import Station, load_stations
from simulators.engine.agenda import Story, telling
from simulators.engine.air import aqi_of_day, busiest, pm25_ugm3, vn_aqi
from simulators.engine.bulletins import Said, Service
from simulators.engine.contract import Scenario, SimulatedEvent, Simulator
from simulators.engine.days import by_days
from simulators.engine.water import Water, quarters_of

REALISM = """\
True to life: the stations and their distance from the sea; salt on the river's main branch as on 23/02/2025 (15.6-11.0 g/l at 5 km, 4.6-2.4
at 38 km), at most 15-20 g/l at the mouth, with the tide of three to six hours before; tides M2, S2, K1, O1, an hour later and a tenth lower
33 km upriver; VN_AQI from PM2.5 by QD 1459/QD-TCMT; bulletins from about alarm III on, risk 1 (domain notes, 3.11 and 7).
Assumed: the wet season's salt; 2 mm of level for each mm of rain of the days before; fine dust of 13-26 ug/m3 on a day, more in the
morning, the evening and the dry season, less in wind and rain; errors of measuring of 1 cm and 2 %; the forecast's error of 6 cm.
Made up: a sluice beside each station that has a salt limit, shut from 6 h on when the water there will reach nine tenths of it within a
day; where the air is measured (the unit with most people); smoke of straw on some evenings; every reading and bulletin (status exercise).
Branches are not told apart: a station off the main branch is saltier than in truth. Until six hours before the live part level comes every
three hours, salt every six, and of both the day's highest; then all four times an hour, the air hourly."""

FINE_BEFORE = timedelta(hours=6)
STEPS_H = {"level_m": 3, "salinity_gl": 6}
SIGNS = {"level_m": "m", "salinity_gl": "g/l", "aqi": "VN_AQI", "aqi_day": "VN_AQI", "pm25_ugm3": "µg/m³", "rain_mm": "mm",
         "temperature_c": "°C", "wind_kmh": "km/h"}
SLUICES_AT = timedelta(hours=6)
SAFE_RATIO = 0.9
AIR_H = 3


class Gauges:
    """All that is told on a day, as a function of the day."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._source = scenario, scenario.source("environment")
        self._stations, self._water = load_stations(scenario.profile), Water(scenario)
        self._service = Service(scenario, self._stations, self._water)
        self._fine_from = scenario.live_at - FINE_BEFORE

    def day(self, day: date) -> Iterator[SimulatedEvent]:
        for number, station in enumerate(self._stations):
            for name in STEPS_H:
                yield from self._readings(station, name, day, number)
            if station.salinity_limit_gl is not None and not self._silent(start_of(day) + SLUICES_AT, station.unit_code, station.code):
                yield self._sluice(station, station.salinity_limit_gl, day)
        yield from self._air(day)
        for said in self._service.says(day):
            of = said.data.get("station")
            if not self._silent(said.at, *((of.unit_code, of.code) if of else ("", ""))):
                yield self._told(said)

    def _readings(self, station: Station, name: str, day: date, number: int) -> Iterator[SimulatedEvent]:
        """Fine: each quarter. Coarse: some whole hours, each station at its own, and the day's highest."""
        measure = self._water.level_m if name == "level_m" else self._water.salinity_gl
        random, offset = self._scenario.world.random(name, station.code, day), number % STEPS_H[name]
        values = [(at, measure(station, at)) for at in quarters_of(day)]
        highest = max(values, key=lambda pair: pair[1])[0]
        for n, (at, value) in enumerate(values):
            error = random.gauss(0, 0.01) if name == "level_m" else random.gauss(0, 0.015 + 0.02 * value)
            if at >= self._fine_from or at == highest or (n % 4 == 0 and n // 4 % STEPS_H[name] == offset):
                seen = value + error if name == "level_m" else max(0.0, value + error)
                yield from self._reading(station.code, station.unit_code, name, at, round(seen, 2))

    def _reading(self, station_id: str, unit_code: str, name: str, at: datetime, value: float) -> Iterator[SimulatedEvent]:
        if self._silent(at, unit_code, station_id):
            return
        data = {"station_id": station_id, "property": name, "unit": SIGNS[name], "value": value, "quality": "good"}
        yield self._event("observation", f"{station_id}/{name}", at, unit_code, data)

    def _event(self, fact: str, subject: str, at: datetime, unit_code: str, data: dict[str, Any]) -> SimulatedEvent:
        day = local_day(at)
        place = {"unit_code": unit_code, "unit_valid_on": day} if self._scenario.profile.units.at(unit_code, day) else {"unit_code": ""}
        return SimulatedEvent(
            fact=fact, id=f"{subject}:{fact}:{int(at.timestamp())}", source=self._source, subject=subject, time=at,
            data={"org_code": ""} | place | data,
        )

    def _silent(self, at: datetime, unit_code: str, station_id: str) -> bool:
        return self._scenario.effects.holds("environment.silent", at, unit=unit_code, kind=station_id)

    def _sluice(self, station: Station, limit_gl: float, day: date) -> SimulatedEvent:
        at = start_of(day) + SLUICES_AT
        coming = (self._water.salinity_gl(station, at + timedelta(minutes=30 * n)) for n in range(49))
        salty = max(coming) >= SAFE_RATIO * limit_gl
        stuck = self._scenario.effects.holds("environment.sluice_open", at, unit=station.unit_code, kind=station.code)
        name = f"CONG-{station.code}"
        data = {"sluice_id": name, "open_pct": 0.0 if salty and not stuck else 100.0, "limit_gl": limit_gl}
        return self._event("sluice_state", name, at, station.unit_code, data)

    def _air(self, day: date) -> Iterator[SimulatedEvent]:
        unit_code = busiest(self._scenario, start_of(day))
        place, world = f"KK-{unit_code}", self._scenario.world
        for hour in range(24):
            at = start_of(day) + timedelta(hours=hour)
            fine = at >= self._fine_from
            if not fine and hour % AIR_H:
                continue
            pm25, hours = pm25_ugm3(self._scenario, at, place), 1 if fine else AIR_H
            readings = {"aqi": float(vn_aqi(pm25))}
            if fine:
                weather = {"pm25_ugm3": pm25, "temperature_c": world.temperature_c(at), "wind_kmh": world.wind_kmh(at)}
                readings |= {name: round(value, 1) for name, value in weather.items()}
            rain_mm = round(world.rain_mm(at - timedelta(hours=hours), at), 1)
            if rain_mm or fine:
                readings["rain_mm"] = rain_mm
            for name, value in readings.items():
                yield from self._reading(place, unit_code, name, at, value)
        ends = start_of(day) + timedelta(hours=23, minutes=45)
        yield from self._reading(place, unit_code, "aqi_day", ends, float(aqi_of_day(self._scenario, ends, place)))

    def _told(self, said: Said) -> SimulatedEvent:
        data = dict(said.data)
        station = data.pop("station", None)
        unit_code, place = (station.unit_code, {"station_id": station.code}) if station else ("", {"org_code": "KTTV"})
        return self._event(said.fact, said.subject, said.at, unit_code, place | data)


def _stories(random: Random, start: datetime, scenario: Scenario) -> Iterator[Story]:
    del random  # chance is the world's
    gauges = Gauges(scenario)
    yield by_days(start, lambda day: ((event,) for event in gauges.day(day)))


SIMULATOR = Simulator(
    name="environment", stream="environment", realism=REALISM, simulate=telling(_stories),
    effects=("environment.salinity", "environment.silent", "environment.aqi", "environment.sluice_open"),
)
