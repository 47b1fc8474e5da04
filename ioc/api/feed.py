"""The last frame, held as bytes and handed to everyone: what a viewer costs is the sending alone."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable
from typing import Any, NamedTuple

import psycopg

from ioc.clock import Clock
from ioc.errors import UnavailableError
from ioc.live.frames import CHANNEL, SNAPSHOT

log = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
Connect = Callable[[], Coroutine[Any, Any, psycopg.AsyncConnection[Any]]]


class Stored(NamedTuple):
    """A panel's body in one language and the number of the frame that brought it."""

    frame: int
    body: bytes


class Feed:
    """Listens for frames; `events` yields what one viewer is sent. Everything runs on one event loop."""

    def __init__(self, connect: Connect, clock: Clock, build: str) -> None:
        self._connect = connect
        self._clock = clock
        self._build = build
        self._bodies: dict[str, dict[str, Stored]] = {}
        self._epoch = ""
        self._frame = 0
        self._previous = 0
        self._deltas: dict[str, bytes] = {}
        self._changed = asyncio.Event()
        self._database = False
        self.live_at: float | None = None  # by the machine's clock
        self.viewers = 0

    def snapshot(self, panel: str) -> bytes | None:
        """A panel's numbers as JSON, None where `live` has not built it yet."""
        stored = self._bodies.get(SNAPSHOT, {}).get(panel)
        return stored.body if stored else None

    async def listen(self) -> None:
        """Follow the frames for ever; an absent database is waited for."""
        while True:
            try:
                async with await self._connect() as listening, await self._connect() as asking:
                    await listening.execute(f"listen {CHANNEL}".encode())
                    await self._load(asking, everything=True)
                    self._database = True
                    async for note in listening.notifies():
                        await self._take(asking, note.payload)
            except (UnavailableError, psycopg.Error) as error:
                if self._database:
                    log.warning("database away, showing the last frame: %s", str(error).splitlines()[0])
                self._database = False
            await asyncio.sleep(1)

    async def _take(self, conn: psycopg.AsyncConnection[Any], payload: str) -> None:
        if payload.startswith("tick "):
            self.live_at = float(payload[5:])
        else:
            self.live_at = self._clock.real().timestamp()
            await self._load(conn, everything=False)

    async def _load(self, conn: psycopg.AsyncConnection[Any], *, everything: bool) -> None:
        after = -1 if everything else self._frame
        cursor = await conn.execute(
            "select panel, language, epoch, frame, body, extract(epoch from built_at)::float8 from live_panel "
            "where epoch = (select epoch from live_panel order by built_at desc, frame desc limit 1) and (epoch <> %s or frame > %s) "
            "order by panel",
            (self._epoch, after),
        )
        rows = await cursor.fetchall()
        if not rows:
            return
        if rows[0][2] != self._epoch:
            self._epoch, self._frame, self._bodies = rows[0][2], 0, {}
        for panel, language, _, frame, body, built_at in rows:
            self._bodies.setdefault(language, {})[panel] = Stored(frame, bytes(body))
            self.live_at = max(self.live_at or 0.0, built_at)
        self._previous, self._frame = self._frame, max(row[3] for row in rows)
        self._deltas = {language: self._event(language, self._previous) for language in self._bodies}
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _event(self, language: str, after: int, only: Collection[str] | None = None) -> bytes:
        panels = b",".join(b'"%s":{"n":%d,%s' % (key.encode(), s.frame, s.body[1:])
                           for key, s in self._bodies.get(language, {}).items() if s.frame > after and (only is None or key in only))
        return b'id: %s.%d\ndata: {"epoch":"%s","n":%d,"silent_s":%s,"panels":{%s}}\n\n' % (
            self._epoch.encode(), self._frame, self._epoch.encode(), self._frame, self._silent_s(), panels)

    async def events(self, language: str, since: str, only: Collection[str] | None = None) -> AsyncIterator[bytes]:
        """Server-sent events for one viewer: everything, or what came after `since` (<epoch>.<n>); and a heartbeat every HEARTBEAT_S.

        `only`: the panels that the viewer may see; None = all, from the bytes that everybody shares.
        """
        epoch, _, number = since.rpartition(".")
        at = int(number) if epoch == self._epoch and number.isdecimal() and int(number) <= self._frame else 0
        seen = self._epoch
        self.viewers += 1
        try:
            yield b'retry: 1000\nevent: hello\ndata: {"build":"%s",%s}\n\n' % (self._build.encode(), self._time())
            beat_at = 0.0
            while True:
                changed = self._changed  # taken before comparing: no wake-up is lost
                if time.monotonic() >= beat_at:  # frames carry no time: a clock that is set anew among them must be told too
                    beat_at = time.monotonic() + HEARTBEAT_S
                    yield self._heartbeat()
                if seen != self._epoch:
                    seen, at = self._epoch, 0
                if at < self._frame:
                    shared = self._deltas.get(language) if only is None and at == self._previous and at else None
                    event, at = shared or self._event(language, at, only), self._frame
                    yield event
                    continue
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), beat_at - time.monotonic())
        finally:
            self.viewers -= 1

    def _heartbeat(self) -> bytes:
        return b'event: hb\ndata: {%s,"silent_s":%s}\n\n' % (self._time(), self._silent_s())

    def _time(self) -> bytes:
        rhythm = self._clock.rhythm()
        held = b"true" if rhythm.held else b"false"
        return b'"now":%.3f,"speed":%g,"turn":%.3f,"held":%s' % (self._clock.now().timestamp(), rhythm.speed, rhythm.turn, held)

    def silent_s(self) -> float | None:
        """Seconds since `live` was last heard; None = never."""
        return None if self.live_at is None else max(0.0, self._clock.real().timestamp() - self.live_at)

    def _silent_s(self) -> bytes:
        # Not when this is sent: a page that opens while `live` is silent must not look live.
        silent = self.silent_s()
        return b"null" if silent is None else b"%.3f" % silent


@contextlib.asynccontextmanager
async def running(tasks: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Keep background tasks while the server runs."""
    started = [asyncio.create_task(task) for task in tasks]
    try:
        yield
    finally:
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)
