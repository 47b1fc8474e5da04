"""`/console/screens`: pair a screen by its code, name it, limit it, pin it to a page, revoke it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.api.desk import Desk
from ioc.api.forms import form_of
from ioc.db.connect import Connection
from ioc.errors import InputError, IocError, UnavailableError
from ioc.people import screens
from ioc.people.accounts import By
from ioc.words import Words

Act = Callable[[Connection, Mapping[str, str], By], Any]


def add_console_screens(server: FastAPI, desk: Desk, titles: Mapping[str, str]) -> None:
    """Put the page and its acts on the server. `titles`: of the panels, by key."""
    @server.get("/console/screens")
    async def page(request: Request) -> Response:
        return await _page(desk, request, titles)

    @server.post("/console/screens/confirm")
    async def confirm(request: Request) -> Response:
        return await _acted(desk, request, titles, lambda conn, form, by: screens.confirm(
            conn, form.get("code", ""), form.get("name", ""), by, addresses=form.get("addresses")))

    @server.post("/console/screens/change")
    async def change(request: Request) -> Response:
        return await _acted(desk, request, titles, lambda conn, form, by: screens.edit(
            conn, _number(form), form.get("name", ""), by, addresses=form.get("addresses"), pinned=form.get("pinned")))

    @server.post("/console/screens/end")
    async def end(request: Request) -> Response:
        return await _acted(desk, request, titles, lambda conn, form, by: screens.end(conn, _number(form), "revoked", by))


def _number(form: Mapping[str, str]) -> int:
    text = form.get("screen", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise InputError(f"'{text[:20]}' is no screen")
    return int(text)


async def _acted(desk: Desk, request: Request, titles: Mapping[str, str], act: Act) -> Response:
    try:
        form = await form_of(request)
        await desk.database.ask(lambda conn: act(conn, form, desk.by(request)))
    except UnavailableError as away:
        return await _page(desk, request, titles, status=503, problem=str(away))
    except IocError as error:
        return await _page(desk, request, titles, status=400, problem=str(error))
    desk.identities.forget()
    return RedirectResponse("/console/screens", status_code=303)


async def _page(desk: Desk, request: Request, titles: Mapping[str, str], *, status: int = 200, problem: str = "") -> Response:
    text, now = desk.words(), desk.clock.real()

    def found(conn: Connection) -> list[dict[str, Any]]:
        painted: dict[str, datetime] = dict(conn.execute("select screen, heard_at from screen_heartbeat where screen like 'screen:%%'").fetchall())
        known = {s.screen_id: s for s in screens.screens(conn, now).values()}
        return [_row(s, painted.get(f"screen:{s.screen_id}"), now, text) for s in known.values()]

    rows = await desk.database.ask(found)
    places = [{"path": "/wall", "title": text("Toàn bộ màn hình")}] + [{"path": f"/wall/{key}", "title": text(t)} for key, t in titles.items()]
    return desk.page(request, "screens.html", "Màn hình", status=status, problem=problem, screens=rows, places=places)


def _row(screen: screens.Screen, painted: datetime | None, now: datetime, text: Words) -> dict[str, Any]:
    return {"screen_id": screen.screen_id, "name": screen.name, "seen": _ago(screen.seen_at, now, text), "painted": _ago(painted, now, text),
            "paired": text.minute(screen.paired_at), "addresses": screen.addresses or "", "pinned": screen.pinned or ""}


def _ago(at: datetime | None, now: datetime, text: Words) -> str:
    if at is None:
        return "–"
    seconds = max(0, round((now - at).total_seconds()))
    return text("{n} giây trước", n=text.number(seconds)) if seconds < 120 else text.minute(at)
