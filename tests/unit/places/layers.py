"""Made-up outlines of the fictional province's units: cells around their points, meeting exactly."""

from datetime import date
from pathlib import Path

import geopandas as gpd
import shapely

from ioc.places.register import Register, load_register
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

REGISTER: Register = load_register(load_profile(FICTIONAL))
REFORM = date(2025, 7, 1)
GROUND = shapely.box(85.05, -20.26, 85.29, -20.07)


def cells() -> gpd.GeoDataFrame:
    """The eight units of today with the columns `ma` (code) and `ten` (name)."""
    units = REGISTER.units.on(REFORM)
    points = [shapely.Point(u.lon_deg, u.lat_deg) for u in units]
    regions = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=GROUND))
    shapes = [shapely.intersection(next(r for r in regions if r.covers(p)), GROUND) for p in points]
    return gpd.GeoDataFrame({"ma": [u.code for u in units], "ten": [u.name for u in units]}, geometry=shapes, crs="EPSG:4326")


def written(frame: gpd.GeoDataFrame, file: Path) -> Path:
    frame.to_file(file, engine="pyogrio")
    return file
