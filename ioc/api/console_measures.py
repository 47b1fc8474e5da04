"""`POST /api/measures` keeps what an act cost; `/console/measures` shows it: one's own and everybody's together, never another's."""

from collections.abc import Mapping

from fastapi import FastAPI, Request, Response

from ioc.api.answers import answer, error
from ioc.api.bodies import json_of
from ioc.api.desk import Desk
from ioc.api.hardening import Rates
from ioc.db.connect import Connection
from ioc.shift.measures import FEWEST, Costs, Measure, costs, keep
from ioc.words import Words

PATH = "/api/measures"
MAX_BODY = 2000
READ_S = 10.0


def add_console_measures(server: FastAPI, desk: Desk) -> None:
    """Put both on the server."""
    rates = Rates(per_s=3, most=60)  # nobody decides more than three reports a second

    @server.post(PATH)
    async def keeping(request: Request) -> Response:
        if wait_s := rates.wait_s(desk.who(request).actor):
            return error(429, "too many measures: wait", {"Retry-After": str(wait_s)})
        return await answer(_kept(desk, request))

    @server.get("/console/measures")
    async def page(request: Request) -> Response:
        who, at, text = desk.who(request), desk.clock.real(), desk.words()

        def found(conn: Connection) -> tuple[Costs, Costs]:
            return costs(conn, at, actor=who.actor), costs(conn, at)

        own, everybody = await desk.database.ask(found)
        enough = (everybody.people or 0) >= FEWEST
        return desk.page(request, "measures.html", "Số phím và thời gian xử lý", own=_told(own, text), fewest=FEWEST,
                         everybody=_told(everybody, text) if enough else None)


async def _kept(desk: Desk, request: Request) -> Response:
    measure = await json_of(request, Measure, "measure", MAX_BODY, READ_S)
    who, at = desk.who(request), desk.clock.real()
    await desk.database.ask(lambda conn: keep(conn, measure, who, at))
    return Response(status_code=204)


def _told(found: Costs, text: Words) -> Mapping[str, str]:
    return {"reports": text.number(found.reports), "keys": text.number(found.keys_median, 1), "keys_p95": text.number(found.keys_p95, 1),
            "machine": text.number(found.machine_median_s, 2), "machine_p95": text.number(found.machine_p95_s, 2),
            "reading": text.number(found.reading_median_s, 0)}
