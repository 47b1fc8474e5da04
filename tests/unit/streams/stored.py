"""Stories brought into the database the hard way, newest event first and each in a batch of its own, and what the tables say of them then."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from ioc.db.connect import Connection
from ioc.streams.engine.batch import BatchWriter, Item
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.states import read_states
from tests.integration.streams_db import rows
from tests.integration.streams_wire import NOW
from tests.unit.streams.lives import RULES, lived, nonzero, projection_of, spread


class Tables(NamedTuple):
    """A subject in the tables of its stream. `counted`: (day, *key, measure) → sum over all days on which it became so, never 0."""

    name: str
    state: Any
    intervals: list[tuple[Any, ...]]
    counted: Counter[tuple[Any, ...]]


def write(conn: Connection, stream: Stream, *events: Event[Any]) -> None:
    """Bring events in as they come, each in a batch of its own, a second apart."""
    writer = BatchWriter(conn, {stream.name: stream}, RULES)
    for n, event in enumerate(events):
        record = Message(topic=stream.topic, partition=0, offset=n, timestamp_ms=0, key=b"S1", headers=[], value=None)
        writer.write([Item(record, event)], NOW + timedelta(seconds=n))


def stored(conn: Connection, stream: Stream, story: Sequence[Event[Any]]) -> Tables:
    """The tables after the newest event came first."""
    write(conn, stream, *sorted(story, key=lambda e: e.order, reverse=True))
    projection = projection_of(stream)
    daily = projection.daily
    assert daily is not None
    standing = read_states(conn, projection, ["S1"])["S1"]
    intervals = rows(conn, f"select from_at, {', '.join(projection.history)} from {projection.history_table} "
                           "where subject = 'S1' and known_to = 'infinity' order by from_at")
    sums = ", ".join(f"sum({measure})::bigint" for measure in daily.measures)
    counts = rows(conn, f"select day, {', '.join(daily.key)}, {sums} from {daily.table} group by day, {', '.join(daily.key)}")
    split = 1 + len(daily.key)
    counted = Counter({(*row[:split], measure): n for row in counts for measure, n in zip(daily.measures, row[split:], strict=True)})
    return Tables(standing.name, standing.state, intervals, nonzero(counted))


def told(stream: Stream, story: Sequence[Event[Any]]) -> Tables:
    """What the tables must say: the story folded once, in order."""
    found = lived(stream, *story)
    return Tables(found.name, found.state, [(at, *view) for at, view in found.changes], spread(found.counts))
