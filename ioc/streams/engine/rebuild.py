"""Folding everything again from the raw events: to compare (`recount`) or to replace (`rebuild`) what the sink has made of them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from ioc.db.connect import Connection
from ioc.streams.engine import history, states
from ioc.streams.engine.contract import Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.fold import Folded, fold, initial
from ioc.streams.engine.rules import Rules

AT_ONCE = 500


class Difference(NamedTuple):
    """Something that is not stored as the raw events say: (table, key), what is stored and what it must be; None = no row."""

    table: str
    key: str
    stored: str | None
    counted: str | None


class Rebuilt(NamedTuple):
    """How many subjects were folded again, and how many of them came out otherwise."""

    subjects: int
    changed: int


class _Told(NamedTuple):
    """One subject's events and what they make of it."""

    subject: str
    events: list[Event[Any]]
    folded: Folded


def recount(conn: Connection, stream: Stream, rules: Rules) -> Iterator[Difference]:
    """Compare states, present history and daily counts with the raw events; nothing is changed."""
    projection = stream.projection
    assert projection is not None
    counts: states.Deltas = {}
    known: set[str] = set()
    for told in _all(conn, stream, rules):
        known |= {t.subject for t in told}
        stored = states.read_states(conn, projection, [t.subject for t in told])
        spans = history.read(conn, projection, [t.subject for t in told]) if projection.history else {}
        for t in told:
            _sum_up(projection, t.folded, counts)
            was = stored.get(t.subject)
            if was is None or (was.name, was.state) != (t.folded.name, t.folded.state):
                yield Difference(projection.table, t.subject, repr((was.name, was.state)) if was else None,
                                 repr((t.folded.name, t.folded.state)))
            if projection.history and sorted(spans.get(t.subject, ()), key=_from_at) != history.intervals(t.folded.changes):
                yield Difference(projection.history_table, t.subject, repr(spans.get(t.subject)), repr(history.intervals(t.folded.changes)))
    yield from (Difference(projection.table, subject, "a state without events", None) for subject in _without_events(conn, projection, known))
    yield from _compare_counts(conn, stream, counts)


def _from_at(interval: history.Interval) -> datetime:
    return interval.from_at


def rebuild(conn: Connection, stream: Stream, rules: Rules, at: datetime) -> Rebuilt:
    """Fold everything again and write what comes out otherwise; sinks wait meanwhile. What was known before `at` stays in history.

    A rebuild that is cut off leaves the stream's stamp as it was; running it again completes it.
    """
    projection = stream.projection
    assert projection is not None
    with conn.transaction():
        states.prepare_stage(conn, stream)
    conn.execute("select pg_advisory_lock(%s)", (states.REBUILD_LOCK,))
    try:
        counts: states.Deltas = {}
        known: set[str] = set()
        changed = 0
        for told in _all(conn, stream, rules):
            known |= {t.subject for t in told}
            for t in told:
                _sum_up(projection, t.folded, counts)
            with conn.transaction():
                changed += states.write_again(conn, stream, [(t.subject, t.events, t.folded) for t in told], at)
        with conn.transaction():
            if strangers := _without_events(conn, projection, known):
                _forget(conn, projection, strangers, at)
            if projection.daily:
                conn.execute(f"delete from {projection.daily.table}")
                states.write_deltas(conn, {projection.daily.table: projection.daily}, counts)
            put_stamp(conn, stream, rules, at)
            conn.execute("select pg_notify('ioc_data', %s)", (stream.name,))
    finally:
        conn.execute("select pg_advisory_unlock(%s)", (states.REBUILD_LOCK,))
        conn.commit()
    return Rebuilt(len(known), changed + len(strangers))


def stamp(stream: Stream, rules: Rules) -> str:
    """What states depend on beside the events: the fold's version and the rules."""
    assert stream.projection is not None
    return hashlib.sha256(f"{stream.projection.version} {rules.digest}".encode()).hexdigest()[:16]


def put_stamp(conn: Connection, stream: Stream, rules: Rules, at: datetime) -> None:
    """Note that all states of a stream were made by this fold under these rules."""
    conn.execute("insert into fold_stamp values (%s, %s, %s) on conflict (stream) do update set stamp = excluded.stamp, "
                 "stamped_at = excluded.stamped_at", (stream.name, stamp(stream, rules), at))


def stale(conn: Connection, streams: Mapping[str, Stream], rules: Rules, at: datetime) -> list[str]:
    """Streams whose states were made by another fold or under other rules; a stream without events gets its stamp here."""
    stamps: dict[str, str] = {row[0]: row[1] for row in conn.execute("select stream, stamp from fold_stamp")}
    found: list[str] = []
    for name, stream in streams.items():
        if stream.projection is None or stamps.get(name) == stamp(stream, rules):
            continue
        if conn.execute(f"select 1 from {stream.table} limit 1").fetchone():
            found.append(name)
        else:
            put_stamp(conn, stream, rules, at)
    return found


def _all(conn: Connection, stream: Stream, rules: Rules) -> Iterator[list[_Told]]:
    """Every subject's story, from the raw events alone, some hundred subjects at a time."""
    projection = stream.projection
    assert projection is not None
    firsts: Sequence[tuple[str, datetime]] = conn.execute(
        f"select subject, min(occurred_at) from {stream.table} where type <> all(%s) group by subject order by min(occurred_at), subject",
        ([stream.type_of(fact) for fact in projection.observations],)).fetchall()
    for n in range(0, len(firsts), AT_ONCE):
        some = firsts[n : n + AT_ONCE]
        stories = states.read_events(conn, stream, [subject for subject, _ in some], some[0][1])
        yield [_Told(subject, story, fold(projection, initial(projection), story, rules)) for subject, story in sorted(stories.items())]


def _sum_up(projection: Projection, folded: Folded, counts: states.Deltas) -> None:
    if projection.daily:
        states.add_counts(projection.daily.table, folded.counts, 1, counts)


def _without_events(conn: Connection, projection: Projection, known: set[str]) -> list[str]:
    rows = conn.execute(f"select subject from {projection.table}").fetchall()
    return [row[0] for row in rows if row[0] not in known]


def _forget(conn: Connection, projection: Projection, subjects: list[str], at: datetime) -> None:
    """Take out states that no event speaks for; what was known of them before stays in history."""
    if projection.history:
        conn.execute(f"update {projection.history_table} set known_to = greatest(%s, known_from + interval '1 microsecond') "
                     "where subject = any(%s) and known_to = 'infinity'", (at, subjects))
    conn.execute(f"delete from {projection.table} where subject = any(%s)", (subjects,))


def _compare_counts(conn: Connection, stream: Stream, counts: states.Deltas) -> Iterator[Difference]:
    assert stream.projection is not None
    daily = stream.projection.daily
    if daily is None:
        return
    width = 2 + len(daily.key)
    rows = conn.execute(f"select day, as_of_day, {', '.join((*daily.key, *daily.measures))} from {daily.table}").fetchall()
    stored = {tuple(row[:width]): {m: n for m, n in zip(daily.measures, row[width:], strict=True) if n} for row in rows}
    counted = {key: {m: n for m, n in measures.items() if n} for (_, key), measures in counts.items()}
    for key in sorted(stored.keys() | counted.keys()):
        if stored.get(key, {}) != counted.get(key, {}):
            yield Difference(daily.table, " ".join(map(str, key)), repr(stored.get(key)), repr(counted.get(key)))

