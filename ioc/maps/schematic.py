"""A schematic of the units where no official boundaries were imported: cells around the units' centroids.

It says so on the map, and it never assigns an event to a unit: 8 % of the area would go to the wrong one (docs/why.md).
"""

from datetime import date, datetime
from functools import lru_cache
from math import pi

import geopandas as gpd
import numpy as np
import orjson
import shapely

from ioc.clock import local_day
from ioc.profiles import Profile

# VN-2000 / UTM 48N would ask for a datum shift; for a drawing WGS 84 / UTM 48N is as good, in metres.
_METRES = "EPSG:32648"
_REACH = 1.5
"""How far the outline goes beyond a unit's centroid, in radii of a circle of the unit's area."""


def cells(profile: Profile, now: datetime) -> bytes:
    """GeoJSON (RFC 7946, WGS 84) of the units valid now: code, name, and a point for the label."""
    return _cells(profile.file.key, local_day(now), tuple(
        (u.code, u.name, u.lon_deg, u.lat_deg, u.area_km2) for u in profile.units_on(local_day(now))))


@lru_cache(maxsize=8)
def _cells(profile: str, day: date, units: tuple[tuple[str, str, float, float, float], ...]) -> bytes:
    del profile, day
    frame = gpd.GeoDataFrame(
        {"code": [u[0] for u in units], "name": [_short(u[1]) for u in units], "area_km2": [u[4] for u in units]},
        geometry=gpd.points_from_xy([u[2] for u in units], [u[3] for u in units]), crs="EPSG:4326",
    ).to_crs(_METRES)
    frame.geometry = _cells_around(frame)
    frame.geometry = shapely.set_precision(frame.to_crs("EPSG:4326").geometry.array, 1e-5)
    features = [
        {"type": "Feature", "id": code, "geometry": shapely.geometry.mapping(cell), "properties": {"code": code, "name": name}}
        for code, name, cell in zip(frame["code"], frame["name"], frame.geometry, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _cells_around(frame: gpd.GeoDataFrame) -> list[shapely.Geometry]:
    points = frame.geometry.to_numpy()
    radii = np.sqrt(frame["area_km2"].to_numpy() / pi) * 1000
    outline = shapely.union_all(shapely.buffer(points, radii * _REACH)).buffer(3000).buffer(-3000)
    regions = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline))
    of_point = {i: region for region in regions for i, point in enumerate(points) if region.intersects(point)}
    return [shapely.intersection(of_point[i], outline) for i in range(len(points))]


def _short(name: str) -> str:
    return name.removeprefix("Phường ").removeprefix("Xã ")


def bounds(profile: Profile, now: datetime) -> tuple[float, float, float, float]:
    """(west, south, east, north) in degrees around the units valid now."""
    units = profile.units_on(local_day(now))
    lons, lats = [u.lon_deg for u in units], [u.lat_deg for u in units]
    return min(lons) - 0.09, min(lats) - 0.11, max(lons) + 0.09, max(lats) + 0.11
