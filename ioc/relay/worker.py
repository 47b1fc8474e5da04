"""One channel's loop: rows are taken in hand for a while, sent without a transaction held open, and marked. Several relays share the rows."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib import resources
from secrets import SystemRandom

import psycopg

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import UnavailableError
from ioc.relay.sender import Failure, Row, Sender, row_of
from ioc.streams.engine.outage import Outage

log = logging.getLogger(__name__)

CHANNEL = "ioc_outbox"
"""NOTIFY channel: something was put into the outbox."""
LEASE = timedelta(minutes=3)
"""How long a row is in hand: longer than any attempt may take, also one of a broker that does not answer."""
FIRST = timedelta(seconds=1)
WAIT_S = 1.0
RELEASE_EVERY = timedelta(seconds=5)
MAX_ERROR = 500

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.relay").joinpath("outbox.sql")).items()}


class Worker:
    """`connect` opens an autocommit connection and raises UnavailableError while there is none."""

    def __init__(self, connect: Callable[[], Connection], sender: Sender, clock: Clock) -> None:
        self._connect = connect
        self._sender = sender
        self._clock = clock
        self._random = SystemRandom()
        self._conn: Connection | None = None
        self._rests_until: datetime | None = None
        self._failed_in_turn = 0
        self._released_at: datetime | None = None
        self._database = Outage(log, f"{sender.channel}: the outbox cannot be read", f"{sender.channel}: the outbox is read again")
        self._way = Outage(log, f"{sender.channel}: messages wait", f"{sender.channel}: messages go out again", level=logging.WARNING)

    def run(self, stop: threading.Event) -> None:
        """Send what is owed until told to stop."""
        try:
            while not stop.is_set():
                try:
                    if not self.step():
                        self._wait(stop)
                    self._database.ended()
                except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                    self._database.began(error)
                    self._drop()
                    stop.wait(WAIT_S)
        finally:
            self._drop()
            self._sender.close()

    def step(self) -> bool:
        """Send what is due now, as much as is taken in hand at once; answers whether there was any."""
        conn, at = self._opened(), self._clock.real()
        if self._rests_until is not None and at < self._rests_until:
            return False
        self._release(conn, at)
        until = at + LEASE
        query = _SQL["claim_each" if self._sender.each_target else "claim"]
        found = conn.execute(query, {"channel": self._sender.channel, "at": at, "until": until, "most": self._sender.most}).fetchall()
        rows = sorted((row_of(columns, until) for columns in found), key=lambda row: (row.attempts, row.place))
        if rows:
            self._mark(conn, rows, self._sender.send(conn, rows))
        return bool(rows)

    def _opened(self) -> Connection:
        if self._conn is None:
            self._conn = self._connect()
            self._conn.execute(f"listen {CHANNEL}".encode())
        return self._conn

    def _release(self, conn: Connection, at: datetime) -> None:
        if self._released_at is None or not timedelta(0) <= at - self._released_at < RELEASE_EVERY:
            conn.execute(_SQL["release"], {"at": at})
            self._released_at = at

    def _mark(self, conn: Connection, rows: Sequence[Row], failures: Sequence[Failure]) -> None:
        at, lost = self._clock.real(), {failure.row.number for failure in failures}
        with conn.transaction():
            conn.execute(_SQL["sent"], {"numbers": [row.number for row in rows if row.number not in lost], "at": at})
            for failure in failures:
                self._failed(conn, failure, at)
        stuck = next((failure for failure in failures if failure.waits == "channel"), None)
        self._failed_in_turn = self._failed_in_turn + 1 if stuck else 0
        if stuck:
            self._rests_until = at + self._pause(self._failed_in_turn)
        if len(lost) < len(rows):
            self._way.ended()
        else:
            self._way.began(failures[0].error)

    def _failed(self, conn: Connection, failure: Failure, at: datetime) -> None:
        row, limit = failure.row, self._sender.gives_up_after
        is_over = limit is not None and at - row.tried_at >= limit
        next_at = at + self._pause(row.attempts)
        conn.execute(_SQL["failed"], {"number": row.number, "attempts": row.attempts, "next_at": next_at, "failed_at": at if is_over else None,
                                      "error": failure.error.replace("\0", "").encode(errors="replace").decode()[:MAX_ERROR]})
        if failure.waits == "target" and not is_over:
            # A moment less than the row itself: where only this row is the trouble, the others have their turn before it.
            conn.execute(_SQL["rest"], {"channel": self._sender.channel, "target": row.target, "at": at, "until": next_at - FIRST / 10})
        if is_over:
            log.error("%s to %s was given up after %s attempts: %s; `ioc outbox list --failed` shows it, `ioc outbox retry %s` sends it again",
                      self._sender.channel, row.target, row.attempts, failure.error, row.number)

    def _pause(self, attempts: int) -> timedelta:
        """Twice as long each time, up to the channel's longest; drawn from its upper half, so that many do not come back at once."""
        whole = min(self._sender.longest, FIRST * 2 ** min(attempts - 1, 30))
        return timedelta(seconds=whole.total_seconds() * self._random.uniform(0.5, 1))

    def _wait(self, stop: threading.Event) -> None:
        if self._rests_until is not None and self._clock.real() < self._rests_until:
            stop.wait(FIRST.total_seconds() / 2)
            return
        for _ in self._opened().notifies(timeout=WAIT_S, stop_after=1):
            pass

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._conn = self._released_at = None  # what was in hand then is this relay's own to take up again
