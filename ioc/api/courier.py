"""Brings what came over HTTP to Kafka: one thread, one publisher, one flush for all who wait at that moment."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import NamedTuple

from ioc.errors import UnavailableError
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.event import Message
from ioc.streams.engine.outage import Outage

log = logging.getLogger(__name__)

ROOM_BYTES = 64 << 20
GROUP = 2000
CLOSE_S = 3.0


class Parcel(NamedTuple):
    """One caller's records; `done` is set when Kafka has them all."""

    records: Sequence[Message]
    size: int
    done: "Future[None]"


class Courier:
    """Publishes for many callers; the thread and the connection come with the first of them."""

    def __init__(self, connect: Callable[[], Publisher], *, room_bytes: int = ROOM_BYTES) -> None:
        self._connect = connect
        self._room = room_bytes
        self._parcels: SimpleQueue[Parcel | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._outage = Outage(log, "the intake does not reach Kafka", "the intake reaches Kafka again")

    def submit(self, records: Sequence[Message]) -> "Future[None]":
        """Hand records over; the future fails with UnavailableError when Kafka did not confirm all of them.

        Raises:
            UnavailableError: too much is waiting already.

        """
        parcel = Parcel(records, sum(size(record) for record in records), Future())
        with self._lock:
            if self._room < parcel.size:
                raise UnavailableError("too many events wait for Kafka")
            self._room -= parcel.size
            self._parcels.put(parcel)
            self._start()
        return parcel.done

    def close(self) -> None:
        """Let what waits be published, for a few seconds."""
        with self._lock:
            thread = self._thread
            if thread is not None:
                self._parcels.put(None)
        if thread is not None:
            thread.join(CLOSE_S)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="intake-courier", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        finally:
            with self._lock:
                self._thread = None
                if not self._parcels.empty():  # it came while this thread was ending
                    self._start()

    def _work(self) -> None:
        publisher: Publisher | None = None
        going = True
        while going:
            parcels, going = self._next()
            try:
                publisher = self._carry(parcels, publisher)
            finally:
                self._release(parcels)
        if publisher is not None:
            publisher.close()

    def _next(self) -> tuple[list[Parcel], bool]:
        """Everything that waits, at most a group; False once told to close."""
        parcels: list[Parcel] = []
        try:
            parcel = self._parcels.get()
            while parcel is not None:
                parcels.append(parcel)
                if sum(len(p.records) for p in parcels) >= GROUP:
                    return parcels, True
                parcel = self._parcels.get_nowait()
        except Empty:
            return parcels, True
        return parcels, False

    def _carry(self, parcels: Sequence[Parcel], publisher: Publisher | None) -> Publisher | None:
        """Publish and flush; a publisher that failed is given up, and with it what it still holds."""
        waited_for = [p for p in parcels if p.done.set_running_or_notify_cancel()]
        if not waited_for:
            return publisher
        try:
            publisher = publisher or self._connect()
            for record in (record for parcel in waited_for for record in parcel.records):
                publisher.send(record.topic, record.key, record.value, record.headers)
            publisher.flush()
        except UnavailableError as error:
            self._outage.began(error)
            for parcel in waited_for:
                parcel.done.set_exception(error)
            if publisher is not None:
                publisher.close()
            return None
        self._outage.ended()
        for parcel in waited_for:
            parcel.done.set_result(None)
        return publisher

    def _release(self, parcels: Sequence[Parcel]) -> None:
        for parcel in parcels:
            if not parcel.done.done():  # the thread is ending by an error of the program
                parcel.done.set_exception(UnavailableError("publishing ended by an error"))
        with self._lock:
            self._room += sum(parcel.size for parcel in parcels)


def size(record: Message) -> int:
    """Bytes of a record's key, value and headers."""
    return len(record.key or b"") + len(record.value or b"") + sum(len(name) + len(value) for name, value in record.headers)
