"""HTTP routes beside Dash's: live stream, panels as numbers, health, metrics, language."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from ioc.api.access import may_see
from ioc.api.answers import answer, error
from ioc.api.ask import Database
from ioc.api.feed import Feed
from ioc.api.forms import own_path
from ioc.api.guard import LANGUAGE_COOKIE, language
from ioc.api.hardening import Scope
from ioc.api.health import metrics, readiness
from ioc.api.identity import on_a_screen, principal, seen_by_guests
from ioc.clock import Clock
from ioc.errors import InputError, UnavailableError
from ioc.live.frames import encode
from ioc.moment import Moment, asked_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.card import collection
from ioc.panels.engine.casualties import for_screens
from ioc.panels.engine.contract import Panel, Snapshot
from ioc.profiles import Profile
from ioc.words import LANGUAGES, words


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

    async def snapshot(self, key: str, query: Mapping[str, str]) -> Snapshot:
        """A panel's snapshot as asked for.

        Raises:
            InputError: as `moment`.
            UnavailableError: the database does not answer.

        """
        panel, moment = self.panel(key), self.moment(key, query)
        return await self.database.ask(lambda conn: build(conn, panel, moment, self.profile))

    def moment(self, key: str, query: Mapping[str, str]) -> Moment:
        """The moment of a panel that a query asks for.

        Raises:
            InputError: no such panel, no such moment, a jurisdiction where the panel has none.

        """
        panel = self.panel(key)
        jurisdiction = query.get("jurisdiction", "")
        if jurisdiction and not panel.spec.takes_jurisdiction:
            raise InputError(f"the panel '{key}' knows no jurisdictions: leave 'jurisdiction' out")
        return asked_moment(self.clock.now(), at=query.get("at"), known=query.get("known"), jurisdiction=jurisdiction)

    def panel(self, key: str) -> Panel:
        if key not in self.panels:
            raise InputError(f"there is no panel '{key}'; known are {', '.join(self.panels)}")
        return self.panels[key]


def add_routes(server: FastAPI, doors: Doors) -> None:
    """Put the routes on the server, before Dash adds its catch-all."""
    _add_panels(server, doors)
    _add_health(server, doors)

    @server.get("/language/{code}")
    async def choose_language(code: str, to: str = "/wall") -> Response:
        redirect = RedirectResponse(own_path(to, "/wall"), status_code=303)
        if code in LANGUAGES:
            redirect.set_cookie(LANGUAGE_COOKIE, code, max_age=31_536_000, httponly=True, samesite="lax")
        return redirect


def _add_panels(server: FastAPI, doors: Doors) -> None:
    @server.get("/api/panels")
    async def listing() -> Response:
        return JSONResponse([{"key": key, "title": words(language.get())(p.spec.title), "href": f"/api/panels/{key}.json"}
                             for key, p in doors.panels.items() if may_see(principal.get(), key)])

    @server.get("/api/panels/{key}.json")
    async def panel(key: str, request: Request) -> Response:
        query = dict(request.query_params)
        if not {"at", "known", "jurisdiction"} & set(query) and key in doors.panels and (ready := doors.feed.snapshot(key)):
            failed = ready.startswith(b'{"error":')  # `live` could not build it, and says why
            return Response(ready if failed else _seen(doors, key, ready, query), status_code=503 if failed else 200, media_type="application/json",
                            headers={"Cache-Control": "no-store"})
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
                             for name, d in doors.panels[key].definitions.items()})


async def _as_json(doors: Doors, key: str, query: dict[str, str]) -> Response:
    if key not in doors.panels:
        return error(404, f"there is no panel '{key}'; known are {', '.join(doors.panels)}")
    return Response(_seen(doors, key, encode(await doors.snapshot(key, query)), query), media_type="application/json")


def _seen(doors: Doors, key: str, body: bytes, query: Mapping[str, str]) -> bytes:
    """A panel's numbers as whoever asks may see them."""
    return encode(for_screens(doors.panels[key], orjson.loads(body))) if on_a_screen(query.get("guests")) else body


async def _as_features(doors: Doors, key: str, query: dict[str, str]) -> Response:
    if key not in doors.panels or not doors.panels[key].spec.has_map:
        return error(404, f"the panel '{key}' has no map")
    found = collection(doors.panels[key], await doors.snapshot(key, query), words(language.get()), doors.profile,
                       guests=seen_by_guests(query.get("guests")))
    return Response(encode(found), media_type="application/geo+json")


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
