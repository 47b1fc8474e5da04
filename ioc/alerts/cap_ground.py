"""What the database knows that a CAP message is read against: earlier messages of its bulletin, official outlines, and whether it was told before."""

from collections.abc import Sequence
from datetime import date
from importlib import resources

import shapely

from ioc.alerts.cap_in import Ground
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.profiles import Profile

TOUCHED = 0.01
"""Of a unit's ground, or of the warning's where that is smaller: one whose edge runs along a border is not for the neighbour."""

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.alerts").joinpath("cap_in.sql")).items()}


def ground_of(conn: Connection, profile: Profile) -> Ground:
    """For the length of a connection."""
    return Ground(profile=profile, subjects=lambda identifiers: _subject(conn, identifiers), outlined=lambda shape, day: _outlined(conn, shape, day))


def is_known(conn: Connection, identity: str) -> bool:
    """Whether an event was stored already: told again, it would change nothing."""
    return conn.execute(_SQL["known"], {"identity": identity}).fetchone() is not None


def _subject(conn: Connection, identifiers: Sequence[str]) -> str | None:
    """By the first of the identifiers that is known."""
    found = conn.execute(_SQL["subjects"], {"identifiers": list(identifiers)}).fetchall()
    by_name = {identifier: subject for subject, identifier in found} | {subject: subject for subject, _ in found}
    return next((by_name[name] for name in identifiers if name in by_name), None)


def _outlined(conn: Connection, shape: shapely.Geometry, day: date) -> Sequence[str] | None:
    if conn.execute(_SQL["has_outlines"], {"day": day}).fetchone() is None:
        return None
    west, south, east, north = shape.bounds
    near = conn.execute(_SQL["outlines_on"], {"day": day, "west": west, "south": south, "east": east, "north": north}).fetchall()
    outlines = ((code, shapely.from_geojson(text)) for code, text in near)
    return [code for code, unit in outlines
            if shapely.area(shapely.intersection(unit, shape)) >= TOUCHED * min(shapely.area(unit), shapely.area(shape))]
