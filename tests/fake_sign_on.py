"""The province's OpenID provider as another would run it, on loopback; it misbehaves when it is told to."""

import asyncio
import base64
import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import Key, OctKey, RSAKey

from ioc.clock import Clock
from ioc.people.oidc import Provider
from ioc.people.outside import OidcAccess, OutsideIdentity, Reason, SignOnRefusedError
from tests.integration.web_server import eventually

Query = dict[str, str]
NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
CLIENT, SECRET, BACK = "ioc", "the-secret-of-ioc", "https://ioc.example.vn/sign-in/back"
GOOD_KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}) for kid in ("one", "two"))


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def published(key: Key) -> Any:
    return key.as_dict() if isinstance(key, OctKey) else key.as_dict(private=False)


@dataclass
class FakeProvider:
    """`claims` and `description` replace what would be told, None leaves it out; `sign` makes the ID token of its claims."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "p-17", "preferred_username": "Lan.Nguyen", "name": "Nguyễn Lan", "groups": ["operators"]})
    userinfo: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=lambda: [GOOD_KEY])
    sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, GOOD_KEY)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    away: bool = False

    def described(self) -> dict[str, Any]:
        said = {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks", "userinfo_endpoint": f"{self.issuer}/userinfo", "end_session_endpoint": f"{self.issuer}/leave",
                "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"]}
        return {name: value for name, value in (said | self.description).items() if value is not None}

    def authorized(self, query: Mapping[str, str]) -> Response:
        code = secrets.token_urlsafe(8)
        self.codes[code] = dict(query)
        back = {"code": code, "state": query["state"]} | self.answer
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 302)

    def exchanged(self, form: Mapping[str, str], basic: str) -> Response:
        if basic != "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode() and form.get("client_secret") != SECRET:
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form.get("code", ""), None)  # a code is good once
        proved = plain(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked["redirect_uri"] != form.get("redirect_uri") or (asked["code_challenge"], asked["code_challenge_method"]) != (proved, "S256"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        at = int(NOW.timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": asked["nonce"], **self.person, **self.claims}
        told = self.sign({name: value for name, value in claims.items() if value is not None})
        return JSONResponse({"access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": told})

    def application(self) -> FastAPI:
        app = FastAPI()

        @app.api_route("/{path:path}", methods=["GET", "POST"])
        async def all_paths(path: str, request: Request) -> Response:  # noqa: PLR0911 (one answer a path)
            self.asked.append(path)
            if self.away:
                return Response("<html>bảo trì</html>", 503)
            match path:
                case ".well-known/openid-configuration":
                    return JSONResponse(self.described())
                case "jwks":
                    return JSONResponse({"keys": [{"kty": "new"}, *map(published, self.keys)]})
                case "authorize":
                    return self.authorized(request.query_params)
                case "token":
                    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
                    return self.exchanged(form, request.headers.get("authorization", ""))
                case "userinfo" if request.headers.get("authorization") == "Bearer access":
                    return JSONResponse(self.userinfo)
            return Response(status_code=404)

        return app


@contextmanager
def serving(application: FastAPI, certificate: Path | None) -> Iterator[str]:
    """The address of an application that is served until the end of the block."""
    config = uvicorn.Config(application, host="127.0.0.1", port=0, log_level="critical", timeout_graceful_shutdown=1, ws="none", ssl_certfile=certificate)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started or not thread.is_alive())
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def provider(certificate: Path | None = None) -> Iterator[FakeProvider]:
    """A provider on a free port of loopback, until the block ends; over TLS where it has a key and a certificate."""
    fake = FakeProvider()
    with serving(fake.application(), certificate) as fake.issuer:
        yield fake


def of(fake: FakeProvider, clock: Clock, folder: Path, **changed: Any) -> Provider:
    (folder / "secret").write_text(SECRET)
    access: dict[str, Any] = {"issuer": fake.issuer, "client_id": CLIENT, "client_secret_file": str(folder / "secret"), "return_address": BACK} | changed
    return Provider(OidcAccess(**access), clock)


def visit(address: str) -> Query:
    """What the browser brings back."""
    answer = httpx.get(address, follow_redirects=False)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def begun(ours: Provider) -> tuple[Mapping[str, str], Query]:
    address, step = asyncio.run(ours.begin())
    return step, visit(address)


def signed_in(ours: Provider) -> OutsideIdentity:
    return asyncio.run(ours.finish(*begun(ours)))


def refused(ours: Provider, step: Mapping[str, str], query: Mapping[str, str]) -> Reason:
    with pytest.raises(SignOnRefusedError) as told:
        asyncio.run(ours.finish(step, query))
    return told.value.reason
