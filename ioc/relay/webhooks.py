"""Signed webhooks after the Standard Webhooks specification (standardwebhooks.com, version 1.0): symmetric signatures, v1."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib import resources
from typing import NamedTuple, Protocol

import httpx

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError, IocError
from ioc.relay.door import Door, Place
from ioc.relay.outbox import Channel
from ioc.relay.sender import Failure, Row

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.relay").joinpath("webhooks.sql")).items()}
SECRET_BYTES = 32
PREFIX = "whsec_"
TIMEOUT_S = 10.0
_TRIED = 3
_LATER = frozenset({408, 429, 502, 503, 504})


class Seals(Protocol):
    """What seals a webhook's secret for its row."""

    def seal(self, plain: bytes, *, about: bytes = b"") -> bytes: ...

    def open(self, sealed: bytes, *, about: bytes = b"") -> bytes: ...


class Endpoint(NamedTuple):
    """A webhook as the sender needs it."""

    url: str
    sealed: bytes
    active: bool


class Webhook(NamedTuple):
    """A webhook as it is listed. `owed`, `failed`: messages that wait, and that were given up."""

    number: int
    url: str
    topics: list[str]
    active: bool
    created_at: datetime
    ended_at: datetime | None
    owed: int
    failed: int


class WebhookSender:
    """`seals` reads the key file when the first message goes; `trust`: whose certificates are believed, None = the machine's."""

    channel: Channel = "webhook"
    most = 8
    each_target = True
    longest = timedelta(hours=1)
    gives_up_after: timedelta | None = timedelta(days=3)

    def __init__(self, seals: Callable[[], Seals], clock: Clock, door: Door, *, trust: ssl.SSLContext | None = None,
                 timeout_s: float = TIMEOUT_S) -> None:
        self._seals = seals
        self._clock = clock
        self._door = door
        self._trust = trust or ssl.create_default_context()
        self._timeout_s = timeout_s

    def send(self, conn: Connection, rows: Sequence[Row]) -> list[Failure]:
        """All at once, each within ten seconds whatever its receiver does."""
        found = conn.execute(_SQL["endpoints"], {"numbers": [int(row.target) for row in rows]})
        endpoints = {str(number): Endpoint(url, bytes(sealed), active) for number, url, sealed, active in found}
        return asyncio.run(self._all(rows, endpoints))

    def close(self) -> None: ...

    async def _all(self, rows: Sequence[Row], endpoints: Mapping[str, Endpoint]) -> list[Failure]:
        # No environment: a proxy named there would be the one that looks up the host.
        async with httpx.AsyncClient(verify=self._trust, trust_env=False, follow_redirects=False, timeout=self._timeout_s) as client:
            done = await asyncio.gather(*(self._one(client, row, endpoints.get(row.target)) for row in rows))
        return [failure for failure in done if failure is not None]

    async def _one(self, client: httpx.AsyncClient, row: Row, endpoint: Endpoint | None) -> Failure | None:
        if endpoint is None or not endpoint.active:
            return Failure(row, "the webhook was ended")
        try:
            async with asyncio.timeout(self._timeout_s):
                status = await self._post(client, row, endpoint)
        except TimeoutError:
            return Failure(row, f"no answer within {self._timeout_s:g} s", "target")
        except IocError as error:
            return Failure(row, str(error), "target")
        except (httpx.HTTPError, OSError, UnicodeError) as error:
            return Failure(row, f"{type(error).__name__}: {error}", "target")
        if 200 <= status < 300:
            return None
        what = "answered with a redirect, which is not followed: change the webhook's address" if 300 <= status < 400 else "did not take it"
        return Failure(row, f"{status}: the receiver {what}", "target" if status in _LATER else "row")

    async def _post(self, client: httpx.AsyncClient, row: Row, endpoint: Endpoint) -> int:
        """Status of the answer; its body is not read."""
        place = self._door.place(endpoint.url)
        secret = self._seals().open(endpoint.sealed, about=_about(row.target))
        headers = {"host": place.netloc, "user-agent": "ioc-relay", **signed(row, secret, self._clock.real())}
        *others, last = (await self._door.addresses(place))[:_TRIED]
        for address in others:
            try:
                return await _status(client, place, address, headers, row.body)
            except httpx.ConnectError:
                continue
        return await _status(client, place, last, headers, row.body)


async def _status(client: httpx.AsyncClient, place: Place, address: str, headers: Mapping[str, str], body: bytes) -> int:
    host = f"[{address}]" if ":" in address else address
    request = client.build_request("POST", f"{place.scheme}://{host}:{place.port}{place.path}", content=body, headers=headers,
                                   extensions={"sni_hostname": place.host})
    answer = await client.send(request, stream=True)
    await answer.aclose()
    return answer.status_code


def signed(row: Row, secret: bytes, at: datetime) -> dict[str, str]:
    """Headers of a message, with the signature over its id, the moment of this attempt, and the body."""
    given = {name: value.decode() for name, value in row.headers}
    number = given.get("webhook-id", str(row.number))
    moment = str(int(at.timestamp()))
    digest = hmac.new(secret, f"{number}.{moment}.".encode() + row.body, hashlib.sha256).digest()
    return given | {"webhook-id": number, "webhook-timestamp": moment, "webhook-signature": f"v1,{base64.b64encode(digest).decode()}"}


def _about(number: str) -> bytes:
    return f"webhook:{number}".encode()


def add(conn: Connection, url: str, topics: Sequence[str], seals: Seals, at: datetime) -> tuple[int, str]:
    """A new webhook's number and its secret, which nobody is told again. In the caller's transaction."""
    row = conn.execute(_SQL["add"], {"url": url, "topics": sorted(set(topics)), "at": at}).fetchone()
    assert row
    secret = secrets.token_bytes(SECRET_BYTES)
    conn.execute(_SQL["seal"], {"number": row[0], "sealed": seals.seal(secret, about=_about(str(row[0])))})
    return row[0], PREFIX + base64.b64encode(secret).decode()


def webhooks(conn: Connection) -> list[Webhook]:
    """All that ever were, oldest first."""
    return [Webhook(*row) for row in conn.execute(_SQL["all"])]


def end(conn: Connection, number: int, at: datetime) -> str:
    """End a webhook and give up what it was owed; answers its address. In the caller's transaction.

    Raises:
        InputError: there is none that could be ended.

    """
    row = conn.execute(_SQL["end"], {"number": number, "at": at}).fetchone()
    if row is None:
        raise InputError(f"there is no webhook {number} that could be ended: `ioc webhook list` shows them")
    conn.execute(_SQL["drop_owed"], {"target": str(number), "at": at})
    return str(row[0])
