"""What needs a person's attention: gaps, paused partitions, dead letters and their way back."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ioc.db.connect import Connection
from ioc.streams.engine.batch import CHANNEL
from ioc.streams.engine.broker import Gap, Partition, Publisher

DEAD_LETTER_TOPIC = "ioc.deadletter"
LARGEST = 900_000
"""Bytes of a value that a record holds together with what is said of it; the database keeps a larger one, the topic its number."""


def store_gaps(conn: Connection, gaps: Sequence[Gap], at: datetime) -> None:
    """Note offsets that were lost at the broker; shown red until a person closes them."""
    with conn.cursor() as cursor:
        # What this database has already read is no loss, though the broker may have forgotten the group's offsets too.
        cursor.executemany(
            "insert into stream_gap (topic, partition, from_offset, to_offset, found_at) "
            "select g.topic, g.partition, greatest(g.from_offset, coalesce(p.next_offset, 0)), g.to_offset, %s "
            "from (values (%s::text, %s::int, %s::bigint, %s::bigint)) as g (topic, partition, from_offset, to_offset) "
            "left join sink_position as p using (topic, partition) "
            "where greatest(g.from_offset, coalesce(p.next_offset, 0)) < g.to_offset on conflict do nothing",
            [(at, *gap) for gap in gaps],
        )
    conn.execute("select pg_notify(%s, 'sink')", (CHANNEL,))


def open_gaps(conn: Connection) -> list[tuple[int, Gap, datetime]]:
    """(number, gap, when it was found) of gaps that nobody has closed, newest first."""
    rows = conn.execute("select gap_id, topic, partition, from_offset, to_offset, found_at from stream_gap where closed_at is null "
                        "order by gap_id desc")
    return [(row[0], Gap(*row[1:5]), row[5]) for row in rows]


def close_gap(conn: Connection, gap_id: int, note: str, at: datetime) -> bool:
    """Close a gap with a note; False where there is no such open gap."""
    done = conn.execute("update stream_gap set closed_at = %s, closed_note = %s where gap_id = %s and closed_at is null", (at, note, gap_id))
    conn.execute("select pg_notify(%s, 'sink')", (CHANNEL,))
    return done.rowcount > 0


def store_pause(conn: Connection, partition: Partition, at_offset: int, reason: str, at: datetime) -> None:
    """Note that a partition is read no further until a person resumes it."""
    conn.execute(
        "insert into partition_pause (topic, partition, at_offset, reason, paused_at) values (%s, %s, %s, %s, %s) on conflict do nothing",
        (*partition, at_offset, reason, at),
    )
    conn.execute("select pg_notify(%s, 'sink')", (CHANNEL,))


def open_pauses(conn: Connection) -> set[Partition]:
    """Partitions that are paused now."""
    return {(row[0], row[1]) for row in conn.execute("select topic, partition from partition_pause where resumed_at is null")}


def resume(conn: Connection, topic: str, partition: int, at: datetime) -> bool:
    """Let a paused partition be read again; False when it was not paused."""
    done = conn.execute("update partition_pause set resumed_at = %s where topic = %s and partition = %s and resumed_at is null",
                        (at, topic, partition))
    return done.rowcount > 0


class Letter(NamedTuple):
    """A dead letter as stored."""

    letter_id: int
    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    headers: list[tuple[str, bytes]]
    value: bytes | None
    reason: str
    detail: str
    recorded_at: datetime
    replayed_at: datetime | None


_LETTER = ("select letter_id, topic, partition, message_offset, message_timestamp_ms, key, headers, value, reason, detail, recorded_at, "
           "replayed_at from dead_letter ")


def letters(conn: Connection, *, reason: str | None = None, limit: int = 50) -> list[Letter]:
    """Newest dead letters, of one reason or of all."""
    rows = conn.execute(_LETTER + "where %s::text is null or reason = %s order by letter_id desc limit %s", (reason, reason, limit))
    return [_letter(*row) for row in rows]


def letter(conn: Connection, letter_id: int) -> Letter | None:
    """One dead letter."""
    row = conn.execute(_LETTER + "where letter_id = %s", (letter_id,)).fetchone()
    return _letter(*row) if row else None


def _letter(letter_id: int, topic: str, partition: int, offset: int, timestamp_ms: int, key: bytes | None,  # noqa: PLR0913, PLR0917 (a row)
            headers: list[list[str]], value: bytes | None, reason: str, detail: str, recorded_at: datetime,
            replayed_at: datetime | None) -> Letter:
    read = [(name, base64.b64decode(text)) for name, text in headers]
    return Letter(letter_id, topic, partition, offset, timestamp_ms, key, read, value, reason, detail, recorded_at, replayed_at)


def replay(conn: Connection, publisher: Publisher, found: Letter, at: datetime, *, value: bytes | None = None) -> None:
    """Send a letter to its topic again, as it was or with a corrected value, and note when."""
    publisher.send(found.topic, found.key, found.value if value is None else value, found.headers)
    publisher.flush()
    conn.execute("update dead_letter set replayed_at = %s where letter_id = %s", (at, found.letter_id))


def publish_letters(conn: Connection, publisher: Publisher, at: datetime, *, most: int = 500) -> None:
    """Publish dead letters that are not yet on their topic, at least once; sinks share the work."""
    rows = conn.execute(_LETTER + "where published_at is null order by letter_id limit %s for update skip locked", (most,)).fetchall()
    if not rows:
        return
    for found in (_letter(*row) for row in rows):
        origin = [("ioc_topic", found.topic), ("ioc_partition", str(found.partition)), ("ioc_offset", str(found.offset)),
                  ("ioc_reason", found.reason), ("ioc_detail", found.detail), ("ioc_letter", str(found.letter_id))]
        value = found.value if len(found.value or b"") <= LARGEST else None
        publisher.send(DEAD_LETTER_TOPIC, found.key, value, [*found.headers, *((n, v.encode()) for n, v in origin)])
    publisher.flush()
    conn.execute("update dead_letter set published_at = %s where letter_id = any(%s)", (at, [row[0] for row in rows]))
