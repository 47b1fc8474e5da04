"""`/map/KEY`, the wall's `/map/overview`, and the outlines that lie under them: today's, or those of the moment that is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from ioc.api.access import EXACT, may, may_see
from ioc.api.answers import answer
from ioc.api.guard import language
from ioc.api.hardening import nonce, nonced
from ioc.api.identity import principal, seen_by_guests
from ioc.api.routes import Doors
from ioc.clock import day_closed
from ioc.errors import InputError, NotFoundError, UnavailableError
from ioc.maps.ground import Atlas, Ground
from ioc.maps.page import OVERVIEW, View, ground_notes, map_page
from ioc.moment import Moment, asked_moment, read_moment
from ioc.words import words

_FOR_EVER = "private, max-age=31536000, immutable"
_ASKED_AGAIN = "private, max-age=60"


def add_maps(server: FastAPI, doors: Doors) -> "Maps":
    """Put the maps on the server."""
    maps = Maps(doors)

    @server.get("/map/{key}")
    async def page(key: str, request: Request) -> Response:
        return await answer(maps.page(key, dict(request.query_params)))

    @server.get("/geo/units.json")
    async def units(request: Request, day: str = "", v: str = "", guests: str = "") -> Response:
        return await answer(maps.units(day, v, request.headers.get("if-none-match", ""), guests=seen_by_guests(guests)))

    return maps


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A map that was asked for: its panels, and what of the query its own addresses carry on."""

    keys: tuple[str, ...]
    moment: Moment
    query: Mapping[str, str]
    guests: bool


class Maps:
    """The maps for whoever asks: of the panels that they may see."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self._atlas = Atlas(doors.profile)

    def asked(self, key: str, query: Mapping[str, str]) -> Asked:
        """What a map's path and query ask for.

        Raises:
            InputError: a panel without a map, a text that is no moment.

        """
        mapped = tuple(name for name, panel in self.doors.panels.items() if panel.spec.has_map)
        keys = tuple(name for name in mapped if may_see(principal.get(), name)) if key == OVERVIEW else (key,)
        if key not in (*mapped, OVERVIEW):
            raise NotFoundError(f"there is no map '{key}'; known are {', '.join((*mapped, OVERVIEW))}")
        told = ("at", "known") if key == OVERVIEW else ("at", "known", "jurisdiction")
        kept = {name: query[name] for name in told if query.get(name)}
        moment = asked_moment(self.doors.clock.now(), at=kept.get("at"), known=kept.get("known"), jurisdiction=kept.get("jurisdiction", ""))
        return Asked(keys=keys, moment=moment, query=kept, guests=seen_by_guests(query.get("guests")))

    async def ground(self, day: date, *, guests: bool = False) -> Ground:
        """What lies under a day's points; the schematic while the database is away: a wall's map is not to be empty."""
        try:
            return await self.doors.database.ask(lambda conn: self._atlas.on(conn, day, guests=guests))
        except UnavailableError:
            return self._atlas.on(None, day, guests=guests)

    async def page(self, key: str, query: Mapping[str, str]) -> Response:
        asked = self.asked(key, query)
        text, foreign = words(language.get()), bool(asked.moment.jurisdiction)
        ground = await self.ground(asked.moment.day, guests=asked.guests)
        also = {"guests": "1"} if asked.guests else {}
        outlines = urlencode({"day": asked.moment.day.isoformat(), "v": ground.sha256[:16]} | also)
        view = View(
            ground=ground, titles={name: text(self.doors.panels[name].spec.title) for name in asked.keys}, overview=key == OVERVIEW, fit=foreign,
            cells=None if foreign or not ground.count else f"/geo/units.json?{outlines}",
            features={name: f"/api/panels/{name}/map.json?{urlencode({**asked.query, **also, 'lang': text.language})}"
                      for name in asked.keys} if asked.query else {},
            taken=f"/map/{key}/handover.html?{urlencode({**asked.query, 'lang': text.language})}" if _may_take() and not asked.guests else "",
            notes=() if foreign else ground_notes(ground, text))
        return HTMLResponse(nonced(map_page(view, text), nonce.get()))

    async def units(self, day: str, version: str, held: str, *, guests: bool) -> Response:
        """The outlines of a day (today's where none is named); those asked for by their content's own name never change."""
        shown = read_moment("day", day) if day else self.doors.clock.now()
        if "T" in day:
            raise InputError(f"'day={day}' is no day: write e.g. 2026-11-21")
        ground = await self.ground(day_closed(shown), guests=guests)
        tag = f'"{ground.sha256[:16]}"'
        head = {"ETag": tag, "Cache-Control": _FOR_EVER if version and ground.sha256.startswith(version) else _ASKED_AGAIN}
        if tag in held:
            return Response(status_code=304, headers=head)
        return Response(ground.cells, media_type="application/geo+json", headers=head)


def _may_take() -> bool:
    return may(principal.get(), EXACT["/map/overview/handover.html"])
