"""`/logout`, who one is (`/session`), and that somebody is there (`/session/active`)."""

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from ioc.api.desk import Desk
from ioc.api.forms import form_of, prove
from ioc.api.identity import Found
from ioc.people import sessions

_FRESH = {"cache-control": "no-store"}


def add_session(server: FastAPI, desk: Desk) -> None:
    """Put the paths on the server."""

    @server.post("/logout")
    async def leave(request: Request) -> Response:
        form = await form_of(request, proved=False)
        found: Found | None = request.scope.get("ioc.found")
        if found and found.session:
            prove(form, found.principal)
            number = found.session.session_id
            await desk.database.ask(lambda conn: sessions.end(conn, number, "signed out", desk.by(request)))
            desk.identities.forget()
        answer = RedirectResponse("/login", status_code=303)
        answer.headers.append("set-cookie", desk.cookies.setting("session", "", max_age_s=0))
        answer.headers["clear-site-data"] = '"cache"'
        return answer

    @server.get("/session")
    async def session(request: Request) -> Response:
        found: Found | None = request.scope.get("ioc.found")
        if found is None:
            return JSONResponse({"error": "nobody is signed in here"}, 401, _FRESH)
        pinned = found.screen.pinned if found.screen else None
        told = {"kind": found.principal.kind, "name": found.principal.name, "roles": list(found.principal.roles), "pinned": pinned}
        return JSONResponse(told, headers=_FRESH)

    @server.post("/session/active")
    async def active() -> Response:
        return Response(status_code=204)  # the guard has counted it
