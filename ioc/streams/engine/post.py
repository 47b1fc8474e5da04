"""Brings dead letters to their topic, beside the sink's reading loop: a broker that takes minutes to answer must not hold that up."""

import logging
import threading
from collections.abc import Callable

import psycopg

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.errors import UnavailableError
from ioc.streams.engine import attention
from ioc.streams.engine.broker import Publisher
from ioc.streams.engine.outage import Outage

log = logging.getLogger(__name__)

EVERY_S = 2.0


class LetterPost:
    """Publishes what `dead_letter` owes its topic. `connect` and `publisher` raise UnavailableError while there is none."""

    def __init__(self, connect: Callable[[], Connection], publisher: Callable[[], Publisher], clock: Clock) -> None:
        self._connect = connect
        self._new_publisher = publisher
        self._clock = clock
        self._conn: Connection | None = None
        self._publisher: Publisher | None = None
        self._outage = Outage(log, "dead letters wait for their topic", "dead letters reach their topic again")

    def start(self, stop: threading.Event) -> None:
        """Work in a thread of its own until told to stop; it never keeps the process from ending."""
        threading.Thread(target=self.run, args=(stop,), name="letter-post", daemon=True).start()

    def run(self, stop: threading.Event) -> None:
        """Publish every two seconds; an absent broker or database is waited for, and logged once."""
        while not stop.wait(EVERY_S):
            try:
                self.step()
                self._outage.ended()
            except UnavailableError as error:  # of the broker, or of a connection that was not opened: one that stands is sound
                self._outage.began(error)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                self._drop()
                self._outage.began(error)

    def step(self) -> None:
        """Publish what is owed now; the letters stay owed when it fails."""
        if self._conn is None:
            self._conn = self._connect()
        if self._publisher is None:
            self._publisher = self._new_publisher()
        with self._conn.transaction():
            attention.publish_letters(self._conn, self._publisher, self._clock.now())

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._conn = None
