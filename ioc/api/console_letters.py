"""`/console/letters`: what could not be taken, for a person who is no programmer: seen, mended, sent again, forwarded, set aside."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.answers import status_of
from ioc.api.console_letter import file_of, letter_page, wording
from ioc.api.console_letters_words import act_word, detail, reasons
from ioc.api.desk import Desk
from ioc.api.forms import form_of, number_in
from ioc.db.connect import Connection
from ioc.errors import InputError, IocError, NotFoundError, UnavailableError
from ioc.shift import letters
from ioc.shift.letters import LONGEST_REASON, MOST, Alike, Click, Group, Hand
from ioc.streams.engine.privacy import masked
from ioc.words import Words

PATH = "/console/letters"
MOST_FIELDS = 400
Form = Mapping[str, str]
_OF = ("topic", "source", "reason")


def add_console_letters(server: FastAPI, desk: Desk) -> None:
    """Put the desk on the server: the list with what is done about several, then what belongs to one letter."""
    @server.get(PATH)
    async def listing(request: Request) -> Response:
        return await _listing(desk, request)

    @server.post(PATH + "/act")
    async def acting(request: Request) -> Response:
        return await _acted(desk, request, lambda form: _several(desk, request, form))

    @server.post(PATH + "/undo")
    async def undoing(request: Request) -> Response:
        return await _acted(desk, request, lambda form: _undone(desk, request, form))

    _add_one(server, desk)


def _add_one(server: FastAPI, desk: Desk) -> None:
    @server.get(PATH + "/{number}")
    async def one(number: str, request: Request) -> Response:
        return await letter_page(desk, request, number_of(number))

    @server.post(PATH + "/{number}/mend")
    async def mending(number: str, request: Request) -> Response:
        return await _mended(desk, request, number_of(number))

    @server.post(PATH + "/{number}/forward")
    async def forwarding(number: str, request: Request) -> Response:
        return await _acted(desk, request, lambda form: _forwarded(desk, request, number_of(number), form))

    @server.post(PATH + "/{number}/file")
    async def filing(number: str, request: Request) -> Response:
        return await _filed(desk, request, number_of(number))


def number_of(text: str) -> int:
    return number_in(text, "a letter")


def _hand(desk: Desk, request: Request) -> Hand:
    return Hand(by=desk.by(request), name=desk.who(request).name, now=desk.clock.now())


async def _form(request: Request) -> Form:
    """As other forms, with room for all fields of a message."""
    return await form_of(request, most=MOST_FIELDS)


async def _acted(desk: Desk, request: Request, act: Callable[[Form], Awaitable[str]]) -> Response:
    try:
        query = await act(await _form(request))
    except IocError as wrong:
        return await _listing(desk, request, status=status_of(wrong), problem=str(wrong))
    return RedirectResponse(f"{PATH}?{query}", status_code=303)


async def _several(desk: Desk, request: Request, form: Form) -> str:
    hand = _hand(desk, request)

    def done(conn: Connection) -> int:
        if form.get("letter"):
            numbers: Sequence[int] = [number_of(form["letter"])]
        else:
            up_to = number_of(form.get("up_to", ""))
            numbers = [x.letter_id for x in letters.alike(conn, *(form.get(name, "") for name in _OF), up_to=up_to)]
        match form.get("do"):
            case "replay":
                return letters.replay(conn, numbers, hand)
            case "set_aside":
                return letters.set_aside(conn, numbers, form.get("why", ""), hand)
        raise InputError(desk.text("Hãy chọn gửi lại hoặc xếp lại."))

    return urlencode({"done": form.get("do", ""), "n": await desk.database.ask(done)})


async def _undone(desk: Desk, request: Request, form: Form) -> str:
    try:
        batch = UUID(form.get("batch", ""))
    except ValueError:
        raise InputError("this names no act of the desk") from None
    hand = _hand(desk, request)
    return urlencode({"done": "taken_back", "n": await desk.database.ask(lambda conn: letters.undo(conn, batch, hand))})


async def _forwarded(desk: Desk, request: Request, number: int, form: Form) -> str:
    to, hand = form.get("to", "").strip(), _hand(desk, request)
    if not to:
        raise InputError(desk.text("Hãy ghi địa chỉ thư của đầu mối bên nguồn."))
    await desk.database.ask(lambda conn: letters.forward(conn, number, wording(letters.one(conn, number), desk), to, hand))
    return urlencode({"done": "forwarded", "n": 1})


async def _filed(desk: Desk, request: Request, number: int) -> Response:
    await _form(request)
    hand = _hand(desk, request)

    def made(conn: Connection) -> bytes:
        found = letters.one(conn, number)
        letters.forward(conn, number, ("", ""), "", hand)
        return file_of(found)

    headers = {"Content-Disposition": f'attachment; filename="thu-{number}.json"', "Cache-Control": "no-store"}
    return Response(await desk.database.ask(made), media_type="application/json", headers=headers)


async def _mended(desk: Desk, request: Request, number: int) -> Response:
    form, hand = await _form(request), _hand(desk, request)
    try:
        if form.get("do") == "send":
            made = await desk.database.ask(lambda conn: letters.send(conn, number, form, hand))
            if made.verdict is None:
                return RedirectResponse(f"{PATH}?{urlencode({'done': 'mended', 'n': 1})}", status_code=303)
        else:
            made = await desk.database.ask(lambda conn: letters.mended(conn, number, form, hand.now))
    except UnavailableError as away:
        return await letter_page(desk, request, number, typed=form, problem=str(away), status=503)
    except InputError as wrong:
        return await letter_page(desk, request, number, typed=form, problem=str(wrong), status=404 if isinstance(wrong, NotFoundError) else 400)
    return await letter_page(desk, request, number, typed=form, made=made)


async def _listing(desk: Desk, request: Request, *, status: int = 200, problem: str = "") -> Response:
    query, text, at = request.query_params, desk.words(), desk.clock.real()
    asked = {name: query.get(name, "").replace("\0", "")[:300] for name in _OF} if "reason" in query else None

    def found(conn: Connection) -> tuple[list[Group], list[Alike], list[Click]]:
        return letters.groups(conn), letters.alike(conn, *asked.values()) if asked else [], letters.lately(conn, at)

    groups, alike, lately = await desk.database.ask(found)
    known = reasons(text)
    return desk.page(
        request, "letters.html", "Thông điệp chưa nhận được", status=status, problem=problem,
        done=_done(query.get("done", ""), query.get("n", ""), text),
        groups=[_group(g, text, is_here=asked is not None and tuple(asked.values()) == (g.topic, g.source, g.reason)) for g in groups],
        total=text.number(sum(g.messages for g in groups)), asked=asked, most=MOST, longest=LONGEST_REASON,
        reason=known.get(asked["reason"]) if asked else None, may_replay=asked is not None and asked["reason"] not in {"identity", "no_data"},
        alike=[{"number": x.letter_id, "at": text.minute(x.recorded_at), "detail": detail(x.detail, text) or masked(x.detail)[:300]} for x in alike],
        lately=[_click(c, text) for c in lately])


def _group(group: Group, text: Words, *, is_here: bool) -> Mapping[str, Any]:
    known = reasons(text).get(group.reason)
    query = urlencode({"topic": group.topic, "source": group.source, "reason": group.reason})
    return {"topic": group.topic, "source": masked(group.source) or text("(không rõ nguồn)"), "what": known.what if known else group.reason,
            "n": text.number(group.messages), "oldest": text.minute(group.oldest_at), "newest": text.minute(group.newest_at),
            "href": f"{PATH}?{query}#alike", "is_here": is_here}


def _click(click: Click, text: Words) -> Mapping[str, Any]:
    return {"batch": str(click.batch), "act": act_word(click.act, text), "at": text.minute(click.acted_at), "name": click.name,
            "reason": click.reason, "n": text.number(click.letters), "first": click.first_letter, "can_undo": click.can_undo}


def _done(act: str, n: str, text: Words) -> str:
    if not (n.isascii() and n.isdecimal() and len(n) <= 6):
        return ""
    said = {"replay": text("Đã gửi lại {n} thư; thư nào còn sai sẽ trở lại đây với số mới."), "set_aside": text("Đã xếp lại {n} thư."),
            "taken_back": text("Đã đưa {n} thư trở lại bàn."), "forwarded": text("Thư gửi nguồn đã vào hàng chờ gửi."),
            "mended": text("Đã gửi bản đã sửa; thư gốc được giữ nguyên.")}
    return said.get(act, "").format(n=text.number(int(n)))
