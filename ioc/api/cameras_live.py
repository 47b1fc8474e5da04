"""`/api/cameras/live/…`: one camera as fast as its pictures come, as MJPEG (multipart/x-mixed-replace), for minutes and for few at once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from ioc.api.answers import answer, error
from ioc.api.cameras import PREFIX, Hall
from ioc.api.cameras_words import REFUSALS
from ioc.audit.ledger import Entry, append
from ioc.cameras import shown
from ioc.db.connect import Connection
from ioc.errors import UnavailableError

MOST = 4
"""Live views of one web process: each asks the database five times a second."""
LASTS_S = 300.0
EVERY_S = 0.2
BOUNDARY = "ioc-frame"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class Lives:
    """Who watches what live, of one web process; on one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._watching: set[str] = set()

    def refusal(self, actor: str) -> tuple[int, str] | None:
        """Why this person may begin no live view now: status and one of the texts; None = they may."""
        if actor in self._watching:
            return 429, REFUSALS["yours"]
        if len(self._watching) >= self._most:
            return 503, REFUSALS["full"]
        return None

    def begin(self, actor: str) -> None:
        self._watching.add(actor)

    def end(self, actor: str) -> None:
        self._watching.discard(actor)


class _Live(StreamingResponse):
    """A stream that gives its place back however it ends, also where it never began."""

    def __init__(self, content: AsyncIterator[bytes], lives: Lives, actor: str) -> None:
        super().__init__(content, media_type=f"multipart/x-mixed-replace; boundary={BOUNDARY}", headers=_HEADERS)
        self._lives, self._actor = lives, actor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._lives.end(self._actor)


def add_cameras_live(server: FastAPI, hall: Hall, lives: Lives) -> None:
    """Put the path on the server."""
    @server.get(PREFIX + "live/{camera:path}")
    async def live(request: Request, camera: str) -> Response:
        return await answer(_live(hall, lives, request, camera))


async def _live(hall: Hall, lives: Lives, request: Request, code: str) -> Response:
    desk, who = hall.desk, hall.desk.who(request)
    camera, by = hall.camera(who, code), desk.by(request)
    if refused := lives.refusal(who.actor):
        return error(refused[0], desk.text(refused[1]), {"Retry-After": "30"})

    def enter(conn: Connection) -> None:
        with conn.transaction():
            append(conn, Entry(actor=by.actor, action="camera.watched", subject=f"camera:{camera.code}", at=by.at, address=by.address))

    with ExitStack() as place:  # taken before the line is written, so that no two take the last one; given back whatever comes between
        lives.begin(who.actor)
        place.callback(lives.end, who.actor)
        await desk.database.ask(enter)  # no line, no picture
        place.pop_all()  # the answer gives it back now
    return _Live(_frames(hall, request, camera.code), lives, who.actor)


async def _frames(hall: Hall, request: Request, code: str) -> AsyncIterator[bytes]:
    """Pictures as they come, until the person may look no more or the time is over. A slow reader is sent fewer, never older ones."""
    desk, found = hall.desk, hall.desk.found(request)
    end, number = time.monotonic() + LASTS_S, -1
    while time.monotonic() < end and desk.identities.still(found):
        try:
            await hall.shelf.want([code], live=True)
            picture = await desk.database.ask(lambda conn, sent=number: shown.newer(conn, code, sent))  # type: ignore[misc]
        except UnavailableError:
            return  # the page says that nothing comes, and begins anew
        if picture is not None:
            number = picture.number
            yield _part(picture.jpeg, picture.received_s)
        await asyncio.sleep(EVERY_S)
    yield f"--{BOUNDARY}--\r\n".encode()


def _part(jpeg: bytes, received_s: float) -> bytes:
    head: dict[str, Any] = {"Content-Type": "image/jpeg", "Content-Length": len(jpeg), "Ioc-Received": f"{received_s:.3f}"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"--{BOUNDARY}\r\n{lines}\r\n".encode() + jpeg + b"\r\n"
