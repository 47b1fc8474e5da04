"""What protects a page beside who may see it: content security policy, headers, same origin, sizes of bodies, rates."""

import asyncio
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from ioc.errors import InputError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

MOST_BODY = 1 << 20
"""Bytes of a request's body, where its path sets no other limit of its own."""
MOST_HEADERS = 32 << 10
"""Bytes of a request's headers; the server below sets no limit."""
BODY_WITHIN_S = 60.0
"""Longer than any path's own patience: nobody keeps a body open for ever."""

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
SCRIPT = b"default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""Policy of a script: a worker obeys that of its own file, and ours reads another file and opens the live stream."""
_POLICIES = {b"text/javascript": SCRIPT, b"application/javascript": SCRIPT}


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


def cookie_in(raw: str, name: str) -> str:
    """A cookie of a request's header, '' where there is none; the last where there are several.

    Not by http.cookies: that gives up all cookies for a broken one, which any other program of this host may have set, and takes a minute for
    a value of backslashes (CVE-2024-7592).
    """
    pairs = (part.partition("=") for part in raw.split(";"))
    return next(reversed([value.strip() for key, _, value in pairs if key.strip() == name]), "")


def with_own_cookies(scope: Scope) -> Scope:
    """The request with no cookies but ours: the framework reads all of them for each of its routes, by the parser that `cookie_in` avoids."""
    kept = [(name, value if name != b"cookie" else b"; ".join(_ours(value))) for name, value in scope["headers"]]
    return {**scope, "headers": kept}


def _ours(cookies: bytes) -> list[bytes]:
    pairs = (part.strip() for part in cookies.split(b";"))
    return [pair for pair in pairs if pair.startswith((b"ioc_", b"__Host-ioc_")) and b'"' not in pair]


def is_same_origin(scope: Scope) -> bool:
    """Whether a request that changes something comes from a page of ours.

    Browsers send at least one of the two headers with a form or a script's request; a program that sends neither carries no cookies of a
    person who was tricked.
    """
    site = header(scope, b"sec-fetch-site") or "same-origin"
    origin = header(scope, b"origin")
    try:
        return site in {"same-origin", "none"} and (not origin or urlsplit(origin).netloc == header(scope, b"host"))
    except ValueError:  # '[' without its ']'
        return False


def is_navigation(scope: Scope) -> bool:
    """Whether a person waits for a page."""
    return scope["method"] in {"GET", "HEAD"} and "text/html" in header(scope, b"accept")


def shows_page(scope: Scope) -> bool:
    """Whether the answer is shown to a person as a page: of a navigation, or of a form sent without any script of ours."""
    form = header(scope, b"content-type").partition(";")[0].strip().lower() in {"multipart/form-data", "application/x-www-form-urlencoded"}
    return "text/html" in header(scope, b"accept") and (scope["method"] in {"GET", "HEAD"} or form)


def check_json(kind: str) -> None:
    """Raise InputError where a body is not announced as JSON: a page of another site can send other kinds without asking."""
    if kind.partition(";")[0].strip().lower() != "application/json":
        raise InputError("send the body as JSON: Content-Type: application/json")


def address_of(scope: Scope) -> str:
    """Address of the caller, as the server tells it (behind a trusted proxy: of the proxy's caller)."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def bounded(receive: Receive, most: int, cut_off: Callable[[int], None], *, within_s: float = BODY_WITHIN_S) -> Receive:
    """The same body; one that grows beyond `most` bytes, or is not whole in time, ends as if its sender had gone. `cut_off` gets the status."""
    taken, whole, ends = 0, False, 0.0

    async def receiving() -> Message:
        nonlocal taken, whole, ends
        if whole:  # what comes now is the sender's leaving, for which streams wait
            return await receive()
        ends = ends or asyncio.get_running_loop().time() + within_s
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            cut_off(408)
            return {"type": "http.disconnect"}
        taken += len(message.get("body", b""))
        if taken > most:
            cut_off(413)
            return {"type": "http.disconnect"}
        whole = not message.get("more_body")
        return message

    return receiving


def with_headers(send: Send, extra: Iterable[Header], token: str) -> Send:
    """Adds what is missing to the answer's headers; a page gets the policy with its nonce."""
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            present = {name.lower() for name, _ in given}
            kind = next((value for name, value in given if name.lower() == b"content-type"), b"")
            csp = policy(token) if kind.startswith(b"text/html") else _POLICIES.get(kind.partition(b";")[0], BARE)
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
