"""`/api/reports/…`: the queue, one report, who looks at what; what the desk of reports asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse, StreamingResponse

from ioc.api.answers import answer
from ioc.api.bodies import json_of
from ioc.api.desk import Desk
from ioc.api.reports_json_words import Teller
from ioc.api.reports_stream import Watch
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.people.roles import Permission
from ioc.reports import detail, queue
from ioc.streams.engine.rules import Rules
from ioc.words import unix

MOST_THESE = 500
MAX_LOOK, READ_S = 1000, 5.0
_PRIVATE = {"Cache-Control": "no-store"}
_STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """What the desk of reports stands on."""

    desk: Desk
    rules: Rules
    watch: Watch

    def reader(self, request: Request) -> queue.Reader:
        desk = self.desk
        return queue.Reader(who=desk.who(request), profile=desk.profile, seals=desk.seals(), now=desk.clock.now(), real=desk.clock.real())

    def teller(self, reader: queue.Reader) -> Teller:
        return Teller(self.desk.words(), self.desk.profile, self.rules, reader.seals, reader.now,
                      masks=not reader.who.may(Permission.REPORTS_CONTACT))


class _Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a look; '' = at no report any more."""

    subject: str


def add_reports_json(server: FastAPI, counter: Counter) -> None:
    """Put the routes on the server."""
    @server.get("/api/reports/queue.json")
    async def listing(request: Request) -> Response:
        return await answer(_listing(counter, request))

    @server.get("/api/reports/stream")
    async def stream(request: Request) -> Response:
        return StreamingResponse(counter.watch.events(counter.desk.who(request)), media_type="text/event-stream", headers=_STREAM)

    @server.post("/api/reports/presence")
    async def presence(request: Request) -> Response:
        return await answer(_looks(counter, request))

    @server.get("/api/reports/{subject:path}/detail.json")
    async def one(subject: str, request: Request) -> Response:
        return await answer(_one(counter, request, subject.replace("\0", "")))


async def _listing(counter: Counter, request: Request) -> Response:
    reader, query = counter.reader(request), request.query_params
    asked = _asked(query, reader.who.actor)
    named = _subjects(query.get("rows"))

    def found(conn: Connection) -> dict[str, Any]:
        if named is not None:
            return {"rows": _told(conn, counter, reader, named)}
        shown = queue.page(conn, asked, reader, query.get("after", "")[:2000])
        told: dict[str, Any] = {"rows": _told(conn, counter, reader, shown.subjects), "after": shown.after}
        if not query.get("after") and asked.these is None:
            told |= {"counts": queue.counts(conn, asked.jurisdiction, reader), "jurisdictions": queue.jurisdictions(conn)}
        return told

    body = await counter.desk.database.ask(found)
    return JSONResponse(body | {"now": unix(reader.now)}, headers=_PRIVATE)


def _told(conn: Connection, counter: Counter, reader: queue.Reader, subjects: list[str]) -> list[dict[str, Any]]:
    teller = counter.teller(reader)
    return [teller.line(row) for row in queue.lines(conn, subjects, reader.who)]


def _asked(query: Mapping[str, str], actor: str) -> queue.Asked:
    told = {name: query.get(name, "")[:200].replace("\0", "") for name in ("jurisdiction", "category", "unit", "agency", "due")}
    priority = query.get("priority") or "0"
    if priority not in {"0", "1", "2", "3", "4"}:
        raise InputError("a priority is 1 (danger to life) to 4")
    return queue.Asked(**told, stage=query.get("stage") or "triage", priority=int(priority), sought=query.get("q", ""),
                       looked=actor if query.get("looked") == "mine" else "", these=_subjects(query.get("these")))


def _subjects(text: str | None) -> list[str] | None:
    """Codes separated by commas; no code has one."""
    if text is None:
        return None
    found = [one for one in text.replace("\0", "").split(",") if one]
    if len(found) > MOST_THESE:
        raise InputError(f"at most {MOST_THESE} reports are asked for by their codes")
    return found


async def _one(counter: Counter, request: Request, subject: str) -> Response:
    reader = counter.reader(request)

    def found(conn: Connection) -> dict[str, Any]:
        told = counter.teller(reader).whole(detail.detail(conn, reader.seals, reader.who, subject))
        here = detail.looking(detail.lookers(conn, reader.real), reader.who).get(subject, [])
        return told | {"looking": [one.name for one in here if one.actor != reader.who.actor]}

    return JSONResponse(await counter.desk.database.ask(found) | {"now": unix(reader.now)}, headers=_PRIVATE)


async def _looks(counter: Counter, request: Request) -> Response:
    asked = await json_of(request, _Look, "look", MAX_LOOK, READ_S)
    who, at, subject = counter.desk.who(request), counter.desk.clock.real(), asked.subject[:200].replace("\0", "")
    await counter.desk.database.ask(lambda conn: detail.look(conn, who, subject, at))
    return Response(status_code=204)
