"""`/screen`: the code that an unpaired screen shows, and the token that it gets once somebody confirmed it."""

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from ioc.api.answers import answer
from ioc.api.desk import Desk
from ioc.api.forms import own_path
from ioc.api.hardening import address_of
from ioc.db.connect import Connection
from ioc.errors import RefusedError
from ioc.people.screens import CODE_HOLDS, Pairing, ask_for_pairing, collect, pairing

WAITING = "pairing"
FOREVER_S = 400 * 86_400
"""Browsers keep no cookie longer; it is set anew each day."""


def add_pairing(server: FastAPI, desk: Desk) -> None:
    """Put the two paths on the server."""

    @server.get("/screen")
    async def page(request: Request) -> Response:
        to = own_path(request.query_params.get("to", ""), "/wall")
        if request.scope.get("ioc.found"):
            return RedirectResponse(to, status_code=303)
        return await answer(_page(desk, request, to))

    @server.post("/screen/state")
    async def state(request: Request) -> Response:
        return await answer(_state(desk, request))


async def _page(desk: Desk, request: Request, to: str) -> Response:
    token = desk.cookies.read(request.headers.get("cookie", ""), WAITING)
    now, address = desk.clock.real(), address_of(request.scope)

    def shown(conn: Connection) -> tuple[str, Pairing]:
        known = pairing(conn, token, now) if token else None
        if known and known.screen_id is None:
            return token, known
        fresh, code = ask_for_pairing(conn, address, now)
        return fresh, Pairing(code=code, until=now + CODE_HOLDS, screen_id=None)

    try:
        token, waiting = await desk.database.ask(shown)
    except RefusedError:
        return desk.page(request, "screen_full.html", "Ghép màn hình", status=429, to=to,
                         problem=desk.text("Quá nhiều màn hình đang chờ ghép. Vui lòng thử lại sau 10 phút, hoặc đăng nhập."))
    made = desk.page(request, "screen.html", "Ghép màn hình", code=waiting.code, to=to)
    made.headers.append("set-cookie", desk.cookies.setting(WAITING, token, max_age_s=int(CODE_HOLDS.total_seconds())))
    return made


async def _state(desk: Desk, request: Request) -> Response:
    if request.scope.get("ioc.found"):
        return JSONResponse({"state": "paired"})
    token = desk.cookies.read(request.headers.get("cookie", ""), WAITING)
    now = desk.clock.real()
    known = await desk.database.ask(lambda conn: pairing(conn, token, now)) if token else None
    if known is None:
        return JSONResponse({"state": "over"})
    if known.screen_id is None:
        return JSONResponse({"state": "waiting"})
    fresh = await desk.database.ask(lambda conn: collect(conn, token, now))
    if fresh is None:
        return JSONResponse({"state": "over"})
    desk.identities.forget()
    made = JSONResponse({"state": "paired"})
    made.headers.append("set-cookie", desk.cookies.setting("screen", fresh, max_age_s=FOREVER_S))
    made.headers.append("set-cookie", desk.cookies.setting(WAITING, "", max_age_s=0))
    return made
