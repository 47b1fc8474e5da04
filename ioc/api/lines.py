"""Frames on their way to hundreds of viewers: the same bytes are written to each connection in one loop, not through a task for each viewer."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from ioc.api.again import AGAIN, Remembering
from ioc.api.hardening import Receive, Scope, Send
from ioc.live.frames import Variant

KEEP_S = 30
"""A connection that is not used stays so long: three heartbeats, or each of them would open one of its own."""
TRANSPORT = "ioc.transport"
"""In a request's scope: the connection on which it came."""
STILL = "ioc.still"
"""In a request's scope, put there by the guard: whether whoever asked may still look."""
MOST_WAITING = 256 * 1024
"""Bytes that wait for one viewer: of more, frames are left out for it until it has caught up."""


class Protocol(Remembering):
    """uvicorn's own protocol, which tells the application its connection, and how to leave word of what comes again."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        behind: Any = self.app

        async def told(scope: Scope, receive: Receive, send: Send) -> None:
            scope[TRANSPORT], scope[AGAIN] = transport, self.leave_word
            await behind(scope, receive, send)

        self.app = told


def chunk(data: bytes) -> bytes:
    """Data as one chunk of a body without a known length (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


class Given(NamedTuple):
    """The newest that viewers of one variant were given: frame `at` of an epoch, and how many heartbeats had been said."""

    key: str
    epoch: str
    at: int
    beats: int


class Line:
    """One viewer. `still`: whether it may look; `write`: one chunk, where it is `ready` for one."""

    def __init__(self, transport: asyncio.Transport, variant: Variant, still: Callable[[], bool]) -> None:
        self.variant = variant
        self.still = still
        self.ended = asyncio.Event()
        self.given = Given(variant.key, "", 0, 0)
        self.write = transport.write
        self._transport = transport

    @property
    def ready(self) -> bool:
        """Whether it is open and keeps up."""
        return self._transport.get_write_buffer_size() <= MOST_WAITING and not self._transport.is_closing()


def transport_of(scope: Scope) -> asyncio.Transport | None:
    """The connection that may be written to in chunks; None where the server does not tell it, or the request is not of HTTP/1.1."""
    return scope.get(TRANSPORT) if scope.get("http_version") == "1.1" else None
