"""Copies of the ledger's lines for a log server: RFC 5424 over UDP, TCP or a Unix socket. Who did what to what, and the hash; never the content."""

import os
import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from ioc.audit.canonical import moment
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ConfigurationError, UnavailableError

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.audit").joinpath("syslog.sql")).items()}
_PRIORITY = 13 * 8 + 5
"""Facility 'log audit', severity 'notice'."""
_SD_ID = "ioc@32473"
"""32473 is the enterprise number that RFC 5612 keeps for those who have none."""
_MAX_TEXT = 200
"""Characters of a text in a message: with it all, a message fits the 2,048 bytes that receivers should take, and always a datagram."""
TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What leaves the house of a line."""

    line: int
    at: datetime
    actor: str
    action: str
    subject: str
    hash: bytes


def unsent(conn: Connection, target: str, limit: int) -> list[Notice]:
    """The next lines that a receiver has not been sent, oldest first; a receiver never heard of gets the ledger from its beginning."""
    return [Notice(line=line, at=at, actor=actor, action=action, subject=subject, hash=bytes(hashed))
            for line, at, actor, action, subject, hashed in conn.execute(_SQL["unsent"], {"target": target, "most": limit})]


def sent(conn: Connection, target: str, line: int) -> None:
    """Note that a receiver was sent all lines up to this one."""
    conn.execute(_SQL["sent"], {"target": target, "line": line})


def message(notice: Notice, host: str) -> bytes:
    """One message after RFC 5424, without framing."""
    told = {"line": str(notice.line), "actor": notice.actor, "action": notice.action, "subject": notice.subject, "hash": notice.hash.hex()}
    data = " ".join(f'{name}="{_value(text)}"' for name, text in told.items())
    header = f"<{_PRIORITY}>1 {moment(notice.at)} {_word(host, 255)} ioc - {_word(notice.action, 32)}"
    return f"{header} [{_SD_ID} {data}] audit line {notice.line}: {_word(notice.action, 64)}".encode()


def _value(text: str) -> str:
    """A parameter's value: its three signs escaped, what would break a line of a log file in octal, as log servers write it."""
    short = text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT - 1]}…"
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda found: f"#{ord(found[0]):03o}", re.sub(r'(["\\\]])', r"\\\1", short))


def _word(text: str, most: int) -> str:
    """A field of the header: printable ASCII without blanks, '-' for nothing."""
    return re.sub("[^!-~]", "?", text)[:most] or "-"


class Sender:
    """Sends to one log server: udp://HOST:PORT, tcp://HOST:PORT (octet counting, RFC 6587) or unix:///PATH (datagrams, e.g. /dev/log)."""

    def __init__(self, target: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.target = target
        self._timeout_s = timeout_s
        self._kind, self._address = _address(target)
        self._host = socket.gethostname()

    def send(self, notices: Iterable[Notice]) -> None:
        """Send lines, over one connection; over TCP the server has read them all once this returns.

        Raises:
            UnavailableError: it cannot be reached or did not take them all: send them again, a line comes with its number.

        """
        messages = [message(notice, self._host) for notice in notices]
        if not messages:
            return
        try:
            with self._opened() as opened:
                (_stream if self._kind == "tcp" else _datagrams)(opened, messages)
        except OSError as error:
            raise UnavailableError(f"the log server {self.target} does not take the audit ledger's lines: {error.strerror or error}") from error

    @contextmanager
    def _opened(self) -> Iterator[socket.socket]:
        if self._kind == "tcp":
            with socket.create_connection(self._address, self._timeout_s) as made:
                yield made
            return
        family, address = (socket.AF_UNIX, self._address) if self._kind == "unix" else _resolved(*self._address)
        with socket.socket(family, socket.SOCK_DGRAM) as made:
            made.settimeout(self._timeout_s)
            made.connect(address)
            yield made


def _address(target: str) -> tuple[str, Any]:
    wrong = ConfigurationError(f"'{target}' names no log server: give udp://HOST:PORT, tcp://HOST:PORT or unix:///PATH")
    try:
        found = urlsplit(target)
        port = found.port
    except ValueError:
        raise wrong from None
    if found.scheme == "unix" and found.path and not found.netloc:
        return "unix", found.path
    if found.scheme in {"udp", "tcp"} and found.hostname and port and found.path in {"", "/"}:
        return found.scheme, (found.hostname, port)
    raise wrong


def _resolved(host: str, port: int) -> tuple[int, Any]:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    return family, address


def _datagrams(opened: socket.socket, messages: Sequence[bytes]) -> None:
    """A server that is away shows itself only by what the network sends back, if at all: that is asked for after each."""
    for one in messages:
        opened.send(one)
        if error := opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))


def _stream(opened: socket.socket, messages: Sequence[bytes]) -> None:
    """All, then our end of the connection; the server closes its own when it has read to there. What a kernel holds is not yet read."""
    opened.sendall(b"".join(b"%d %b" % (len(one), one) for one in messages))
    opened.shutdown(socket.SHUT_WR)
    while opened.recv(4096):
        pass
