"""Asking a broker, before the client does, whether it and this process take each other for what they say they are.

The client tries again for half a minute and then knows only that time ran out. Frames: https://kafka.apache.org/protocol (SaslHandshake 1,
SaslAuthenticate 1).
"""

import contextlib
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Any, Final, Protocol

from ioc.settings import Settings
from ioc.streams.engine.security import servers, tls, unknown_user

WAIT_S = 3.0
QUIET_S = 0.3
_HANDSHAKE, _AUTHENTICATE = 17, 36
_UNSUPPORTED = 33
_LARGEST = 1 << 20
# OpenSSL's x509_vfy.h
_VERDICTS: Final = {
    9: "its certificate is not valid yet: compare the clocks of both machines",
    10: "its certificate has expired: give the broker a new one",
    **dict.fromkeys((18, 19, 20, 21), "its certificate is signed by an authority that is not the one of IOC_KAFKA_CA: name the right one"),
    **dict.fromkeys((62, 64), "its certificate is made out for another name: use the name in IOC_KAFKA, or make a certificate for this one"),
}


class Mechanism(Protocol):
    """How a user is proved, step by step."""

    def is_done(self) -> bool: ...
    def auth_bytes(self) -> bytes: ...
    def receive(self, auth_bytes: bytes, /) -> Any: ...


def refusal(settings: Settings, mechanism: Callable[[], Mechanism] | None = None) -> str:
    """Why no server lets this process in, or cannot be trusted, in one sentence; '' = they do, or nobody is there at all."""
    reasons = [_asked(settings, host, port, mechanism) for host, port in servers(settings)]
    return "" if "" in reasons else reasons[0]


def _asked(settings: Settings, host: str, port: int, mechanism: Callable[[], Mechanism] | None) -> str:
    server = f"{host}:{port}"
    try:
        with socket.create_connection((host, port), WAIT_S) as line:
            if not settings.kafka_security.endswith("SSL"):
                return _proved(line, settings, mechanism) if mechanism else _plain(line, server, settings)
            with tls(settings).wrap_socket(line, server_hostname=host) as wrapped:
                return _proved(wrapped, settings, mechanism) if mechanism else _taken(wrapped)
    except ssl.SSLCertVerificationError as error:
        why = _VERDICTS.get(error.verify_code, f"its certificate cannot be trusted ({error.verify_message})")
        return f"{server} cannot be trusted: {why}"
    except ssl.SSLError as error:
        return _broken(server, error)
    except (OSError, EOFError, struct.error):
        return ""


def _plain(line: socket.socket, server: str, settings: Settings) -> str:
    """Whether it is TLS that is spoken there; nothing is said, so nothing has to be verified."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        context.wrap_socket(line).close()
    except OSError:  # an SSLError is one
        return ""
    return f"{server} speaks TLS and IOC_KAFKA_SECURITY={settings.kafka_security} does not: set SASL_SSL (or SSL) and IOC_KAFKA_CA"


def _taken(line: ssl.SSLSocket) -> str:
    # A broker that does not want our certificate says so only now; one that is content waits for us.
    line.settimeout(QUIET_S)
    with contextlib.suppress(TimeoutError):
        line.recv(1)
    return ""


def _proved(line: socket.socket, settings: Settings, mechanism: Callable[[], Mechanism]) -> str:
    name = settings.kafka_mechanism.encode()
    if struct.unpack_from(">h", _answer(line, _HANDSHAKE, struct.pack(">h", len(name)) + name))[0] == _UNSUPPORTED:
        return f"the broker does not offer IOC_KAFKA_MECHANISM={settings.kafka_mechanism}: set one that it offers"
    steps = mechanism()
    while not steps.is_done():
        told = steps.auth_bytes()
        answer = _answer(line, _AUTHENTICATE, struct.pack(">i", len(told)) + told)
        code, words = struct.unpack_from(">hh", answer)
        if code:
            return unknown_user(settings)
        start = 4 + max(words, 0)
        (size,) = struct.unpack_from(">i", answer, start)
        try:
            steps.receive(answer[start + 4:start + 4 + size])
        except ValueError as error:
            return f"the broker does not prove that it knows the user {settings.kafka_user} ({error}): is IOC_KAFKA the address of the right one?"
    return ""


def _answer(line: socket.socket, what: int, told: bytes) -> bytes:
    head = struct.pack(">hhih", what, 1, 1, -1)
    line.sendall(struct.pack(">i", len(head) + len(told)) + head + told)
    (size,) = struct.unpack(">i", _read(line, 4))
    if not 4 <= size <= _LARGEST:
        raise EOFError
    return _read(line, size)[4:]


def _read(line: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        if not (part := line.recv(size - len(found))):
            raise EOFError
        found += part
    return found


def _broken(server: str, error: ssl.SSLError) -> str:
    reason = (error.reason or str(error)).replace("_", " ").lower()
    if "alert" in reason and ("certificate" in reason or "unknown ca" in reason):
        return f"{server} does not take this process's certificate ({reason}): set IOC_KAFKA_CERTIFICATE and IOC_KAFKA_KEY to one that it trusts"
    return f"{server} does not speak TLS as it should ({reason}): is IOC_KAFKA the address of its TLS listener?"
