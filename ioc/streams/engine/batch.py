"""One batch, one transaction: everything a set of messages means becomes true together, or not at all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine import states, store
from ioc.streams.engine.broker import Partition
from ioc.streams.engine.contract import Daily, Stream
from ioc.streams.engine.decode import Decoder, decoder
from ioc.streams.engine.event import DeadLetter, Event, Message
from ioc.streams.engine.placing import Placing
from ioc.streams.engine.rules import Rules

CHANNEL = "ioc_data"
"""NOTIFY channel: the payload is the stream whose data changed, or 'sink'."""

# Late rows are noted from here on; `ioc live` keeps the aggregates materialised up to this long ago.
WATERMARK_LAG = timedelta(hours=2)


class Item(NamedTuple):
    """A message and what was read from it."""

    message: Message
    meaning: Event[Any] | DeadLetter


class Written(NamedTuple):
    """Counts of one batch."""

    new: int
    repeats: int
    dead: int
    positions: dict[Partition, int]


class Stored(NamedTuple):
    """What became of items: events that are new, those that were in already, and what can never be stored."""

    new: list[Event[Any]]
    repeats: list[Event[Any]]
    letters: list[DeadLetter]


class Reader:
    """Decodes messages of all streams; `refuse_simulated` for a database born 'real'."""

    def __init__(self, streams: Mapping[str, Stream], *, refuse_simulated: bool) -> None:
        shares: dict[str, list[Stream]] = defaultdict(list)
        for stream in streams.values():
            shares[stream.topic].append(stream)
        self._decoders: dict[str, Decoder] = {topic: decoder(*found) for topic, found in shares.items()}
        self._refuse_simulated = refuse_simulated

    def read(self, message: Message, now: datetime) -> Item:
        try:
            event = self._decoders[message.topic](message, now)
        except InvalidEvent as verdict:
            return Item(message, DeadLetter(message=message, reason=verdict.reason, detail=verdict.detail))
        if event.simulated and self._refuse_simulated:
            detail = "this database was born 'real' and takes no simulated event"
            return Item(message, DeadLetter(message=message, reason="simulated", detail=detail))
        return Item(message, event)


class BatchWriter:
    """Writes batches on one connection."""

    def __init__(self, conn: Connection, streams: Mapping[str, Stream], rules: Rules) -> None:
        self._conn = conn
        self._rules = rules
        self._placing = Placing()
        self._streams = streams
        self._dailies: dict[str, Daily] = {
            s.projection.daily.table: s.projection.daily for s in streams.values() if s.projection and s.projection.daily
        }
        store.word_moments_once(conn)
        with conn.transaction():
            store.prepare_stage(conn)
            for stream in streams.values():
                states.prepare_stage(conn, stream)

    def write(self, items: Sequence[Item], now: datetime) -> Written:
        """Write a batch in one transaction; `now` is its moment of recording."""
        with self._conn.transaction():
            stored = self.store(items, now)
            positions = _positions(items)
            store.move_positions(self._conn, positions, now)
            self.tell(stored)
        return Written(len(stored.new), len(stored.repeats), len(stored.letters), positions)

    def store(self, items: Sequence[Item], now: datetime) -> Stored:
        """Store what items mean, without a word of how far the reading came; the transaction is the caller's."""
        conn = self._conn
        letters = [i.meaning for i in items if isinstance(i.meaning, DeadLetter)]
        conn.execute("select pg_advisory_xact_lock_shared(%s)", (states.REBUILD_LOCK,))
        new, repeats, conflicts = self._claim(items)
        letters += conflicts
        deltas: states.Deltas = {}
        for stream, unplaced in _grouped(self._streams, new):
            events = self._placing.place(conn, stream, unplaced, now)
            store.insert_events(conn, stream, events, now)
            store.note_late(conn, stream, events, now, now - WATERMARK_LAG)
            if stream.projection:
                states.project(conn, stream, events, now, deltas, self._rules)
        states.write_deltas(conn, self._dailies, deltas)
        store.remember_sources(conn, new, repeats, now)
        store.bury(conn, letters, now)
        return Stored(new, repeats, letters)

    def tell(self, stored: Stored) -> None:
        """Notify whoever listens of the streams whose data changed, once the transaction stands."""
        changed = {e.stream for e in stored.new} | ({"sink"} if stored.letters else set())
        for name in sorted(changed):
            self._conn.execute("select pg_notify(%s, %s)", (CHANNEL, name))

    def _claim(self, items: Sequence[Item]) -> tuple[list[Event[Any]], list[Event[Any]], list[DeadLetter]]:
        first: dict[str, str] = {}
        for _, meaning in items:
            if isinstance(meaning, Event):
                first.setdefault(meaning.identity, meaning.digest)
        if not first:
            return [], [], []
        claim = store.claim(self._conn, first)
        accepted = first | claim.known
        new: list[Event[Any]] = []
        repeats: list[Event[Any]] = []
        conflicts: list[DeadLetter] = []
        unused = set(claim.new)
        for message, event in items:
            if not isinstance(event, Event):
                continue
            if event.digest != accepted[event.identity]:
                conflicts.append(_conflict(message, event))
            elif event.identity in unused:
                unused.remove(event.identity)
                new.append(event)
            else:
                repeats.append(event)
        return new, repeats, conflicts


def _conflict(message: Message, event: Event[Any]) -> DeadLetter:
    detail = f"the identity (source '{event.source}', id '{event.id}') was used before with another content"
    return DeadLetter(message=message, reason="identity", detail=detail)


def _grouped(streams: Mapping[str, Stream], events: Sequence[Event[Any]]) -> Iterator[tuple[Stream, list[Event[Any]]]]:
    by_name: dict[str, list[Event[Any]]] = defaultdict(list)
    for event in events:
        by_name[event.stream].append(event)
    # One order for all sinks, so that two of them never wait for each other in a circle.
    for name in sorted(by_name):
        yield streams[name], by_name[name]


def _positions(items: Sequence[Item]) -> dict[Partition, int]:
    positions: dict[Partition, int] = {}
    for message, _ in items:
        partition = (message.topic, message.partition)
        positions[partition] = max(positions.get(partition, 0), message.offset + 1)
    return positions
