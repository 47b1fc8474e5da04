"""What a screen last painted, as it says itself every ten seconds; and whether that is well."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Annotated, Any

import msgspec
import orjson
import psycopg
from psycopg.rows import class_row

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError

log = logging.getLogger(__name__)

SILENT = timedelta(seconds=30)
"""Three heartbeats that did not come."""
BEHIND = 60
"""Frames; a wall that is well is given four a second at most, and says every ten seconds what it has painted."""

STATES = {"painting": "Đang vẽ", "old": "Số liệu cũ", "behind": "Vẽ chậm", "frozen": "Đứng hình", "silent": "Mất liên lạc", "never": "Chưa báo"}
"""State → its word. Old: it says itself that its figures are not fresh; behind: newer frames do not reach the glass; frozen: it speaks and does
not draw; silent: three heartbeats did not come.
"""

Text = Annotated[str, msgspec.Meta(max_length=400)] | None
Count = Annotated[int, msgspec.Meta(ge=-1, le=1 << 53)] | None
Age = Annotated[float, msgspec.Meta(ge=0, le=1e9)] | None


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """A heartbeat as it comes; what a page of an older release does not say is None.

    `epoch`, `n`: the newest frame that is on the glass; `painted_s`: how long ago two animation frames were last drawn; `page`: address of the
    screen; `shown`: of the panel within a rotation; `watermark`: time of its newest figure; `heap`: bytes.
    """

    screen: Text = None
    epoch: Text = None
    n: Count = None
    painted_s: Age = None
    page: Text = None
    shown: Text = None
    watermark: datetime | None = None
    link: Text = None
    size: Text = None
    heap: Count = None
    build: Text = None


_BEAT = msgspec.json.Decoder(Beat)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What one screen said, ready to be kept. `body`: word for word, as JSON that the database can hold; `newest`: as of `Painted`."""

    screen: str
    heard_at: datetime
    beat: Beat
    body: bytes
    newest: int | None


def read_beat(raw: bytes) -> tuple[Beat, bytes]:
    """A heartbeat and its words; those with escaped characters are written anew, so that none hides.

    Raises:
        InputError: bytes are no heartbeat, or hold what no database holds.

    """
    try:
        beat = _BEAT.decode(raw)
        raw.decode()  # what has no place in a beat was not read
        body = msgspec.json.encode(msgspec.json.decode(raw)) if b"\\u" in raw else raw
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise InputError("a heartbeat is a JSON object with 'screen', as the wall's own page sends it") from None
    if b"\\u0000" in body:
        raise InputError("a heartbeat holds a character that the database cannot hold")
    return beat, body


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """What a paired screen last painted. `newest`: frame that the centre had then; None = not of the epoch that the screen shows."""

    screen: str
    heard_at: datetime
    painted_at: datetime | None
    epoch: str | None
    frame: int | None
    newest: int | None
    page: str | None
    shown: str | None
    data_as_of: datetime | None
    link: str | None
    size: str | None
    heap_bytes: int | None
    build: str | None

    @property
    def behind(self) -> int | None:
        """Frames that the centre had when this was heard and that were not on the glass; None = that cannot be told."""
        return None if self.newest is None or self.frame is None else max(0, self.newest - self.frame)


def state_of(last: Painted | None, now: datetime) -> str:
    """How a screen is, one of `STATES`. `last`: what it last said; None = nothing ever."""
    if last is None:
        return "never"
    if now - last.heard_at > SILENT:
        return "silent"
    if last.painted_at is None or last.heard_at - last.painted_at > SILENT:
        return "frozen"
    if (last.behind or 0) > BEHIND:
        return "behind"
    return "painting" if last.link == "live" else "old"


def store_beats(conn: Connection, heard: Sequence[Heard]) -> None:
    """Keep what screens say, all in one statement; a word that the database refuses after all costs the others nothing."""
    try:
        conn.execute(_sql()["hear"].encode(), {"beats": orjson.dumps([_row(h) for h in heard]).decode()})
    except psycopg.DataError as error:
        if len(heard) == 1:
            log.warning("what %s says of itself cannot be kept: %s", heard[0].screen, str(error).splitlines()[0])
            return
        for one in heard:
            store_beats(conn, [one])


def _row(heard: Heard) -> Mapping[str, Any]:
    beat, at = heard.beat, heard.heard_at
    return {
        "screen": heard.screen, "heard_at": at, "body": orjson.Fragment(heard.body), "epoch": beat.epoch, "frame": beat.n, "page": beat.page,
        "shown": beat.shown, "link": beat.link, "size": beat.size, "heap_bytes": beat.heap, "build": beat.build, "newest": heard.newest,
        "painted_at": None if beat.painted_s is None else at - timedelta(seconds=beat.painted_s),
        "data_as_of": beat.watermark if beat.watermark is None or beat.watermark.tzinfo else beat.watermark.replace(tzinfo=UTC),
    }


def painted(conn: Connection) -> dict[int, Painted]:
    """What each paired screen last painted, by its number."""
    with conn.cursor(row_factory=class_row(Painted)) as cursor:
        return {int(row.screen.removeprefix("screen:")): row for row in cursor.execute(_sql()["heard"].encode()).fetchall()}


@cache
def _sql() -> dict[str, str]:
    return named(resources.files("ioc.people").joinpath("heartbeats.sql"))
