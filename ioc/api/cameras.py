"""`/console/cameras`: tiles of the cameras that a person may see; how they stand, their pictures, and pictures kept as proof.

No address holds a secret: the session's cookie decides at each request, and what is out of reach looks like what is not there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from ioc.api.answers import answer
from ioc.api.cameras_shelf import Shelf
from ioc.api.cameras_words import CONDITIONS, KINDS, Teller, condition_of
from ioc.api.desk import Desk
from ioc.audit.ledger import Entry, append
from ioc.cameras import shown
from ioc.cameras.reach import UNLISTED, may_see
from ioc.cameras.shown import Proof
from ioc.cameras.sites import Camera
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.errors import InputError, NotFoundError
from ioc.people.principal import Principal
from ioc.people.roles import Permission

PATH = "/console/cameras"
PREFIX = "/api/cameras/"
MOST_SHOWN = 100
"""Tiles that one page asks about: more than any screen has room for."""
_PRIVATE = {"Cache-Control": "no-store"}
_JPEG = {**_PRIVATE, "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """What the pages of cameras stand on. `kind`: of the database, once it is known: 'exercise' or 'real'."""

    desk: Desk
    shelf: Shelf
    kind: list[str] = field(default_factory=list)

    async def teller(self) -> Teller:
        if not self.kind:
            self.kind.append(await self.desk.database.ask(mark))
        return Teller(words=self.desk.words(), profile=self.desk.profile, now=self.desk.clock.now(), is_exercise=self.kind[0] == "exercise")

    def camera(self, who: Principal, code: str) -> Camera:
        """A camera that this person may see.

        Raises:
            NotFoundError: there is none, or it is out of reach: nobody learns which.

        """
        found = self.shelf.seen_by(who).get(code)
        if found is None:
            raise _nothing()
        return found


def add_cameras(server: FastAPI, hall: Hall) -> None:
    """Put the page and its pictures on the server; who asks stands in the request, put there by the guard."""
    @server.get(PATH)
    async def page(request: Request) -> Response:
        return await _page(hall, request)

    @server.get("/api/cameras.json")
    async def conditions(request: Request) -> Response:
        return await answer(_conditions(hall, request))

    @server.get(PREFIX + "picture/{camera:path}")
    async def picture(request: Request, camera: str) -> Response:
        return await answer(_picture(hall, request, camera))

    @server.get(PREFIX + "media/{ref:path}")
    async def media(request: Request, ref: str) -> Response:
        return await answer(_media(hall, request, ref))


async def _page(hall: Hall, request: Request) -> Response:
    desk, who, teller = hall.desk, hall.desk.who(request), await hall.teller()
    cards = [teller.card(camera) for camera in hall.shelf.seen_by(who).values()]
    names = {code: desk.text(name) for code, name in CONDITIONS.items()}
    kinds = {code: desk.text(name) for code, name in KINDS.items() if any(card["kind"] == code for card in cards)}
    groups = sorted({card["group"] for card in cards if card["group"]})
    return desk.page(request, "cameras.html", "Camera", cards=cards, conditions=names, kinds=kinds, groups=groups,
                     may_review=who.may(Permission.ALERTS_ACT), may_reports=who.may(Permission.REPORTS_READ))


async def _conditions(hall: Hall, request: Request) -> Response:
    """How the tiles that are shown stand; of all others which are not as they should be. What is shown is asked for."""
    seen, teller = hall.shelf.seen_by(hall.desk.who(request)), await hall.teller()
    named = [code for code in request.query_params.get("shown", "").split(",") if code]
    if len(named) > MOST_SHOWN:
        raise InputError(f"at most {MOST_SHOWN} cameras are shown at once")
    tiles = [code for code in dict.fromkeys(named) if code in seen]
    await hall.shelf.want(tiles)
    stand = await hall.shelf.stand()
    troubled = {code: found for code in seen if (found := condition_of(stand.cameras.get(code), stand.now_s)) != "ok"}
    told: Mapping[str, Any] = {code: teller.stands(stand.cameras.get(code), stand.now_s) for code in tiles}
    return JSONResponse({"now": stand.now_s, "cameras": told, "troubled": troubled, "of": len(seen)}, headers=_PRIVATE)


async def _picture(hall: Hall, request: Request, code: str) -> Response:
    camera = hall.camera(hall.desk.who(request), code)
    await hall.shelf.want([camera.code])
    found = await hall.shelf.picture(camera.code)
    if found is None:
        raise _nothing()
    headers = {**_JPEG, "ETag": f'"{found.tag}"', "Ioc-Received": f"{found.received_s:.3f}"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(found.jpeg, media_type="image/jpeg", headers=headers)


async def _media(hall: Hall, request: Request, ref: str) -> Response:
    desk, who = hall.desk, hall.desk.who(request)
    by, at, cameras = desk.by(request), desk.clock.real(), {camera.code: camera for camera in hall.shelf.cameras}

    def seen(conn: Connection) -> Proof:
        with conn.transaction():
            found = shown.proof(conn, ref.replace("\0", "")[:500])
            camera = cameras.get(found.camera_id) if found else None
            if found is None or not may_see(who, camera.kind if camera else UNLISTED, camera.unit_code if camera else found.unit_code):
                raise _nothing()
            # No line, no picture.
            append(conn, Entry(actor=by.actor, action="camera.media_seen", subject=f"camera:{found.camera_id}", at=at, after={"media_ref": ref},
                               address=by.address))
        return found

    found = await desk.database.ask(seen)
    return Response(found.jpeg, media_type="image/jpeg", headers=_JPEG)


def _nothing() -> NotFoundError:
    return NotFoundError("there is no such camera or picture that you may see")
