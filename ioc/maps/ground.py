"""What lies under the points: the imported boundaries of the day that is shown, or else a schematic that says that it is one."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import shapely

from ioc.db.connect import Connection
from ioc.maps import schematic
from ioc.places.boundaries import layer_drawn, layer_on
from ioc.profiles import Profile
from ioc.profiles.units import Unit

LEVEL = "commune"
_AROUND_DEG = 0.1
_BESIDE_DEG = 0.05
"""How far outside the drawn ground a place is still taken: outlines are rough, and telephones err."""
_KINDS = ("Phường ", "Xã ", "Thị trấn ")
_KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Outlines of the units of a day. `cells`: GeoJSON (RFC 7946, WGS 84), each with code, name, label and `at`, the place of its label;
    guests of the house are shown no unit by name.

    `sha256`: of the cells as they are sent. `source` and `licence` are empty for a schematic; `cells` are none where a day's units are not known by
    place.
    """

    cells: bytes
    sha256: str
    count: int
    bounds: tuple[float, float, float, float]
    source: str = ""
    licence: str = ""
    partial: bool = False

    @property
    def is_official(self) -> bool:
        return bool(self.source)


def is_near(bounds: tuple[float, float, float, float], lon_deg: float, lat_deg: float) -> bool:
    """Whether a place lies within west, south, east, north of a ground, or five kilometres beside: what is farther is no place of the province."""
    west, south, east, north = bounds
    return west - _BESIDE_DEG <= lon_deg <= east + _BESIDE_DEG and south - _BESIDE_DEG <= lat_deg <= north + _BESIDE_DEG


class Atlas:
    """The grounds of one process: outlines are made once for each layer and each set of units."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._held: dict[object, Ground] = {}
        self._making = threading.Lock()

    def on(self, conn: Connection | None, day: date, *, guests: bool = False) -> Ground:
        """The ground of a local day; without a database, the schematic."""
        layer = layer_on(conn, day, LEVEL) if conn else None
        if layer is not None and conn is not None:
            return self._made((layer["layer_id"], guests), lambda: _imported(layer, layer_drawn(conn, layer), guests=guests))
        units = self._profile.units_on(day, level=LEVEL)
        return self._made((tuple(u.key for u in units), guests), lambda: sketched(units, self._profile, guests=guests))

    def _made(self, key: object, make: Callable[[], Ground]) -> Ground:
        with self._making:
            if key not in self._held:
                if len(self._held) >= _KEPT:
                    self._held.pop(next(iter(self._held)))
                self._held[key] = make()
            return self._held[key]


def sketched(units: Sequence[Unit], profile: Profile, *, guests: bool = False) -> Ground:
    """The schematic of some units; no cells where one of them is not known by place and area."""
    drawn = bool(units) and all(u.known_lon_deg is not None and u.known_lat_deg is not None and u.known_area_km2 for u in units)
    shapes = schematic.cells(units) if drawn else []
    points = [(u.lon_deg, u.lat_deg) for u in units] if drawn else []
    rows = [(u.code, "" if guests else u.name, shape, point) for u, shape, point in zip(units if drawn else (), shapes, points, strict=True)]
    if drawn:
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        return _ground(rows, (west, south, east, north))
    return _ground(rows, _around([(u.lon_deg, u.lat_deg) for u in profile.units if u.known_lon_deg is not None]))


def _imported(layer: Mapping[str, Any], drawn: Mapping[str, Any], *, guests: bool) -> Ground:
    shapes = [shapely.from_geojson(orjson.dumps(f["geometry"])) for f in drawn["features"]]
    told = [f["properties"] for f in drawn["features"]]
    rows = [(unit["code"], "" if guests else unit["name"], shape, _inside(shape)) for unit, shape in zip(told, shapes, strict=True)]
    west, south, east, north = drawn["bbox"]
    return _ground(rows, (west, south, east, north), source=layer["source"], licence=layer["licence"], partial=layer["partial"])


def _ground(rows: Iterable[tuple[str, str, shapely.Geometry, tuple[float, float]]], bounds: tuple[float, float, float, float],
            **about: Any) -> Ground:
    features = [
        {"type": "Feature", "id": code, "geometry": shapely.geometry.mapping(shape),
         "properties": {"code": code, "name": name, "label": _short(name), "at": [round(x, 5), round(y, 5)]}}
        for code, name, shape, (x, y) in rows]
    cells = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Ground(cells=cells, sha256=hashlib.sha256(cells).hexdigest(), count=len(features), bounds=bounds, **about)


def _inside(shape: shapely.Geometry) -> tuple[float, float]:
    """Where a label has most room: the middle of the largest circle in a shape."""
    middle = shapely.get_point(shapely.maximum_inscribed_circle(shape, tolerance=1e-4), 0)
    return middle.x, middle.y


def _around(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """(west, south, east, north) in degrees around points."""
    lons, lats = zip(*points, strict=True)
    return min(lons) - _AROUND_DEG, min(lats) - _AROUND_DEG, max(lons) + _AROUND_DEG, max(lats) + _AROUND_DEG


def _short(name: str) -> str:
    return next((name.removeprefix(kind) for kind in _KINDS if name.startswith(kind)), name)
