"""`/console/shift`: the shift's book, its notes, and its handing over by two leads; past handovers to read and to print."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.answers import status_of
from ioc.api.console_shift_words import told
from ioc.api.desk import Desk
from ioc.api.forms import form_of, number_in
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.errors import InputError, IocError, NotFoundError
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.shift.book import Book, Centre, gather, within_reach
from ioc.shift.handover import LONGEST_NOTE, LONGEST_REASON, Handover, add_note, began, give, handovers, refuse, take
from ioc.words import Words

PATH = "/console/shift"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shift:
    """What the pages stand on."""

    desk: Desk
    centre: Centre


def add_console_shift(server: FastAPI, desk: Desk, centre: Centre) -> None:
    """Put the pages on the server."""
    shift = _Shift(desk=desk, centre=centre)

    @server.get(PATH)
    async def book(request: Request) -> Response:
        return await _page(shift, request)

    @server.get(PATH + "/handover")
    async def past(request: Request) -> Response:
        return await _sheet(shift, request)

    @server.post(PATH + "/note")
    async def note(request: Request) -> Response:
        return await _acted(shift, request)

    @server.post(PATH + "/sign")
    async def sign(request: Request) -> Response:
        return await _acted(shift, request)


async def _acted(shift: _Shift, request: Request) -> Response:
    form: Mapping[str, str] = {}
    try:
        form = await form_of(request)
        await shift.desk.database.ask(lambda conn: _act(conn, shift, request, form))
    except IocError as wrong:
        return await _page(shift, request, status=status_of(wrong), problem=str(wrong), words=form.get("words", ""))
    return RedirectResponse(PATH, status_code=303)


def _act(conn: Connection, shift: _Shift, request: Request, form: Mapping[str, str]) -> None:
    desk = shift.desk
    who, by = desk.who(request), desk.by(request)
    if request.url.path.endswith("/note"):
        add_note(conn, form.get("words", ""), by, who.name, corrects=_number(form["corrects"]) if form.get("corrects") else None)
        return
    match form.get("do"):
        case "give":
            give(conn, lambda start: gather(conn, shift.centre, who, desk.clock.now(), began_at=start.at, after=start.last_note), by, who.name)
        case "take":
            take(conn, _number(form.get("handover", "")), by, who.name)
        case "refuse":
            refuse(conn, _number(form.get("handover", "")), form.get("reason", ""), by, who.name)
        case _:
            raise InputError(desk.text("Hãy chọn bàn giao, nhận ca hoặc không nhận."))


def _number(text: str) -> int:
    return number_in(text, "a note or a handover")


async def _page(shift: _Shift, request: Request, *, status: int = 200, problem: str = "", words: str = "") -> Response:
    desk = shift.desk
    who, now = desk.who(request), desk.clock.now()

    def found(conn: Connection) -> tuple[Book, list[Handover]]:
        start = began(conn)
        return gather(conn, shift.centre, who, now, began_at=start.at, after=start.last_note), handovers(conn)

    book, past = await desk.database.ask(found)
    text = desk.words()
    waiting = next((h for h in past if h.waits), None)
    return desk.page(
        request, "shift.html", "Sổ giao ca", status=status, problem=problem, typed=words, longest=LONGEST_NOTE, longest_reason=LONGEST_REASON,
        book=told(book, desk.profile, text, now), past=[_line(h, text) for h in past], waiting=_line(waiting, text) if waiting else None,
        signs=who.may(Permission.REPORTS_APPROVE), is_own=waiting is not None and waiting.given_by == who.actor)


async def _sheet(shift: _Shift, request: Request) -> Response:
    desk, text = shift.desk, shift.desk.words()
    number = _number(request.query_params.get("id", ""))
    found = await desk.database.ask(lambda conn: handovers(conn, handover=number, most=1))
    if not found:
        raise NotFoundError(f"there is no handover {number}")
    who: Principal = desk.who(request)
    book = within_reach(found[0].book(), who)
    return desk.page(request, "shift_sheet.html", "Biên bản giao ca", handover=_line(found[0], text), number=number,
                     book=told(book, desk.profile, text, book.at), province_name=desk.profile.title(text.language, local_day(book.at)))


def _line(handover: Handover, text: Words) -> Mapping[str, Any]:
    state = text("Chờ nhận ca") if handover.waits else text("Đã nhận ca") if handover.taken_at else text("Không nhận ca")
    if handover.refused_by == handover.given_by:
        state = text("Đã rút lại")
    return {"number": handover.handover_id, "state": state, "waits": handover.waits, "given": handover.given_name,
            "given_at": text.minute(handover.given_at),
            "taken": handover.taken_name or "", "taken_at": text.minute(handover.taken_at), "refused": handover.refused_name or "",
            "refused_at": text.minute(handover.refused_at), "reason": handover.refused_reason or ""}
