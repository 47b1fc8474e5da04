"""Measuring stations of water and air: stations.csv of a profile, and the part of it that figures are made with."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import msgspec

from ioc.db.connect import Connection
from ioc.errors import ConfigurationError
from ioc.profiles import Profile
from ioc.profiles.rows import check_once, read_structs

FILE = "stations.csv"
Level = Annotated[float, msgspec.Meta(ge=-20, le=20)]


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A station: `sea_km` along the water from the sea; `bd1_m` to `bd3_m`: alarm levels I to III (QĐ 05/2020/QĐ-TTg); None = not known.

    `salinity_limit_gl`: from which its water is of no use for what is grown there. `source`: where each is from, [estimated] what is not measured.
    """

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    name: Annotated[str, msgspec.Meta(min_length=1)]
    name_en: Annotated[str, msgspec.Meta(min_length=1)]
    unit_code: str
    lat_deg: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon_deg: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    sea_km: Annotated[float, msgspec.Meta(ge=0)] | None = None
    bd1_m: Level | None = None
    bd2_m: Level | None = None
    bd3_m: Level | None = None
    salinity_limit_gl: Annotated[float, msgspec.Meta(gt=0, le=50)] | None = None
    source: Annotated[str, msgspec.Meta(min_length=1)]


def load_stations(profile: Profile) -> tuple[Station, ...]:
    """Stations of a profile; none where it has no stations.csv.

    Raises:
        ConfigurationError: a malformed row, a code that stands twice, a unit that is none, alarm levels that do not rise, with the line and remedy.

    """
    found = read_structs(profile.folder, FILE, Station, optional=True)
    check_once(FILE, [station.code for station in found])
    for line, station in enumerate(found, start=2):
        if station.unit_code and station.unit_code not in profile.units.by_code:
            raise ConfigurationError(f"{FILE}, line {line}: {station.code} names the unit '{station.unit_code}', which units.csv lacks")
        levels = [level for level in (station.bd1_m, station.bd2_m, station.bd3_m) if level is not None]
        if any(low >= high for low, high in pairwise(levels)):
            raise ConfigurationError(f"{FILE}, line {line}: the alarm levels {levels} of {station.code} do not rise: mend bd1_m to bd3_m")
    return found


def store_stations(conn: Connection, stations: Sequence[Station]) -> None:
    """Make the database know these stations and no others."""
    with conn.transaction(), conn.cursor() as cursor:
        cursor.execute("delete from station")
        cursor.executemany(
            "insert into station (code, sea_km, bd1_m, bd2_m, bd3_m, salinity_limit_gl) values (%s, %s, %s, %s, %s, %s)",
            [(s.code, s.sea_km, s.bd1_m, s.bd2_m, s.bd3_m, s.salinity_limit_gl) for s in stations],
        )
