"""How the sinks get on, as each says every two seconds: whether one runs, whether it has read what the broker holds, whether the broker answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Self

import psycopg
from psycopg.rows import class_row

from ioc.db.connect import Connection
from ioc.db.queries import named

SILENT = timedelta(seconds=20)
"""A sink that waits for the database's locks or writes 5,000 events takes less."""
BEHIND = timedelta(seconds=60)
FEW = 1000
"""Unread messages of a sink that is not behind: what may come between two looks, and is written in a moment."""
KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """The sinks together. None = no sink has said anything.

    `beat_at`: when the last one was heard; `caught_up_at`: of those that run, when the one that is farthest behind last was not; `waiting`:
    messages they have not read; `broker_away_at`: since when the broker answers none of them.
    """

    beat_at: datetime | None
    caught_up_at: datetime | None
    waiting: int | None
    broker_away_at: datetime | None

    def away(self, now: datetime) -> dict[str, float]:
        """What is away or behind, and for how many seconds: 'sink', 'broker', 'behind'; {} = nothing."""
        if self.beat_at is None:
            return {}
        if now - self.beat_at > SILENT:
            return {"sink": (now - self.beat_at).total_seconds()}
        if self.broker_away_at is not None:
            return {"broker": (now - self.broker_away_at).total_seconds()}
        if self.caught_up_at is not None and now - self.caught_up_at > BEHIND:
            return {"behind": (now - self.caught_up_at).total_seconds()}
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What one sink knows of itself."""

    caught_up_at: datetime
    waiting: int = 0
    broker_away_at: datetime | None = None

    def seen(self, waiting: int | None, now: datetime) -> Self:
        """The same, a look later. None = the broker does not answer: what waits there is not known."""
        if waiting is None:
            return replace(self, broker_away_at=self.broker_away_at or now)
        return replace(self, waiting=waiting, broker_away_at=None, caught_up_at=now if waiting <= FEW else self.caught_up_at)


def beat(conn: Connection, sink: str, course: Course, now: datetime) -> None:
    """Say how one sink gets on; rows of sinks that ended go."""
    conn.execute(_sql()["beat"].encode(), {
        "sink": sink, "at": now, "caught_up_at": course.caught_up_at, "waiting": course.waiting, "broker_away_at": course.broker_away_at})
    conn.execute(_sql()["ended"].encode(), {"before": now - KEPT})


async def latest(conn: psycopg.AsyncConnection[Any]) -> Pulse:
    async with conn.cursor(row_factory=class_row(Pulse)) as cursor:
        found = await (await cursor.execute(_sql()["latest"].encode(), _PARAMETERS)).fetchone()
    assert found
    return found


_PARAMETERS: Mapping[str, Any] = {"silent": SILENT}


@cache
def _sql() -> dict[str, str]:
    return named(resources.files("ioc.streams.engine").joinpath("pulse.sql"))
