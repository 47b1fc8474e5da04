"""HTTP routes beside Dash's: live stream, panels as numbers, maps, health, metrics, language."""

from collections.abc import Callable
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from ioc.api.access import EXACT, may, may_see
from ioc.api.answers import answer, error
from ioc.api.ask import Database
from ioc.api.feed import Feed
from ioc.api.forms import own_path
from ioc.api.guard import LANGUAGE_COOKIE, language
from ioc.api.hardening import Scope, nonce, nonced
from ioc.api.health import metrics, readiness
from ioc.api.identity import Found, principal
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.errors import InputError, UnavailableError
from ioc.live.frames import encode
from ioc.maps.page import map_page
from ioc.maps.schematic import cells
from ioc.moment import asked_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.card import collection
from ioc.panels.engine.contract import Panel, Snapshot
from ioc.profiles import Profile
from ioc.words import LANGUAGES, words

MAX_HEARTBEAT = 4096
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class Doors:
    """What the routes stand on."""

    def __init__(self, database: Database, feed: Feed, clock: Clock, profile: Profile, panels: dict[str, Panel],
                 monitor: Callable[[Scope], bool]) -> None:
        self.monitor = monitor
        self.database = database
        self.feed = feed
        self.clock = clock
        self.profile = profile
        self.panels = panels

    async def snapshot(self, key: str, query: dict[str, str]) -> Snapshot:
        """A panel's snapshot as asked for.

        Raises:
            InputError: no such panel, no such moment, a jurisdiction where the panel has none.
            UnavailableError: the database does not answer.

        """
        panel = self.panel(key)
        jurisdiction = query.get("jurisdiction", "")
        if jurisdiction and not panel.spec.takes_jurisdiction:
            raise InputError(f"the panel '{key}' knows no jurisdictions: leave 'jurisdiction' out")
        moment = asked_moment(self.clock.now(), at=query.get("at"), known=query.get("known"), jurisdiction=jurisdiction)
        return await self.database.ask(lambda conn: build(conn, panel, moment, self.profile))

    def panel(self, key: str) -> Panel:
        if key not in self.panels:
            raise InputError(f"there is no panel '{key}'; known are {', '.join(self.panels)}")
        return self.panels[key]


def add_routes(server: FastAPI, doors: Doors) -> None:
    """Put the routes on the server, before Dash adds its catch-all."""
    _add_live(server, doors)
    _add_panels(server, doors)
    _add_health(server, doors)
    _add_maps(server, doors)

    @server.get("/language/{code}")
    async def choose_language(code: str, to: str = "/wall") -> Response:
        redirect = RedirectResponse(own_path(to, "/wall"), status_code=303)
        if code in LANGUAGES:
            redirect.set_cookie(LANGUAGE_COOKIE, code, max_age=31_536_000, httponly=True, samesite="lax")
        return redirect


def _add_live(server: FastAPI, doors: Doors) -> None:
    @server.get("/live/stream")
    async def stream(request: Request, since: str = "") -> Response:
        last = request.headers.get("last-event-id") or since
        who = principal.get()
        only = None if may(who, EXACT["/wall"]) else frozenset(key for key in doors.panels if may_see(who, key))
        return StreamingResponse(doors.feed.events(language.get(), last[:64], only), media_type="text/event-stream", headers=_STREAM_HEADERS)

    @server.post("/live/heartbeat")
    async def heartbeat(request: Request) -> Response:
        raw = await _bounded(request, MAX_HEARTBEAT)
        try:
            body = orjson.loads(raw)
            who = principal.get()
            screen = who.actor if who and who.kind == "screen" else str(body["screen"])[:64].replace(":", " ")  # nobody speaks for a paired one
        except (orjson.JSONDecodeError, KeyError, TypeError, RecursionError):
            return error(400, "a heartbeat is a JSON object with 'screen'")
        at = doors.clock.now()
        found: Found | None = request.scope.get("ioc.found")
        pinned = found.screen.pinned if found and found.screen else None
        return await answer(doors.database.ask(lambda conn: _hear(conn, screen, raw, at, pinned)))


def _hear(conn: Connection, screen: str, raw: bytes, at: Any, pinned: str | None) -> Response:
    try:
        conn.execute("insert into screen_heartbeat values (%s, %s, %s) on conflict (screen) do update set heard_at = excluded.heard_at, "
                     "body = excluded.body", (screen, at, raw.decode(errors="replace")))
    except psycopg.DataError:
        raise InputError("a heartbeat holds a character that the database cannot hold") from None
    return JSONResponse({"pinned": pinned}) if pinned else Response(status_code=204)


async def _bounded(request: Request, most: int) -> bytes:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            return b""
    return raw


def _add_panels(server: FastAPI, doors: Doors) -> None:
    @server.get("/api/panels")
    async def listing() -> Response:
        return JSONResponse([{"key": key, "title": words(language.get())(p.spec.title), "href": f"/api/panels/{key}.json"}
                             for key, p in doors.panels.items() if may_see(principal.get(), key)])

    @server.get("/api/panels/{key}.json")
    async def panel(key: str, request: Request) -> Response:
        query = dict(request.query_params)
        if not {"at", "known", "jurisdiction"} & set(query) and key in doors.panels and (ready := doors.feed.snapshot(key)):
            status = 503 if ready.startswith(b'{"error":') else 200  # `live` could not build it, and says why
            return Response(ready, status_code=status, media_type="application/json", headers={"Cache-Control": "no-store"})
        return await answer(_as_json(doors, key, query))

    @server.get("/api/panels/{key}/map.json")
    async def features(key: str, request: Request) -> Response:
        return await answer(_as_features(doors, key, dict(request.query_params)))

    @server.get("/api/definitions/{key}.json")
    async def definitions(key: str) -> Response:
        if key not in doors.panels:
            return error(404, f"there is no panel '{key}'")
        text = words(language.get())
        return JSONResponse({name: {"label": text(d.label), "formula": text(d.formula), "basis": text(d.basis)}
                             for name, d in doors.panels[key].spec.definitions.items()})


async def _as_json(doors: Doors, key: str, query: dict[str, str]) -> Response:
    if key not in doors.panels:
        return error(404, f"there is no panel '{key}'; known are {', '.join(doors.panels)}")
    return Response(encode(await doors.snapshot(key, query)), media_type="application/json")


async def _as_features(doors: Doors, key: str, query: dict[str, str]) -> Response:
    if key not in doors.panels or not doors.panels[key].spec.has_map:
        return error(404, f"the panel '{key}' has no map")
    return Response(encode(collection(await doors.snapshot(key, query), words(language.get()), doors.profile)), media_type="application/geo+json")


def _add_health(server: FastAPI, doors: Doors) -> None:
    @server.get("/healthz")
    async def healthz() -> Response:
        return Response("OK", media_type="text/plain")

    @server.get("/readyz")
    async def readyz(request: Request) -> Response:
        now = doors.clock.now()
        try:
            found: dict[str, Any] = await doors.database.ask(lambda conn: readiness(conn, doors.profile, now, doors.clock.real()))
        except UnavailableError as away:
            found = {"ready": False, "reasons": [str(away)], "sources": [], "gaps": [], "pauses": []}
        told = found if doors.monitor(request.scope) else {"ready": found["ready"]}
        return JSONResponse(told, status_code=200 if found["ready"] else 503)

    @server.get("/metrics")
    async def prometheus(request: Request) -> Response:
        if not doors.monitor(request.scope):
            return error(401, "the metrics need the monitor's key: Authorization: Bearer … (IOC_MONITOR_KEY_FILE)")
        now, feed = doors.clock.now(), doors.feed
        return await answer(doors.database.ask(
            lambda conn: Response(metrics(conn, feed.viewers, feed.silent_s(), now), media_type="text/plain; version=0.0.4")))


def _add_maps(server: FastAPI, doors: Doors) -> None:
    @server.get("/map/{key}")
    async def page(key: str, request: Request) -> Response:
        if key not in doors.panels or not doors.panels[key].spec.has_map:
            return error(404, f"the panel '{key}' has no map")
        return HTMLResponse(nonced(map_page(key, doors.profile, language.get(), dict(request.query_params), doors.clock.now()), nonce.get()))

    @server.get("/geo/units.json")
    async def units() -> Response:
        return Response(cells(doors.profile, doors.clock.now()), media_type="application/geo+json",
                        headers={"Cache-Control": "max-age=3600"})
