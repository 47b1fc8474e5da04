"""What the relay is tested with: an outbox to fill, brokers that fail as told, an HTTP receiver that records, certificates of an authority of our own."""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ioc.clock import Clock, FrozenClock
from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError
from ioc.people.seals import Seals
from ioc.relay.outbox import Post, put
from ioc.relay.sender import Sender
from ioc.relay.worker import Worker
from tests.integration.streams_db import rows

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
SEALS = Seals([b"k" * 32])


class Broker:
    """Records what reached it. `refuses`: values that it never takes; `away`: how many flushes fail before it is there."""

    def __init__(self, *, away: int = 0, refuses: frozenset[bytes] = frozenset()) -> None:
        self.got: list[tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]] = []
        self.away = away
        self.refuses = refuses
        self._pending: list[tuple[str, bytes | None, bytes | None, list[tuple[str, bytes]]]] = []

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *, timestamp_ms: int | None = None) -> None:
        del timestamp_ms
        self._pending.append((topic, key, value, list(headers)))

    def flush(self) -> None:
        pending, self._pending = self._pending, []
        if self.away:
            self.away -= 1
            raise UnavailableError("Kafka: publishing failed")
        self.got += [record for record in pending if record[2] not in self.refuses]
        if any(record[2] in self.refuses for record in pending):
            raise UnavailableError("Kafka: publishing failed: too large")

    def close(self) -> None:
        self._pending.clear()

    @property
    def values(self) -> list[bytes | None]:
        return [record[2] for record in self.got]


def promise(conn: Connection, *bodies: str, channel: str = "kafka", target: str = "ioc.report", key: str = "PA-1", at: datetime = AT) -> None:
    """Messages into the outbox."""
    for body in bodies:
        headers = (("webhook-id", body.encode()), ("content-type", b"application/json")) if channel == "webhook" else (("ce_id", body.encode()),)
        put(conn, Post(channel=channel, target=target, key=key.encode(), headers=headers, body=body.encode()), at)  # type: ignore[arg-type]


def make_worker(dsn: str, sender: Sender, clock: Clock) -> Worker:
    return Worker(lambda: connect(dsn, application="test-relay", autocommit=True), sender, clock)


def work(worker: Worker, clock: FrozenClock, *, seconds: int = 0) -> None:
    """Step until nothing is due; again after each second of so many."""
    for _ in range(seconds + 1):
        while worker.step():
            pass
        if seconds:
            clock.advance(1)


def states(conn: Connection) -> list[tuple[str, str]]:
    """(body, owed, sent or failed) in order."""
    return rows(conn, "select convert_from(body, 'UTF8'), case when sent_at is not null then 'sent' when failed_at is not null then 'failed' "
                      "else 'owed' end from outbox order by place")


class Request(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """An HTTP server. `answer`: (number of the request, from 0) → status; None keeps the caller waiting for the end of the test."""

    def __init__(self, answer: Callable[[int], int | None] = lambda _: 204) -> None:
        self.requests: list[Request] = []
        self.over = threading.Event()
        self._answer = answer
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.take(self)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        number = len(self.requests)
        self.requests.append(Request(handler.path, {n.lower(): v for n, v in handler.headers.items()}, body))
        status = self._answer(number)
        if status is None:
            self.over.wait(30)
            return
        handler.send_response(status)
        handler.send_header("Location", "/elsewhere")
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(b"x" * (5 << 20))  # more than anybody wants to read


@contextlib.contextmanager
def receiving(receiver: Receiver, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver for the length of a block."""
    if tls:
        receiver.server.socket = tls.wrap_socket(receiver.server.socket, server_side=True)
    thread = threading.Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join(10)


def certified(folder: Path, *names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server for these names shows, and what believes in it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    hosts = [x509.IPAddress(ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
    now = datetime(2020, 1, 1, tzinfo=UTC)
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now).not_valid_after(now + timedelta(days=36500))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=False, content_commitment=False, key_encipherment=False,
                                         data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.SubjectAlternativeName(hosts), critical=False).sign(key, hashes.SHA256()))
    file = folder / "server.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))
