"""`/figure/PANEL/NAME`: a number opens its definition, the rows behind it, its sources and how it went before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from ioc.api.access import EXACT, may, may_see
from ioc.api.alert_behind import LISTS
from ioc.api.answers import error
from ioc.api.desk import Desk
from ioc.api.figure_rows import Behind, Point, Rows, behind, history
from ioc.api.figure_words import Eyes, control_of, flags_of, hidden, over_of, period_of, shown, table_of, unit_of
from ioc.api.figures import is_own
from ioc.api.identity import on_a_screen, principal, seen_by_guests
from ioc.api.past import Past
from ioc.api.routes import Doors
from ioc.errors import InputError, NotFoundError
from ioc.indicators.ledgers import LEDGERS
from ioc.layouts.desk import desk_page, notice
from ioc.layouts.past import spoken
from ioc.moment import Moment
from ioc.panels.engine.card import SIMULATED, STATE_WORDS, handed_on
from ioc.panels.engine.contract import Definition, Number, Panel
from ioc.panels.engine.wording import beside
from ioc.people.principal import Principal
from ioc.words import Words

PANEL_OF = {"dossier": "one_stop", "report": "citizen_reports"}
"""A stream with control totals → the panel whose holders see its codes."""


class _Asked(NamedTuple):
    """One request, understood."""

    panel: Panel
    name: str
    moment: Moment
    query: Mapping[str, str]
    guests: bool
    whole: bool
    who: Principal | None
    words: Words

    @property
    def definition(self) -> Definition:
        return self.panel.definitions[self.name]

    @property
    def path(self) -> str:
        return f"/figure/{self.panel.spec.key}/{self.name}"

    def to(self, path: str, **more: str) -> str:
        """Another address of the same moment."""
        asked = handed_on(self.query) | more
        return f"{path}?{urlencode(asked)}" if asked else path

    @property
    def eyes(self) -> Eyes:
        return Eyes(screen=on_a_screen(self.query.get("guests")), people=self.definition.casualties)


def add_figure_page(server: FastAPI, desk: Desk, doors: Doors, past: Past) -> None:
    """Put the page and its history on the server."""
    figure = _Figure(desk, doors, past)

    @server.get("/figure/{key}/{name}")
    async def page(key: str, name: str, request: Request) -> Response:
        try:
            asked = await figure.asked(key, name, request)
            return await figure.page(asked)
        except InputError as wrong:
            status = 404 if isinstance(wrong, NotFoundError) else 400
            return HTMLResponse(notice(desk.words().language, str(status), str(wrong)), status)

    @server.get("/figure/{key}/{name}/history.json")
    async def before(key: str, name: str, request: Request) -> Response:
        asked = await figure.asked(key, name, request)
        return await figure.history(asked) if asked.whole else error(404, "your roles show your own units and agencies alone")


class _Figure:
    """The page for whoever asks: as much as their panel shows them, no more."""

    def __init__(self, desk: Desk, doors: Doors, past: Past) -> None:
        self._desk = desk
        self._doors = doors
        self._past = past

    async def asked(self, key: str, name: str, request: Request) -> _Asked:
        """What is asked for.

        Raises:
            InputError: no such panel, number or moment.

        """
        words, panel, query = self._desk.words(), self._doors.panel(key), dict(request.query_params)
        guests = seen_by_guests(query.get("guests"))
        if name not in panel.definitions or (guests and not panel.definitions[name].guests):
            raise NotFoundError(words("Chuyên đề “{panel}” không có số này: mở trang chuyên đề và bấm vào một số.", panel=words(panel.spec.title)))
        who = principal.get()
        moment = await self._past.moment(key, query, words)
        return _Asked(panel, name, moment, query, guests, may_see(who, key), who, words)

    async def page(self, asked: _Asked) -> Response:
        found = await self._doors.database.ask(lambda conn: behind(conn, asked.panel, asked.name, asked.moment, self._doors.profile))
        words, profile = asked.words, self._doors.profile
        eyes = asked.eyes
        values = {
            "panel": words(asked.panel.spec.title), "panel_href": asked.to(f"/wall/{asked.panel.spec.key}"), "past": self._past_words(asked),
            "simulated": words(SIMULATED) if found.snapshot.simulated else "", "whole": asked.whole, "number": _number(found, eyes, asked),
            "facts": _facts(found, asked, eyes), "sources": _sources(found, words), "controls": self._controls(found, asked),
            "has_ledger": any(stream in LEDGERS for stream in asked.panel.spec.streams), "stood": asked.moment.time_machine,
            "tables": [table_of(rows, found.number, found.snapshot, eyes, words, profile) for rows in self._rows(found, asked)],
            "guests": asked.guests, "links": _links(asked), "history": asked.to(f"{asked.path}/history.json") if asked.whole else ""}
        html = desk_page("figure.html", profile.title(words.language, found.snapshot.day), words.language, asked.to(asked.path), who=asked.who,
                         title=words(asked.definition.label), **values)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    async def history(self, asked: _Asked) -> Response:
        first = await self._past.beginning()
        points = await self._doors.database.ask(
            lambda conn: history(conn, asked.panel, asked.name, asked.moment, self._doors.profile, first))
        unit = points[-1].number.unit if points else ""
        told = [_point(point, asked.eyes, asked.words) for point in points]
        return JSONResponse({"figure": f"{asked.panel.spec.key}.{asked.name}", "unit": unit, "points": told}, headers={"Cache-Control": "no-store"})

    def _rows(self, found: Behind, asked: _Asked) -> list[Rows]:
        """The tables that somebody may see: guests none, who stands for units theirs, without sums."""
        if asked.guests:
            return []
        if asked.whole:
            return list(found.tables)
        own = [[row for row in t.rows if is_own(asked.who, row.get("unit_code") or "", row.get("org_code") or "")] for t in found.tables]
        return [Rows(by=t.by, rows=rows) for t, rows in zip(found.tables, own, strict=True)]

    def _controls(self, found: Behind, asked: _Asked) -> list[Any]:
        if not asked.whole:
            return []
        return [control_of(day, lambda stream, unit: _sees_codes(asked, stream, unit), asked.words, self._doors.profile) for day in found.control]

    def _past_words(self, asked: _Asked) -> str:
        if asked.moment.live:
            return ""
        words, at = asked.words, spoken(asked.moment.at, asked.words)
        return words("Xem lại {at}, như đã biết lúc {known}", at=at, known=spoken(asked.moment.known, words)) if asked.moment.time_machine else words(
            "Xem lại {at}, số liệu đã chỉnh lý", at=at)


def _sees_codes(asked: _Asked, stream: str, unit_code: str) -> bool:
    """Whether the reader sees the single dossiers or reports of a unit ('' = of all)."""
    permission = LISTS.get(PANEL_OF.get(stream, ""))
    if permission is None or asked.who is None or asked.guests:
        return False
    return any(grant.fields is None and all(limit is None or unit_code in limit for limit in (grant.units, grant.agencies))
               for grant in asked.who.scope(permission).grants)


def _number(found: Behind, eyes: Eyes, asked: _Asked) -> Mapping[str, Any] | None:
    """The number itself; None for who sees their own units' rows alone."""
    if not asked.whole:
        return None
    words, number = asked.words, found.number
    said, turn = ("", "") if hidden(number.then, eyes) else beside(number, words)
    by_counts = number.unit == "%" and "%" not in shown(number, eyes, words)
    unit = "" if number.unit == "%" and not by_counts else words("trường hợp") if by_counts else unit_of(number.unit, words)
    return {"text": shown(number, eyes, words), "unit": unit, "beside": said, "turn": turn, "flags": flags_of(number, words),
            "as_of": words("Số liệu tính đến {at}", at=words.moment(found.snapshot.as_of or number.as_of)),
            "age": _age(found.snapshot.as_of, asked)}


def _age(as_of: datetime | None, asked: _Asked) -> str:
    if as_of is None or not asked.moment.live:
        return ""
    minutes = int((asked.moment.at - as_of).total_seconds() // 60)
    return asked.words("{n} phút trước", n=minutes) if minutes else asked.words("chưa đến 1 phút trước")


def _facts(found: Behind, asked: _Asked, eyes: Eyes) -> list[tuple[str, str]]:
    """(name, value) of all that the definition and the number say."""
    words, number, definition = asked.words, found.number, asked.definition
    facts = [(words("Công thức"), words(definition.formula)), (words("Căn cứ"), words(definition.basis)), (words("Kỳ"), period_of(number, words)),
             (words("Đơn vị tính"), unit_of(number.unit, words)),
             (words("Mã chỉ tiêu"), number.of or words("riêng của chuyên đề: {code}", code=f"{asked.panel.spec.key}.{asked.name}"))]
    if not asked.whole:
        return facts
    if number.denominator is not None:
        facts[3:3] = [(words("Tử số"), over_of(number.numerator, eyes, words)), (words("Mẫu số"), words.number(number.denominator))]
    elif number.cases is not None:
        facts.insert(3, (words("Số trường hợp"), over_of(number.cases, eyes, words)))
    return facts


def _sources(found: Behind, words: Words) -> list[Mapping[str, str]]:
    return [{"name": s.name_en if words.language == "en" else s.name, "state": s.state, "word": words(STATE_WORDS[s.state]),
             "heard": words.moment(s.heard_at), "code": s.source} for s in found.snapshot.sources]


def _links(asked: _Asked) -> Mapping[str, str]:
    known = asked.panel.spec.takes.get(asked.name)
    if known:
        section = known.of.split(".")[0]
        json = asked.to(f"/api/kpi/{section}.json", period=known.period, by="province" if asked.whole else "unit")
    else:
        json = asked.to(f"/api/panels/{asked.panel.spec.key}.json") if asked.whole else ""
    gives = asked.moment.live and not asked.guests and may(asked.who, EXACT["/console/tasks/new"])
    task = f"/console/tasks/new?{urlencode({'figure': f'{asked.panel.spec.key}.{asked.name}', 'to': asked.path})}" if gives else ""
    return {"json": json, "task": task}


def _point(point: Point, eyes: Eyes, words: Words) -> Mapping[str, Any]:
    number: Number = point.number
    text = shown(number, eyes, words)
    few = hidden(number.value, eyes)
    is_month = number.first_day is not None and number.first_day != number.last_day
    return {"day": point.day.isoformat(), "label": f"{point.day:%m/%Y}" if is_month else f"{point.day:%d/%m}",
            "value": None if few else number.value, "text": text, "few": few or "few" in number.flags}
