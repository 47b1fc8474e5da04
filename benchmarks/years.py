"""How long every panel and its queries take once years of all streams lie behind them: now, on a past day, within one, as it was known then.

python -m benchmarks.years [--dsn DSN] [--weeks N] [--scale S] [--years 0 1 3]

The simulators tell the last weeks at a fraction of the province's volume, written by the sink's own writer as they came; the years before are copies
of them, made inside the database: events of all streams, and the lives (states, intervals, daily counts) of those whose subjects end. The registers
of services, indicators and enterprises stand as they are. The same moments are asked for each time, so what grows is only what lies before.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from benchmarks.late import dsn_option, put
from benchmarks.sink import database
from ioc.clock import end_of, local_day, start_of
from ioc.db.connect import Connection, connect
from ioc.live.promises import store_promises, working_times
from ioc.moment import Moment
from ioc.panels.engine.build import build
from ioc.panels.engine.registry import shown
from ioc.places.stations import load_stations, store_stations
from ioc.profiles import load_profile
from ioc.streams.engine.batch import BatchWriter, Reader
from ioc.streams.engine.event import Message
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import rules_of
from simulators.engine.contract import scenario_of
from simulators.engine.encode import Record
from simulators.engine.registry import registered
from simulators.engine.together import Voice, records
from tests.conftest import fresh_database

PROFILE = load_profile("soc_trang")
END = datetime(2026, 11, 20, 10, tzinfo=UTC)
BATCH, STEP, WEEKS = 5000, timedelta(minutes=15), 4
ROUNDS, WORTH_MS = 5, 15.0
"""Each is asked so often and the quickest counts: whatever else the machine does only lengthens it. What never takes WORTH_MS is left out."""
STANDING = frozenset({"service", "indicator", "enterprise", "tourism"})
"""Registers: what stands in them goes on standing, a copy of it would be another service or indicator."""


def told(weeks: int, scale: float) -> Iterator[Record]:
    """What the simulators tell of the last weeks, in order of time."""
    start = start_of(local_day(END - timedelta(weeks=weeks)))
    scenario = scenario_of(PROFILE, "1", END, scale=scale)
    voices = [Voice(s, streams()[s.stream], scenario, max(start, END - timedelta(days=s.history_days)) if s.history_days else start, "1")
              for s in registered().values()]
    ticks = (start + n * STEP for n in range((END - start) // STEP + 1))
    return records(voices, ticks, {})


def fill(conn: Connection, weeks: int, scale: float) -> int:
    """Write them by the sink's writer, each batch learnt when its last event happened; answers how many there were."""
    store_stations(conn, load_stations(PROFILE))
    store_promises(conn, PROFILE, working_times(PROFILE.calendar, local_day(END) - timedelta(days=400), local_day(END)))
    reader, writer = Reader(streams(), refuse_simulated=False), BatchWriter(conn, streams(), rules_of(PROFILE))
    told_of, number = told(weeks, scale), 0
    while batch := list(islice(told_of, BATCH)):
        at = max(r.at for r in batch)
        writer.write([reader.read(_message(r, number + n), at) for n, r in enumerate(batch)], at)
        number += len(batch)
    return number


def _message(record: Record, offset: int) -> Message:
    return Message(topic=record.topic, partition=0, offset=offset, timestamp_ms=0, key=record.key, headers=record.headers, value=record.value)


def lay_before(conn: Connection, n: int, weeks: int) -> None:
    """One more copy of all streams, so many weeks before the one after it."""
    earlier = timedelta(weeks=n * weeks)
    for name, stream in streams().items():
        kept = stream.projection is not None and bool(stream.projection.history) and name not in STANDING
        conn.execute("drop table if exists life")
        conn.execute("create temporary table life (subject text primary key, ended bool)")
        if kept:
            conn.execute("insert into life select subject, not bool_or(is_open and to_at = 'infinity' and known_to = 'infinity') "
                         f"from {name}_history where subject not like 'Y-%' group by subject".encode())
        conn.execute("analyze life")
        _copied(conn, f"{name}_event", "occurred_at >= %(since)s and coalesce(l.ended, true)", earlier, weeks)
        if not kept:
            continue
        for table in (f"{name}_state", f"{name}_history"):
            _copied(conn, table, "l.ended", earlier, weeks)
        if stream.projection and stream.projection.daily:
            _copied(conn, stream.projection.daily.table, "day >= %(since_day)s and greatest(day, as_of_day) < %(until_day)s", earlier, weeks)


def _copied(conn: Connection, table: str, which: str, earlier: timedelta, weeks: int) -> None:
    columns = conn.execute("select column_name, data_type from information_schema.columns where table_name = %s", (table,)).fetchall()
    cells = [_earlier(name, kind) for name, kind in columns]
    lives = " left join life as l on t.subject = l.subject" if "subject" in {name for name, _ in columns} else ""
    since = start_of(local_day(END - timedelta(weeks=weeks)))
    conn.execute(f"insert into {table} ({', '.join(name for name, _ in columns)}) select {', '.join(cells)} from {table} as t{lives} "
                 f"where {which}".encode(), {"earlier": earlier, "days": earlier.days, "since": since, "since_day": local_day(since),
                                                "until_day": local_day(END)})


def _earlier(name: str, kind: str) -> str:
    if kind == "timestamp with time zone":
        return f"t.{name} - %(earlier)s"
    if kind == "date":
        return f"t.{name} - %(days)s::int"
    if name == "identity":
        return "md5(t.identity::text || %(days)s::text)::uuid"
    return "case when l.subject is null then t.subject else 'Y-' || %(days)s::text || '-' || t.subject end" if name == "subject" else f"t.{name}"


def moments() -> dict[str, Moment]:
    """Learnt as it came, so what was known then is all but the newest of it."""
    past = end_of(local_day(END) - timedelta(days=7))
    within = past - timedelta(hours=10)
    return {"now": Moment(at=END, known=END), "past day": Moment(at=past, known=END, live=False),
            "within a day": Moment(at=within, known=END, live=False),
            "as known then": Moment(at=within, known=within, live=False, time_machine=True)}


def quickest_ms(work: Callable[[], object]) -> float:
    spans = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        spans.append(1000 * (time.perf_counter() - began))
    return min(spans)


def measure(conn: Connection) -> Iterator[str]:
    """A line a panel, all that it asks, and below it its queries that take long at some moment."""
    asked = moments()
    for key, panel in shown(PROFILE).items():
        yield _line(key, [quickest_ms(lambda m=m, p=panel: build(conn, p, m, PROFILE)) for m in asked.values()])  # type: ignore[misc]
        for name, sql in panel.sql.items():
            spans = [quickest_ms(lambda m=m, q=sql: conn.execute(q.encode(), m.parameters(PROFILE.calendar)).fetchall())  # type: ignore[misc]
                     for m in asked.values()]
            if max(spans) >= WORTH_MS:
                yield _line(f"  .{name}", spans)


def _line(name: str, spans: Sequence[float]) -> str:
    return f"  {name:<24} " + "   ".join(f"{label} {span:7.1f}" for label, span in zip(moments(), spans, strict=True))


def size(conn: Connection) -> str:
    row = conn.execute("select pg_size_pretty(pg_database_size(current_database())), (select sum(n_live_tup) from pg_stat_user_tables "
                       "where relname like '%\\_event')").fetchone()
    return f"{row[1]:,} events, {row[0]}" if row else "?"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.years", description=__doc__)
    dsn_option(parser)
    parser.add_argument("--weeks", type=int, default=WEEKS, help="weeks that the simulators tell")
    parser.add_argument("--scale", type=float, default=0.05, help="volume as a share of the real year's")
    parser.add_argument("--years", type=float, nargs="+", default=[0, 1, 3], help="years that are laid before them, from the fewest to the most")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    with database(options.dsn) as maintenance, fresh_database(maintenance) as dsn, connect(dsn, application="bench", autocommit=True) as conn:
        began, laid = time.perf_counter(), 0
        put([f"{fill(conn, options.weeks, options.scale):,} events of {options.weeks} weeks told and written in {time.perf_counter() - began:.0f} s"])
        for years in options.years:
            while laid * options.weeks < years * 52:
                laid += 1
                lay_before(conn, laid, options.weeks)
            conn.execute("vacuum analyze")
            put([f"{years:g} years before: {size(conn)}; quickest of {ROUNDS} in ms"])
            put(measure(conn))
    return 0


if __name__ == "__main__":
    sys.exit(main())
