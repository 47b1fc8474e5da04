"""`/console/unit`: the panels' figures of the units and agencies that somebody stands for, and nobody else's (domain notes §4.3)."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.responses import HTMLResponse

from ioc.api.desk import Desk
from ioc.api.figure_words import Eyes, flags_of, period_of, shown, unit_of
from ioc.api.figures import covers
from ioc.api.routes import Doors
from ioc.db.connect import Connection, reading
from ioc.errors import UnavailableError
from ioc.kpi.engine.contract import Figure, Scope
from ioc.layouts.desk import notice
from ioc.moment import Moment, asked_moment
from ioc.panels.engine.build import sources_of
from ioc.panels.engine.card import SIMULATED, STATE_WORDS
from ioc.panels.engine.contract import Number, Panel
from ioc.panels.engine.freshness import Freshness
from ioc.panels.engine.parts import Holds, Part, numbers, parts
from ioc.panels.engine.wording import beside
from ioc.people.principal import Grant, Principal
from ioc.people.roles import Permission
from ioc.words import Words

PATH = "/console/unit"
SCOPES: tuple[Scope, ...] = ("unit", "agency")
COMMON = frozenset({"simulated", "unfinished"})
"""Flags that the page says once, or that its moment says."""
HELD_S = 60.0
"""The figures of all places are one question, answered once in so long whoever asks."""


class Place(NamedTuple):
    """A unit or an agency that somebody stands for."""

    scope: Scope
    code: str
    holds: Holds


class Known(NamedTuple):
    """Of one panel: figures of all places by scope and name, and how its sources stand."""

    parts: Mapping[Scope, Mapping[str, Part]]
    sources: Sequence[Freshness]


class Told(NamedTuple):
    """All panels at one moment."""

    moment: Moment
    panels: Mapping[str, Known]


class Units:
    """The figures that were asked last; one question at a time."""

    def __init__(self, desk: Desk, panels: Mapping[str, Panel]) -> None:
        self._desk = desk
        self._panels = panels
        self._told: Told | None = None
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def told(self) -> Told:
        """Figures not older than `HELD_S`.

        Raises:
            UnavailableError: the database does not answer.

        """
        async with self._lock:
            if self._told is None or time.monotonic() > self._until:
                moment = asked_moment(self._desk.clock.now(), at=None, known=None)
                # Each panel by itself, so that others find a connection between them.
                found = {key: await self._desk.database.ask(self._asking(panel, moment)) for key, panel in self._panels.items()}
                self._told, self._until = Told(moment, found), time.monotonic() + HELD_S
            return self._told

    def _asking(self, panel: Panel, moment: Moment) -> Callable[[Connection], Known]:
        profile = self._desk.profile

        def ask(conn: Connection) -> Known:
            with reading(conn):
                return Known({scope: parts(conn, panel.spec.takes, scope, moment, profile) for scope in SCOPES},
                             sources_of(conn, panel, moment, profile))

        return ask


def add_console_unit(server: FastAPI, desk: Desk, doors: Doors) -> None:
    """Put the page on the server."""
    units = Units(desk, doors.panels)

    @server.get(PATH)
    async def page(request: Request) -> Response:
        try:
            return await _page(desk, doors, units, request)
        except UnavailableError as away:
            return HTMLResponse(notice(desk.words().language, "503", str(away)), 503)


async def _page(desk: Desk, doors: Doors, units: Units, request: Request) -> Response:
    words, told = desk.words(), await units.told()
    places = [{"name": _name(place, desk, told.moment, words), "code": place.code, "panels": _panels(place, doors.panels, told, words)}
              for place in places_of(desk.who(request))]
    return desk.page(request, "unit.html", "Số liệu đơn vị", places=places, at=words.moment(told.moment.at))


def places_of(who: Principal) -> Iterator[Place]:
    """What somebody stands for."""
    for grant in who.scope(Permission.UNIT_PANELS).grants:
        scope: Scope = "unit" if grant.agencies is None else "agency"
        for code in sorted((grant.units if grant.agencies is None else grant.agencies) or ()):
            yield Place(scope, code, _holds(grant, scope, code))


def _holds(grant: Grant, scope: Scope, code: str) -> Holds:
    def holds(figure: Figure) -> bool:
        return covers(grant, figure.unit_code, figure.org_code) and code == (figure.unit_code if scope == "unit" else figure.org_code)

    return holds


def _name(place: Place, desk: Desk, moment: Moment, words: Words) -> str:
    unit, org = (place.code, "") if place.scope == "unit" else ("", place.code)
    return desk.profile.owner_name(unit, org, moment.day, words.language)


def _panels(place: Place, panels: Mapping[str, Panel], told: Told, words: Words) -> Sequence[Mapping[str, Any]]:
    """Panels in which the place has anything, in the order of the wall."""
    found: list[Mapping[str, Any]] = []
    for key, panel in panels.items():
        known = told.panels[key]
        mine = numbers(panel.spec.takes, known.parts[place.scope], place.holds, told.moment)
        if mine:
            found.append({
                "title": words(panel.spec.title), "rows": [_row(panel, name, number, words) for name, number in mine.items()],
                "sources": [_source(source, words) for source in known.sources if source.state != "fresh"],
                "simulated": words(SIMULATED) if any("simulated" in number.flags for number in mine.values()) else ""})
    return found


def _row(panel: Panel, name: str, number: Number, words: Words) -> Mapping[str, Any]:
    definition = panel.definitions[name]
    said, turn = beside(number, words)
    flags = flags_of(msgspec.structs.replace(number, flags=tuple(flag for flag in number.flags if flag not in COMMON)), words)
    return {"label": words(definition.label), "href": f"/figure/{panel.spec.key}/{name}", "period": period_of(number, words),
            "beside": said, "turn": turn,
            "text": shown(number, Eyes(screen=False, people=definition.casualties), words), "flags": flags,
            "unit": "" if number.unit == "%" else unit_of(number.unit, words)}


def _source(source: Freshness, words: Words) -> Mapping[str, str]:
    return {"name": source.name_en if words.language == "en" else source.name, "state": source.state, "word": words(STATE_WORDS[source.state]),
            "heard": words.moment(source.heard_at)}
