"""`POST /api/events`: CloudEvents of sources without Kafka, answered when Kafka has them (docs/intake.md)."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ioc.api.answers import error
from ioc.api.arrivals import Arrival, Clerk
from ioc.api.courier import Courier
from ioc.api.gate import Gate
from ioc.api.keys import KeyRing, SourceKey
from ioc.api.posted import MAX_DETAIL, READ_S, Reading, posted_events
from ioc.clock import Clock
from ioc.errors import InvalidEvent, UnavailableError
from ioc.schemas import PLACE, files
from ioc.streams.engine.event import Message
from ioc.streams.engine.registry import streams

log = logging.getLogger(__name__)

PATH = "/api/events"
AWAY_RETRY_S = 5


class Patience(NamedTuple):
    """Seconds that a request is waited for: its body, and Kafka's word."""

    body_s: float = READ_S
    kafka_s: float = 10.0


PATIENCE = Patience()

OUTPUTS = frozenset({"alert"})
"""Streams that the centre alone tells: whoever may read them by a key must not be able to write them."""


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was not taken: its place in the request, its id where it has one, and why in the words of a dead letter."""

    index: int
    id: str | None
    reason: str
    detail: str


class Intake:
    """Takes a request's events from a key's owner to Kafka."""

    def __init__(self, ring: KeyRing, courier: Courier, clock: Clock, patience: Patience = PATIENCE) -> None:
        self._ring = ring
        self._courier = courier
        self._clock = clock
        self._patience = patience
        self._clerk = Clerk(streams())
        self._gate = Gate(clock)
        self._readers = asyncio.Semaphore(2)

    async def take(self, request: Request) -> Response:
        """The answer to one request.

        Raises:
            HTTPException: nothing of the request was taken.
            UnavailableError: Kafka or the keys cannot be reached; whether events arrived is not known.

        """
        key = await self._key(request)
        with self._gate.place(key):
            self._gate.charge(key, 1)
            events = await posted_events(request, within_s=self._patience.body_s)
            self._gate.charge(key, max(0, len(events) - 1))
            async with self._readers:
                records, rejected = await asyncio.to_thread(self._examine, key, events)
            if records:
                await self._publish(records)
        log.info("intake: key %s, %s accepted, %s rejected", key.key_id, len(records), len(rejected),
                 extra={"key_id": key.key_id, "accepted": len(records), "rejected": len(rejected)})
        status = 202 if not rejected else 200 if records else 400
        body = msgspec.json.encode({"accepted": len(records), "rejected": rejected})
        return Response(body, status, media_type="application/json", background=BackgroundTask(self._ring.touch, key))

    async def _key(self, request: Request) -> SourceKey:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        given = given.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
        key = await self._ring.find(given)
        if key is None:
            raise HTTPException(401, "this needs a source's key: 'Authorization: Bearer ioc_…', made by `ioc source-key add`",
                                {"WWW-Authenticate": 'Bearer realm="ioc"'})
        if refusal := key.refusal(self._clock.now()):
            raise HTTPException(403, refusal)
        return key

    def _examine(self, key: SourceKey, events: Sequence[Reading]) -> tuple[list[Message], list[Rejected]]:
        now, simulated = self._clock.now(), self._ring.refuses_simulated
        records: list[Message] = []
        rejected: list[Rejected] = []
        for index, read in enumerate(events):
            arrival = None
            try:
                arrival = read()
                self._check_right(key, index, arrival)
                records.append(self._clerk.record(arrival, now, refuse_simulated=simulated))
            except InvalidEvent as verdict:
                known = arrival.attributes.get("id") if arrival else None
                rejected.append(Rejected(index=index, id=known, reason=verdict.reason, detail=verdict.detail[:MAX_DETAIL]))
        return records, rejected

    def _check_right(self, key: SourceKey, index: int, arrival: Arrival) -> None:
        source, stream = arrival.attributes.get("source"), self._clerk.stream_of(arrival)
        if source is not None and not key.covers(source):
            raise HTTPException(403, f"event {index}: its source '{source[:200]}' does not lie under '{key.source}', the source of the key "
                                     f"{key.key_id}; nothing of the request was taken")
        if stream in OUTPUTS:
            raise HTTPException(403, f"event {index}: '{stream}' is what the centre itself tells: a key for it reads (/cap/alerts.atom); "
                                     "nothing of the request was taken")
        if stream is not None and stream not in key.streams:
            raise HTTPException(403, f"event {index}: the key {key.key_id} is for {', '.join(sorted(key.streams))}, not for '{stream}'; "
                                     "nothing of the request was taken")

    async def _publish(self, records: Sequence[Message]) -> None:
        wait_s = self._patience.kafka_s
        try:
            await asyncio.wait_for(asyncio.wrap_future(self._courier.submit(records)), wait_s)
        except TimeoutError:
            raise UnavailableError(f"Kafka has not confirmed the events within {wait_s:g} s") from None


def add_intake(server: FastAPI, intake: Intake) -> None:
    """Put the intake and the schemas on the server."""
    @server.api_route(PATH, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    async def events(request: Request) -> Response:
        if request.method != "POST":
            return error(405, f"events are posted to {PATH}; what they look like: {PLACE}index.json", {"Allow": "POST"})
        try:
            return await intake.take(request)
        except HTTPException as refusal:
            return error(refusal.status_code, refusal.detail, refusal.headers)
        except UnavailableError as away:
            return error(503, f"{away}; send the same events again", {"Retry-After": str(AWAY_RETRY_S)})

    @server.get(PLACE + "{name}")
    async def schema(name: str, request: Request) -> Response:
        found = files()[name]  # the guard lets no other name through
        headers = {"ETag": f'"{hashlib.sha256(found).hexdigest()[:16]}"', "Cache-Control": "public, max-age=3600"}
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(found, media_type="application/json" if name == "index.json" else "application/schema+json", headers=headers)
