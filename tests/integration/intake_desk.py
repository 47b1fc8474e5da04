"""What the intake's tests share: a served intake, brokers that can be held or away, and senders."""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from fastapi import FastAPI

from ioc.api.ask import Database
from ioc.api.courier import ROOM_BYTES, Courier
from ioc.api.intake import PATIENCE, Intake, Patience, add_intake
from ioc.api.keys import KeyRing, SourceKey, add_key
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError
from ioc.streams.engine.event import Message
from ioc.streams.engine.memory import MemoryBroker
from tests.integration.streams_wire import NOW, Wire, binary
from tests.integration.web_server import Answer, ask, serving

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class Broker(MemoryBroker):
    """A broker in memory that keeps records apart until they are flushed, and whose flush can be held or fail."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.open = threading.Event()
        self.open.set()
        self.flushing = threading.Event()
        self.flushes = 0
        self.connections = 0
        self._unsent: list[tuple[Any, ...]] = []

    def connect(self) -> "Broker":
        self.connections += 1
        self._unsent.clear()
        return self

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *,
             timestamp_ms: int | None = None) -> None:
        self._unsent.append((topic, key, value, headers))

    def flush(self) -> None:
        self.flushing.set()
        self.open.wait(10)
        if self.away:
            raise UnavailableError("Kafka: publishing failed: nobody there")
        self.flushes += 1
        for record in self._unsent:
            super().send(*record)
        self._unsent.clear()

    @property
    def records(self) -> list[Message]:
        """Everything flushed, topic by topic."""
        return [message for log in self.logs.values() for message in log]


@dataclass
class Desk:
    """A served intake with one key for everything under /test."""

    base: str
    broker: Broker
    conn: Connection
    clock: FrozenClock
    key: SourceKey
    text: str
    intake: Intake
    courier: Courier

    def post(self, body: bytes | Wire | Sequence[Wire], kind: str = "", *, key: str | None = None, **headers: str) -> Answer:
        """The answer to a request with the desk's key; bytes go as they are, events as structured mode or a batch."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        kind = kind or (SINGLE if isinstance(body, bytes | dict) else BATCH)
        given = {"Content-Type": kind, "Authorization": f"Bearer {self.text if key is None else key}"}
        return ask(self.base, "/api/events", method="POST", body=raw, **given | {name.replace("_", "-"): value for name, value in headers.items()})

    def new_key(self, **given: Any) -> str:
        """The text of a further key, known to the process at once."""
        _, text = add_key(self.conn, given.pop("source", "/test"), given.pop("streams", ["dossier"]), self.clock.now(), **given)
        self.clock.advance(5)
        return text


@contextmanager
def desk(dsn: str, *, patience: Patience = PATIENCE, room_bytes: int = ROOM_BYTES) -> Iterator[Desk]:
    """An intake for the length of a block, on a database of its own or shared."""
    clock, broker, server = FrozenClock(NOW), Broker(), FastAPI()
    database, courier = Database(dsn), Courier(broker.connect, room_bytes=room_bytes)
    database.open()
    intake = Intake(KeyRing(database, clock), courier, clock, patience)
    add_intake(server, intake)
    with connect(dsn, application="test", autocommit=True) as conn:
        key, text = add_key(conn, "/test", ["camera", "dossier", "report"], NOW)
        with serving(server) as base:
            yield Desk(base, broker, conn, clock, key, text, intake, courier)
    courier.close()
    database.close()


def in_headers(wire: Wire) -> tuple[dict[str, str], bytes]:
    """The ce- headers and the body of an event in HTTP's binary mode, as ASCII."""
    headers, value = binary(wire)
    return {name: text.decode() for name, text in headers if name.startswith("ce_")}, value


def dripped(desk: Desk, head: Mapping[str, str], body: bytes) -> socket.socket:
    """A connection on which a request's head and a part of its body were sent."""
    place = urlsplit(desk.base)
    assert place.hostname
    assert place.port
    line = socket.create_connection((place.hostname, place.port), timeout=10)
    lines = ["POST /api/events HTTP/1.1", f"Host: {place.netloc}", f"Content-Type: {SINGLE}", f"Authorization: Bearer {desk.text}",
             *(f"{name}: {value}" for name, value in head.items())]
    line.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    return line
