"""A reporter's contact over HTTP: masked for whoever may read the report, whole for whoever needs it and says why."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from ioc.api.answers import answer, error
from ioc.api.ask import Database
from ioc.api.hardening import check_json
from ioc.clock import Clock
from ioc.contacts.vault import Look, Subject, masked, reveal
from ioc.errors import ForbiddenError, InputError
from ioc.people.principal import Principal
from ioc.people.seals import SealError, Seals

PREFIX = "/api/contacts/"
BODY_LIMIT = 10_000
_PRIVATE = {"Cache-Control": "no-store"}


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a look."""

    reason: Annotated[str, msgspec.Meta(min_length=1)]


def add_contacts(server: FastAPI, database: Database, seals: Callable[[], Seals], clock: Clock) -> None:
    """The two paths. Who asks stands in the request's scope as `ioc.principal`."""
    @server.get(PREFIX + "{stream}/{subject:path}")
    async def shown(request: Request, stream: str, subject: str) -> Response:
        async def ask() -> Response:
            who = _who(request)
            found = await database.ask(lambda conn: masked(conn, seals(), who, Subject(stream, subject)))
            return JSONResponse(dict(found), headers=_PRIVATE)

        return await _answered(ask())

    @server.post(PREFIX + "{stream}/{subject:path}/reveal")
    async def seen(request: Request, stream: str, subject: str) -> Response:
        async def ask() -> Response:
            who, reason = _who(request), await _reason(request)
            look = Look(who=who, reason=reason, at=clock.real(), address=request.client.host if request.client else "")
            found = await database.ask(lambda conn: reveal(conn, seals(), Subject(stream, subject), look))
            return JSONResponse(dict(found), headers=_PRIVATE)

        return await _answered(ask())


async def _answered(question: Awaitable[Response]) -> Response:
    async def told() -> Response:
        try:
            return await question
        except SealError as closed:
            return error(500, f"{closed}; nothing was shown")

    return await answer(told())


def _who(request: Request) -> Principal:
    who = request.scope.get("ioc.principal")
    if not isinstance(who, Principal):
        raise ForbiddenError("nobody is signed in")
    return who


async def _reason(request: Request) -> str:
    check_json(request.headers.get("content-type", ""))
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise InputError(f"the body is larger than {BODY_LIMIT} bytes")
    try:
        return msgspec.json.decode(body, type=Asked).reason
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise InputError(f'the body must be JSON like {{"reason": "…"}}: {wrong}') from None
