"""What one web process holds of cameras: how they stand, each second, and their newest pictures, so that any number of viewers costs the database
what one does.
"""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from ioc.api.ask import Database
from ioc.cameras import shown
from ioc.cameras.reach import seen_by
from ioc.cameras.shown import Picture, Standing
from ioc.cameras.sites import Camera
from ioc.people.principal import Principal

FRESH_S = 1.0
ASK_EVERY_S = 10.0
"""Between two words of this process that a camera is looked at."""


class Stand(NamedTuple):
    """How all cameras stand, and the database's moment, in seconds since 1970."""

    now_s: float
    cameras: Mapping[str, Standing]


class Shelf:
    """Runs on one event loop. `cameras`: of the profile, in the order in which tiles stand."""

    def __init__(self, database: Database, cameras: Sequence[Camera]) -> None:
        self._database = database
        self.cameras = tuple(sorted(cameras, key=lambda camera: (camera.group, camera.name, camera.code)))
        self._lock = asyncio.Lock()
        self._stand: tuple[float, Stand] | None = None  # when it was read, by the machine's steady clock
        self._pictures: dict[str, tuple[float, Picture]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._asked: dict[tuple[str, bool], float] = {}

    def seen_by(self, who: Principal) -> dict[str, Camera]:
        return seen_by(who, self.cameras)

    async def stand(self) -> Stand:
        """How the cameras stand, read a second ago at most.

        Raises:
            UnavailableError: the database does not answer.

        """
        async with self._lock:  # one asks, the others wait for the answer
            if self._stand is None or time.monotonic() - self._stand[0] >= FRESH_S:
                read_at = time.monotonic()
                self._stand = (read_at, Stand(*await self._database.ask(shown.stand)))
            read_at, found = self._stand
            return found._replace(now_s=found.now_s + time.monotonic() - read_at)

    async def picture(self, camera: str) -> Picture | None:
        """A camera's newest picture, read from the database once for all viewers; None = none is kept.

        Raises:
            UnavailableError: the database does not answer.

        """
        standing = (await self.stand()).cameras.get(camera)
        if standing is None or not standing.tag:
            self._pictures.pop(camera, None)
            return None
        async with self._locks.setdefault(camera, asyncio.Lock()):
            held = self._pictures.get(camera)
            # A picture may be newer than what was read of it a second ago.
            if held is None or (held[1].tag != standing.tag and self._stand is not None and held[0] < self._stand[0]):
                read_at = time.monotonic()
                found = await self._database.ask(lambda conn: shown.picture(conn, camera))
                if found is None:
                    self._pictures.pop(camera, None)
                    return None
                held = self._pictures[camera] = (read_at, found)
            return held[1]

    async def want(self, cameras: Collection[str], *, live: bool = False) -> None:
        """Ask for pictures of what is looked at: once in 10 s for each camera, however many look.

        Raises:
            UnavailableError: the database does not answer.

        """
        now = time.monotonic()
        due = [camera for camera in cameras if now - self._asked.get((camera, live), -ASK_EVERY_S) >= ASK_EVERY_S]
        if due:
            self._asked |= dict.fromkeys(((camera, live) for camera in due), now)  # before it is asked: others who look meanwhile do not ask too
            with ExitStack() as unasked:
                for camera in due:
                    unasked.callback(self._asked.pop, (camera, live), None)
                await self._database.ask(lambda conn: shown.want(conn, due, live=live))
                unasked.pop_all()
