"""`/console/photos/…`: pictures of reports for those who work on them; new ones, which a decision then names; what the public may see."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from ioc.api.answers import answer
from ioc.api.bodies import json_of
from ioc.api.desk import Desk
from ioc.api.forms import prove
from ioc.api.multipart import Bounds, Upload, check, photo_of, posted
from ioc.errors import InputError, NotFoundError, RefusedError
from ioc.people.roles import Permission
from ioc.reports.photos import MAX_BYTES, Photo
from ioc.reports.pictures import Sent, add_picture, picture, show_picture

PREFIX = "/console/photos/"
BOUNDS = Bounds(files=1, file_bytes=MAX_BYTES)
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
_MOST_BODY, _READ_S = 2000, 10.0


class _Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    media_id: Annotated[str, msgspec.Meta(max_length=60)]
    shown: bool


def add_photos(server: FastAPI, desk: Desk) -> None:
    """Put the paths on the server; who asks stands in the request, put there by the guard."""
    @server.get(PREFIX + "{media_id:path}")
    async def one(request: Request, media_id: str) -> Response:
        return await answer(_one(desk, request, media_id))

    @server.post(PREFIX + "shown")
    async def shown(request: Request) -> Response:
        return await answer(_shown(desk, request))

    @server.post(PREFIX + "{subject:path}")
    async def sent(request: Request, subject: str) -> Response:
        return await answer(_sent(desk, request, subject))


def media_id_of(text: str) -> UUID:
    """The picture that a path or an event's reference names.

    Raises:
        NotFoundError: it names none.

    """
    try:
        return UUID(text.removeprefix("photo:"))
    except ValueError:
        raise NotFoundError("there is no such picture that you may see") from None


async def _one(desk: Desk, request: Request, media_id: str) -> Response:
    number, who = media_id_of(media_id), desk.who(request)
    body = await desk.database.ask(lambda conn: picture(conn, desk.seals(), who, number))
    return Response(body, media_type="image/jpeg", headers=_PRIVATE)


async def _shown(desk: Desk, request: Request) -> Response:
    asked = await json_of(request, _Shown, "choice", _MOST_BODY, _READ_S)
    number, who, by = media_id_of(asked.media_id), desk.who(request), desk.by(request)
    await desk.database.ask(lambda conn: show_picture(conn, who, number, by, shown=asked.shown))
    return Response(status_code=204)


async def _sent(desk: Desk, request: Request, subject: str) -> Response:
    who = desk.who(request)
    if not (who.may(Permission.REPORTS_WORK) or who.may(Permission.REPORTS_TRIAGE)):
        raise RefusedError("sending pictures needs the permission reports_work or reports_triage, which none of your roles gives")
    form = await posted(request, BOUNDS)
    # A page of another site can send a form, but neither this token nor a header of its own.
    prove({"csrf": request.headers.get("x-csrf", "") or form.fields.get("csrf", "")}, who)
    check(form)
    photo = await _read(form.files.get("photo", []))
    sent = Sent(subject=subject.replace("\0", "")[:200], stage=form.fields.get("stage", ""), photo=photo)
    at = desk.clock.real()
    name = await desk.database.ask(lambda conn: add_picture(conn, desk.seals(), who, sent, at))
    return JSONResponse({"media_ref": name}, 201, headers={"Cache-Control": "no-store"})


async def _read(uploads: Sequence[Upload]) -> Photo:
    if len(uploads) != 1:
        raise InputError("send one picture in the field 'photo'")
    return await photo_of(uploads[0])
