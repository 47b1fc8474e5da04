"""`/console/standing`: how much the centre is on its guard, decided by a person and shown on every wall."""

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from ioc.alerts.standing import LEVELS, LONGEST_REASON, STATES, decide_standing, standings
from ioc.api.answers import status_of
from ioc.api.desk import Desk
from ioc.api.forms import form_of
from ioc.errors import IocError
from ioc.people.roles import Permission

PATH = "/console/standing"
SHOWN = 20


def add_console_standing(server: FastAPI, desk: Desk) -> None:
    """Put the page and its act on the server; whoever may not decide sees what was decided."""

    @server.get(PATH)
    async def page(request: Request) -> Response:
        return await _page(desk, request)

    @server.post(PATH + "/set")
    async def change(request: Request) -> Response:
        form: Mapping[str, str] = {}
        try:
            form, by = await form_of(request), desk.by(request)
            await desk.database.ask(lambda conn: decide_standing(conn, form.get("state", ""), form.get("reason", ""), by=by.actor, at=by.at,
                                                                 address=by.address))
        except IocError as error:
            return await _page(desk, request, status=status_of(error), problem=str(error), reason=form.get("reason", ""))
        return RedirectResponse(PATH, status_code=303)


async def _page(desk: Desk, request: Request, *, status: int = 200, problem: str = "", reason: str = "") -> Response:
    found = await desk.database.ask(lambda conn: standings(conn, SHOWN))
    text = desk.words()
    rows = [{"state": text(STATES[s.state]) if s.state else text("Không hiện"), "level": LEVELS.get(s.state or "", "none"), "reason": s.reason,
             "at": text.minute(s.set_at), "by": s.set_by} for s in found]
    return desk.page(
        request, "standing.html", "Trạng thái trực", status=status, problem=problem, rows=rows, reason=reason, longest=LONGEST_REASON,
        states=[(key, text(word)) for key, word in STATES.items()], now=found[0].state if found else None,
        may=desk.who(request).may(Permission.ALERTS_CLOSE_4))
