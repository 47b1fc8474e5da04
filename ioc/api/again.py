"""A request that comes again on its connection, the same to the last letter of its head, is answered without being read anew.

Each screen says every ten seconds what it painted. Read, guarded and routed like any other request that cost two milliseconds, and a hundred screens
most of what the web process did. The first one goes the whole way, and so does one in each `AFRESH_S`. Those between differ in their body alone:
who first answered has left word how a body is taken, and takes none as soon as the whole way could end otherwise.
"""

import math
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from ioc.api.hardening import BARE, HEADERS, Header

AGAIN = "ioc.again"
"""In a request's scope: leave word of how the same request is answered when it comes again; see `Taker`."""
UNCHANGED = "ioc.unchanged"
"""In a request's scope, put there by the guard: whether it would let the same request pass again."""
AFRESH_S = 1800.0
"""What changes about the caller ends the word within seconds; this long waits what only the whole way does: a screen's daily change of its token."""
MOST_BYTES = 8192
"""Of a request that is remembered; and it must come in one piece."""
_LENGTH = re.compile(rb"\r\ncontent-length: ?(\d{1,6})(?=\r\n|$)", re.IGNORECASE)

Taker = Callable[[bytes], bool]
"""Takes a body; False = it must go the whole way."""


def head_without_length(data: bytes) -> tuple[bytes, bytes] | None:
    """(head without the length of its body, body) of a POST that came whole and in one piece; None of anything else."""
    if len(data) > MOST_BYTES or not data.startswith(b"POST "):
        return None
    head, ended, body = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head) if ended else None
    if length is None or int(length[1]) != len(body):
        return None
    return head[:length.start()] + head[length.end():], body


class Remembering(H11Protocol):
    """uvicorn's protocol, which answers 204 to what comes again as its `Taker` says."""

    _head: bytes | None = None
    _known: tuple[bytes, Taker, float] | None = None
    _answered_at = -math.inf

    def leave_word(self, taker: Taker) -> None:
        """Called while the first of its kind is answered with 204."""
        if self._head is not None:
            self._known = (self._head, taker, time.monotonic() + AFRESH_S)

    def data_received(self, data: bytes) -> None:
        found = head_without_length(data) if self._is_idle() else None
        self._head = found[0] if found else None
        if found and self._known and found[0] == self._known[0]:
            if time.monotonic() < self._known[2] and self._known[1](found[1]):
                self.transport.write(silent(self.server_state.default_headers))
                self._answered_at = time.monotonic()
                return
            self._known = None
        super().data_received(data)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that was not used. The timer runs on when something comes again: to wind it costs as much as the answer."""
        left_s = self._answered_at + self.timeout_keep_alive - time.monotonic()
        if left_s > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left_s, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def _is_idle(self) -> bool:
        """Whether a new request begins here: the last one is over, and nothing of another has come."""
        conn: Any = self.conn
        return conn.their_state is h11.IDLE and conn.our_state is h11.IDLE and not conn.trailing_data[0]


def silent(more: list[Header]) -> bytes:
    """An answer without words, with the headers that all answers have; by TLS the first one has said that TLS it stays."""
    return b"HTTP/1.1 204 No Content\r\n%b%b\r\n" % (_lines(more), _ALWAYS)


def _lines(headers: Iterable[Header]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


_ALWAYS = _lines((*HEADERS, (b"content-security-policy", BARE)))
