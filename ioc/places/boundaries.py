"""Boundaries in the database: layers kept for good, and a layer as GeoJSON."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib import resources
from typing import Any, NamedTuple

import shapely
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ioc.clock import second
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError, NotFoundError
from ioc.places.importing import Prepared, refuse

QUERIES = named(resources.files("ioc.places").joinpath("boundaries.sql"))


class Stored(NamedTuple):
    layer_id: int
    replaced: tuple[int, ...]


def store(conn: Connection, prepared: Prepared, imported_at: datetime, *, replace: bool = False) -> Stored:
    """Keep a layer in one transaction; with `replace`, layers that hold on the same days step back (they are kept, not deleted).

    Raises:
        InputError: something stands against the layer, its source or licence is not named, or another holds on these days.

    """
    refuse(prepared)
    request = prepared.request
    if not request.source or not request.licence:
        raise InputError("a layer without source and licence cannot be shown to anyone: give --source and --licence")
    days = {"level": request.level, "valid_from": request.valid_from, "valid_to": prepared.valid_to}
    with conn.transaction():
        conn.execute("lock table boundary_layer in share row exclusive mode")
        held = conn.execute(QUERIES["replace"], {**days, "at": imported_at}).fetchall()
        _check_replaced(prepared, held, replace=replace)
        (layer_id,) = conn.execute(QUERIES["add_layer"], {**days, **_about(prepared), "imported_at": imported_at}).fetchone() or (0,)
        with conn.cursor() as cursor:
            cursor.executemany(QUERIES["add_boundary"], list(_rows(prepared, layer_id)))
    return Stored(layer_id, tuple(row[0] for row in held))


def _check_replaced(prepared: Prepared, held: Sequence[tuple[Any, ...]], *, replace: bool) -> None:
    begins, ends = prepared.request.valid_from, prepared.valid_to or date.max
    for layer_id, valid_from, valid_to in held:
        if not replace:
            raise InputError(f"layer {layer_id} of the level '{prepared.request.level}' holds on some of these days: --replace takes its place")
        if valid_from < begins or (valid_to or date.max) > ends:
            raise InputError(f"layer {layer_id} holds from {valid_from} to {valid_to or 'now'}, longer than the new one, and days would be left "
                             "without boundaries: mend --valid-from or --valid-to")


def layers(conn: Connection) -> list[dict[str, Any]]:
    """All imported layers, newest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["layers"]).fetchall()


def layer_told(conn: Connection, layer_id: int) -> dict[str, Any]:
    """A layer with what its import said.

    Raises:
        NotFoundError: there is no such layer.

    """
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(QUERIES["layer"], {"layer_id": layer_id}).fetchone()
    if found is None:
        raise NotFoundError(f"there is no layer {layer_id}: `ioc geo list` shows them")
    return found


def end_layer(conn: Connection, layer_id: int, at: datetime) -> dict[str, Any]:
    """Take a layer out of force: from now on its days have no boundaries. It is kept, and what was placed by it stays so.

    Raises:
        NotFoundError: there is no such layer.
        InputError: it is out of force already.

    """
    told = layer_told(conn, layer_id)
    if conn.execute(QUERIES["end_layer"], {"layer_id": layer_id, "at": at}).fetchone() is None:
        raise InputError(f"layer {layer_id} is out of force since {second(told['replaced_at'])}: nothing is to be done")
    return told


def layer_on(conn: Connection, day: date, level: str) -> dict[str, Any] | None:
    """The layer that holds on a local day: its number, days, source, licence; None where none was imported."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["layer_of_day"], {"level": level, "day": day}).fetchone()


def layer_drawn(conn: Connection, layer: Mapping[str, Any]) -> dict[str, Any]:
    """FeatureCollection (RFC 7946) of a layer, as it is drawn.

    A feature's id is CODE@FIRST_DAY, since codes are used again.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(QUERIES["drawn"], {"layer_id": layer["layer_id"]}).fetchall()
    return {
        "type": "FeatureCollection",
        "bbox": [min(r["west"] for r in rows), min(r["south"] for r in rows), max(r["east"] for r in rows), max(r["north"] for r in rows)],
        "features": [_feature(row) for row in rows],
        "layer": layer["layer_id"], "sha256": layer["sha256"], "source": layer["source"], "licence": layer["licence"], "partial": layer["partial"],
    }


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature", "id": f"{row['unit_code']}@{row['unit_valid_from']}", "bbox": [row["west"], row["south"], row["east"], row["north"]],
        "geometry": row["display"], "properties": {"code": row["unit_code"], "valid_from": str(row["unit_valid_from"]), "name": row["name"]},
    }


def _about(prepared: Prepared) -> dict[str, Any]:
    shapes, request = prepared.outlines, prepared.request
    return {
        "source": request.source, "licence": request.licence, "file_name": request.file.name, "sha256": prepared.sha256,
        "unit_count": len(prepared.units), "partial": prepared.missing > 0,
        "report": Jsonb({"words": prepared.words, "missing": prepared.missing, "repaired": shapes.repaired, "overlap_km2": shapes.overlap_km2,
                         "holes": shapes.holes, "hole_km2": shapes.hole_km2, "is_coverage": shapes.is_coverage,
                         "area_km2": sum(shapes.areas_km2), "tolerance_m": request.tolerance_m}),
    }


def _rows(prepared: Prepared, layer_id: int) -> Sequence[dict[str, Any]]:
    shapes = prepared.outlines
    boxes = shapely.bounds(shapes.full).tolist()
    return [
        {"layer_id": layer_id, "unit_code": unit.code, "unit_valid_from": unit.valid_from, "name": unit.name, "geojson": full, "display": drawn,
         "west": west, "south": south, "east": east, "north": north}
        for unit, full, drawn, (west, south, east, north) in zip(
            prepared.units, shapely.to_geojson(shapes.full), shapely.to_geojson(shapes.display), boxes, strict=True)
    ]
