"""The area of a CAP message: polygons and circles become one GeoJSON MultiPolygon, geocodes and outlines become units of the province."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element

import msgspec
import shapely
from shapely.geometry.polygon import orient

from ioc.alerts.cap_xml import children, pairs, text
from ioc.errors import InputError
from ioc.profiles import Profile
from ioc.streams._areas import MOST_POINTS

REACH_DEG = 15.0
"""How far from the province a warning's area may reach: the whole country and its sea; beyond it somebody has changed degrees or their order."""
CIRCLE_POINTS = 72
KM_PER_DEG = 111.32
GRID_DEG = 1e-5

_NUMBER = r"[-+]?\d{1,3}(?:\.\d{1,15})?"
_POINT = re.compile(rf"({_NUMBER}),({_NUMBER})")
_CIRCLE = re.compile(rf"({_NUMBER}),({_NUMBER}) (\d{{1,4}}(?:\.\d{{1,15}})?)")
_UNIT_CODES = frozenset({"gso", "vngso", "gsocode", "dvhc", "madvhc", "madonvihanhchinh", "unit", "unitcode"})
"""valueNames of units' codes, letters alone, in small ones."""

Outlined = Callable[[shapely.Geometry, date], Sequence[str] | None]
"""Units in which an area lies by the official boundaries of a day; None where none were imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Degrees within which a warning for this province lies."""

    west: float
    south: float
    east: float
    north: float

    def has(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


def box_around(profile: Profile) -> Box:
    """What lies within reach of the profile's units of all times."""
    places = [(u.known_lat_deg, u.known_lon_deg) for u in profile.units if u.known_lat_deg is not None and u.known_lon_deg is not None]
    lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
    return Box(west=min(lons) - REACH_DEG, south=min(lats) - REACH_DEG, east=max(lons) + REACH_DEG, north=max(lats) + REACH_DEG)


def shape_of(areas: Iterable[Element], box: Box) -> shapely.Geometry | None:
    """Everything that the areas draw, as one valid MultiPolygon; None where they draw nothing.

    Raises:
        InputError: a polygon or circle that cannot be used; names it and the remedy.

    """
    drawn = [shape for n, area in enumerate(areas, start=1) for shape in _drawn(n, area, box)]
    if not drawn:
        return None
    if (points := int(shapely.get_num_coordinates(drawn).sum())) > MOST_POINTS:
        raise InputError(f"its polygons have {points} points together, at most {MOST_POINTS} are taken: have the outline simplified")
    whole = shapely.set_precision(shapely.union_all(drawn), GRID_DEG)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon" and not part.is_empty]
    return shapely.MultiPolygon(parts) if parts else None


def geojson(shape: shapely.Geometry) -> str:
    """A MultiPolygon as GeoJSON (RFC 7946: outer rings against the clock), 5 decimals."""
    def ring(line: shapely.Geometry) -> list[tuple[float, float]]:
        return [(round(x, 5), round(y, 5)) for x, y in line.coords]

    polygons = [orient(part) for part in shape.geoms]
    made = [[ring(polygon.exterior), *(ring(hole) for hole in polygon.interiors)] for polygon in polygons]
    return msgspec.json.encode({"type": "MultiPolygon", "coordinates": made}).decode()


def units_of(areas: Sequence[Element], shape: shapely.Geometry | None, day: date, profile: Profile,
             outlined: Outlined) -> tuple[list[str], list[str]]:
    """Codes of the province's units concerned that day, and remarks: by the issuer's geocodes, else by the official outlines."""
    told = [code for area in areas for name, code in pairs(area, "geocode") if re.sub("[^a-z]", "", name.lower()) in _UNIT_CODES]
    codes = sorted({unit for code in told for unit in _units(code, day, profile)})
    if codes:
        return codes, []
    if told:
        return [], [f"none of its geocodes ({', '.join(sorted(set(told)))[:200]}) is a unit of this province on {day}"]
    if shape is None:
        return [], ["it names no unit by a geocode (valueName GSO) and draws no area: its place is known in words alone"]
    found = outlined(shape, day)
    if found is None:
        return [], ["it names no unit by a geocode (valueName GSO), and without official boundaries (`ioc geo import`) nobody can say which it meets"]
    return sorted(found), [] if found else ["its area meets no unit of this province"]


def _units(code: str, day: date, profile: Profile) -> Iterator[str]:
    province = {source.source.split("/")[2] for source in profile.file.sources if source.source.startswith("/vn/")}
    if code in province:
        yield from (unit.code for unit in profile.units_on(day))
    elif profile.units.at(code, day):
        yield code


def _drawn(n: int, area: Element, box: Box) -> Iterator[shapely.Geometry]:
    for m, element in enumerate(children(area, "polygon"), start=1):
        yield _polygon(f"<polygon> {m} of <area> {n} ({text(area, 'areaDesc')[:60]})", " ".join((element.text or "").split()), box)
    for m, element in enumerate(children(area, "circle"), start=1):
        yield from _circle(f"<circle> {m} of <area> {n} ({text(area, 'areaDesc')[:60]})", " ".join((element.text or "").split()), box)


def _polygon(where: str, given: str, box: Box) -> shapely.Geometry:
    written = given.split(" ")
    if len(written) > MOST_POINTS:
        raise InputError(f"{where} has {len(written)} points, at most {MOST_POINTS} are taken: have the outline simplified")
    points = [_point(where, pair, box) for pair in written]
    if len(points) < 4 or points[0] != points[-1]:
        raise InputError(f"{where} is not closed: it needs at least four points, the last the same as the first; add the first one again at its end")
    shape = shapely.Polygon([(lon, lat) for lat, lon in points])
    if not shapely.is_valid(shape):
        raise InputError(f"{where} is no area: {shapely.is_valid_reason(shape)} (longitude latitude); have the outline drawn again in order, without "
                         "crossing itself")
    return shape


def _point(where: str, pair: str, box: Box) -> tuple[float, float]:
    match = _POINT.fullmatch(pair)
    if match is None:
        raise InputError(f"{where}: '{pair[:40]}' is no point; write latitude,longitude in degrees, blanks between points: 9.52,106.21 9.60,106.30 …")
    lat, lon = float(match[1]), float(match[2])
    if not box.has(lat, lon):
        swapped = "; latitude and longitude seem to have changed places: CAP writes the latitude first" if box.has(lon, lat) else ""
        raise InputError(f"{where}: the point {pair} lies far outside (latitude {box.south:.0f} to {box.north:.0f}, longitude {box.west:.0f} to "
                         f"{box.east:.0f}){swapped}")
    return lat, lon


def _circle(where: str, given: str, box: Box) -> Iterator[shapely.Geometry]:
    match = _CIRCLE.fullmatch(given)
    if match is None:
        raise InputError(f"{where}: '{given[:60]}' is no circle; write latitude,longitude and the radius in kilometres: 9.52,106.21 15")
    lat, lon = _point(where, f"{match[1]},{match[2]}", box)
    radius_km = float(match[3])
    if radius_km > REACH_DEG * KM_PER_DEG:
        raise InputError(f"{where}: a radius of {radius_km:g} km reaches too far; CAP writes it in kilometres")
    if radius_km:  # a point has no area: its words and codes stand for it
        tall, wide = radius_km / KM_PER_DEG, radius_km / (KM_PER_DEG * math.cos(math.radians(lat)))
        turns = [2 * math.pi * n / CIRCLE_POINTS for n in range(CIRCLE_POINTS)]
        yield shapely.Polygon([(lon + wide * math.cos(a), lat + tall * math.sin(a)) for a in turns])
