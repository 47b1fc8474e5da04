"""The guard in front of everything: unknown paths, language, headers."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from ioc.api.guard import Guard, Receive, Scope, Send, chosen_language, language

Sent = list[MutableMapping[str, Any]]


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"x-frame-options", b"DENY")] if scope["path"] == "/framed" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": language.get().encode()})


def answered(path: str, *, kind: str = "http", query: str = "", cookie: str = "") -> Sent:
    sent: Sent = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b""}

    scope = {"type": kind, "path": path, "query_string": query.encode(), "headers": [(b"cookie", cookie.encode())] if cookie else []}
    guard = Guard(_page, exact=frozenset({"/wall", "/framed", "/api/panels"}), prefixes=("/assets/",))
    asyncio.run(guard(scope, receive, send))
    return sent


@pytest.mark.parametrize("path", ["/wall", "/api/panels", "/assets/theme.css"])
def test_known_path_is_let_through(path: str) -> None:
    assert answered(path)[0]["status"] == 200


@pytest.mark.parametrize("path", ["/api/panel", "/api/", "/live", "/live/streams", "/metrics/", "/readyz2", "/wall/", "/WALL", "/open311/requests.json",
                                  "/assets", "//wall", "/wall\0"])
def test_unknown_path_is_not_found_as_json(path: str) -> None:
    start, body = answered(path)
    assert start["status"] == 404
    assert (b"content-type", b"application/json") in start["headers"]
    assert json.loads(body["body"]) == {"error": "not found", "path": path}


def test_not_found_repeats_no_long_path() -> None:
    assert len(answered("/" + "x" * 5000)[1]["body"]) < 300


def test_websocket_is_closed() -> None:
    assert answered("/wall", kind="websocket") == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize(("query", "cookie", "found"), [
    ("", "", "vi"),
    ("lang=en", "", "en"),
    ("", "ioc_language=en", "en"),
    ("lang=vi", "ioc_language=en", "vi"),
    ("lang=fr", "ioc_language=en", "en"),
    ("", "ioc_language=fr", "vi"),
    ("", "a=1; ioc_language=en; b=2", "en"),
    ("", "=;;;\x7f", "vi"),
])
def test_language_is_the_query_then_the_cookie_then_vietnamese(query: str, cookie: str, found: str) -> None:
    assert answered("/wall", query=query, cookie=cookie)[1]["body"].decode() == found


def test_language_of_one_request_does_not_reach_the_next() -> None:
    answered("/wall", query="lang=en")
    assert language.get() == "vi"


def test_language_survives_a_broken_query() -> None:
    assert chosen_language({"query_string": b"\xff=%ff&lang", "headers": []}) == "vi"


def test_answers_carry_the_protecting_headers() -> None:
    headers = dict(answered("/wall")[0]["headers"])
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"same-origin"
    assert headers[b"x-frame-options"] == b"SAMEORIGIN"
    assert b"geolocation=()" in headers[b"permissions-policy"]


def test_header_that_stands_already_is_kept() -> None:
    assert [v for n, v in answered("/framed")[0]["headers"] if n == b"x-frame-options"] == [b"DENY"]
