"""`/cap/alerts.atom`, `/cap/alerts/ALERT/N.xml`: grave alerts as CAP 1.2, for who may read alerts and programs with a key of the stream `alert`."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import FastAPI, Request
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ioc.alerts.board import EVERYTHING
from ioc.alerts.cap import alert_messages, outline, recent_messages
from ioc.alerts.cap_text import ATOM_TYPE, CAP_TYPE, FEED, MESSAGES, Issuer, document, feed
from ioc.api.answers import error
from ioc.api.ask import Database
from ioc.api.gate import Gate
from ioc.api.guard import language
from ioc.api.hardening import Rates, address_of, header
from ioc.api.identity import Cookies, Identities
from ioc.api.keys import KeyRing, SourceKey
from ioc.api.proof import source_key
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.errors import NotFoundError, UnavailableError
from ioc.people.principal import Scope
from ioc.people.roles import Permission

STREAM = "alert"
_MARKS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie, X-API-Key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who may read, of one web process: its persons, and the keys of programs."""

    identities: Identities
    cookies: Cookies
    ring: KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Whoever asks, and how far its reading reaches."""

    scope: Scope
    key: SourceKey | None = None


class _Door:
    """The guard leaves these paths alone, since a program proves itself by a key: so who comes is asked here."""

    def __init__(self, readers: Readers, clock: Clock) -> None:
        self._readers = readers
        self._clock = clock
        self._gate = Gate(clock)
        self._rates = Rates(per_s=10, most=100)

    async def reader(self, request: Request) -> _Reader:
        """Who asks.

        Raises:
            HTTPException: nobody that is known, or none that may.
            UnavailableError: that cannot be looked up.

        """
        if wait_s := self._rates.wait_s(address_of(request.scope)):
            raise HTTPException(429, "too many requests: wait", {"Retry-After": str(wait_s)})
        if "authorization" in request.headers or "x-api-key" in request.headers:
            key = await source_key(request, self._readers.ring, self._clock.now(), STREAM)
            self._gate.charge(key, 1)
            return _Reader(scope=EVERYTHING, key=key)
        return _Reader(scope=await self._persons_scope(request))

    async def _persons_scope(self, request: Request) -> Scope:
        token = self._readers.cookies.read(header(request.scope, b"cookie"), "session")
        found = await self._readers.identities.find(token, "", address_of(request.scope))
        if found is None:
            raise HTTPException(401, "sign in first, or show a source's key: 'Authorization: Bearer ioc_…', made by `ioc source-key add`",
                                {"WWW-Authenticate": 'Bearer realm="ioc"'})
        if found.must_change or not found.principal.may(Permission.ALERTS_READ):
            raise HTTPException(403, "choose a password of your own first" if found.must_change else "your roles do not allow this")
        return found.principal.scope(Permission.ALERTS_READ)


class Bureau:
    """Answers who reads the centre's grave alerts."""

    def __init__(self, database: Database, clock: Clock, readers: Readers, issuer: Issuer) -> None:
        self._database = database
        self._clock = clock
        self._readers = readers
        self._issuer = issuer
        self._door = _Door(readers, clock)

    async def feed(self, request: Request) -> Response:
        """The Atom feed, in the caller's language."""
        return await self._shown(request, self._feed)

    async def message(self, request: Request, alert_id: str, name: str) -> Response:
        """One CAP message, in all languages."""
        return await self._shown(request, lambda asked, scope: self._message(asked, scope, alert_id, name))

    async def _feed(self, request: Request, scope: Scope) -> Response:
        now, tongue = self._clock.now(), language.get()

        def made(conn: Connection) -> tuple[bytes, datetime | None]:  # written in the thread, too: hundreds of messages take a while
            found = recent_messages(conn, now, scope)
            return feed(found, self._issuer, now, tongue), max((m.sent_at for m in found), default=None)

        body, newest = await self._database.ask(made)
        return _answer(request, body, ATOM_TYPE, newest)

    async def _message(self, request: Request, scope: Scope, alert_id: str, name: str) -> Response:
        now = self._clock.now()

        def made(conn: Connection) -> tuple[bytes, datetime]:
            message = next((m for m in alert_messages(conn, alert_id, now, scope) if f"{m.n}.xml" == name), None)
            if message is None:
                raise NotFoundError(f"there is no such message: {FEED} lists those there are")
            return document(message, self._issuer, outline(conn, message)), message.sent_at

        body, sent_at = await self._database.ask(made)
        return _answer(request, body, CAP_TYPE, sent_at)

    async def _shown(self, request: Request, content: Callable[[Request, Scope], Awaitable[Response]]) -> Response:
        try:
            who = await self._door.reader(request)
            made = await content(request, who.scope)
        except HTTPException as refusal:
            return error(refusal.status_code, refusal.detail, refusal.headers)
        except NotFoundError as absent:
            return error(404, str(absent))
        except UnavailableError as away:
            return error(503, str(away), {"Retry-After": "5"})
        if who.key:
            made.background = BackgroundTask(self._readers.ring.touch, who.key)
        return made


def add_cap(server: FastAPI, bureau: Bureau) -> None:
    """Put the feed and the messages on the server."""
    @server.api_route(FEED, methods=["GET", "HEAD"])
    async def alerts(request: Request) -> Response:
        return await bureau.feed(request)

    @server.api_route(MESSAGES + "{alert_id:path}/{name}", methods=["GET", "HEAD"])
    async def message(alert_id: str, name: str, request: Request) -> Response:
        return await bureau.message(request, alert_id, name)


def _answer(request: Request, body: bytes, kind: str, changed_at: datetime | None) -> Response:
    """The content, or 304 where the caller has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**_MARKS, "ETag": tag} | ({"Last-Modified": format_datetime(changed_at.astimezone(UTC), usegmt=True)} if changed_at else {})
    if _has(request, tag, changed_at):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=f"{kind}; charset=utf-8", headers=headers)


def _has(request: Request, tag: str, changed_at: datetime | None) -> bool:
    """RFC 9110, 13.2.2: the entity tag decides where one is shown, else the date."""
    if shown := request.headers.get("if-none-match"):
        return shown.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in shown.split(","))
    since = request.headers.get("if-modified-since")
    if not since or changed_at is None:
        return False
    try:
        known_at = parsedate_to_datetime(since)
    except ValueError:
        return False
    return known_at.tzinfo is not None and changed_at.replace(microsecond=0) <= known_at
