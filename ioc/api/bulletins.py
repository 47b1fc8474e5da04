"""`POST /cap/bulletins`: warnings of others as CAP 1.2, answered when Kafka has them."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ioc.alerts.cap_ground import ground_of, is_known
from ioc.alerts.cap_in import Bulletin, Ground, read_bulletin
from ioc.alerts.cap_xml import MOST_BYTES
from ioc.api.answers import error
from ioc.api.arrivals import Arrival, Clerk
from ioc.api.ask import Database
from ioc.api.bodies import body_of
from ioc.api.courier import Courier
from ioc.api.gate import Gate
from ioc.api.intake import PATIENCE, Patience
from ioc.api.keys import KeyRing, SourceKey
from ioc.api.proof import source_key
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.errors import InputError, InvalidEvent, UnavailableError
from ioc.profiles import Profile
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.event import Message
from ioc.streams.environment import STREAM

log = logging.getLogger(__name__)

PATH = "/cap/bulletins"
MAX_BODY = MOST_BYTES
KINDS = frozenset({"application/cap+xml", "application/xml", "text/xml"})


class Taken(NamedTuple):
    """A message understood: its record for Kafka, None where it was stored already, and the bulletin."""

    record: Message | None
    bulletin: Bulletin


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What messages are read with: the clerk judges an event as the sink will."""

    clerk: Clerk
    clock: Clock
    profile: Profile

    def read(self, conn: Connection, data: bytes, source: str, *, ground: Ground | None = None) -> Taken:
        """A message as it goes to Kafka.

        Raises:
            InputError: the message cannot be used; names the element and the remedy.

        """
        now, is_real = self.clock.now(), mark(conn) == "real"
        bulletin = read_bulletin(data, ground or ground_of(conn, self.profile))
        try:
            record = self.clerk.record(Arrival(bulletin.attributes(source), bulletin.body()), now, refuse_simulated=is_real)
            identity = _decode(record, now).identity
        except InvalidEvent as verdict:
            raise InputError(f"it makes no event of this centre: {verdict.detail[:500]}") from None
        return Taken(None if is_known(conn, identity) else record, bulletin)


_decode = decoder(STREAM)


def mail(profile: Profile, clock: Clock) -> Mail:
    return Mail(clerk=Clerk({STREAM.name: STREAM}), clock=clock, profile=profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What the route stands on, of one web process."""

    ring: KeyRing
    courier: Courier
    database: Database
    mail: Mail
    patience: Patience = PATIENCE


class Counter:
    """Takes one message a request, from the owner of a key of the stream `environment`."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._gate = Gate(office.mail.clock)

    async def take(self, request: Request) -> Response:
        """The answer: 202 once Kafka has it (or has had it), 422 where it cannot be used, with the remedy."""
        office = self._office
        key = await source_key(request, office.ring, office.mail.clock.now(), STREAM.name)
        with self._gate.place(key):
            self._gate.charge(key, 1)
            _check_kind(request)
            raw = await body_of(request, MAX_BODY, office.patience.body_s, f"the message is larger than {MAX_BODY} bytes")
            try:
                taken = await office.database.ask(lambda conn: office.mail.read(conn, raw, key.source))
            except InputError as wrong:
                return error(422, str(wrong))
            if taken.record:
                await self._publish(taken.record)
        return self._answer(key, taken)

    def _answer(self, key: SourceKey, taken: Taken) -> Response:
        log.info("bulletins: key %s, %s", key.key_id, taken.bulletin.subject, extra={"key_id": key.key_id, "is_new": taken.record is not None})
        body = msgspec.json.encode({"accepted": 1, **told(taken)})
        return Response(body, 202, media_type="application/json", background=BackgroundTask(self._office.ring.touch, key))

    async def _publish(self, record: Message) -> None:
        wait_s = self._office.patience.kafka_s
        try:
            await asyncio.wait_for(asyncio.wrap_future(self._office.courier.submit([record])), wait_s)
        except TimeoutError:
            raise UnavailableError(f"Kafka has not confirmed the bulletin within {wait_s:g} s") from None


def told(taken: Taken) -> Mapping[str, Any]:
    """What was understood, for the sender."""
    data = taken.bulletin.data
    units = data.get("area_units")
    return {"identifier": data["identifier"], "bulletin": taken.bulletin.subject, "msg_type": data["msg_type"], "status": data["status"],
            "risk_level": data.get("risk_level"), "expires_at": data.get("expires_at"), "units": units.split(",") if units else [],
            "drawn": data.get("geometry") is not None, "known_already": taken.record is None, "remarks": list(taken.bulletin.remarks)}


def _check_kind(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in KINDS or request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, f"the content type is '{kind[:100]}'; this takes {', '.join(sorted(KINDS))}, not compressed")


def add_bulletins(server: FastAPI, office: Office) -> None:
    """Put the route on the server."""
    counter = Counter(office)

    @server.api_route(PATH, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    async def bulletins(request: Request) -> Response:
        if request.method != "POST":
            return error(405, f"CAP 1.2 messages are posted to {PATH}, one a request", {"Allow": "POST"})
        try:
            return await counter.take(request)
        except HTTPException as refusal:
            return error(refusal.status_code, refusal.detail, refusal.headers)
        except UnavailableError as away:
            return error(503, f"{away}; send the same message again", {"Retry-After": "5"})
