"""What the relay does beside sending: the ledger's head to Kafka each hour, its lines to the log server, and forgetting what was sent."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from importlib import resources

import psycopg

from ioc.audit import syslog as copies
from ioc.audit.anchor import anchor
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import UnavailableError
from ioc.relay import outbox
from ioc.streams.engine.outage import Outage

log = logging.getLogger(__name__)

AUDIT_TOPIC = "ioc.audit"
HOUR = timedelta(hours=1)
KEPT = timedelta(days=7)
"""How long what was sent stays in the outbox, and decisions' keys stay known."""
MEASURES_KEPT = timedelta(days=90)
EVERY_S = 2.0
LINES = 200
_ANCHOR_LOCK, _SYSLOG_LOCK = 4_711_021, 4_711_022

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.relay").joinpath("outbox.sql")).items()}


class Duties:
    """`connect` as for the relay; `syslog`: the log server, '' = none."""

    def __init__(self, connect: Callable[[], Connection], clock: Clock, *, syslog: str = "") -> None:
        self._connect = connect
        self._clock = clock
        self._copier = copies.Sender(syslog) if syslog else None
        self._conn: Connection | None = None
        self._database = Outage(log, "the ledger's head waits to be published", "the ledger's head is published again")
        self._server = Outage(log, "the log server misses lines of the ledger", "the log server gets the ledger's lines again", level=logging.WARNING)

    def run(self, stop: threading.Event) -> None:
        """Look every two seconds until told to stop."""
        try:
            while not stop.is_set():
                try:
                    self.step()
                    self._database.ended()
                except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                    self._database.began(error)
                    self._drop()
                stop.wait(EVERY_S)
        finally:
            self._drop()

    def step(self) -> None:
        """Do what is due now."""
        if self._conn is None:
            self._conn = self._connect()
        self._hourly(self._conn)
        if self._copier is not None:
            try:
                while self._copy(self._conn, self._copier):
                    pass
                self._server.ended()
            except UnavailableError as error:
                self._server.began(error)

    def _hourly(self, conn: Connection) -> None:
        at = self._clock.real()
        with conn.transaction():
            # One relay at a time, so that an hour has one anchor.
            conn.execute("select pg_advisory_xact_lock(%s)", (_ANCHOR_LOCK,))
            row = conn.execute(_SQL["last_made"], {"topic": AUDIT_TOPIC}).fetchone()
            if row is not None and row[0] is not None and at - row[0] < HOUR:
                return
            text = anchor(conn, at, f"kafka {AUDIT_TOPIC}")
            outbox.put(conn, outbox.Post(channel="kafka", target=AUDIT_TOPIC, key=b"head", headers=(("content-type", b"text/plain"),),
                                         body=text.encode()), at)
            conn.execute(_SQL["forget_sent"], {"before": at - KEPT})
            conn.execute(_SQL["forget_keys"], {"before": at - KEPT})
            conn.execute(_SQL["forget_measures"], {"before": at - MEASURES_KEPT})

    def _copy(self, conn: Connection, copier: copies.Sender) -> bool:
        """Send the next lines; answers whether there may be more. Held by one relay at a time, so that a server gets them in order."""
        row = conn.execute("select pg_try_advisory_lock(%s)", (_SYSLOG_LOCK,)).fetchone()
        if row is None or not row[0]:
            return False
        try:
            found = copies.unsent(conn, copier.target, LINES)
            if found:
                copier.send(found)
                copies.sent(conn, copier.target, found[-1].line)
        finally:
            conn.execute("select pg_advisory_unlock(%s)", (_SYSLOG_LOCK,))
        return len(found) == LINES

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._conn = None
