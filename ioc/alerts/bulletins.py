"""Bulletins of natural hazards that are in force, as the maps draw them: over every panel's map, the gravest uppermost."""

from datetime import datetime
from importlib import resources
from typing import Any

import msgspec
from psycopg.rows import dict_row

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.words import unix

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.alerts").joinpath("bulletins.sql")).items()}


def bulletins(conn: Connection, at: datetime, known: datetime) -> dict[str, Any]:
    """FeatureCollection (RFC 7946) of the bulletins in force at a moment, as known at another; in no language, the map has the words.

    A bulletin without an outline has no geometry: the map hatches its `units`. `mark`: 'simulated', 'exercise' or ''. Moments are Unix seconds.
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_SQL["in_force"], {"at": at, "known": known}).fetchall()
    return {"type": "FeatureCollection", "features": [_feature(row) for row in rows]}


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    units = [code.strip() for code in (row["area_units"] or "").split(",")]
    return {
        "type": "Feature", "id": row["subject"],
        "geometry": msgspec.json.decode(row["geometry"]) if row["geometry"] else None,
        "properties": {
            "id": row["subject"], "identifier": row["identifier"], "risk_level": row["risk_level"], "phenomenon": row["phenomenon"],
            "headline": row["headline"] or "", "issuer": row["issuer"], "area": row["area"] or "", "units": [code for code in units if code],
            "mark": "simulated" if row["simulated"] else "exercise" if row["status"] == "exercise" else "",
            "issued_at": unix(row["occurred_at"]), "effective_at": unix(row["effective_at"]), "expires_at": unix(row["expires_at"]),
        },
    }
