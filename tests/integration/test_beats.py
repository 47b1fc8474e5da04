"""What screens say of themselves: held in memory, written together, lost by nothing but a crash."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

import ioc.api.beats
from ioc.api.ask import Database
from ioc.api.beats import Beats
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.errors import InputError, UnavailableError
from ioc.people.heartbeats import Heard, read_beat, store_beats

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
NOWHERE = "host=127.0.0.1 port=1 dbname=none connect_timeout=1"


def said(**what: Any) -> bytes:
    return orjson.dumps(what)


@asynccontextmanager
async def held(dsn: str) -> AsyncIterator[tuple[Beats, FrozenClock, Database]]:
    database, clock = Database(dsn, wait_s=1), FrozenClock(NOW)
    database.open()
    try:
        yield Beats(database, clock), clock, database
    finally:
        database.close()


def kept(conn: Connection) -> Mapping[str, Any]:
    return dict(conn.execute("select screen, frame from screen_heartbeat").fetchall())


def test_last_word_of_each_screen_is_written(dsn: str, conn: Connection) -> None:
    async def speak() -> None:
        async with held(dsn) as (beats, _, _):
            for screen, n in (("screen:1", 4), ("screen:2", 7), ("screen:1", 5)):
                beats.hear(said(n=n), screen, ("e", 9))
            await beats.write()

    asyncio.run(speak())
    assert kept(conn) == {"screen:1": 5, "screen:2": 7}


def test_newest_frame_is_known_only_of_the_epoch_that_is_shown(dsn: str, conn: Connection) -> None:
    async def speak() -> None:
        async with held(dsn) as (beats, _, _):
            beats.hear(said(epoch="e", n=1), "screen:1", ("e", 9))
            beats.hear(said(epoch="before", n=1), "screen:2", ("e", 9))
            await beats.write()

    asyncio.run(speak())
    assert conn.execute("select newest from screen_heartbeat order by screen").fetchall() == [(9,), (None,)]


def test_word_that_was_heard_earlier_does_not_take_the_place_of_a_later_one(conn: Connection) -> None:
    beat, body = read_beat(said(n=8))
    later = Heard(screen="screen:1", heard_at=NOW, beat=beat, body=body, newest=None)
    beat, body = read_beat(said(n=7))
    store_beats(conn, [later])
    store_beats(conn, [Heard(screen="screen:1", heard_at=NOW.replace(hour=2), beat=beat, body=body, newest=None)])
    assert kept(conn) == {"screen:1": 8}


def test_word_that_the_database_refuses_costs_the_others_nothing(conn: Connection) -> None:
    beat, body = read_beat(said(n=8))
    whole = [Heard(screen=name, heard_at=NOW, beat=beat, body=body, newest=None) for name in ("screen:1", "screen:2\x00", "screen:3")]
    store_beats(conn, whole)
    assert kept(conn) == {"screen:1": 8, "screen:3": 8}


def test_what_was_heard_while_the_database_was_away_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ioc.api.beats, "MOST", 1)

    async def speak() -> None:
        async with held(NOWHERE) as (beats, _, _):
            beats.hear(said(n=1), "screen:1", ("e", 9))
            with pytest.raises(UnavailableError):
                await beats.write()
            beats.hear(said(n=2), "screen:1", ("e", 9))
            with pytest.raises(UnavailableError, match="no more heartbeats"):
                beats.hear(said(n=1), "screen:2", ("e", 9))

    asyncio.run(speak())


def test_nobody_speaks_without_a_name(dsn: str) -> None:
    async def speak() -> None:
        async with held(dsn) as (beats, _, _):
            with pytest.raises(InputError, match="'screen'"):
                beats.hear(said(n=1), None, ("e", 9))

    asyncio.run(speak())
