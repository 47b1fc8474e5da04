"""Parts of a multipart stream as cameras send it: boundaries that differ from what was declared, lengths that are missing or wrong."""

from collections.abc import Iterator
from typing import NamedTuple

from ioc.cameras.sources.images import MOST_BYTES, garbage

MOST_HEADERS = 16 * 1024
MOST_BEFORE = 64 * 1024
"""Bytes before the first boundary."""
MOST_BOUNDARY = 256


class Part(NamedTuple):
    """One part; names of headers are in small letters."""

    headers: dict[str, str]
    body: bytes


class Parts:
    """Cuts a stream into parts, however its bytes are grouped. Holds at most one part.

    The boundary is the first line that begins with '--': what cameras declare often has two dashes more, or fewer, or quotes.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._boundary = b""
        self._headers: dict[str, str] | None = None
        self._seen = 0
        self._passed = 0

    def feed(self, data: bytes) -> Iterator[Part]:
        """Parts that are whole now.

        Raises:
            SourceError: GARBAGE: no boundary, endless headers, a part of more than 8 MiB.

        """
        self._held += data
        while (part := self._next()) is not None:
            yield part

    def _next(self) -> Part | None:
        if not self._boundary and not self._first_line():
            return None
        if self._headers is None and not self._head():
            return None
        headers = self._headers
        assert headers is not None
        length = _length(headers)
        body = self._by_length(length) if length is not None else self._by_boundary()
        if body is None:
            if len(self._held) > MOST_BYTES + MOST_BOUNDARY:
                raise garbage(f"a part of the stream has more than {MOST_BYTES} bytes")
            return None
        self._headers, self._seen = None, 0
        return Part(headers, body)

    def _first_line(self) -> bool:
        while (end := self._held.find(b"\n")) >= 0 and end <= MOST_BEFORE:
            line = bytes(self._held[:end]).strip()
            del self._held[:end + 1]
            if line.startswith(b"--") and 2 < len(line) <= MOST_BOUNDARY:
                self._boundary = line
                return True
            self._passed += end + 1
            if self._passed > MOST_BEFORE:
                break
        if self._passed + len(self._held) > MOST_BEFORE:
            raise garbage("the stream has no boundary between its pictures")
        return False

    def _head(self) -> bool:
        """Whether the headers are whole: they are read and taken out. Empty lines and the boundary's own line before them are passed over."""
        while (ends := [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := self._held.find(mark, 0, MOST_HEADERS + 4)) >= 0]):
            at, long = min(ends)
            found = self._named(bytes(self._held[:at]))
            del self._held[:at + long]
            if found:
                self._headers = found
                return True
        if len(self._held) > MOST_HEADERS:
            raise garbage(f"the headers of a part have more than {MOST_HEADERS} bytes")
        return False

    def _named(self, head: bytes) -> dict[str, str]:
        lines = (line for line in head.split(b"\n") if b":" in line and not line.strip().startswith(self._boundary))
        pairs = (line.decode("latin-1").split(":", 1) for line in lines)
        return {name.strip().lower(): value.strip() for name, value in pairs}

    def _by_length(self, length: int) -> bytes | None:
        if length > MOST_BYTES:
            raise garbage(f"a part of the stream promises {length} bytes, more than {MOST_BYTES}")
        if len(self._held) < length + 2 + len(self._boundary):
            return self._early(length)
        rest = bytes(self._held[length:length + 2 + len(self._boundary)]).lstrip(b"\r\n")
        if not rest.startswith(self._boundary[:len(rest)]):  # a length that is wrong: the boundary decides
            return self._by_boundary()
        return self._taken(length, length)

    def _early(self, length: int) -> bytes | None:
        # A whole picture is given at once, not with the next one's boundary.
        if len(self._held) >= length and bytes(self._held[:length]).rstrip(b"\r\n\0").endswith(b"\xff\xd9"):
            return self._taken(length, length)
        return None

    def _by_boundary(self) -> bytes | None:
        at = self._held.find(b"\n" + self._boundary, max(0, self._seen - MOST_BOUNDARY))
        self._seen = len(self._held)
        if at < 0:
            return None
        return self._taken(at - 1 if at and self._held[at - 1:at] == b"\r" else at, at + 1)

    def _taken(self, length: int, upto: int) -> bytes:
        body = bytes(self._held[:length])
        del self._held[:upto]
        return body


def _length(headers: dict[str, str]) -> int | None:
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 and int(text) else None
