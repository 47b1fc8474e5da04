"""Writing events: claim identities, keep what is really new, remember sources, positions, gaps and dead letters."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from psycopg.types.datetime import DateDumper, DatetimeDumper
from psycopg.types.json import Jsonb

from ioc.db.connect import Connection
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.event import DeadLetter, Event, Message

ENVELOPE_COLUMNS = ("identity", "source", "event_id", "type", "subject", "occurred_at", "recorded_at", "sequence", "simulated", "payload")


class _Moments(DatetimeDumper):
    """Moments in psycopg's own words, each worded once: the same few stand in an event, its state and all its intervals."""

    def dump(self, obj: datetime) -> bytes:
        return _moment_text(obj)


class _Dates(DateDumper):
    """Dates in psycopg's own words, each worded once."""

    def dump(self, obj: date) -> bytes:
        return _date_text(obj)


class Claim(NamedTuple):
    """What became of a batch's identities: those that are new, and the digests under which the others were accepted before."""

    new: set[str]
    known: dict[str, str]


def event_columns(stream: Stream) -> tuple[str, ...]:
    """Columns of a stream's event table: the envelope, then the schema's fields."""
    return ENVELOPE_COLUMNS + tuple(stream.schema.__struct_fields__)


def prepare_stage(conn: Connection) -> None:
    """Create the session's staging table; must be called once per connection."""
    conn.execute("create temp table if not exists stage_identity (identity uuid, digest uuid) on commit delete rows")


def word_moments_once(conn: Connection) -> None:
    """Make a session's moments and dates cheap to write: wording one takes 3 µs, and an event carries some fifteen to the database."""
    conn.adapters.register_dumper(datetime, _Moments)
    conn.adapters.register_dumper(date, _Dates)


@lru_cache(maxsize=65_536)
def _moment_text(at: datetime) -> bytes:
    # Moments that are equal in two zones are one moment to the database too.
    return str(at).encode()


@lru_cache(maxsize=4_096)
def _date_text(day: date) -> bytes:
    return str(day).encode()


def claim(conn: Connection, digests: dict[str, str]) -> Claim:
    """Claim identities in one sorted pass; two sinks that meet on one identity wait for each other, never dead-lock."""
    with conn.cursor() as cursor:
        with cursor.copy("copy stage_identity from stdin") as copy:
            copy.write("".join(f"{identity}\t{digest}\n" for identity, digest in digests.items()))
        cursor.execute(
            "insert into event_identity select identity, digest from stage_identity order by identity "
            "on conflict do nothing returning encode(uuid_send(identity), 'hex')",
        )
        new = {row[0] for row in cursor.fetchall()}
        if len(new) == len(digests):
            return Claim(new, {})
        cursor.execute("select encode(uuid_send(i.identity), 'hex'), encode(uuid_send(i.digest), 'hex') "
                       "from event_identity i join stage_identity s using (identity)")
        return Claim(new, {row[0]: row[1] for row in cursor.fetchall() if row[0] not in new})


def insert_events(conn: Connection, stream: Stream, events: Iterable[Event[Any]], recorded_at: datetime) -> None:
    """COPY new events straight into their hypertable: it has no unique index, the claim already made them unique."""
    astuple = msgspec.structs.astuple
    with conn.cursor() as cursor, cursor.copy(f"copy {stream.table} ({', '.join(event_columns(stream))}) from stdin") as copy:
        for e in events:
            copy.write_row((e.identity, e.source, e.id, e.type, e.subject, e.occurred_at, recorded_at, e.sequence, e.simulated, e.rest,
                            *astuple(e.data)))


def remember_sources(conn: Connection, events: Iterable[Event[Any]], repeats: Iterable[Event[Any]], recorded_at: datetime) -> None:
    """Count per source and note the newest event time; rows are taken in key order."""
    rows: dict[tuple[str, str], list[Any]] = {}
    for e in events:
        row = rows.setdefault((e.stream, e.source), [0, 0, False, e.occurred_at])
        row[0] += 1
        row[2] = row[2] or e.simulated
        row[3] = max(row[3], e.occurred_at)
    for (stream, source), count in Counter((e.stream, e.source) for e in repeats).items():
        if (stream, source) in rows:
            rows[stream, source][1] += count
        else:
            rows[stream, source] = [0, count, False, datetime.min.replace(tzinfo=recorded_at.tzinfo)]
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into source_state as s (stream, source, events, repeats, simulated, last_occurred_at, last_recorded_at) "
            "values (%s, %s, %s, %s, %s, %s, %s) on conflict (stream, source) do update set "
            "events = s.events + excluded.events, repeats = s.repeats + excluded.repeats, simulated = s.simulated or excluded.simulated, "
            "last_occurred_at = greatest(s.last_occurred_at, excluded.last_occurred_at), "
            "last_recorded_at = greatest(s.last_recorded_at, excluded.last_recorded_at)",
            [(*key, *values, recorded_at) for key, values in sorted(rows.items())],
        )


def bury(conn: Connection, letters: Sequence[DeadLetter], recorded_at: datetime) -> None:
    """Store dead letters; the same message delivered again is the same letter."""
    if not letters:
        return
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into dead_letter (topic, partition, message_offset, message_timestamp_ms, digest, key, headers, value, reason, detail, "
            "recorded_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            [(m.topic, m.partition, m.offset, m.timestamp_ms, message_digest(m), m.key, Jsonb(_headers(m)), m.value, x.reason,
              x.detail.replace("\0", "␀").encode(errors="replace").decode()[:4000], recorded_at)
             for x in letters for m in (x.message,)],
        )


def message_digest(message: Message) -> UUID:
    """First half of the SHA-256 over key, headers and value, each with its length."""
    digest = hashlib.sha256()
    for part in (message.key, message.value, *(p for name, value in message.headers for p in (name.encode(errors="replace"), value))):
        digest.update(b"-" if part is None else b"%d:%s" % (len(part), part))
    return UUID(bytes=digest.digest()[:16])


def _headers(message: Message) -> list[list[str]]:
    # Base64 keeps the bytes: a header may hold anything.
    return [[name.replace("\0", "␀"), base64.b64encode(value or b"").decode()] for name, value in message.headers]


def move_positions(conn: Connection, positions: dict[tuple[str, int], int], at: datetime) -> None:
    """Note how far the batch came, in key order."""
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into sink_position as p values (%s, %s, %s, %s) on conflict (topic, partition) do update set "
            "next_offset = greatest(p.next_offset, excluded.next_offset), moved_at = excluded.moved_at",
            [(topic, partition, offset, at) for (topic, partition), offset in sorted(positions.items())],
        )


def note_late(conn: Connection, stream: Stream, events: Sequence[Event[Any]], recorded_at: datetime, watermark: datetime) -> None:
    """Record the range of rows that came below the aggregates' watermark: `ioc live` computes it again."""
    late = [e.occurred_at for e in events if e.occurred_at < watermark] if stream.aggregates else []
    if late:
        conn.execute("insert into late_range values (%s, %s, %s, %s)", (stream.name, min(late), max(late), recorded_at))
