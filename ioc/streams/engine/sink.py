"""The sink: reads its share of the partitions, writes batches, commits offsets; scale by starting another one."""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import psycopg

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.errors import ConfigurationError, UnavailableError
from ioc.streams.engine import attention
from ioc.streams.engine.batch import BatchWriter, Item, Reader
from ioc.streams.engine.breaker import Breaker
from ioc.streams.engine.broker import Partition, Source
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.event import DeadLetter, Message
from ioc.streams.engine.outage import Outage
from ioc.streams.engine.pulse import Course, beat
from ioc.streams.engine.rebuild import stale
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import Rules

log = logging.getLogger(__name__)

WAIT_S = 0.5
ATTENTION_S = 2.0


class Totals(NamedTuple):
    """What a sink has done since it started."""

    new: int = 0
    repeats: int = 0
    dead: int = 0


class Sink:
    """The loop. `connect` opens a database connection and raises UnavailableError while there is none."""

    def __init__(self, source: Source, connect: Callable[[], Connection], clock: Clock, rules: Rules, *,
                 batch: int = 5000) -> None:
        self._source = source
        self._connect = connect
        self._clock = clock
        self._rules = rules
        self._batch = batch
        self._streams: dict[str, Stream] = streams()
        self._breaker = Breaker()
        self._paused: set[Partition] = set()
        self._conn: Connection | None = None
        self._writer: BatchWriter | None = None
        self._reader: Reader | None = None
        self._looked_at: float | None = None
        self._name = uuid.uuid4().hex[:12]
        self._course = Course(caught_up_at=clock.real())
        self._broker, self._database = (Outage(log, f"{part} away, waiting for it", f"{part} is back") for part in ("broker", "database"))
        self.totals = Totals()

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; an absent broker or database is waited for, and logged once."""
        while not stop.is_set():
            try:
                self.step(stop)
            except UnavailableError as error:
                self._broker.began(error)
                stop.wait(WAIT_S)
        self._source.close()

    def step(self, stop: threading.Event) -> int:
        """One poll and what it brought; answers the number of messages."""
        self._look_after(stop)
        if stop.is_set():
            return 0
        delivery = self._source.poll(timeout_s=0.2, most=self._batch)
        self._broker.ended()
        if delivery.gaps:
            self._safely(stop, lambda conn: attention.store_gaps(conn, delivery.gaps, self._clock.now()))
        items, tripped = self._read(delivery.messages)
        if items:
            self._write(items, stop)
            for partition, at, reason in tripped:
                self._pause(stop, partition, at, reason)
        return len(items)

    def _read(self, messages: Sequence[Message]) -> tuple[list[Item], list[tuple[Partition, int, str]]]:
        assert self._reader is not None
        now = self._clock.now()
        items: list[Item] = []
        tripped: list[tuple[Partition, int, str]] = []
        shut = set(self._paused)
        for message in messages:
            partition = (message.topic, message.partition)
            if partition in shut:
                continue
            item = self._reader.read(message, now)
            items.append(item)
            bad = isinstance(item.meaning, DeadLetter)
            if self._breaker.judge(partition, good=not bad):
                shut.add(partition)
                reason = f"more than half of the last messages were bad; the latest: {item.meaning.detail}" if isinstance(
                    item.meaning, DeadLetter) else "more than half of the last messages were bad"
                tripped.append((partition, message.offset + 1, reason))
        self._rewind(messages, items, shut)
        return items, tripped

    def _rewind(self, messages: Sequence[Message], items: Sequence[Item], shut: set[Partition]) -> None:
        # What was delivered beyond the pause is not read now: it stays owed at the broker.
        taken = {(i.message.topic, i.message.partition, i.message.offset) for i in items} if shut else set()
        for partition in shut:
            left = [m.offset for m in messages if (m.topic, m.partition) == partition and (*partition, m.offset) not in taken]
            if left:
                self._source.seek(partition, min(left))

    def _write(self, items: Sequence[Item], stop: threading.Event) -> None:
        """Write items whole; where the database refuses the data, find the one that it refuses and bury that."""
        while not stop.is_set():
            try:
                self._ensure(stop)
                assert self._writer is not None
                written = self._writer.write(items, self._clock.now())
            except (psycopg.DataError, psycopg.IntegrityError, UnicodeEncodeError) as error:
                self._divide(items, error, stop)
                return
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                self._drop_broken(error, stop)
                continue
            self._database.ended()
            self.totals = Totals(self.totals.new + written.new, self.totals.repeats + written.repeats, self.totals.dead + written.dead)
            self._commit(written.positions)
            return

    def _commit(self, positions: Mapping[Partition, int]) -> None:
        # Written is written: where the broker is away, a later commit tells it, or it delivers again what is then a repeat.
        try:
            self._source.commit(positions)
        except UnavailableError as error:
            self._broker.began(error)

    def _divide(self, items: Sequence[Item], error: Exception, stop: threading.Event) -> None:
        if len(items) == 1:
            if isinstance(items[0].meaning, DeadLetter):
                raise error  # even the letter is refused: a fault of ours, to be seen and not repeated for ever
            detail = f"the database refuses the data: {str(error).splitlines()[0]}"
            message = items[0].message
            self._write([Item(message, DeadLetter(message=message, reason="refused", detail=detail))], stop)
            return
        half = len(items) // 2
        self._write(items[:half], stop)
        self._write(items[half:], stop)

    def _ensure(self, stop: threading.Event) -> None:
        while not stop.is_set() and self._writer is None:
            try:
                self._close()
                self._conn = self._connect()
                real = mark(self._conn) == "real"
                if real and self._clock.rhythm().turn:
                    raise ConfigurationError("this database holds real data, and IOC_CLOCK plays a scenario's time: leave IOC_CLOCK empty")
                self._reader = Reader(self._streams, refuse_simulated=real)
                if old := stale(self._conn, self._streams, self._rules, self._clock.now()):
                    log.warning("states of %s were folded by another version or other rules: run `ioc rebuild --stale`", ", ".join(old))
                self._conn.commit()
                self._writer = BatchWriter(self._conn, self._streams, self._rules)
            except (UnavailableError, psycopg.OperationalError) as error:
                self._drop_broken(error, stop)

    def _drop_broken(self, error: Exception, stop: threading.Event) -> None:
        sound = self._conn is not None and not self._conn.broken and not self._conn.closed
        if sound and isinstance(error, psycopg.errors.DeadlockDetected):
            log.info("transaction repeated: %s", error)
            return
        self._database.began(error)
        if not sound:
            self._close()
        stop.wait(WAIT_S)

    def _safely(self, stop: threading.Event, act: Callable[[Connection], None]) -> None:
        """Do something small in a transaction of its own, as often as it takes."""
        while not stop.is_set():
            try:
                self._ensure(stop)
                if self._conn is not None:
                    with self._conn.transaction():
                        act(self._conn)
                    return
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                self._drop_broken(error, stop)

    def _pause(self, stop: threading.Event, partition: Partition, at: int, reason: str) -> None:
        log.error("%s/%s paused at offset %s: %s", *partition, at, reason)
        self._safely(stop, lambda conn: attention.store_pause(conn, partition, at, reason, self._clock.now()))
        self._paused.add(partition)
        self._source.pause(partition)

    def _look_after(self, stop: threading.Event) -> None:
        """Every two seconds: say how this sink gets on; see which partitions a person has resumed."""
        self._ensure(stop)
        now = self._clock.real()
        if self._looked_at is not None and 0 <= now.timestamp() - self._looked_at < ATTENTION_S:
            return
        self._looked_at = now.timestamp()
        self._course = self._course.seen(None if self._broker.lasts else self._source.waiting(), now)
        self._safely(stop, self._look)

    def _look(self, conn: Connection) -> None:
        beat(conn, self._name, self._course, self._clock.real())
        wanted = attention.open_pauses(conn)
        for partition in self._paused - wanted:
            log.info("%s/%s resumed", *partition)
            self._breaker.forget(partition)
            self._source.resume(partition)
        for partition in wanted & self._source.assigned():
            self._source.pause(partition)
        self._paused = wanted

    def _close(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._conn = self._writer = None
