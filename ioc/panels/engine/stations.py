"""What measuring stations are called and where they lie: the profile's, and where it has none of that code, their unit."""

from datetime import date
from functools import lru_cache

from ioc.panels.engine.take import ByIdentity
from ioc.places.stations import Station, load_stations
from ioc.profiles import Profile


@lru_cache(maxsize=8)
def _stations(profile: ByIdentity) -> dict[str, Station]:
    return {station.code: station for station in load_stations(profile.it)}


def station_name(code: str, unit_code: str, profile: Profile, day: date, language: str) -> str:
    """Name of a station; one that the profile does not know goes by its unit of that day, without a unit by its code."""
    station = _stations(ByIdentity(profile)).get(code)
    if station is None:
        return profile.unit_name(unit_code, day, language) if unit_code else code
    return station.name_en if language == "en" else station.name


def station_place(code: str, unit_code: str, profile: Profile, day: date) -> list[float] | None:
    """Longitude and latitude in degrees of a station, of its unit's point where the profile does not know it; None where neither is known."""
    station = _stations(ByIdentity(profile)).get(code)
    if station is not None:
        return [station.lon_deg, station.lat_deg]
    unit = profile.units.at(unit_code, day)
    if unit is None or unit.known_lon_deg is None or unit.known_lat_deg is None:
        return None
    return [unit.known_lon_deg, unit.known_lat_deg]
