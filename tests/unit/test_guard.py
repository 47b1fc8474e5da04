"""The guard in front of everything: unknown paths, language, headers, sizes, rates, other sites."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from ioc.api.access import Access, Door, any_of, may
from ioc.api.guard import Guard, _counts, chosen_language, language
from ioc.api.hardening import Rates, Receive, Scope, Send, nonce
from ioc.api.identity import Cookies
from ioc.people.roles import Permission

Sent = list[MutableMapping[str, Any]]
ACCESS = Access(exact={"/wall": Door.OPEN, "/framed": Door.OPEN, "/api/panels": Door.OPEN, "/page": Door.OPEN, "/eats": Door.OWN, "/form": Door.GREETED,
                       "/closed": any_of(Permission.WALL)}, prefixes={"/assets/": Door.OPEN})


class Strangers:
    """Knows nobody."""

    async def find(self, *_: str) -> None:
        return None

    async def replay(self, *_: str) -> None:
        return None


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/eats":
        while (await receive()).get("more_body"):
            pass
    headers = [(b"x-frame-options", b"DENY")] if scope["path"] == "/framed" else []
    headers += [(b"content-type", b"text/html; charset=utf-8")] if scope["path"] == "/page" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": nonce.get().encode() if scope["path"] == "/page" else language.get().encode()})


def guard(*, secure: bool = False, rate: Rates | None = None) -> Guard:
    made = Guard(_page, access=ACCESS, identities=Strangers(), cookies=Cookies(secure=secure, port=8050))  # type: ignore[arg-type]
    made._rates = rate or made._rates
    return made


def answered(path: str, *, kind: str = "http", query: str = "", cookie: str = "", method: str = "GET", parts: tuple[bytes, ...] = (b"",),
             by: Guard | None = None, **headers: str) -> Sent:
    sent: Sent = []
    waiting = list(parts)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()] + ([(b"cookie", cookie.encode())] if cookie else [])
    scope = {"type": kind, "path": path, "query_string": query.encode(), "method": method, "headers": given, "client": ("127.0.0.1", 1)}
    asyncio.run((by or guard())(scope, receive, send))
    return sent


@pytest.mark.parametrize("path", ["/wall", "/api/panels", "/assets/theme.css"])
def test_known_path_is_let_through(path: str) -> None:
    assert answered(path)[0]["status"] == 200


@pytest.mark.parametrize("path", ["/api/panel", "/api/", "/live", "/live/streams", "/metrics/", "/readyz2", "/wall/", "/WALL", "/open311/requests.json",
                                  "/assets", "//wall", "/wall\0", "/assetsx"])
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
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
    assert b"strict-transport-security" not in headers


def test_header_that_stands_already_is_kept() -> None:
    assert [v for n, v in answered("/framed")[0]["headers"] if n == b"x-frame-options"] == [b"DENY"]


def test_page_has_a_policy_with_a_nonce_of_its_own_each_time() -> None:
    seen = set()
    for _ in range(3):
        start, body = answered("/page")
        headers = dict(start["headers"])
        assert f"'nonce-{body['body'].decode()}'".encode() in headers[b"content-security-policy"]
        assert b"unsafe-eval" not in headers[b"content-security-policy"]
        assert b"script-src 'self' 'nonce-" in headers[b"content-security-policy"]
        assert headers[b"cache-control"] == b"no-store"
        seen.add(body["body"])
    assert len(seen) == 3


def test_cookies_over_tls_are_bound_to_the_host_and_the_browser_stays_with_tls() -> None:
    cookies = Cookies(secure=True, port=8050)
    assert cookies.setting("session", "t") == "__Host-ioc_session_8050=t; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert b"strict-transport-security" in dict(answered("/wall", by=guard(secure=True))[0]["headers"])


def test_cookie_of_another_port_is_read_only_where_it_is_a_guest() -> None:
    header = "ioc_session_8050=demo"
    assert Cookies(secure=False, port=8051).read(header, "session") == ""
    assert Cookies(secure=False, port=8051, also=8050).read(header, "session") == "demo"
    assert Cookies(secure=False, port=8051, also=8050).read(f"{header}; ioc_session_8051=own", "session") == "own"


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9"}])
def test_what_another_site_sends_is_refused(headers: dict[str, Any]) -> None:
    assert answered("/form", method="POST", host="127.0.0.1:8050", **headers)[0]["status"] == 403


def test_what_our_own_page_sends_passes() -> None:
    sent = answered("/form", method="POST", host="127.0.0.1:8050", origin="http://127.0.0.1:8050", sec_fetch_site="same-origin")
    assert sent[0]["status"] == 200


def test_body_that_grows_too_large_is_cut_off_and_said() -> None:
    start, body = answered("/eats", method="POST", parts=(b"x" * (1 << 20), b"x"))
    assert start["status"] == 413
    assert json.loads(body["body"])["most_bytes"] == 1 << 20


def test_body_that_announces_too_much_is_not_read() -> None:
    assert answered("/eats", method="POST", parts=(), content_length=str(2 << 20))[0]["status"] == 413


def test_stranger_is_sent_to_a_sign_in_or_told_so() -> None:
    page = answered("/closed", accept="text/html", query="a=1")
    assert dict(page[0]["headers"])[b"location"] == b"/login?to=%2Fclosed%3Fa%3D1"
    assert answered("/closed", accept="application/json")[0]["status"] == 401


def test_caller_that_asks_too_often_waits() -> None:
    by = guard(rate=Rates(per_s=0.001, most=3))
    assert [answered("/form", by=by)[0]["status"] for _ in range(4)] == [200, 200, 200, 429]


def test_bucket_of_one_caller_is_not_anothers_and_old_callers_are_forgotten() -> None:
    rates = Rates(per_s=0.001, most=1, callers=2)
    assert [rates.wait_s(caller) for caller in "aabc"] == [0, 1000, 0, 0]
    assert rates.wait_s("a") == 0


def test_nobody_may_what_asks_for_anybody() -> None:
    assert [may(None, need) for need in (Door.OPEN, Door.GREETED, Door.OWN, Door.KNOWN, Door.PERSON, any_of(Permission.WALL))] == [True] * 3 + [False] * 3


@pytest.mark.parametrize(("path", "counts"), [("/api/decisions/report/PA-1", True), ("/session/active", True), ("/api/reports/presence", False),
                                              ("/live/heartbeat", False)])
def test_what_a_page_sends_by_itself_keeps_no_session_alive(path: str, counts: bool) -> None:  # noqa: FBT001 (what is expected)
    assert _counts({"method": "POST", "headers": []}, path) is counts
