"""MJPEG over HTTP: a stream of JPEGs in one answer that never ends."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import httpx

from ioc.cameras.contract import Cause, Frame, SourceError
from ioc.cameras.sites import Site
from ioc.cameras.sources.address import address, beat_s
from ioc.cameras.sources.images import decoded, garbage
from ioc.cameras.sources.multipart import Part, Parts
from ioc.cameras.sources.newest import Newest, Reading
from ioc.cameras.sources.taken import OF_A_PART, taken_at
from ioc.cameras.sources.web import Credentials, answer, client, host, loop, told
from ioc.clock import Clock

BROKEN_IN_A_ROW = 2


class _Sent(NamedTuple):
    part: Part
    received_at: datetime


class MjpegSource:
    """Reads all that is sent, unpacks what is asked for."""

    def __init__(self, site: Site, clock: Clock) -> None:
        self.beat_s = beat_s(site)
        self._site, self._url, self._clock = site, address(site), clock
        self._host, self._timeout_s = host(site, self._url), site.system.timeout_s
        self._reading = Reading(f"mjpeg {site.camera.code}", self._read, self._timeout_s)

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        """As the contract says; one broken picture among whole ones is passed over."""
        broken = 0
        for sent in self._reading.items(stop, lambda: self.beat_s):
            try:
                picture = decoded(sent.part.body)
            except SourceError:
                broken += 1
                if broken >= BROKEN_IN_A_ROW:
                    raise
                continue
            broken = 0
            yield Frame(picture=picture, received_at=sent.received_at, picture_at=taken_at(sent.part.headers, OF_A_PART))

    def _read(self, newest: Newest[_Sent]) -> None:
        with loop() as runs:
            runs.run_until_complete(self._listen(newest))

    async def _listen(self, newest: Newest[_Sent]) -> None:
        with told(self._host, self._timeout_s):
            async with client() as web, asyncio.timeout(self._timeout_s) as limit, answer(web, self._url, Credentials(self._site)) as response:
                _check_kind(response)
                parts = Parts()
                async for data in response.aiter_raw():
                    for part in parts.feed(data):
                        newest.put(_Sent(part, self._clock.real()))
                        limit.reschedule(asyncio.get_running_loop().time() + self._timeout_s)
                    if newest.closed.is_set():
                        return
        raise SourceError(Cause.ENDED, f"{self._host} ended the stream")


def _check_kind(response: httpx.Response) -> None:
    kind = response.headers.get("content-type", "").lower()
    if not kind.startswith("multipart/"):
        raise garbage(f"{response.url.host} answers with '{kind[:60]}', no stream of pictures: name its address for MJPEG")
