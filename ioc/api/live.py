"""`/live/stream` and `/live/heartbeat`: what a page is sent, and what it says it has painted.

Every screen asks for them all day: they are answered before the framework looks at a request.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import orjson
from starlette.responses import Response

from ioc.api.access import EXACT, may, may_see
from ioc.api.again import AGAIN, UNCHANGED
from ioc.api.answers import answer, error
from ioc.api.beats import Beats
from ioc.api.guard import HEARTBEAT, STREAM, language
from ioc.api.hardening import App, Receive, Scope, Send, header
from ioc.api.identity import Found, principal, seen_by_guests
from ioc.api.lines import STILL, Line, transport_of
from ioc.api.routes import Doors
from ioc.errors import InputError, IocError
from ioc.live.collector import MAP
from ioc.live.frames import Variant

PATHS: Mapping[str, str] = {STREAM: "GET", HEARTBEAT: "POST"}
"""What is answered here, and the method by which it is asked for."""
MAX_HEARTBEAT = 4096
_START = {"type": "http.response.start", "status": 200, "headers": [
    (b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]}
_SILENT = Response(status_code=204)


class Asked(NamedTuple):
    """What a page asks of the stream: from which frame on, and whether as guests of the house are shown it."""

    since: str
    guests: str


class Live:
    """Answers the two paths, and hands on everything else to what lies behind."""

    def __init__(self, behind: App, *, doors: Doors, beats: Beats) -> None:
        self.behind = behind
        self._doors = doors
        self._beats = beats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = PATHS.get(scope["path"]) if scope["type"] == "http" else None
        if method is None:
            await self.behind(scope, receive, send)
        elif scope["method"] != method:
            await error(405, f"ask for {scope['path']} by {method}", {"allow": method})(scope, receive, send)
        elif scope["path"] == STREAM:
            await self._stream(scope, receive, send)
        else:
            await (await answer(self._hear(scope, receive)))(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, who, panels = _asked(scope), principal.get(), self._doors.panels
        only = None if may(who, EXACT["/wall"]) else frozenset(name for key in panels if may_see(who, key) for name in (key, key + MAP))
        variant = Variant(language.get(), seen_by_guests(asked.guests))
        # A page that was shown more than it may see now is given everything anew, so that nothing of before stays on it.
        known = asked.since if variant.guests == (asked.guests == "1") else ""
        if only is None and (transport := transport_of(scope)) is not None:
            await self._follow(Line(transport, variant, scope.get(STILL, _always)), known, receive, send)
        else:
            await _sent(self._doors.feed.events(variant, known, only), receive, send)

    async def _follow(self, line: Line, known: str, receive: Receive, send: Send) -> None:
        """Begin the answer as any other; what comes then is written by whoever writes to all."""
        feed = self._doors.feed
        await send(dict(_START))
        await send({"type": "http.response.body", "body": feed.first(line, known), "more_body": True})
        with feed.following(line):
            await _until_one_ends(_gone(receive), line.ended.wait())
        if line.ended.is_set():
            await send({"type": "http.response.body", "body": b"\n", "more_body": True})  # the guard says why it ends instead

    async def _hear(self, scope: Scope, receive: Receive) -> Response:
        found: Found | None = scope.get("ioc.found")
        actor = found.principal.actor if found and found.screen else None
        self._beats.hear(await _bounded(receive), actor, self._doors.feed.newest)
        if found and found.screen and found.screen.pinned:  # where whoever runs the screens wants this one to be
            return Response(orjson.dumps({"pinned": found.screen.pinned}), media_type="application/json")
        if AGAIN in scope and UNCHANGED in scope:
            scope[AGAIN](partial(self._hear_again, scope[UNCHANGED], actor))
        return _SILENT

    def _hear_again(self, unchanged: Callable[[], bool], actor: str | None, body: bytes) -> bool:
        """Take the next heartbeat of the same page, as long as nothing has changed about it; see ioc/api/again.py."""
        if len(body) > MAX_HEARTBEAT or not unchanged():
            return False
        try:
            self._beats.hear(body, actor, self._doors.feed.newest)
        except IocError:  # the whole way says what is wrong
            return False
        return True


def _always() -> bool:
    return True


def _asked(scope: Scope) -> Asked:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    last = header(scope, b"last-event-id") or query.get("since", [""])[-1]
    return Asked(last[:64], query.get("guests", [""])[-1])


async def _sent(events: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
    """Send events until the viewer has gone, or until whoever stands before us ends it."""
    async def sending() -> None:
        await send(dict(_START))
        async for event in events:
            await send({"type": "http.response.body", "body": event, "more_body": True})

    try:
        await _until_one_ends(sending(), _gone(receive))
    finally:
        await events.aclose()  # type: ignore[attr-defined]


async def _until_one_ends(*works: Coroutine[Any, Any, object]) -> None:
    """Do several things until one of them ends; what went wrong in any is raised once all have ended."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for wrong in ended:
        if isinstance(wrong, Exception):
            raise wrong


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _bounded(receive: Receive) -> bytes:
    raw = b""
    while True:
        message = await receive()
        raw += bytes(message.get("body", b""))
        if len(raw) > MAX_HEARTBEAT or message["type"] == "http.disconnect":
            raise InputError("a heartbeat is a JSON object with 'screen', as the wall's own page sends it, and ends after 4 kB")
        if not message.get("more_body"):
            return raw
