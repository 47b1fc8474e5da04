"""The pure ASGI guard in front of everything: which paths there are, who asks and may, from where; language, policy, sizes, rates."""

import logging
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from contextvars import ContextVar
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote

import orjson
from starlette.requests import ClientDisconnect

from ioc.api.access import UNCOUNTED, WHILE_MUST_CHANGE, Access, Door, may
from ioc.api.again import UNCHANGED
from ioc.api.hardening import (
    MOST_BODY,
    MOST_HEADERS,
    TLS_HEADERS,
    App,
    Header,
    Message,
    Rates,
    Receive,
    Scope,
    Send,
    address_of,
    bounded,
    cookie_in,
    header,
    is_navigation,
    is_same_origin,
    new_nonce,
    nonce,
    shows_page,
    with_headers,
    with_own_cookies,
)
from ioc.api.identity import Cookies, Found, Identities, principal
from ioc.api.lines import STILL
from ioc.errors import UnavailableError
from ioc.layouts.desk import notice
from ioc.words import LANGUAGES, words

log = logging.getLogger(__name__)

language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])
LANGUAGE_COOKIE = "ioc_language"
STREAM, HEARTBEAT = "/live/stream", "/live/heartbeat"
SENTENCES = {
    "not found": "Không có trang này.",
    "too many requests: wait": "Quá nhiều yêu cầu, vui lòng chờ giây lát.",
    "this was sent from another site": "Yêu cầu này được gửi từ một trang khác nên không được nhận.",
    "sign in first, or pair this screen": "Vui lòng đăng nhập.",
    "your roles do not allow this": "Vai trò của bạn không được mở trang này.",
    "choose a password of your own first": "Vui lòng đổi mật khẩu trước.",
    "the body is too large": "Nội dung gửi lên quá lớn: hãy quay lại, bỏ bớt hoặc chọn ảnh nhỏ hơn.",
    "the body did not come in time": "Nội dung gửi lên quá chậm: hãy quay lại, bỏ bớt ảnh hoặc thử lại khi mạng tốt hơn.",
    "who you are cannot be looked up: the database does not answer": "Cơ sở dữ liệu chưa trả lời, trang sẽ tự tải lại.",
}
"""What the guard says to programs, and to persons."""
_ENDED = b"event: signed-out\ndata: {}\n\n"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Lets through who may; answers all others itself, in the caller's language and kind."""

    def __init__(self, app: App, *, access: Access, identities: Identities, cookies: Cookies, limits: Mapping[str, int] | None = None) -> None:
        self.application = app
        self.access = access
        self._identities = identities
        self.cookies = cookies
        self._limits = limits or {}
        self._rates = Rates(per_s=40, most=600)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})  # nothing here speaks it
                return
            await self.application(scope, receive, send)
            return
        token = new_nonce()
        with ExitStack() as stack:
            for variable, value in ((language, chosen_language(scope)), (nonce, token), (principal, None)):
                stack.callback(variable.reset, variable.set(value))  # type: ignore[arg-type]
            sending = with_headers(send, TLS_HEADERS if self.cookies.secure else (), token)
            if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
                await _say(scope, sending, 431, "the headers are too large", {"most_bytes": MOST_HEADERS})
            elif _ends_twice(scope):
                await _say(scope, sending, 400, "the end of this request can be read in two ways", headers=((b"connection", b"close"),))
            else:
                await self._guarded(with_own_cookies(scope), receive, sending)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        need = self.access.need(path)
        if need is None:
            await _say(scope, send, 404, "not found", {"path": path[:200]})
            return
        if need not in (Door.OPEN, Door.OWN) and (wait_s := self._rates.wait_s(address_of(scope))):
            await _say(scope, send, 429, "too many requests: wait", headers=((b"retry-after", str(wait_s).encode()),))
            return
        if need not in (Door.OPEN, Door.OWN) and scope["method"] not in _SAFE and not is_same_origin(scope):
            log.warning("refused: %s %r was sent from another site", scope["method"], path[:200])  # %r: a line break in it is no new line
            await _say(scope, send, 403, "this was sent from another site")
            return
        try:
            found = None if need in (Door.OPEN, Door.OWN) else await self._who(scope)
        except UnavailableError as away:
            if need is not Door.GREETED:
                await _say(scope, send, 503, str(away), headers=((b"retry-after", b"5"),))
                return
            found = None
        who = found.principal if found else None
        if not may(who, need) or (who and who.guests and self.access.closed_to_guests(path)):
            await self._refuse(scope, send, found)
        elif found and found.must_change and need is not Door.GREETED and path not in WHILE_MUST_CHANGE:
            await _go(send, "/console/me") if is_navigation(scope) else await _say(scope, send, 403, "choose a password of your own first")
        else:
            await self._admit(scope, receive, send, found)

    async def _who(self, scope: Scope) -> Found | None:
        raw = header(scope, b"cookie")
        tokens = self.cookies.read(raw, "session"), self.cookies.read(raw, "screen")
        found = await self._identities.find(*tokens, address_of(scope))
        if found is None and tokens[1]:
            await self._identities.replay(tokens[1], address_of(scope))
        return found

    async def _admit(self, scope: Scope, receive: Receive, send: Send, found: Found | None) -> None:
        """Hand on to the application what may pass, as whom it comes from."""
        path: str = scope["path"]
        scope["ioc.found"], scope["ioc.principal"] = found, found.principal if found else None
        principal.set(found.principal if found else None)
        if found and found.session and _counts(scope, path):
            await self._identities.act(found.session)
        if found and path == HEARTBEAT:
            send = await self._heartbeat(scope, send, found)
        if path == STREAM and found and not _has_body(scope):  # what is sent all day goes through no more hands than it must
            scope[STILL] = partial(self._identities.still, found)
            with suppress(ConnectionAbortedError):  # of a session that ended
                await self.application(scope, receive, self._watched(send, found))
            return
        most = self._limits.get(path, MOST_BODY)
        if (length := header(scope, b"content-length")).isdecimal() and int(length) > most:
            await _say(scope, send, 413, "the body is too large", {"most_bytes": most})
            return
        cut: list[int] = []
        sent: list[bool] = []
        sending = _noting(self._watched(send, found) if path == STREAM and found else send, sent)
        with suppress(ConnectionAbortedError, ClientDisconnect):
            await self.application(scope, bounded(receive, most, cut.append), _unless(sending, cut))
        if cut and not sent and cut[0] == 408:
            await _say(scope, send, 408, "the body did not come in time", headers=((b"connection", b"close"),))
        elif cut and not sent:
            await _say(scope, send, 413, "the body is too large", {"most_bytes": most})

    async def _heartbeat(self, scope: Scope, send: Send, found: Found) -> Send:
        """A page says that it lives: its next words may come by the short way, and its screen is given a new token where that is due."""
        scope[UNCHANGED] = partial(self._would_pass, found, address_of(scope))
        if found.screen:
            shown = self.cookies.read(header(scope, b"cookie"), "screen")
            if fresh := await self._identities.change_due(found.screen, shown):
                return _with_cookie(send, self.cookies.setting("screen", fresh, max_age_s=400 * 86_400))
        return send

    def _would_pass(self, found: Found, address: str) -> bool:
        """Whether the same request, from the same caller, would be let through once more."""
        if self._rates.wait_s(address) or not self._identities.unchanged(found):
            return False
        self._identities.see_again(found)
        return True

    def _watched(self, send: Send, found: Found) -> Send:
        """A stream that ends when its viewer may not look any more."""
        ended = False

        async def sending(message: Message) -> None:
            nonlocal ended
            if ended:
                return
            if message["type"] == "http.response.body" and message.get("body") and not self._identities.still(found):
                ended = True
                await send({"type": "http.response.body", "body": _ENDED, "more_body": False})
                raise ConnectionAbortedError("the session ended")
            await send(message)

        return sending

    async def _refuse(self, scope: Scope, send: Send, found: Found | None) -> None:
        path: str = scope["path"]
        if not is_navigation(scope):
            await _say(scope, send, 403 if found else 401, "your roles do not allow this" if found else "sign in first, or pair this screen")
        elif found is None:
            query = scope.get("query_string", b"").decode("latin-1")
            there = quote(path + (f"?{query}" if query else ""), safe="")
            await _go(send, f"{'/screen' if path.startswith('/wall') or path == '/' else '/login'}?to={there}")
        elif found.screen is None and path in {"/wall", "/"}:
            await _go(send, "/console")  # a role without the wall has its own pages
        else:
            await _say(scope, send, 403, "your roles do not allow this")


def chosen_language(scope: Scope) -> str:
    """Language of a request: its query, else its cookie, else Vietnamese."""
    asked: str = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    if asked in LANGUAGES:
        return asked
    kept = cookie_in(header(scope, b"cookie"), LANGUAGE_COOKIE)
    return kept if kept in LANGUAGES else LANGUAGES[0]


def _has_body(scope: Scope) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])


def _ends_twice(scope: Scope) -> bool:
    """Whether a request names a length and chunks: a proxy before us may have read another end, what follows is no request (RFC 9112, 6.3)."""
    return len({name for name, _ in scope["headers"]} & {b"content-length", b"transfer-encoding"}) > 1


def _counts(scope: Scope, path: str) -> bool:
    """Whether a request shows that a person is there: a click that leads to a page, or something sent; not what a page does by itself."""
    if scope["method"] not in _SAFE:
        return path not in UNCOUNTED
    return header(scope, b"sec-fetch-mode") == "navigate" and header(scope, b"sec-fetch-user") == "?1"


def _with_cookie(send: Send, cookie: str) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
        await send(message)

    return sending


def _noting(send: Send, sent: list[bool]) -> Send:
    async def sending(message: Message) -> None:
        sent.append(True)
        await send(message)

    return sending


def _unless(send: Send, cut: list[int]) -> Send:
    """What an application answers to a body that was cut off is not sent: the reason is."""
    async def sending(message: Message) -> None:
        if not cut:
            await send(message)

    return sending


async def _say(scope: Scope, send: Send, status: int, text: str, more: Mapping[str, Any] | None = None, *, headers: tuple[Header, ...] = ()) -> None:
    """An answer of the guard's own: a page for who waits for one, JSON for programs."""
    if shows_page(scope):
        reload_s = 5 if status == 503 and is_navigation(scope) else 0  # a screen waits for the centre, nobody presses a key
        said = words(language.get())(SENTENCES.get(text, text))
        await _html(send, status, notice(language.get(), str(status), said, reload_s=reload_s), headers)
        return
    body = orjson.dumps({"error": text, **(more or {})})
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json"), *headers]})
    await send({"type": "http.response.body", "body": body})


async def _html(send: Send, status: int, page: str, headers: tuple[Header, ...] = ()) -> None:
    kept = (b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")
    await send({"type": "http.response.start", "status": status, "headers": [*kept, *headers]})
    await send({"type": "http.response.body", "body": page.encode()})


async def _go(send: Send, target: str) -> None:
    await send({"type": "http.response.start", "status": 303, "headers": [(b"location", target.encode()), (b"cache-control", b"no-store")]})
    await send({"type": "http.response.body", "body": b""})
