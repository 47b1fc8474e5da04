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
        self._down = False

    def start(self, stop: threading.Event) -> None:
        """Work in a thread of its own until told to stop; it never keeps the process from ending."""
        threading.Thread(target=self.run, args=(stop,), name="letter-post", daemon=True).start()

    def run(self, stop: threading.Event) -> None:
        """Publish every two seconds; an absent broker or database is waited for, and logged once."""
        while not stop.wait(EVERY_S):
            try:
                self.step()
                self._note(down=False)
            except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                self._conn = None
                self._note(down=True, why=error)

    def step(self) -> None:
        """Publish what is owed now; the letters stay owed when it fails."""
        if self._conn is None:
            self._conn = self._connect()
        if self._publisher is None:
            self._publisher = self._new_publisher()
        with self._conn.transaction():
            attention.publish_letters(self._conn, self._publisher, self._clock.now())

    def _note(self, *, down: bool, why: Exception | None = None) -> None:
        if down and not self._down:
            log.error("dead letters wait for their topic: %s", why)
        elif self._down and not down:
            log.info("dead letters reach their topic again")
        self._down = down
