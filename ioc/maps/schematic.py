"""A schematic of the units where no official boundaries were imported: cells around the units' centroids.

It says so on the map, and it never assigns an event to a unit: 8 % of the area would go to the wrong one (docs/why.md).
"""

from collections.abc import Sequence
from functools import lru_cache
from math import pi

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from ioc.profiles.units import Unit

# VN-2000 / UTM 48N would ask for a datum shift; for a drawing WGS 84 / UTM 48N is as good, in metres.
_METRES = "EPSG:32648"
_REACH = 1.5
"""How far the outline goes beyond a unit's centroid, in radii of a circle of the unit's area."""
_DRAWN_DEG = 1e-5

Floats = npt.NDArray[np.float64]
Sites = tuple[tuple[float, float, float], ...]


def cells(units: Sequence[Unit]) -> list[shapely.Geometry]:
    """One cell per unit, in WGS 84 and in the units' order; the units have to be known by place and area."""
    return list(_cells(tuple((u.lon_deg, u.lat_deg, u.area_km2) for u in units)))


@lru_cache(maxsize=8)
def _cells(sites: Sites) -> tuple[shapely.Geometry, ...]:
    lons, lats, areas_km2 = zip(*sites, strict=True)
    points = gpd.GeoSeries(gpd.points_from_xy(lons, lats), crs="EPSG:4326").to_crs(_METRES)
    around = gpd.GeoSeries(_cells_around(points.to_numpy(), np.sqrt(np.array(areas_km2) / pi) * 1000), crs=_METRES)
    return tuple(shapely.set_precision(around.to_crs("EPSG:4326").to_numpy(), _DRAWN_DEG))


def _cells_around(points: Sequence[shapely.Point], radii_m: Floats) -> list[shapely.Geometry]:
    outline = shapely.union_all(shapely.buffer(points, radii_m * _REACH)).buffer(3000).buffer(-3000)
    regions = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline))
    of_point = {i: region for region in regions for i, point in enumerate(points) if region.intersects(point)}
    return [shapely.intersection(of_point[i], outline) for i in range(len(points))]
