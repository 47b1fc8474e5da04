"""The one place that knows whether the database is TimescaleDB or plain PostgreSQL.

A migration says what it wants in directives; here they become TimescaleDB calls, or their plain stand-ins:

    -- ioc:hypertable TABLE TIME_COLUMN INTERVAL
    -- ioc:compress TABLE ORDER_BY
    -- ioc:aggregate NAME            (the SELECT that follows; an ordinary view on plain PostgreSQL)
    -- ioc:drop NAME                 (an aggregate, before it is made anew)

`time_bucket` exists on plain PostgreSQL as functions over `date_bin` with TimescaleDB's origin, Monday 2000-01-03.
"""

from collections.abc import Iterator
from datetime import datetime

from ioc.db.connect import Connection
from ioc.errors import ConfigurationError

_PLAIN_TIME_BUCKET = """
create or replace function time_bucket(width interval, at timestamptz) returns timestamptz
language sql immutable parallel safe as
$$ select date_bin(width, at, timestamptz '2000-01-03 00:00+00') $$;
create or replace function time_bucket(width interval, at timestamptz, zone text) returns timestamptz
language sql stable parallel safe as
$$ select date_bin(width, at at time zone zone, timestamp '2000-01-03') at time zone zone $$;
"""


def prepare(conn: Connection) -> bool:
    """Load TimescaleDB where the server has it, the stand-ins otherwise; True where it is TimescaleDB."""
    if conn.execute("select 1 from pg_available_extensions where name = 'timescaledb'").fetchone():
        conn.execute("create extension if not exists timescaledb")
        return True
    conn.execute(_PLAIN_TIME_BUCKET)
    return False


def is_timescale(conn: Connection) -> bool:
    """Whether TimescaleDB is loaded in this database."""
    return conn.execute("select 1 from pg_extension where extname = 'timescaledb'").fetchone() is not None


PLAIN_EVENTS = 3_000_000
"""Up to so many events plain PostgreSQL is meant for (docs/measurements.md, 'Years'): about one year of this province's dossiers."""


def advice(conn: Connection) -> str | None:
    """A sentence where a database without TimescaleDB holds more events than it is meant for."""
    if is_timescale(conn):
        return None
    row = conn.execute("select coalesce(sum(greatest(reltuples, 0)), 0)::bigint from pg_class "
                       "where relkind = 'r' and relname like '%\\_event'").fetchone()
    if row is None or row[0] <= PLAIN_EVENTS:
        return None
    return (f"this database has no TimescaleDB and holds about {row[0]:,} events; it is meant for {PLAIN_EVENTS:,}: nothing is compressed, and "
            "observations are aggregated at each question. Move to TimescaleDB (docs/operations.md)")


def translate(line: str, statement: str, *, timescale: bool) -> Iterator[str]:
    """Statements for one directive line and the statement under it (may be empty).

    Raises:
        ConfigurationError: a directive that does not exist.

    """
    words = line.removeprefix("-- ioc:").split(maxsplit=3)
    match words:
        case ["hypertable", table, column, interval]:
            if timescale:
                yield f"select create_hypertable('{table}', by_range('{column}', interval '{interval}'), create_default_indexes => false)"
        case ["compress", table, order]:
            if timescale:
                # Ordered by subject, not segmented by it: a subject has some ten rows, a segment wants a thousand.
                yield f"alter table {table} set (timescaledb.compress, timescaledb.compress_orderby = '{order}')"
        case ["aggregate", name]:
            yield from _aggregate(name, statement, timescale=timescale)
        case ["drop", name]:
            yield f"drop {'materialized view' if timescale else 'view'} {name}"
        case _:
            raise ConfigurationError(f"a migration has the unknown directive '{line.strip()}'")


def _aggregate(name: str, select: str, *, timescale: bool) -> Iterator[str]:
    if not timescale:
        yield f"create view {name} as\n{select}"
        return
    # Real-time above the watermark; late rows below it are refreshed by `ioc live` (see refresh).
    yield (f"create materialized view {name} with (timescaledb.continuous, timescaledb.materialized_only = false) as\n"
           f"{select}\nwith no data")


def refresh(conn: Connection, aggregate: str, from_at: datetime, to_at: datetime) -> None:
    """Compute an aggregate again over [from_at, to_at); nothing to do on plain PostgreSQL. Needs autocommit."""
    if is_timescale(conn):
        conn.execute("call refresh_continuous_aggregate(%s::text::regclass, %s::timestamptz, %s::timestamptz)", (aggregate, from_at, to_at))


def compress_until(conn: Connection, table: str, before: datetime) -> int:
    """Compress the chunks of a hypertable that end before a moment; answers how many."""
    if not is_timescale(conn):
        return 0
    rows = conn.execute(
        "select compress_chunk(c, if_not_compressed => true) from show_chunks(%s::text::regclass, older_than => %s::timestamptz) c",
        (table, before),
    ).fetchall()
    return len(rows)
