"""The pure ASGI guard in front of everything: unknown paths are 404 (Dash answers any path with its page), language, headers."""

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import orjson

from ioc.words import LANGUAGES

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])
LANGUAGE_COOKIE = "ioc_language"

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
)


class Guard:
    """Lets through exact paths and prefixes, answers 404 to all else."""

    def __init__(self, app: App, *, exact: frozenset[str], prefixes: tuple[str, ...]) -> None:
        self._app = app
        self._exact = exact
        self._prefixes = prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})  # nothing here speaks it
                return
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self._exact and not path.startswith(self._prefixes):
            await _not_found(path, send)
            return
        token = language.set(chosen_language(scope))
        try:
            await self._app(scope, receive, _with_headers(send))
        finally:
            language.reset(token)


def chosen_language(scope: Scope) -> str:
    """Language of a request: its query, else its cookie, else Vietnamese."""
    asked: str = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    if asked in LANGUAGES:
        return asked
    raw: str = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"), "")
    try:
        morsel = SimpleCookie(raw).get(LANGUAGE_COOKIE)
    except CookieError:
        return LANGUAGES[0]
    return str(morsel.value) if morsel and morsel.value in LANGUAGES else LANGUAGES[0]


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _ in message.get("headers", ())}
            message["headers"] = [*message.get("headers", ()), *((n, v) for n, v in _HEADERS if n not in present)]
        await send(message)

    return sending


async def _not_found(path: str, send: Send) -> None:
    body = orjson.dumps({"error": "not found", "path": path[:200]})
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json"), *_HEADERS]})
    await send({"type": "http.response.body", "body": body})
