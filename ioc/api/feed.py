"""The last frame, held as bytes and handed to everyone: what a viewer costs is the sending alone."""

import asyncio
import contextlib
import logging
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterable, Iterator
from typing import Any, NamedTuple

import orjson
import psycopg

from ioc.api.lines import Given, Line, chunk
from ioc.clock import Clock
from ioc.errors import UnavailableError
from ioc.live.frames import CHANNEL, FRAME, SNAPSHOT, WANT, Variant
from ioc.streams.engine.pulse import Pulse, latest

log = logging.getLogger(__name__)

HEARTBEAT_S = 5.0
RIDES_AFTER_S = 0.6
"""Of a heartbeat's time: a frame that goes out so late anyway takes the heartbeat with it."""
AT_ONCE = 20
PACE_EACH_S, PACE_S = 0.0125, 1.0
"""To so many viewers changes go out as they come. With more of them the first change after a pause does, and the next ones wait so much for each
other for each further viewer: what a second's changes cost is bounded then."""
PROBE_S = 4.0
"""How often the database is asked something, where nothing else shows that it answers: how the sink gets on."""
WANTED_S = 3 * PROBE_S
"""What viewers follow is said again with each probe."""
AWAY_S = 12.0
"""A database that has not answered for so long is away, though its line may still stand."""
Connect = Callable[[], Coroutine[Any, Any, psycopg.AsyncConnection[Any]]]


class Stored(NamedTuple):
    """A panel's body in one variant and the number of the frame that brought it."""

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
        self._loaded_at = -math.inf
        self._beat = b""
        self._beats = 0
        self._beat_at = -math.inf
        self._database = False
        self._answered_at = time.monotonic()
        self._pulse: Pulse | None = None
        self.live_at: float | None = None  # by the machine's clock
        self._followed = Counter[str]()
        self._said: frozenset[str] = frozenset()
        self._lines: set[Line] = set()

    @property
    def _variants(self) -> frozenset[str]:
        """Keys of the variants that somebody follows."""
        return frozenset(+self._followed)

    @property
    def viewers(self) -> int:
        """How many look now."""
        return self._followed.total()

    def snapshot(self, panel: str) -> bytes | None:
        """A panel's numbers as JSON, None where `live` has not built it yet."""
        stored = self._bodies.get(SNAPSHOT, {}).get(panel)
        return stored.body if stored else None

    @property
    def newest(self) -> tuple[str, int]:
        """(epoch, number) of the newest frame; '' before the first."""
        return self._epoch, self._frame

    async def listen(self) -> None:
        """Follow the frames for ever; an absent database is waited for."""
        while True:
            try:
                async with await self._connect() as listening, await self._connect() as asking:
                    await listening.execute(f"listen {CHANNEL}".encode())
                    await self._load(asking, everything=True)
                    self._database = True
                    await self._follow(listening, asking)
            except (UnavailableError, psycopg.Error) as error:
                if self._database:
                    log.warning("database away, showing the last frame: %s", str(error).splitlines()[0])
                self._database = False
            await asyncio.sleep(1)

    async def _follow(self, listening: psycopg.AsyncConnection[Any], asking: psycopg.AsyncConnection[Any]) -> None:
        probed_at = -math.inf
        while True:
            if time.monotonic() - probed_at >= PROBE_S or not self._variants <= self._said:  # also while frames come without a pause
                probed_at = time.monotonic()
                self._pulse = await latest(asking)
                self._said = self._variants
                await asking.execute(WANT, (WANTED_S, list(self._said)))
            self._answered_at = time.monotonic()
            said = {note.payload async for note in listening.notifies(timeout=PROBE_S, stop_after=1)}
            if FRAME in said and (wait_s := self._loaded_at + self._pace_s() - time.monotonic()) > 0:
                await asyncio.sleep(wait_s)
                said |= {note.payload async for note in listening.notifies(timeout=0)}  # one reading brings all of them
            await self._take(asking, said)

    def _pace_s(self) -> float:
        return min(PACE_S, PACE_EACH_S * max(0, self.viewers - AT_ONCE))

    async def _take(self, conn: psycopg.AsyncConnection[Any], said: Collection[str]) -> None:
        ticks = [float(payload[5:]) for payload in said if payload.startswith("tick ")]
        if ticks:
            self.live_at = max(ticks)
        if FRAME in said:
            self.live_at = self._clock.real().timestamp()
            self._loaded_at = time.monotonic()
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
        for panel, variant, _, frame, body, built_at in rows:
            self._bodies.setdefault(variant, {})[panel] = Stored(frame, bytes(body))
            self.live_at = max(self.live_at or 0.0, built_at)
        self._previous, self._frame = self._frame, max(row[3] for row in rows)
        self._deltas = {variant: self._event(variant, self._previous) for variant in self._bodies}
        if time.monotonic() - self._beat_at >= RIDES_AFTER_S * HEARTBEAT_S:  # frames carry no time: a clock that is set anew must be told too
            self._say_beat()
        self._wake()

    async def beat(self) -> None:
        """Say that the centre lives, to all viewers at once and in the same bytes, for ever."""
        while True:
            wait_s = self._beat_at + HEARTBEAT_S - time.monotonic()
            if wait_s <= 0:
                self._say_beat()
                self._wake()
            await asyncio.sleep(min(1.0, max(wait_s, 0.01)))

    def _say_beat(self) -> None:
        self._beat, self._beats, self._beat_at = self._heartbeat(), self._beats + 1, time.monotonic()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        self._write(self._lines)

    def _known(self, since: str) -> int:
        """Number of the frame that a viewer has, as it tells by <epoch>.<n>; 0 = none of this epoch's."""
        epoch, _, number = since.rpartition(".")
        return int(number) if epoch == self._epoch and number.isdecimal() and int(number) <= self._frame else 0

    def first(self, line: Line, since: str) -> bytes:
        """What a new line is given first: who we are, a heartbeat, and what came after `since` (<epoch>.<n>)."""
        at = self._known(since)
        parts = [self._hello(line.variant), self._heartbeat(), *([self._event(line.variant.key, at)] if at < self._frame else [])]
        line.given = self._newest(line.variant.key)
        return b"".join(parts)

    @contextlib.contextmanager
    def following(self, line: Line) -> Iterator[None]:
        """Write to a line what comes, from what it was given first on; `line.ended` is set once its viewer may look no more."""
        self._followed[line.variant.key] += 1
        self._lines.add(line)
        try:
            self._write([line])
            yield
        finally:
            self._lines.discard(line)
            self._followed[line.variant.key] -= 1

    def _write(self, lines: Iterable[Line]) -> None:
        """Bring lines up to the newest frame and heartbeat. One that does not keep up is left as it is: later it is given all it missed at once."""
        made: dict[Given, tuple[bytes, Given]] = {}
        for line in lines:
            if not line.still():
                line.ended.set()
                continue
            if (found := made.get(line.given)) is None:
                found = made[line.given] = self._news(line.given), self._newest(line.given.key)
            if found[0] and line.ready:
                line.given = found[1]
                line.write(found[0])

    def _newest(self, key: str) -> Given:
        return Given(key, self._epoch, self._frame, self._beats)

    def _news(self, given: Given) -> bytes:
        """One chunk of what came after this; nothing where nothing did."""
        at = given.at if given.epoch == self._epoch else 0
        parts = (self._beat if given.beats != self._beats else b"") + (self._since(given.key, at) if at < self._frame else b"")
        return chunk(parts) if parts else b""

    def _since(self, key: str, at: int) -> bytes:
        shared = self._deltas.get(key) if at == self._previous and at else None
        return shared or self._event(key, at)

    def _event(self, variant: str, after: int, only: Collection[str] | None = None) -> bytes:
        panels = b",".join(b'"%s":{"n":%d,%s' % (key.encode(), s.frame, s.body[1:])
                           for key, s in self._bodies.get(variant, {}).items() if s.frame > after and (only is None or key in only))
        return b'id: %s.%d\ndata: {"epoch":"%s","n":%d,"silent_s":%s,"panels":{%s}}\n\n' % (
            self._epoch.encode(), self._frame, self._epoch.encode(), self._frame, self._silent_s(), panels)

    async def events(self, variant: Variant, since: str, only: Collection[str] | None = None) -> AsyncIterator[bytes]:
        """Server-sent events for one viewer: everything, or what came after `since` (<epoch>.<n>); and a heartbeat every HEARTBEAT_S.

        `only`: the panels that the viewer may see; None = all, from the bytes that everybody shares.
        """
        at = self._known(since)
        seen = self._epoch
        self._followed[variant.key] += 1
        try:
            parts, beats = [self._hello(variant), self._heartbeat()], self._beats
            while True:
                changed = self._changed  # taken before comparing: no wake-up is lost
                if beats != self._beats:
                    beats = self._beats
                    parts.append(self._beat)
                if seen != self._epoch:
                    seen, at = self._epoch, 0
                if at < self._frame:
                    parts.append(self._since(variant.key, at) if only is None else self._event(variant.key, at, only))
                    at = self._frame
                if parts:
                    told, parts = parts, []
                    yield b"".join(told)
                    continue
                await changed.wait()
        finally:
            self._followed[variant.key] -= 1

    def _hello(self, variant: Variant) -> bytes:
        return b'retry: 1000\nevent: hello\ndata: {"build":"%s","guests":%s,%s}\n\n' % (
            self._build.encode(), b"true" if variant.guests else b"false", self._time())

    def _heartbeat(self) -> bytes:
        return b'event: hb\ndata: {%s,"silent_s":%s,"away":%s}\n\n' % (self._time(), self._silent_s(), orjson.dumps(self._away()))

    def _time(self) -> bytes:
        rhythm = self._clock.rhythm()
        held = b"true" if rhythm.held else b"false"
        return b'"now":%.3f,"speed":%g,"turn":%.3f,"held":%s' % (self._clock.now().timestamp(), rhythm.speed, rhythm.turn, held)

    def _away(self) -> dict[str, float]:
        """What of the centre is away or behind, and for how many seconds: {} = nothing."""
        unanswered_s = time.monotonic() - self._answered_at
        if not self._database or unanswered_s > AWAY_S:
            return {"database": unanswered_s}  # what the sink does is not known then
        return self._pulse.away(self._clock.real()) if self._pulse else {}

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
