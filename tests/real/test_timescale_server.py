"""The real TimescaleDB does what the schema relies on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import psycopg
import pytest
from psycopg.rows import TupleRow

pytestmark = pytest.mark.timescale

START = datetime(2025, 1, 1, tzinfo=UTC)
HOURS = 24 * 21

SETUP: LiteralString = """
CREATE SCHEMA server_test;
SET search_path = server_test, public;
CREATE TABLE reading (occurred_at timestamptz NOT NULL, sensor text NOT NULL, level_m double precision NOT NULL);
SELECT create_hypertable('reading', by_range('occurred_at', INTERVAL '7 days'));
"""

ROLLUP: LiteralString = """
CREATE MATERIALIZED VIEW reading_by_day WITH (timescaledb.continuous) AS
SELECT time_bucket(INTERVAL '1 day', occurred_at) AS day, sensor, count(*) AS readings, max(level_m) AS highest_m
FROM reading GROUP BY 1, 2 WITH NO DATA
"""

COMPRESSION: LiteralString = """
ALTER TABLE reading
SET (timescaledb.compress, timescaledb.compress_segmentby = 'sensor', timescaledb.compress_orderby = 'occurred_at')
"""


@pytest.fixture
def database(timescale_dsn: str) -> Iterator[psycopg.Connection[TupleRow]]:
    """A connection to a schema that holds three weeks of hourly readings of one sensor."""
    with psycopg.connect(timescale_dsn, autocommit=True) as connection:
        connection.execute(SETUP)
        with connection.cursor() as cursor:
            rows = [(START + timedelta(hours=hour), "weir", hour / 10) for hour in range(HOURS)]
            cursor.executemany("INSERT INTO reading VALUES (%s, %s, %s)", rows)
        yield connection
        connection.execute("DROP SCHEMA server_test CASCADE")


def number(connection: psycopg.Connection[TupleRow], query: LiteralString) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_server_is_postgresql_17_with_timescaledb_2_23(timescale_dsn: str) -> None:
    with psycopg.connect(timescale_dsn) as connection:
        assert connection.info.server_version // 10_000 == 17
        row = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    assert row is not None
    assert str(row[0]).startswith("2.23.")


def test_continuous_aggregate_is_empty_until_it_is_refreshed(database: psycopg.Connection[TupleRow]) -> None:
    database.execute(ROLLUP)
    assert number(database, "SELECT count(*) FROM reading_by_day") == 0
    database.execute("CALL refresh_continuous_aggregate('reading_by_day', NULL, NULL)")
    assert number(database, "SELECT count(*) FROM reading_by_day") == HOURS // 24
    assert number(database, "SELECT sum(readings) FROM reading_by_day") == HOURS


def test_compressed_chunks_give_the_same_rows(database: psycopg.Connection[TupleRow]) -> None:
    database.execute(COMPRESSION)
    chunks = number(database, "SELECT count(compress_chunk(chunk)) FROM show_chunks('reading') AS chunk")
    assert chunks == number(database, "SELECT count(*) FROM timescaledb_information.chunks WHERE is_compressed")
    assert chunks >= HOURS // 24 // 7
    assert number(database, "SELECT count(*) FROM reading") == HOURS


def test_client_finds_a_clean_session_when_it_is_alone(timescale_dsn: str) -> None:
    for _ in range(3):
        with psycopg.connect(timescale_dsn, prepare_threshold=0) as connection:
            assert connection.execute("SELECT %s::int", (1,)).fetchone() == (1,)
            connection.execute("CREATE TEMPORARY TABLE staged (id int)")


def test_second_client_waits_for_the_transaction_of_the_first(timescale_dsn: str) -> None:
    with (
        psycopg.connect(timescale_dsn) as first,
        psycopg.connect(timescale_dsn, autocommit=True) as second,
        ThreadPoolExecutor(1) as threads,
    ):
        first.execute("SELECT 1")
        waiting = threads.submit(second.execute, "SELECT 2")
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        first.commit()
        assert waiting.result(timeout=10).fetchone() == (2,)
