"""`/console/screens`: what each screen last painted; pair one by its code, name it, limit it, point it at a page, set it for guests, revoke it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.answers import status_of
from ioc.api.desk import Desk
from ioc.api.forms import form_of
from ioc.db.connect import Connection
from ioc.errors import InputError, IocError
from ioc.people import screens
from ioc.people.accounts import By
from ioc.people.heartbeats import STATES, Painted, painted, state_of
from ioc.words import Words

Act = Callable[[Connection, Mapping[str, str], By], Any]
ROTATION = "rotation"
"""In place of a path: the panels one after the other."""
LINKS = {"live": "Trực tuyến", "connecting": "Đang kết nối", "lost": "Mất kết nối", "stalled": "Ngừng cập nhật", "broken": "Lỗi hiển thị",
         "refused": "Chưa được phép"}
MARKS = {"painting": "●", "old": "▲", "behind": "◆", "frozen": "■", "silent": "✕", "never": "○"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What the page stands on. `titles`: of the panels, by key; `build`: of the release that is served; `heard`: writes down what screens said of
    themselves and what this process still holds.
    """

    desk: Desk
    titles: Mapping[str, str]
    build: str
    heard: Callable[[], Awaitable[None]]


def add_console_screens(server: FastAPI, room: Room) -> None:
    """Put the page and its acts on the server."""
    @server.get("/console/screens")
    async def page(request: Request) -> Response:
        return await _page(room, request)

    @server.post("/console/screens/confirm")
    async def confirm(request: Request) -> Response:
        return await _acted(room, request, lambda conn, form, by: screens.confirm(
            conn, form.get("code", ""), form.get("name", ""), by, addresses=form.get("addresses"), guests="guests" in form))

    @server.post("/console/screens/change")
    async def change(request: Request) -> Response:
        return await _acted(room, request, lambda conn, form, by: screens.edit(
            conn, _number(form), by, name=form.get("name", ""), addresses=form.get("addresses"), pinned=_path(form), guests="guests" in form))

    @server.post("/console/screens/end")
    async def end(request: Request) -> Response:
        return await _acted(room, request, lambda conn, form, by: screens.end(conn, _number(form), "revoked", by))


def _number(form: Mapping[str, str]) -> int:
    text = form.get("screen", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise InputError(f"'{text[:20]}' is no screen")
    return int(text)


def _path(form: Mapping[str, str]) -> str | None:
    chosen = form.get("pinned") or None
    return screens.rotation_path(form.get("seconds", "")) if chosen == ROTATION else chosen


async def _acted(room: Room, request: Request, act: Act) -> Response:
    desk = room.desk
    try:
        form = await form_of(request)
        await desk.database.ask(lambda conn: act(conn, form, desk.by(request)))
    except IocError as error:
        return await _page(room, request, status=status_of(error), problem=str(error))
    desk.identities.forget()
    return RedirectResponse("/console/screens", status_code=303)


async def _page(room: Room, request: Request, *, status: int = 200, problem: str = "") -> Response:
    desk = room.desk
    text, now, data_now = desk.words(), desk.clock.real(), desk.clock.now()
    places = {"/wall": text("Toàn bộ màn hình"), **{f"/wall/{key}": text(title) for key, title in room.titles.items()}}

    def found(conn: Connection) -> list[dict[str, Any]]:
        last = painted(conn)
        known = {s.screen_id: s for s in screens.screens(conn, now).values()}
        return [_settings(s, now, text) | _pin(s, places) | _seen(last.get(s.screen_id), now, text) |
                _glass(last.get(s.screen_id), data_now, text, places, room.build) for s in known.values()]

    await room.heard()
    rows = await desk.database.ask(found)
    return desk.page(request, "screens.html", "Màn hình", status=status, problem=problem, screens=rows, places=places, rotation=ROTATION)


def _settings(screen: screens.Screen, now: datetime, text: Words) -> dict[str, Any]:
    return {"screen_id": screen.screen_id, "name": screen.name, "paired": text.minute(screen.paired_at), "guests": screen.guests,
            "addresses": screen.addresses or "", "seen": _ago(screen.seen_at, now, text)}


def _pin(screen: screens.Screen, places: Mapping[str, str]) -> dict[str, Any]:
    """What of the form's choices is chosen; a path that the form does not offer stays one of its own."""
    pinned = screen.pinned or ""
    seconds = screens.rotation_of(pinned)
    return {"pinned": ROTATION if seconds else pinned, "seconds": seconds or screens.ROTATION_S,
            "other": pinned if pinned and not seconds and pinned not in places else ""}


def _seen(last: Painted | None, now: datetime, text: Words) -> dict[str, Any]:
    """Whether it paints, in a word, by a shape and since when."""
    state = state_of(last, now)
    return {"state": state, "mark": MARKS[state], "word": text(STATES[state]), "painted": _ago(last.painted_at if last else None, now, text),
            "heard": _ago(last.heard_at if last else None, now, text)}


def _glass(last: Painted | None, data_now: datetime, text: Words, places: Mapping[str, str], build: str) -> dict[str, Any]:
    """What stands on it: page, frame, data, link, size."""
    if last is None:
        return dict.fromkeys(("page", "frame", "data", "link", "size", "memory", "release"), "")
    frame = "–" if last.frame is None or last.frame < 0 else text.number(last.frame)
    if last.behind:
        frame = text("{frame}, chậm {n} khung", frame=frame, n=text.number(last.behind))
    return {
        "page": _place(last, text, places), "frame": frame, "data": _ago(last.data_as_of, data_now, text),
        "link": text(LINKS.get(last.link or "", "Chưa báo")), "size": last.size or "",
        "memory": f"{text.number(last.heap_bytes / 2**20)} MB" if last.heap_bytes else "",
        "release": text("bản cũ") if last.build and last.build != build else "",
    }


def _place(last: Painted, text: Words, places: Mapping[str, str]) -> str:
    path = last.shown or last.page or ""
    title = places.get(path.partition("?")[0], path)
    asked = parse_qs(urlsplit(last.page or "").query)
    said = [text("luân phiên {n} giây", n=asked["rotate"][0][:4])] if asked.get("rotate") else []
    return " · ".join([title, *said])


def _ago(at: datetime | None, now: datetime, text: Words) -> str:
    if at is None:
        return "–"
    seconds = max(0, round((now - at).total_seconds()))
    return text("{n} giây trước", n=text.number(seconds)) if seconds < 120 else text.minute(at)
