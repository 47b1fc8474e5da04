"""Which unit a point lies in, for whole batches: by the boundaries that hold on the point's own day, never by a schematic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely

from ioc.db.connect import Connection
from ioc.places.boundaries import QUERIES

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

_CELLS, _BORDER = 400, -1


class Unknown(Enum):
    """Not "outside": nobody can say which unit, since no boundaries of that day, or no coordinates, are known."""

    NOT_KNOWN = "not known"


NOT_KNOWN: Final = Unknown.NOT_KNOWN
Tag: TypeAlias = str | Literal[Unknown.NOT_KNOWN] | None
"""Code of the unit; None where the point lies in none ("ngoài địa bàn"); NOT_KNOWN where that cannot be said."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """Outlines that hold from a day until before another; in a `partial` layer a point outside may lie in a unit that is lacking."""

    valid_from: date
    valid_to: date | None
    partial: bool = False
    codes: Sequence[str]
    shapes: Sequence[shapely.Geometry]


class _Index:
    """A layer made ready: shapes in order of code, so that the first that holds a point has the smallest code.

    A grid over the layer knows the answer of each cell that no border touches; only points near a border are tested against shapes.
    """

    def __init__(self, layer: Layer) -> None:
        order = sorted(range(len(layer.codes)), key=lambda i: layer.codes[i])
        self._shapes = np.array([layer.shapes[i] for i in order], dtype=object)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self.tags = np.array([*(layer.codes[i] for i in order), NOT_KNOWN if layer.partial else None], dtype=object)
        self.from_day, self.to_day = layer.valid_from.toordinal(), (layer.valid_to or date.max).toordinal()
        west, south, east, north = shapely.total_bounds(self._shapes)
        self._corner, self._per_deg = (west, south), (_CELLS / (east - west), _CELLS / (north - south))
        self._grid = self._cells_answered()

    def tag(self, lons: Floats, lats: Floats) -> npt.NDArray[Any]:
        found = self._grid[self._cell(lats, 1), self._cell(lons, 0)]
        near = np.flatnonzero(found == _BORDER)
        found[near] = self._tested(lons[near], lats[near])
        tags: npt.NDArray[Any] = self.tags[found]
        return tags

    def _tested(self, lons: Floats, lats: Floats) -> Ints:
        points, shapes = self._tree.query(shapely.points(lons, lats))  # boxes only: preparing the points would cost ten times as much
        inside = shapely.intersects_xy(self._shapes[shapes], lons[points], lats[points])
        found = np.full(len(lons), len(self._shapes))
        np.minimum.at(found, points[inside], shapes[inside])
        return found

    def _cell(self, degrees: Floats, axis: int) -> Ints:
        """Row or column of the grid; what lies beside the layer falls into the ring of empty cells around it."""
        cells: Ints = np.clip((np.clip(degrees, -360, 360) - self._corner[axis]) * self._per_deg[axis] + 1, 0, _CELLS + 1).astype(np.int64)
        return cells

    def _cells_answered(self) -> Ints:
        """One answer per cell: the shape it lies in, none, or "near a border" (a segment's box touches it).

        Rows and columns grow with the degrees, so a point on a segment is always in a cell between its ends' cells.
        """
        middles = (np.arange(_CELLS + 2) - 0.5)
        lons, lats = (middles / self._per_deg[axis] + self._corner[axis] for axis in (0, 1))
        grid = self._tested(np.tile(lons, len(lats)), np.repeat(lats, len(lons))).reshape(len(lats), len(lons))
        for part in shapely.get_rings(shapely.get_parts(self._shapes)):
            x, y = shapely.get_coordinates(part).T
            columns, rows = self._cell(x, 0), self._cell(y, 1)
            ends = np.stack([rows[:-1], rows[1:], columns[:-1], columns[1:]])
            for a, b, c, d in np.unique(ends, axis=1).T:
                grid[min(a, b):max(a, b) + 1, min(c, d):max(c, d) + 1] = _BORDER
        return grid


class Tagger:
    """Layers of one level in memory; on a shared border the smallest code wins, whatever the batch."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = [_Index(layer) for layer in layers]

    def tag(self, lons: Sequence[float | None] | Floats, lats: Sequence[float | None] | Floats, days: date | Sequence[date]) -> list[Tag]:
        """One answer per point; degrees in WGS 84, local days (one for all, or one each)."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        on = np.full(len(x), days.toordinal()) if isinstance(days, date) else np.fromiter(map(date.toordinal, days), np.int64, len(x))
        placed = np.isfinite(x) & np.isfinite(y)
        tags = np.full(len(x), NOT_KNOWN, dtype=object)
        for layer in self._layers:
            held = placed & (on >= layer.from_day) & (on < layer.to_day)
            if held.all():
                tags = layer.tag(x, y)
            elif held.any():
                tags[held] = layer.tag(x[held], y[held])
        answers: list[Tag] = tags.tolist()
        return answers


def load_tagger(conn: Connection, *, level: str = "commune") -> Tagger:
    """A tagger of the layers in force; one without any answers NOT_KNOWN to everything."""
    layers: dict[int, Layer] = {}
    for layer_id, valid_from, valid_to, partial, code, text in conn.execute(QUERIES["outlines"], {"level": level}).fetchall():
        layer = layers.setdefault(layer_id, Layer(valid_from=valid_from, valid_to=valid_to, partial=partial, codes=[], shapes=[]))
        layer.codes.append(code)  # type: ignore[attr-defined]
        layer.shapes.append(shapely.from_geojson(text))  # type: ignore[attr-defined]
    return Tagger(list(layers.values()))
