"""The sink on a database: run it until nothing is left, and read back what it made of the events."""

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from ioc.clock import Clock, FrozenClock
from ioc.db.connect import Connection, connect
from ioc.streams.engine.broker import Source
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from ioc.streams.engine.sink import Sink
from tests.integration.streams_wire import NOW, Wire, publish
from tests.oracle import HISTORY, Picture
from tests.rules import RULES

ENGINE_TABLES = ("event_identity", "sink_position", "stream_gap", "partition_pause", "dead_letter", "irregularity", "source_state", "late_range")


def make_sink(dsn: str, source: Source, *, clock: Clock | None = None, batch: int = 5000) -> Sink:
    """A sink on a database; its clock stands at NOW where none is given."""
    return Sink(source, lambda: connect(dsn, application="test-sink"), clock or FrozenClock(NOW), RULES, batch=batch)


def drain(sink: Sink) -> None:
    """Step until a poll brings nothing."""
    while sink.step(threading.Event()):
        pass


def sunk(dsn: str, wires: Sequence[Wire], *, seconds: float = 0, batch: int = 5000) -> None:
    """Bring events through a broker and a sink of their own, `seconds` after NOW."""
    broker = MemoryBroker()
    publish(broker, wires)
    drain(make_sink(dsn, broker.source(), clock=FrozenClock(NOW + timedelta(seconds=seconds)), batch=batch))


def tables_of(stream: Stream) -> list[str]:
    """A stream's own tables: its events, then what they made: states, intervals, daily counts."""
    if (made := stream.projection) is None:
        return [stream.table]
    return [stream.table, made.table, *([made.history_table] if made.history else []), *([made.daily.table] if made.daily else [])]


def empty(conn: Connection) -> None:
    """Forget all events and what was made of them."""
    for table in (*ENGINE_TABLES, *(table for stream in streams().values() for table in tables_of(stream))):
        conn.execute(f"delete from {table}".encode())


def rows(conn: Connection, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return conn.execute(sql.encode(), parameters).fetchall()


def one(conn: Connection, sql: str, *parameters: Any) -> Any:
    """The only value of the only row."""
    ((value,),) = rows(conn, sql, *parameters)
    return value


def picture(conn: Connection) -> Picture:
    """What the database says of dossiers and reports, in the oracle's shape."""
    found = Picture({}, set(), Counter(), set())
    for name in HISTORY:
        stream = streams()[name]
        found.states.update(_states(conn, stream))
        found.history.update(history(conn, name))
        found.daily.update(_daily(conn, stream))
        found.irregular.update(
            (name, *row) for row in rows(conn, f"select e.subject, e.source, e.event_id from irregularity i join {stream.table} e using (identity) "
                                               "where i.stream = %s and i.known_to = 'infinity'", name))
    return found


def history(conn: Connection, name: str, known: datetime | None = None) -> list[tuple[Any, ...]]:
    """Intervals as known now, or as known at a moment."""
    projection = streams()[name].projection
    assert projection is not None
    when, values = ("known_to = 'infinity'", ()) if known is None else ("known_from <= %s and known_to > %s", (known, known))
    columns = ", ".join(HISTORY[name])
    return [(name, *row) for row in rows(conn, f"select subject, from_at, nullif(to_at, 'infinity'), {columns} "
                                               f"from {projection.history_table} where {when}", *values)]


def _states(conn: Connection, stream: Stream) -> dict[tuple[str, str], dict[str, Any]]:
    assert stream.projection is not None
    names = ("state", *stream.projection.state.__struct_fields__)
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(f"select subject, {', '.join(names)} from {stream.projection.table}".encode()).fetchall()
    return {(stream.name, row["subject"]): {k: row[k] for k in names if row[k] is not None} for row in found}


def _daily(conn: Connection, stream: Stream) -> Counter[tuple[Any, ...]]:
    assert stream.projection is not None
    daily = stream.projection.daily
    assert daily is not None
    found = rows(conn, f"select day, as_of_day, {', '.join(daily.key)}, {', '.join(daily.measures)} from {daily.table}")
    split = len(daily.key) + 2
    return Counter({(stream.name, row[0], row[1], row[2:split], measure): n
                    for row in found for measure, n in zip(daily.measures, row[split:], strict=True) if n})
