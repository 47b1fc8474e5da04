"""Snapshots of a video management system, one at a time, and what it says of the camera."""

import asyncio
import logging
import threading
from collections.abc import Iterator

import httpx
import msgspec

from ioc.cameras.contract import Cause, Frame, SourceError
from ioc.cameras.sites import Site
from ioc.cameras.sources.address import address, beat_s, status_address
from ioc.cameras.sources.images import MOST_BYTES, decoded
from ioc.cameras.sources.newest import paced
from ioc.cameras.sources.taken import OF_AN_ANSWER, taken_at
from ioc.cameras.sources.web import Credentials, answer, body, client, host, loop, told
from ioc.clock import Clock

log = logging.getLogger(__name__)

MOST_STATUS = 64 * 1024
STATUS_SHARE = 0.8
"""The status has a little less time than the picture: one that hangs must not be taken for a camera that hangs."""


class _Status(msgspec.Struct, frozen=True):
    online: bool | None = None


class SnapshotSource:
    """Asks for a picture each `beat_s`; beside it, where there is one, the address that says whether the camera is on."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self.beat_s = beat_s(site)
        self._url, self._status_url, self._clock = address(site), status_address(site), clock
        self._host, self._timeout_s = host(site, self._url), site.system.timeout_s
        self._site, self._status_told = site, False

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """As the contract says; the whole of a snapshot, with name, connection and sign-in, has `timeout_s`."""
        credentials = Credentials(self._site)
        with loop() as runs:
            web = client()
            try:
                yield from paced(lambda: runs.run_until_complete(self._frame(web, credentials)), stop, lambda: self.beat_s)
            finally:
                runs.run_until_complete(web.aclose())

    async def _frame(self, web: httpx.AsyncClient, credentials: Credentials) -> Frame:
        online, found = await asyncio.gather(self._online(web, credentials), self._picture(web, credentials), return_exceptions=True)
        if online is False:
            raise SourceError(Cause.OFFLINE, f"{self._host} says that the camera is off")
        if isinstance(online, BaseException):
            raise online
        if isinstance(found, BaseException):
            raise found
        return found

    async def _picture(self, web: httpx.AsyncClient, credentials: Credentials) -> Frame:
        with told(self._host, self._timeout_s):
            async with asyncio.timeout(self._timeout_s), answer(web, self._url, credentials) as response:
                data = await body(response, MOST_BYTES)
        return Frame(picture=decoded(data), received_at=self._clock.real(), picture_at=taken_at(response.headers, OF_AN_ANSWER))

    async def _online(self, web: httpx.AsyncClient, credentials: Credentials) -> bool | None:
        """What the status says; None = nothing, or it cannot be read: then the picture alone decides."""
        if not self._status_url:
            return None
        limit_s = self._timeout_s * STATUS_SHARE
        try:
            with told(self._host, limit_s):
                async with asyncio.timeout(limit_s), answer(web, self._status_url, credentials) as response:
                    said = await body(response, MOST_STATUS)
            return msgspec.json.decode(said, type=_Status).online
        except (SourceError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
            if not self._status_told:
                self._status_told = True
                log.warning("%s: the status cannot be read, the picture alone decides: %s", self._site.camera.code, error)
            return None
