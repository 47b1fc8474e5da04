"""What lies and happened around a place: cameras, citizens' reports, incidents. Each told to whom it is open, as closely as it is open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from math import cos, radians
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ioc.cameras.sites import Camera
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import NotFoundError
from ioc.panels._incident_map import PLACED
from ioc.panels.engine.grid import snapped
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.places.distance import DEGREE_M, metres

CAMERAS_WITHIN_M = 500.0
EVENTS_WITHIN_M = 1000.0
MOST_CAMERAS = 3
"""Of a report: more than three pictures are looked at by nobody who has three hundred reports."""
MOST_EVENTS = 100
Place = tuple[float, float]
"""Longitude and latitude, WGS 84 degrees."""

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.cameras").joinpath("around.sql")).items()}
_WALL = frozenset({Permission.WALL, Permission.PANELS_SAFETY})
"""Who sees incidents on the map of their panel: each on its grid, public order and the sick by unit alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A report or an incident. `kind`: 'report' or 'incident'; `what`: its category or kind; `place` None = it has none that this person may see."""

    kind: str
    subject: str
    what: str
    state: str
    at: datetime
    place: Place | None
    simulated: bool


def nearest(cameras: Iterable[Camera], place: Place, within_m: float = CAMERAS_WITHIN_M) -> list[tuple[float, Camera]]:
    """Cameras around a place with their distances in metres, the nearest first."""
    found = [(metres(place, (camera.lon_deg, camera.lat_deg)), camera) for camera in cameras]
    return sorted(((far, camera) for far, camera in found if far <= within_m), key=lambda one: (one[0], one[1].code))


def report(conn: Connection, who: Principal, subject: str) -> Happening:
    """One report.

    Raises:
        NotFoundError: it is not there, or out of reach.

    """
    found = _rows(conn, "report", {"subject": subject, "scope": _scope(who, Permission.REPORTS_READ)}) if who.may(Permission.REPORTS_READ) else []
    if not found:
        raise NotFoundError(f"there is no report {subject[:100]} that you could see")
    return _report(found[0])


def incident(conn: Connection, who: Principal, subject: str) -> Happening:
    """One incident, its place as this person may see it.

    Raises:
        NotFoundError: it is not there, or out of reach.

    """
    found = _rows(conn, "incident", {"subject": subject, "scope": _incidents(who)}) if _sees_incidents(who) else []
    if not found:
        raise NotFoundError(f"there is no incident {subject[:100]} that you could see")
    return _incident(found[0], who)


def happenings(conn: Connection, who: Principal, place: Place, since: datetime, until: datetime) -> list[Happening]:
    """Reports and incidents around a place in a span, the newest first; nothing of a kind that is closed to this person."""
    lon, lat = place
    # Wider than the circle by what the grid may move an incident.
    high = (EVENTS_WITHIN_M + 250) / DEGREE_M
    wide = high / max(0.01, cos(radians(lat)))
    box = {"since": since, "until": until, "west_deg": lon - wide, "east_deg": lon + wide, "south_deg": lat - high, "north_deg": lat + high,
           "most": MOST_EVENTS}
    found: list[Happening] = []
    if who.may(Permission.REPORTS_READ):
        found += [_report(row) for row in _rows(conn, "reports", {**box, "scope": _scope(who, Permission.REPORTS_READ)})]
    if _sees_incidents(who):
        found += [_incident(row, who) for row in _rows(conn, "incidents", {**box, "scope": _incidents(who)})]
    near = [one for one in found if one.place and metres(place, one.place) <= EVENTS_WITHIN_M]
    return sorted(near, key=lambda one: (one.at, one.subject), reverse=True)


def _report(row: Mapping[str, Any]) -> Happening:
    return Happening(kind="report", subject=row["subject"], what=row["category"], state=row["state"], at=row["submitted_at"],
                     place=_place(row), simulated=row["simulated"])


def _incident(row: Mapping[str, Any], who: Principal) -> Happening:
    place = _place(row)
    if place and not who.may(Permission.INCIDENTS_HANDLE):
        place = snapped(*place) if row["kind"] in PLACED else None
    return Happening(kind="incident", subject=row["subject"], what=row["kind"], state=row["state"], at=row["reported_at"], place=place,
                     simulated=row["simulated"])


def _place(row: Mapping[str, Any]) -> Place | None:
    return None if row["lon_deg"] is None or row["lat_deg"] is None else (row["lon_deg"], row["lat_deg"])


def _sees_incidents(who: Principal) -> bool:
    return not who.permissions.isdisjoint(_WALL | {Permission.INCIDENTS_HANDLE})


def _incidents(who: Principal) -> Jsonb:
    return _scope(who, Permission.INCIDENTS_HANDLE, *_WALL)


def _scope(who: Principal, *permissions: Permission) -> Jsonb:
    return Jsonb(who.scope(*permissions).parameters()["scope"])


def _rows(conn: Connection, query: str, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL[query], given).fetchall()
