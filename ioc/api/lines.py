"""Frames on their way to hundreds of viewers: the same bytes are written to each connection in one loop, not through a task for each viewer."""

import asyncio
from collections.abc import Callable
from typing import Any

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


class Line:
    """One viewer. `key`: of its variant; `at`, `epoch`, `beats`: the newest frame and heartbeat it was given; `still`: whether it may look."""

    def __init__(self, transport: asyncio.Transport, variant: Variant, still: Callable[[], bool]) -> None:
        self.variant, self.key = variant, variant.key
        self.still = still
        self.ended = asyncio.Event()
        self.epoch, self.at, self.beats = "", 0, 0
        self._transport = transport

    @property
    def open(self) -> bool:
        return not self._transport.is_closing()

    @property
    def keeps_up(self) -> bool:
        return self._transport.get_write_buffer_size() <= MOST_WAITING

    def write(self, data: bytes) -> None:
        """Write one chunk; the caller has asked whether the viewer keeps up."""
        self._transport.write(data)


def transport_of(scope: Scope) -> asyncio.Transport | None:
    """The connection that may be written to in chunks; None where the server does not tell it, or the request is not of HTTP/1.1."""
    return scope.get(TRANSPORT) if scope.get("http_version") == "1.1" else None
