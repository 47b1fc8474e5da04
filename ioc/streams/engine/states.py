"""Projecting events onto states, history and rollups inside the batch's transaction (architecture: one transaction a batch)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from ioc.clock import TICK
from ioc.db.connect import Connection
from ioc.streams.engine import history
from ioc.streams.engine.contract import Projection, Stream
from ioc.streams.engine.event import Event
from ioc.streams.engine.fold import Counts, Folded, begun, fold, initial
from ioc.streams.engine.rules import Rules

ENGINE_COLUMNS = ("subject", "state", "version", "first_at", "since_at", "last_at", "last_sequence", "last_rank", "last_source", "last_id",
                  "simulated", "recorded_at")
Deltas = dict[tuple[str, tuple[Any, ...]], dict[str, int]]
"""(rollup table, primary key) → measure → difference."""

REBUILD_LOCK = 4_711_002
"""Advisory lock: sinks share it for a batch, a rebuild has it alone."""


class Standing(NamedTuple):
    """A state row as locked: what is known of a subject before the batch. `last` is the order of its newest event, or None."""

    subject: str
    name: str
    version: int
    first_at: datetime
    since_at: datetime | None
    last: tuple[datetime, str, int, str, str] | None
    simulated: bool
    recorded_at: datetime
    state: Any


class Projected(NamedTuple):
    """A subject after the batch. `whole`: folded from its first event, so changes and irregularities are all there are.

    `counted`: what the daily counts hold of it already, as far as `after.counts` says it again.
    """

    before: Standing
    after: Folded
    events: list[Event[Any]]
    whole: bool
    counted: Counts


def state_columns(projection: Projection) -> tuple[str, ...]:
    """Columns of a state table: the engine's, then the state's fields."""
    return ENGINE_COLUMNS + tuple(projection.state.__struct_fields__)


def prepare_stage(conn: Connection, stream: Stream) -> None:
    """Create the session's staging tables of a stream."""
    if stream.projection:
        conn.execute(f"create temp table if not exists stage_{stream.projection.table} (like {stream.projection.table}) on commit delete rows")
        history.prepare_stage(conn)


def project(conn: Connection, stream: Stream, events: Sequence[Event[Any]], recorded_at: datetime, deltas: Deltas, rules: Rules) -> None:
    """Bring the states of the events' subjects up to date; rollup differences are added to `deltas`, not written."""
    projection = stream.projection
    assert projection is not None
    by_subject: dict[str, list[Event[Any]]] = defaultdict(list)
    for event in events:
        if event.fact not in projection.observations:
            by_subject[event.subject].append(event)
    if not by_subject:
        return
    standings = _lock(conn, projection, by_subject, recorded_at)
    done = _fold_all(conn, stream, standings, by_subject, rules)
    at = _stamp(standings, recorded_at)
    _write_states(conn, projection, done, at)
    if projection.mode == "fold":
        history.write(conn, stream, done, at)
    if projection.daily:
        _add_deltas(projection, done, deltas)


def write_again(conn: Connection, stream: Stream, told: Sequence[tuple[str, list[Event[Any]], Folded]], at: datetime) -> int:
    """Write subjects that were folded from their first event; answers how many came out otherwise than they stood."""
    projection = stream.projection
    assert projection is not None
    standings = {s.subject: s for s in _lock(conn, projection, {subject: events for subject, events, _ in told}, at)}
    done = [Projected(standings[subject], folded, events, whole=True, counted={}) for subject, events, folded in told]
    changed = [p for p in done if p.before.last is None or (p.before.name, p.before.state) != (p.after.name, p.after.state)]
    stamp = _stamp([p.before for p in done], at)
    if changed:
        _write_states(conn, projection, changed, stamp)
    if projection.mode == "fold":
        history.write(conn, stream, done, stamp)
    return len(changed)


def _stamp(standings: Sequence[Standing], recorded_at: datetime) -> datetime:
    # A sink that waited for the lock of another must not date its knowledge before what that one wrote.
    return max([recorded_at, *(s.recorded_at + TICK for s in standings if s.last is not None)])


def _lock(conn: Connection, projection: Projection, by_subject: Mapping[str, Sequence[Event[Any]]], at: datetime) -> list[Standing]:
    subjects = sorted(by_subject)
    columns = state_columns(projection)
    blank = _values(projection.state())
    constants = ("", 0, at, None, None, "", 0, "", "", False, at, *blank)
    firsts = [min(e.occurred_at for e in by_subject[s]) for s in subjects]
    types = ", ".join(["%s"] * 2 + ["u.first_at"] + ["%s"] * (len(constants) - 3))
    conn.execute(
        f"insert into {projection.table} ({', '.join(columns)}) select u.subject, {types} "
        "from unnest(%s::text[], %s::timestamptz[]) with ordinality u (subject, first_at, n) order by n on conflict (subject) do nothing",
        (*constants[:2], *constants[3:], subjects, firsts),
    )
    return list(read_states(conn, projection, subjects, lock=True).values())


def read_states(conn: Connection, projection: Projection, subjects: Sequence[str], *, lock: bool = False) -> dict[str, Standing]:
    """State rows of subjects, in subject order; `lock` keeps them from others until the transaction ends."""
    rows = conn.execute(
        f"select {', '.join(state_columns(projection))} from {projection.table} where subject = any(%s) "
        f"order by subject collate \"C\"{' for update' if lock else ''}",
        (list(subjects),),
    ).fetchall()
    return {row[0]: _standing(projection, row) for row in rows}


def _values(state: msgspec.Struct) -> tuple[Any, ...]:
    return tuple(msgspec.structs.astuple(state))


def _standing(projection: Projection, row: Sequence[Any]) -> Standing:
    subject, name, version, first_at, since_at, last_at, sequence, rank, source, event_id, simulated, recorded_at = row[: len(ENGINE_COLUMNS)]
    last = None if last_at is None else (last_at, sequence, rank, source, event_id)
    state = projection.state(**dict(zip(projection.state.__struct_fields__, row[len(ENGINE_COLUMNS):], strict=True)))
    return Standing(subject, name, version, first_at, since_at, last, simulated, recorded_at, state)


def _fold_all(conn: Connection, stream: Stream, standings: Sequence[Standing], by_subject: Mapping[str, list[Event[Any]]],
              rules: Rules) -> list[Projected]:
    projection = stream.projection
    assert projection is not None
    late: list[Standing] = []
    done: list[Projected] = []
    for standing in standings:
        events = sorted(by_subject[standing.subject], key=lambda e: e.order)
        if projection.mode == "fold" and _comes_late(standing, events[0]):
            late.append(standing)
            continue
        after = fold(projection, begun(standing.name, standing.state), events, rules)
        done.append(Projected(standing, after, events, whole=False, counted={}))
    if late:
        stories = read_events(conn, stream, [s.subject for s in late], min(_first(s, by_subject) for s in late),
                              max(_newest(s, by_subject) for s in late))
        for standing in late:
            events = stories[standing.subject]
            new = {e.identity for e in by_subject[standing.subject]}
            known = fold(projection, initial(projection), [e for e in events if e.identity not in new], rules) if projection.daily else None
            after = fold(projection, initial(projection), events, rules)
            done.append(Projected(standing, after, events, whole=True, counted=known.counts if known else {}))
    return done


def _comes_late(standing: Standing, first: Event[Any]) -> bool:
    # At the moment of the last change it may undo that change, and then the interval before it never ended.
    return standing.last is not None and (first.order <= standing.last or first.occurred_at == standing.since_at)


def _first(standing: Standing, by_subject: Mapping[str, Sequence[Event[Any]]]) -> datetime:
    return min(standing.first_at, *(e.occurred_at for e in by_subject[standing.subject]))


def _newest(standing: Standing, by_subject: Mapping[str, Sequence[Event[Any]]]) -> datetime:
    moments = [e.occurred_at for e in by_subject[standing.subject]]
    return max(moments if standing.last is None else [standing.last[0], *moments])


def read_events(conn: Connection, stream: Stream, subjects: Sequence[str], since: datetime,
                until: datetime | None = None) -> dict[str, list[Event[Any]]]:
    """Whole stories of subjects, in order. `since` and `until` (included) bound the chunks that are read."""
    fields = stream.schema.__struct_fields__
    skipped = stream.projection.observations if stream.projection else frozenset()
    ranks = {stream.type_of(fact): (fact, rank) for rank, fact in enumerate(stream.facts) if fact not in skipped}
    rows = conn.execute(
        f"select encode(uuid_send(identity), 'hex'), source, event_id, type, subject, occurred_at, sequence, simulated, {', '.join(fields)} "
        f"from {stream.table} where subject = any(%s) and occurred_at >= %s and occurred_at <= %s::timestamptz and type <> all(%s)",
        (list(subjects), since, until or "infinity", [stream.type_of(fact) for fact in sorted(skipped)]),
    )
    stories: dict[str, list[Event[Any]]] = {subject: [] for subject in subjects}
    for identity, source, event_id, type_, subject, occurred_at, sequence, simulated, *data in rows:
        fact, rank = ranks[type_]
        stories[subject].append(Event(
            identity=identity, digest="", stream=stream.name, source=source, id=event_id, type=type_, fact=fact, subject=subject,
            occurred_at=occurred_at, sequence=sequence, rank=rank, simulated=simulated,
            data=stream.schema(**dict(zip(fields, data, strict=True))), rest=None,
        ))
    for story in stories.values():
        story.sort(key=lambda e: e.order)
    return stories


def _write_states(conn: Connection, projection: Projection, done: Iterable[Projected], at: datetime) -> None:
    columns = state_columns(projection)
    stage = f"stage_{projection.table}"
    with conn.cursor() as cursor:
        with cursor.copy(f"copy {stage} ({', '.join(columns)}) from stdin") as copy:
            for p in done:
                copy.write_row(_state_row(p, at))
        assignments = ", ".join(f"{c} = s.{c}" for c in columns if c != "subject")
        cursor.execute(f"update {projection.table} t set {assignments} from {stage} s where t.subject = s.subject")


def _state_row(p: Projected, at: datetime) -> tuple[Any, ...]:
    before, last = p.before, p.events[-1].order
    if not p.whole and before.last is not None:
        last = max(last, before.last)
    since = p.after.changes[-1][0] if p.after.changes else (None if p.whole else before.since_at)
    first = min(before.first_at, p.events[0].occurred_at)
    simulated = before.simulated or any(e.simulated for e in p.events)
    return (before.subject, p.after.name, before.version + 1, first, since, *last, simulated, at, *_values(p.after.state))


def _add_deltas(projection: Projection, done: Iterable[Projected], deltas: Deltas) -> None:
    assert projection.daily is not None
    for p in done:
        add_counts(projection.daily.table, p.counted, -1, deltas)
        add_counts(projection.daily.table, p.after.counts, 1, deltas)


def add_counts(table: str, counts: Counts, sign: int, deltas: Deltas) -> None:
    """Add what a fold counted to the differences of a rollup, or take it away."""
    for key, measures in counts.items():
        row = deltas.setdefault((table, key), defaultdict(int))
        for measure, n in measures.items():
            row[measure] += sign * n


def write_deltas(conn: Connection, dailies: Mapping[str, Any], deltas: Deltas) -> None:
    """Add the differences to the rollups, in key order over all tables; `dailies`: rollup table → Daily."""
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for (table, key), measures in sorted(deltas.items()):
        if any(measures.values()):
            rows[table].append((*key, *(measures.get(m, 0) for m in dailies[table].measures)))
    for table, values in sorted(rows.items()):
        daily = dailies[table]
        columns = ("day", "as_of_day", *daily.key, *daily.measures)
        sums = ", ".join(f"{m} = t.{m} + excluded.{m}" for m in daily.measures)
        with conn.cursor() as cursor:
            cursor.executemany(
                f"insert into {table} as t ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))}) "
                f"on conflict ({', '.join(('day', 'as_of_day', *daily.key))}) do update set {sums}",
                values,
            )
