"""Outlines fit for use: repaired, rounded, simplified as a whole, and measured against each other and the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from ioc.places.reading import WGS84

Shapes = npt.NDArray[Any]
"""An array of shapely geometries."""

_FULL_DEG, _DISPLAY_DEG = 1e-6, 1e-5
"""Grid of the stored coordinates: 11 cm decide where a point lies, 1.1 m are drawn."""


@dataclass(frozen=True, kw_only=True)
class Outlines:
    """Shapes in WGS 84, outer rings anti-clockwise (RFC 7946): `full` decides, `display` is drawn."""

    full: Shapes
    display: Shapes
    areas_km2: tuple[float, ...]
    repaired: int
    overlap_km2: float
    holes: int
    hole_km2: float
    is_coverage: bool

    @cached_property
    def centres(self) -> list[tuple[float, float]]:
        """Centre of each full shape: longitude, latitude."""
        return [(p.x, p.y) for p in shapely.centroid(self.full)]


def outlines(shapes: Shapes, tolerance_m: float) -> Outlines:
    """Repair, round and measure shapes in WGS 84."""
    repaired = int(np.count_nonzero(~shapely.is_valid(shapes)))
    full = shapely.set_precision(_polygons(shapely.make_valid(shapes, method="structure", keep_collapsed=False)), _FULL_DEG)
    metric = _to_metres(full)
    holes = _holes(metric)
    return Outlines(
        full=shapely.orient_polygons(full), display=_drawn(full, metric, tolerance_m),
        areas_km2=tuple(float(a) / 1e6 for a in shapely.area(metric)), repaired=repaired, overlap_km2=_overlap_km2(metric),
        holes=len(holes), hole_km2=float(sum(shapely.area(holes))) / 1e6, is_coverage=bool(shapely.coverage_is_valid(full)))


def _polygons(shapes: Shapes) -> Shapes:
    """What is left of each shape without the lines and points that a repair may leave behind."""
    parts, owners = shapely.get_parts(shapes, return_index=True)
    areal = shapely.get_dimensions(parts) == 2
    return np.array([shapely.union_all(parts[areal & (owners == i)]) if t else s
                     for i, (s, t) in enumerate(zip(shapes, shapely.get_type_id(shapes) == 7, strict=True))], dtype=object)


def _equal_area(shapes: Shapes) -> str:
    west, south, east, north = shapely.total_bounds(shapes)
    return f"+proj=laea +lat_0={(south + north) / 2:.4f} +lon_0={(west + east) / 2:.4f} +datum=WGS84 +units=m"


def _to_metres(shapes: Shapes) -> Shapes:
    found: Shapes = gpd.GeoSeries(shapes, crs=WGS84).to_crs(_equal_area(shapes)).to_numpy()
    return found


def _overlap_km2(metric: Shapes) -> float:
    one, other = shapely.STRtree(metric).query(metric, predicate="intersects")
    twice = one < other
    return float(shapely.area(shapely.intersection(metric[one[twice]], metric[other[twice]])).sum()) / 1e6


def _holes(metric: Shapes) -> Sequence[shapely.Geometry]:
    parts = shapely.get_parts(shapely.union_all(metric))
    return [shapely.Polygon(ring) for part in parts for ring in part.interiors]


def _drawn(full: Shapes, metric: Shapes, tolerance_m: float) -> Shapes:
    """Simplified together, so that neighbours keep one border; a shape that would vanish is drawn in full."""
    simple = shapely.coverage_simplify(metric, tolerance_m) if tolerance_m else metric
    series = gpd.GeoSeries(simple, crs=_equal_area(full)).to_crs(WGS84).to_numpy()
    rounded = shapely.set_precision(series, _DISPLAY_DEG)
    drawn: Shapes = shapely.orient_polygons(np.where(shapely.is_empty(rounded), full, rounded))
    return drawn
