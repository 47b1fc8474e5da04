"""What protects a page beside who may see it: content security policy, headers, same origin, sizes of bodies, rates."""

import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

MOST_BODY = 1 << 20
"""Bytes of a request's body, where its path sets no other limit of its own."""

nonce: ContextVar[str] = ContextVar("nonce", default="")
"""Of the answer that is being made: inline scripts and styles that carry it are ours."""

HEADERS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
TLS_HEADERS: tuple[Header, ...] = ((b"strict-transport-security", b"max-age=31536000"),)
BARE = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Policy of what is no page: JSON, pictures, streams."""


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def policy(token: str) -> bytes:
    """Content Security Policy Level 3 of a page. Plotly and Leaflet set style attributes by script, and MapLibre works in blobs."""
    return "; ".join((
        "default-src 'none'", f"script-src 'self' 'nonce-{token}'", f"style-src 'self' 'nonce-{token}'", "style-src-attr 'unsafe-inline'",
        "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'", "worker-src 'self' blob:", "frame-src 'self'",
        "frame-ancestors 'self'", "form-action 'self'", "base-uri 'none'", "object-src 'none'", "manifest-src 'self'",
    )).encode()


def nonced(html: str, token: str) -> str:
    """A page whose scripts and styles were written by us, marked as such; never given text of other people inside them."""
    return html.replace("<script", f'<script nonce="{token}"').replace("<style", f'<style nonce="{token}"')


def header(scope: Scope, name: bytes) -> str:
    """A header of the request, '' where it is absent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def is_same_origin(scope: Scope) -> bool:
    """Whether a request that changes something comes from a page of ours.

    Browsers send at least one of the two headers with a form or a script's request; a program that sends neither carries no cookies of a
    person who was tricked.
    """
    site = header(scope, b"sec-fetch-site") or "same-origin"
    origin = header(scope, b"origin")
    return site in {"same-origin", "none"} and (not origin or urlsplit(origin).netloc == header(scope, b"host"))


def is_navigation(scope: Scope) -> bool:
    """Whether a person waits for a page."""
    return scope["method"] in {"GET", "HEAD"} and "text/html" in header(scope, b"accept")


def address_of(scope: Scope) -> str:
    """Address of the caller, as the server tells it (behind a trusted proxy: of the proxy's caller)."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def bounded(receive: Receive, most: int, too_large: Callable[[], None]) -> Receive:
    """The same body; one that grows beyond `most` bytes ends as if its sender had gone."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            too_large()
            return {"type": "http.disconnect"}
        return message

    return receiving


def with_headers(send: Send, extra: Iterable[Header], token: str) -> Send:
    """Adds what is missing to the answer's headers; a page gets the policy with its nonce."""
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            present = {name.lower() for name, _ in given}
            kind = next((value for name, value in given if name.lower() == b"content-type"), b"")
            csp = policy(token) if kind.startswith(b"text/html") else BARE
            wanted = (*HEADERS, (b"content-security-policy", csp), *(((b"cache-control", b"no-store"),) if kind.startswith(b"text/html") else ()))
            message["headers"] = [*given, *((n, v) for n, v in wanted if n not in present), *extra]
        await send(message)

    return sending


class Rates:
    """A bucket for each caller: `per_s` requests a second, `most` at once. The callers that came last are remembered."""

    def __init__(self, per_s: float, most: float, callers: int = 10_000) -> None:
        self._per_s, self._most, self._callers = per_s, most, callers
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, caller: str) -> int:
        """0, or how many seconds to wait."""
        now = time.monotonic()
        left, at = self._left.pop(caller, (self._most, now))
        left = min(self._most, left + (now - at) * self._per_s)
        allowed = left >= 1
        self._left[caller] = (left - 1 if allowed else left, now)
        if len(self._left) > self._callers:
            self._left.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) / self._per_s)
