"""History: one row per state interval, [from_at, to_at) in event time, [known_from, known_to) in recorded time.

What was once known is never rewritten: a correction closes `known_to` of the rows it contradicts and adds new ones.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ioc.db.connect import Connection
from ioc.streams.engine.contract import Projection, Stream
from ioc.streams.engine.fold import View, view

if TYPE_CHECKING:
    from ioc.streams.engine.states import Projected

FOREVER = "infinity"


class Interval(NamedTuple):
    """What a subject was in [from_at, to_at); `to_at` None = until further notice."""

    from_at: datetime
    to_at: datetime | None
    view: View


def prepare_stage(conn: Connection) -> None:
    """Create the session's staging table of rows whose knowledge ends."""
    conn.execute("create temp table if not exists stage_close (subject text, from_at timestamptz) on commit delete rows")


def write(conn: Connection, stream: Stream, done: Sequence["Projected"], recorded_at: datetime) -> None:
    """Write the intervals and irregularities that a batch changed."""
    projection = stream.projection
    assert projection is not None
    again = [p.before.subject for p in done if p.whole]
    if projection.history:
        _write_intervals(conn, projection, done, again, recorded_at)
    _irregularities(conn, stream, done, again, recorded_at)


def _write_intervals(conn: Connection, projection: Projection, done: Sequence["Projected"], again: list[str], recorded_at: datetime) -> None:
    standing = read(conn, projection, again)
    close: list[tuple[str, datetime]] = []
    add: list[tuple[str, Interval]] = []
    for p in done:
        old = standing[p.before.subject] if p.whole else _last(projection, p)
        new = intervals(p.after.changes) if p.whole else _continued(old, p.after.changes)
        close += [(p.before.subject, i.from_at) for i in old if i not in new]
        add += [(p.before.subject, i) for i in new if i not in old]
    _close(conn, projection, close, recorded_at)
    _insert(conn, projection, add, recorded_at)


def intervals(changes: Sequence[tuple[datetime, View]]) -> list[Interval]:
    """Intervals between changes; the last is open-ended."""
    if not changes:
        return []
    ends = [*(at for at, _ in changes[1:]), None]
    return [Interval(at, end, seen) for (at, seen), end in zip(changes, ends, strict=True)]


def _last(projection: Projection, p: "Projected") -> list[Interval]:
    if p.before.since_at is None or not p.after.changes:
        return []
    return [Interval(p.before.since_at, None, view(projection, p.before.name, p.before.state))]


def _continued(old: Sequence[Interval], changes: Sequence[tuple[datetime, View]]) -> list[Interval]:
    # The open interval ends where the first change begins; a change at its very beginning replaces it.
    heads = [(i.from_at, i.view) for i in old if i.from_at < changes[0][0]]
    return intervals([*heads, *changes])


def read(conn: Connection, projection: Projection, subjects: list[str]) -> dict[str, list[Interval]]:
    """Intervals of subjects as known now."""
    found: dict[str, list[Interval]] = defaultdict(list)
    if not subjects:
        return found
    rows = conn.execute(
        f"select subject, from_at, nullif(to_at, 'infinity'), {', '.join(projection.history)} from {projection.history_table} "
        "where subject = any(%s) and known_to = 'infinity'",
        (subjects,),
    )
    for subject, from_at, to_at, *seen in rows:
        found[subject].append(Interval(from_at, to_at, tuple(seen)))
    return found


def _close(conn: Connection, projection: Projection, rows: Sequence[tuple[str, datetime]], at: datetime) -> None:
    if not rows:
        return
    with conn.cursor() as cursor:
        with cursor.copy("copy stage_close from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"update {projection.history_table} h set known_to = %s from stage_close s "
            "where h.subject = s.subject and h.from_at = s.from_at and h.known_to = 'infinity'",
            (at,),
        )
        cursor.execute("delete from stage_close")


def _insert(conn: Connection, projection: Projection, rows: Sequence[tuple[str, Interval]], at: datetime) -> None:
    if not rows:
        return
    state = projection.history.index("state")
    columns = ("subject", "from_at", "to_at", "known_from", "known_to", "is_open", *projection.history)
    with conn.cursor() as cursor, cursor.copy(f"copy {projection.history_table} ({', '.join(columns)}) from stdin") as copy:
        for subject, (from_at, to_at, seen) in rows:
            copy.write_row((subject, from_at, to_at or FOREVER, at, FOREVER, seen[state] in projection.open_states, *seen))


def _irregularities(conn: Connection, stream: Stream, done: Sequence["Projected"], folded_again: list[str], at: datetime) -> None:
    found = {(p.before.subject, i.event.identity): i for p in done for i in p.after.irregularities}
    if folded_again:
        rows = conn.execute("select subject, encode(uuid_send(identity), 'hex'), reason from irregularity "
                            "where stream = %s and subject = any(%s) and known_to = 'infinity'", (stream.name, folded_again)).fetchall()
        known: set[tuple[str, str, str]] = {(row[0], row[1], row[2]) for row in rows}
        # One that stays for another reason is another one: what stands does not depend on the order of arrival.
        standing = {(subject, identity, i.reason) for (subject, identity), i in found.items()}
        if cleared := known - standing:
            conn.execute("update irregularity set known_to = %s where stream = %s and identity = any(%s::uuid[]) and known_to = 'infinity'",
                         (at, stream.name, [identity for _, identity, _ in cleared]))
        found = {(subject, identity): i for (subject, identity), i in found.items() if (subject, identity, i.reason) not in known}
    if not found:
        return
    with conn.cursor() as cursor:
        cursor.executemany(
            "insert into irregularity (stream, subject, identity, occurred_at, reason, known_from) values (%s, %s, %s, %s, %s, %s)",
            [(stream.name, subject, identity, i.event.occurred_at, i.reason, at) for (subject, identity), i in sorted(found.items())],
        )
