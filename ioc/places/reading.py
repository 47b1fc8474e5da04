"""A vector file of any kind as rows in WGS 84, once it is sure where on the Earth they lie."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyproj.exceptions import CRSError

from ioc.errors import InputError
from ioc.places.register import Register

WGS84 = "EPSG:4326"
_MARGIN_DEG = 0.4
_EXAMPLES = "EPSG:4326 (WGS 84), EPSG:9209 (VN-2000 / TM-3 105-30), EPSG:4756 (VN-2000 in degrees)"


@dataclass(frozen=True, kw_only=True)
class Vector:
    """Rows of a file in WGS 84; `said_crs` is how the file names its coordinate system, '' where it names none."""

    frame: gpd.GeoDataFrame
    sha256: str
    said_crs: str


def read_vector(file: Path, *, crs: str | None = None, encoding: str | None = None, layer: str | None = None) -> Vector:
    """Read GeoJSON, GeoPackage, Shapefile, KML, MapInfo or whatever else GDAL reads here.

    Raises:
        InputError: no such file, several layers, no or an unknown coordinate system, rows that are no areas.

    """
    try:
        frame = gpd.read_file(file, layer=layer or _only_layer(file), engine="pyogrio", encoding=encoding)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError, LookupError) as error:
        raise InputError(f"{file} cannot be read: {error}") from None
    if not isinstance(frame, gpd.GeoDataFrame) or frame.empty:
        raise InputError(f"{file} holds no rows with a geometry: give another file, or another --layer")
    said = "" if frame.crs is None else frame.crs.to_string()
    return Vector(frame=_areas(file, _in_wgs84(file, frame, crs)), sha256=digest(file), said_crs=said)


def digest(file: Path) -> str:
    """SHA-256 of a file; of a Shapefile or a folder, over all the files that belong to it, in order of name."""
    sums = hashlib.sha256()
    parts = sorted(p for p in file.rglob("*") if p.is_file()) if file.is_dir() else [file]
    if file.suffix.lower() == ".shp":
        parts = sorted(file.parent.glob(f"{file.stem}.*"))
    for part in parts:
        sums.update(part.read_bytes())
    return sums.hexdigest()


def check_place(file: Path, frame: gpd.GeoDataFrame, register: Register) -> None:
    """Refuse rows that lie elsewhere than the province: swapped axes, a wrong zone, metres taken for degrees.

    Raises:
        InputError: the rows' bounds lie outside the register's own, with what it looks like.

    """
    box = province_box(register)
    x0, y0, x1, y1 = frame.total_bounds
    if box is None or (np.isfinite(frame.total_bounds).all() and x0 <= box[2] and box[0] <= x1 and y0 <= box[3] and box[1] <= y1 <= 90):
        return
    west, south, east, north = box
    looks = "its axes look swapped (latitude first): mend the file" if west <= y0 <= y1 <= east and south <= x0 <= x1 <= north \
        else f"its coordinate system is another than it says: give --crs, e.g. {_EXAMPLES}"
    raise InputError(f"{file} lies at {x0:.3f}..{x1:.3f} E, {y0:.3f}..{y1:.3f} N, the province at {west:.1f}..{east:.1f} E, "
                     f"{south:.1f}..{north:.1f} N: {looks}")


def province_box(register: Register) -> tuple[float, float, float, float] | None:
    """(west, south, east, north) around all places the register knows; None where it knows none."""
    known = [(u.known_lon_deg, u.known_lat_deg) for u in register.units if u.known_lon_deg is not None and u.known_lat_deg is not None]
    if not known:
        return None
    (west, south), (east, north) = np.min(known, axis=0) - _MARGIN_DEG, np.max(known, axis=0) + _MARGIN_DEG
    return float(west), float(south), float(east), float(north)


def _only_layer(file: Path) -> str:
    if not file.exists():
        raise pyogrio.errors.DataSourceError("there is no such file")
    layers = [str(name) for name, kind in pyogrio.list_layers(file) if kind is not None]
    if len(layers) != 1:
        raise InputError(f"{file} has {len(layers)} layers with geometry ({', '.join(layers) or 'none'}): choose one with --layer")
    return layers[0]


def _in_wgs84(file: Path, frame: gpd.GeoDataFrame, crs: str | None) -> gpd.GeoDataFrame:
    if frame.crs is None and crs is None:
        raise InputError(f"{file} names no coordinate system; a wrong guess moves every border: give --crs, e.g. {_EXAMPLES}")
    try:
        return (frame.set_crs(crs, allow_override=True) if crs else frame).to_crs(WGS84)
    except CRSError as error:
        raise InputError(f"--crs {crs} is no coordinate system ({error}): give e.g. {_EXAMPLES}") from None


def _areas(file: Path, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = frame.geometry.to_numpy()
    wrong = [int(i) for i in np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes) | (shapely.get_dimensions(shapes) != 2))]
    if wrong:
        kinds = ", ".join(sorted({"nothing" if shapes[i] is None else shapes[i].geom_type for i in wrong}))
        raise InputError(f"{file}: {len(wrong)} of {len(shapes)} rows are no areas but {kinds} (the first is row {wrong[0] + 1}): keep polygons only")
    return frame
