"""Snapshots ready to send: numbered (epoch, n), stored once, sent to everyone as they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from ioc.db.connect import Connection
from ioc.words import LANGUAGES

CHANNEL = "ioc_live"
"""NOTIFY channel: FRAME when panels changed, 'tick <unix seconds>' when `live` looked and nothing did."""
FRAME = "frame"

SNAPSHOT = "json"
"""In place of a language: the panel's numbers, as the API gives them."""


class Variant(NamedTuple):
    """How viewers are shown things: in their language, and with or without what guests of the house do not see."""

    language: str
    guests: bool

    @property
    def key(self) -> str:
        return f"{self.language}.guests" if self.guests else self.language


WANT = b"insert into live_wanted (variant, wanted_until) select v, now() + make_interval(secs => %s) from unnest(%s::text[]) as v " \
    b"on conflict (variant) do update set wanted_until = excluded.wanted_until"
"""(seconds, keys of variants): a web process says what its viewers follow, again and again."""
VARIANTS = tuple(Variant(language, guests) for guests in (False, True) for language in LANGUAGES)


class Body(NamedTuple):
    """What the viewers of one variant (or the API) get of one panel; `language` is the variant's key."""

    panel: str
    language: str
    body: bytes


def encode(value: Any) -> bytes:
    """JSON; Dash components become what the browser's renderer expects."""
    return orjson.dumps(value, default=_component, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)


def _component(value: Any) -> Any:
    if hasattr(value, "to_plotly_json"):
        return value.to_plotly_json()
    if hasattr(value, "__struct_fields__"):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    raise TypeError(f"{type(value).__name__} cannot be sent")


def store(conn: Connection, epoch: str, frame: int, bodies: Sequence[Body], at: datetime) -> None:
    """Store a frame and wake the web processes, in one transaction."""
    with conn.transaction(), conn.cursor() as cursor:
        cursor.executemany(
            "insert into live_panel as p (panel, language, epoch, frame, built_at, body) values (%s, %s, %s, %s, %s, %s) "
            "on conflict (panel, language) do update set epoch = excluded.epoch, frame = excluded.frame, "
            "built_at = excluded.built_at, body = excluded.body",
            [(b.panel, b.language, epoch, frame, at, b.body) for b in bodies],
        )
        cursor.execute("select pg_notify(%s, %s)", (CHANNEL, FRAME))


def wanted(conn: Connection) -> frozenset[str]:
    """Keys of the variants that somebody follows."""
    return frozenset(key for (key,) in conn.execute("select variant from live_wanted where wanted_until > now()"))


def tick(conn: Connection, epoch: str, at: datetime) -> None:
    """Say that `live` lives, though nothing changed."""
    with conn.transaction():
        conn.execute("insert into live_tick (epoch, ticked_at) values (%s, %s) on conflict (only_row) do update "
                     "set epoch = excluded.epoch, ticked_at = excluded.ticked_at", (epoch, at))
        conn.execute("select pg_notify(%s, %s)", (CHANNEL, f"tick {at.timestamp():.3f}"))
