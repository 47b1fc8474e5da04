"""What the web process shows of cameras: how each stands, pictures, counts, what happened. Free of a picture's libraries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any, NamedTuple

from psycopg.rows import class_row, dict_row

from ioc.db.connect import Connection
from ioc.db.queries import named

WANTED_S = 30.0
"""How long pictures of a camera are brought here after somebody looked; asked for anew each 10 s."""
LIVE_S = 20.0
"""The same for a live view; as short as it can be, since it costs most."""
MOST_TOLD = 200

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.cameras").joinpath("shown.sql")).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one camera stands; moments in seconds since 1970.

    `condition`, `cause`: words of ioc/cameras/contract.py; `checked_s`: when its process last said so; `number`: of the newest picture, which came at
    `received_s` and bears the time `picture_s`; `clock_offset_s`: the camera's clock minus ours; `simulated` None = it has told no event yet.
    """

    camera_id: str
    condition: str
    cause: str
    since_s: float | None
    checked_s: float | None
    clock_offset_s: float | None
    number: int | None
    received_s: float | None
    picture_s: float | None
    simulated: bool | None

    @property
    def tag(self) -> str:
        """Which picture this is; '' = none. The number alone begins anew when the database empties its unlogged tables."""
        return "" if self.number is None or self.received_s is None else tag_of(self.number, self.received_s)


class Picture(NamedTuple):
    """A JPEG without faces and plates."""

    number: int
    received_s: float
    jpeg: bytes

    @property
    def tag(self) -> str:
        return tag_of(self.number, self.received_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A kept picture. `unit_code`: as its camera last told, for cameras that no profile lists."""

    camera_id: str
    unit_code: str
    jpeg: bytes = field(repr=False)


def tag_of(number: int, received_s: float) -> str:
    return f"{number}-{round(received_s * 1000)}"


def stand(conn: Connection) -> tuple[float, Mapping[str, Standing]]:
    """The database's moment and how every known camera stands, by code."""
    row = conn.execute(_SQL["now"]).fetchone()
    assert row
    with conn.cursor(row_factory=class_row(Standing)) as cursor:
        return float(row[0]), {one.camera_id: one for one in cursor.execute(_SQL["stand"])}


def picture(conn: Connection, camera: str) -> Picture | None:
    """A camera's newest picture; None = none is kept."""
    row = conn.execute(_SQL["picture"], {"camera": camera}).fetchone()
    return Picture(row[0], row[1], bytes(row[2])) if row else None


def newer(conn: Connection, camera: str, number: int) -> Picture | None:
    """A camera's newest picture; None = it is the one of this number, or none is kept."""
    row = conn.execute(_SQL["newer"], {"camera": camera, "number": number}).fetchone()
    return Picture(row[0], row[1], bytes(row[2])) if row else None


def want(conn: Connection, cameras: Collection[str], *, live: bool = False) -> None:
    """Say that somebody looks at these cameras now."""
    conn.execute(_SQL["want"], {"cameras": sorted(cameras), "wanted_s": WANTED_S, "live_s": LIVE_S if live else 0.0})


def proof(conn: Connection, media_ref: str) -> Proof | None:
    """A picture kept of a detection; None = there is none, or its time is over."""
    row = conn.execute(_SQL["media"], {"media_ref": media_ref}).fetchone()
    return Proof(camera_id=row[0], jpeg=bytes(row[1]), unit_code=row[2]) if row else None


def hour(conn: Connection, camera: str, until: datetime) -> Mapping[str, Any]:
    """What a camera counted in the hour before a moment: `bins` of five minutes, and `last`, the newest look at who waits (None = no look)."""
    given = {"camera": camera, "until": until}
    with conn.cursor(row_factory=dict_row) as cursor:
        bins = cursor.execute(_SQL["hour"], given).fetchall()
        return {"bins": bins, "last": cursor.execute(_SQL["newest_counts"], given).fetchone()}


def turns(conn: Connection, cameras: Collection[str], since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
    """Turns of conditions, newest first."""
    return _rows(conn, "turns", cameras, since, until)


def detections(conn: Connection, cameras: Collection[str], since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
    """Detections, newest first, each once."""
    return _rows(conn, "detections", cameras, since, until)


def _rows(conn: Connection, query: str, cameras: Collection[str], since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SQL[query], {"cameras": list(cameras), "since": since, "until": until, "most": MOST_TOLD}).fetchall()
