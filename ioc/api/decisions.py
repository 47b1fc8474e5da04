"""`POST /api/decisions/STREAM/SUBJECT`: what a person decides, once for each click."""

from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from ioc.api.answers import answer, error
from ioc.api.ask import Database
from ioc.api.bodies import json_of
from ioc.decisions.decide import Office, decide
from ioc.decisions.decision import Decision
from ioc.decisions.verdicts import ConflictError
from ioc.errors import InputError
from ioc.people.principal import Principal

PREFIX = "/api/decisions/"
MAX_BODY = 64_000
READ_S = 10.0


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    fact: str
    version: int
    data: dict[str, Any] = {}
    reason: str = ""


def add_decisions(server: FastAPI, database: Database, office: Office) -> None:
    """Put the route on the server, before Dash adds its catch-all. Who asks stands in the request, put there by the guard."""

    @server.post(PREFIX + "{stream}/{subject:path}")
    async def deciding(stream: str, subject: str, request: Request) -> Response:
        who = request.scope.get("ioc.principal")
        if not isinstance(who, Principal):
            return error(401, "nobody is signed in: sign in, and decide again")
        return await answer(_decided(database, office, who, stream, subject, request))


async def _decided(database: Database, office: Office, who: Principal, stream: str, subject: str, request: Request) -> Response:
    asked = await json_of(request, _Asked, "decision", MAX_BODY, READ_S)
    decision = _decision(stream, subject, request.headers.get("idempotency-key", ""), asked)
    address = request.client.host if request.client else ""
    try:
        done = await database.ask(lambda conn: decide(conn, decision, who, office, address=address))
    except ConflictError as faster:
        changes = [{"fact": c.fact, "at": c.at.isoformat(), "by": c.by} for c in faster.changes]
        return JSONResponse({"error": str(faster), "state": faster.state, "version": faster.version, "changes": changes}, 409)
    return JSONResponse({"event_id": done.event_id, "version": done.version, "state": done.state}, headers={"Cache-Control": "no-store"})


def _decision(stream: str, subject: str, key: str, asked: _Asked) -> Decision:
    if not key:
        raise InputError("the header Idempotency-Key is missing: give each click a key of its own, so that it counts once")
    # The draft of the header writes it in quotes; a key is the same with and without.
    return Decision(stream=stream, subject=subject, fact=asked.fact, version=asked.version, key=key.strip('"'), data=asked.data, reason=asked.reason)
