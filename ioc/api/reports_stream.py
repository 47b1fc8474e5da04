"""`/api/reports/stream`: who works on reports is told within a second what others did and who looks at what; one listener for a whole process."""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
import psycopg

from ioc.clock import Clock
from ioc.errors import UnavailableError
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.reports.detail import MOST_CHANGED, PRESENCE, looking
from ioc.reports.detail import sql as statements
from ioc.reports.queue import SEEN_S
from ioc.streams.engine.batch import CHANNEL

log = logging.getLogger(__name__)

PACE_S = 0.5
"""Between two tellings: what happens meanwhile goes out together."""
IDLE_S = 4.0
LASTS_S = 300.0
"""A page asks anew after so long: who is signed out, or may less, is told no more."""
_OVERLAP = timedelta(seconds=5)  # what is recorded earlier may be committed later
_WAITING = 64
Connect = Callable[[], Coroutine[Any, Any, psycopg.AsyncConnection[Any]]]


class Told(NamedTuple):
    """What all that look are told: reports that changed, and who looks; None = nothing new. `many`: more changed than are named."""

    changed: Sequence[Mapping[str, Any]]
    looking: Sequence[tuple[Any, ...]] | None
    many: bool = False


class Watch:
    """Listens once, tells each viewer what is within reach. Everything runs on one event loop."""

    def __init__(self, connect: Connect, clock: Clock) -> None:
        self._connect = connect
        self._clock = clock
        self._viewers: set[asyncio.Queue[Told]] = set()
        self._after: datetime | None = None
        self._versions: dict[str, int] = {}
        self._looking: Sequence[tuple[Any, ...]] = ()
        self._told_at = -math.inf
        self._away = False

    async def listen(self) -> None:
        """Follow what happens for ever; an absent database is waited for."""
        while True:
            try:
                async with await self._connect() as listening, await self._connect() as asking:
                    for channel in (CHANNEL, PRESENCE):
                        await listening.execute(f"listen {channel}".encode())
                    self._tell(Told((), None, many=self._away))  # whoever looked meanwhile looks again
                    self._away = False
                    while True:
                        await self._follow(listening, asking)
            except (UnavailableError, psycopg.Error) as error:
                if not self._away:
                    log.warning("the desk of reports hears nothing while the database is away: %s", str(error).splitlines()[0])
                self._away = True
            await asyncio.sleep(1)

    async def _follow(self, listening: psycopg.AsyncConnection[Any], asking: psycopg.AsyncConnection[Any]) -> None:
        notes = [note async for note in listening.notifies(timeout=IDLE_S, stop_after=1)]
        if (wait_s := self._told_at + PACE_S - time.monotonic()) > 0 and notes:
            await asyncio.sleep(wait_s)
        notes += [note async for note in listening.notifies(timeout=0)]
        if not self._viewers:
            self._after = None
            return
        has_changed = any(note.channel == CHANNEL and note.payload == "report" for note in notes)
        changed, many = await self._changed(asking) if has_changed or self._after is None else ([], False)
        lookers = await self._lookers(asking) if self._looking or any(note.channel == PRESENCE for note in notes) else None
        if changed or lookers is not None:
            self._told_at = time.monotonic()
            self._tell(Told(changed, lookers, many=many))

    async def _changed(self, conn: psycopg.AsyncConnection[Any]) -> tuple[list[dict[str, Any]], bool]:
        """Reports that changed and were not told yet, and whether there may be more than were asked for."""
        if self._after is None:
            newest = await (await conn.execute(statements()["newest"])).fetchone()
            self._after, self._versions = (newest[0] if newest and newest[0] else self._clock.now()), {}
        cursor = await conn.execute(statements()["changed"], {"after": self._after - _OVERLAP, "most": MOST_CHANGED})
        names = [column.name for column in cursor.description or ()]
        found = [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]
        new = [row for row in found if self._versions.get(row["subject"]) != row["version"]]
        self._versions = {row["subject"]: row["version"] for row in found}
        self._after = max([self._after, *(row["recorded_at"] for row in found)])
        return new, len(found) >= MOST_CHANGED

    async def _lookers(self, conn: psycopg.AsyncConnection[Any]) -> Sequence[tuple[Any, ...]] | None:
        """Who looks now; None = the same as before."""
        after = self._clock.real() - timedelta(seconds=SEEN_S)
        found = await (await conn.execute(statements()["looking"], {"after": after})).fetchall()
        if found == self._looking:
            return None
        self._looking = found
        return found

    def _tell(self, told: Told) -> None:
        for viewer in self._viewers:
            is_late = viewer.full()
            if is_late:
                viewer.get_nowait()
            viewer.put_nowait(told._replace(many=True) if is_late else told)  # who is late alone looks at everything anew

    async def events(self, who: Principal) -> AsyncIterator[bytes]:
        """Server-sent events for one person, for LASTS_S."""
        mine: asyncio.Queue[Told] = asyncio.Queue(_WAITING)
        self._viewers.add(mine)
        end = time.monotonic() + LASTS_S
        try:
            yield b"retry: 1000\nevent: hello\ndata: " + orjson.dumps({"looking": _shown(self._looking, who)}) + b"\n\n"
            while time.monotonic() < end:
                try:
                    yield _event(await asyncio.wait_for(mine.get(), IDLE_S), who)
                except TimeoutError:
                    yield b"event: hb\ndata: {}\n\n"
        finally:
            self._viewers.discard(mine)


def _event(told: Told, who: Principal) -> bytes:
    reach = who.scope(Permission.REPORTS_READ)
    said: dict[str, Any] = {"many": told.many, "changed": [
        {"subject": row["subject"], "state": row["state"], "version": row["version"], "jurisdiction": row["jurisdiction"],
         "by": row["by_name"] or "", "mine": row["by_actor"] == who.actor}
        for row in told.changed if reach.covers(unit=row["unit_code"], agency=row["org_code"], field=row["category"])]}
    if told.looking is not None:
        said["looking"] = _shown(told.looking, who)
    return b"event: changed\ndata: " + orjson.dumps(said) + b"\n\n"


def _shown(rows: Sequence[tuple[Any, ...]], who: Principal) -> dict[str, list[str]]:
    """Report → names of the others that look at it."""
    found = {subject: [one.name for one in those if one.actor != who.actor] for subject, those in looking(rows, who).items()}
    return {subject: names for subject, names in found.items() if names}
