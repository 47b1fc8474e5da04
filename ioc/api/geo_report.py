"""`/open311/v2/…`: Open311 GeoReport v2 for apps: services, requests posted by a key and read by everybody (docs/open311.md)."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from ioc.api.ask import Database
from ioc.api.gate import Gate
from ioc.api.geo_report_asked import ids_of, sought_of
from ioc.api.geo_report_post import BOUNDS, WINDOW, Counter, Form, form_of, own_key
from ioc.api.geo_report_text import KINDS, answer, refusal
from ioc.api.geo_report_told import Told, definition, discovery, service
from ioc.api.guard import language
from ioc.api.hardening import Rates, address_of
from ioc.api.keys import KeyRing, SourceKey
from ioc.api.multipart import sizes
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.errors import ConfigurationError, InputError, NotFoundError, UnavailableError
from ioc.people.seals import SealError, Seals
from ioc.profiles import Profile
from ioc.reports.filing import Door, Filed, Filing, by_receipt, file
from ioc.reports.own import filed_under, own
from ioc.reports.public import Sought, public
from ioc.reports.services import Services

PLACE = "/open311/v2/"
POST_PATHS = tuple(f"{PLACE}requests.{form}" for form in KINDS)
LIMITS = dict.fromkeys(POST_PATHS, sizes(BOUNDS))
"""Path → bytes of its largest body."""
STREAM = "report"
MOST_AT_WORK = 8
"""Bodies with pictures that one process holds at once."""
_PATH = re.compile(r"(discovery|services|requests|tokens)(?:/(.{1,300}))?\.(json|xml)", re.DOTALL)
_METHODS = {"GET": ("discovery", "services", "requests", "tokens"), "HEAD": ("discovery", "services", "requests", "tokens"), "POST": ("requests",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What the server stands on. `source`: CloudEvents source of what is filed; `seals` raises ConfigurationError where there are no keys;
    `readers`: how often one address may read.
    """

    database: Database
    clock: Clock
    profile: Profile
    ring: KeyRing
    seals: Callable[[], Seals]
    source: str
    readers: Rates = field(default_factory=lambda: Rates(per_s=5, most=60))


class _Asked(NamedTuple):
    request: Request
    resource: str
    name: str
    form: str
    key: SourceKey | None


class GeoReport:
    """Answers one jurisdiction's apps and the readers of its requests."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._services = Services(office.profile)
        self._counter = Counter(office.profile, self._services)
        self._gate = Gate(office.clock)
        self._senders = Rates(per_s=20, most=200)
        self._at_work = 0

    async def take(self, request: Request, path: str) -> Response:
        """The answer to a request, whatever is wrong with it."""
        form = "xml" if path.endswith(".xml") else "json"
        try:
            asked = _asked(request, path)
            return await (self._post(asked) if request.method == "POST" else self._get(asked))
        except HTTPException as wrong:
            return refusal(wrong.status_code, str(wrong.detail), form, wrong.headers)
        except (NotFoundError, InputError) as wrong:
            return refusal(404 if isinstance(wrong, NotFoundError) else 400, str(wrong), form)
        except (UnavailableError, ConfigurationError, SealError) as away:
            text = str(away) if isinstance(away, UnavailableError) else "this centre is not fully set up: tell its administrator"
            return refusal(503, f"{text}; send the same again, it counts once", form, {"Retry-After": "5"})

    async def _get(self, asked: _Asked) -> Response:
        given = _shown_key(asked.request, asked.request.query_params.get("api_key", ""))
        self._wait(self._office.readers, asked.request)
        key = await self._key(given) if given else None
        if key is not None:
            self._gate.charge(key, 1)
        answers: Mapping[str, Callable[[_Asked], Awaitable[Response]]] = {
            "discovery": self._discovery, "services": self._list, "requests": self._requests, "tokens": self._token}
        return await answers[asked.resource](asked._replace(key=key))

    async def _discovery(self, asked: _Asked) -> Response:
        if asked.name:
            raise NotFoundError(f"there is no 'discovery/{asked.name[:60]}': {PLACE}discovery.json says what there is")
        base = str(asked.request.base_url).rstrip("/")
        return answer("discovery", discovery(self._office.profile, f"{base}{PLACE.rstrip('/')}"), asked.form)

    async def _list(self, asked: _Asked) -> Response:
        jurisdiction, tongue = self._services.jurisdiction(asked.request.query_params.get("jurisdiction_id", "")), language.get()
        if asked.name:
            return answer("service_definition", definition(self._services.service(jurisdiction, asked.name, tongue), tongue), asked.form)
        return answer("services", [service(kind) for kind in self._services.listed(jurisdiction, tongue)], asked.form)

    async def _requests(self, asked: _Asked) -> Response:
        query = asked.request.query_params
        jurisdiction = self._services.jurisdiction(query["jurisdiction_id"]) if query.get("jurisdiction_id") else None
        ids = [asked.name] if asked.name else ids_of(query)
        sought = ids or sought_of(query, self._services, self._office.clock.now())
        found = await self._office.database.ask(partial(self._read, asked, sought, language.get()))
        kept = [one for one in found if jurisdiction is None or not ids or one[0] == jurisdiction]
        if asked.name and not kept:
            raise NotFoundError(f"service_request_id '{asked.name[:100]}' was not found: check it, and the jurisdiction_id it belongs to")
        return answer("service_requests", [shown for _, shown in kept], asked.form)

    def _read(self, asked: _Asked, sought: list[str] | Sought, tongue: str, conn: Connection) -> list[tuple[str, dict[str, Any]]]:
        if isinstance(sought, list) and any("\0" in one for one in sought):
            raise InputError("service_request_id holds the character NUL: leave it out")
        reports = public(conn, self._office.profile, sought, tongue)
        mine = own(conn, self._office.seals(), f"key:{asked.key.key_id}", [r.subject for r in reports]) if asked.key else {}
        told = Told(services=self._services, base=str(asked.request.base_url).rstrip("/"), language=tongue)
        return [(report.jurisdiction, told.request(report, mine.get(report.subject))) for report in reports]

    async def _token(self, asked: _Asked) -> Response:
        row = await self._office.database.ask(lambda conn: by_receipt(conn, asked.name)) if asked.name else None
        if row is None:
            raise NotFoundError("token was not found: it is the receipt code that was given when the request was sent")
        return answer("service_requests", [{"service_request_id": row["subject"], "token": asked.name}], asked.form)

    async def _post(self, asked: _Asked) -> Response:
        self._wait(self._senders, asked.request)
        early = _shown_key(asked.request, "")
        if early:  # who shows the key in a header is told before the body is read
            await self._key(early)
        form = await form_of(asked.request)
        key = await self._key(early or _shown_key(asked.request, form.fields.get("api_key", "")))
        if self._at_work >= MOST_AT_WORK:  # only now: who sends slowly takes nobody's place
            raise HTTPException(503, f"{MOST_AT_WORK} requests are being taken: send the same again, it counts once", {"Retry-After": "1"})
        self._at_work += 1
        try:
            return await self._filed(asked, form, key)
        finally:
            self._at_work -= 1

    async def _filed(self, asked: _Asked, form: Form, key: SourceKey) -> Response:
        with self._gate.place(key):
            self._gate.charge(key, 1)
            actor, now = f"key:{key.key_id}", self._office.clock.real()
            named = asked.request.headers.get("idempotency-key", "").strip()
            base = "" if named else own_key(form, key.key_id)
            filing = await self._counter.filing(form, actor, named or _in_window(base, now), self._office.clock.now())
            filed = await self._office.database.ask(partial(self._file, filing, base, now))
        sent = {"service_request_id": filed.subject, "service_notice": f"Mã theo dõi / receipt code: {filed.receipt}", "account_id": None}
        made = answer("service_requests", [sent], asked.form)
        made.background = BackgroundTask(self._office.ring.touch, key)
        return made

    def _file(self, filing: Filing, base: str, now: datetime, conn: Connection) -> Filed:
        office = self._office
        before = _in_window(base, now - WINDOW)
        if base and filed_under(conn, filing.actor, before, now - WINDOW):  # sent again across the edge of two windows
            filing = replace(filing, key=before)
        return file(conn, filing, Door(clock=office.clock, seals=office.seals(), source=office.source))

    async def _key(self, given: str) -> SourceKey:
        if not given:
            raise HTTPException(403, "api_key was not provided: ask the centre for one (`ioc source-key add`, for the stream report)")
        key = await self._office.ring.find(given)
        if key is None:
            raise HTTPException(403, "api_key is none of this centre's: ask the centre for one")
        if wrong := key.refusal(self._office.clock.now()):
            raise HTTPException(403, wrong)
        if STREAM not in key.streams:
            raise HTTPException(403, f"the key {key.key_id} is for {', '.join(sorted(key.streams))}, not for '{STREAM}': ask for one that is")
        return key

    def _wait(self, rates: Rates, request: Request) -> None:
        if wait_s := rates.wait_s(address_of(request.scope)):
            raise HTTPException(429, "too many requests from your address: wait", {"Retry-After": str(wait_s)})


def add_geo_report(server: FastAPI, office: Office) -> None:
    """Put the server's paths on the application."""
    georeport = GeoReport(office)

    @server.api_route(PLACE + "{path:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    async def taken(path: str, request: Request) -> Response:
        return await georeport.take(request, path)


def _asked(request: Request, path: str) -> _Asked:
    found = _PATH.fullmatch(path)
    if found is None:
        raise NotFoundError(f"there is no '{path[:100]}' here: {PLACE}discovery.json says what there is, each as .json and .xml")
    if found[1] not in _METHODS.get(request.method, ()) or (request.method == "POST" and found[2]):
        allowed = "GET, POST" if f"{PLACE}{path}" in POST_PATHS else "GET"
        raise HTTPException(405, f"{request.method} is not answered here, but {allowed} is", {"Allow": allowed})
    return _Asked(request, found[1], found[2] or "", found[3], None)


def _shown_key(request: Request, told: str) -> str:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "") or told


def _in_window(base: str, at: datetime) -> str:
    return f"{base}:{int(at.timestamp() // WINDOW.total_seconds())}"
