"""The schema and every panel query on a real TimescaleDB: the same rows give the same answers as on plain PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from ioc.clock import start_of
from ioc.db import timescale
from ioc.db.connect import Connection, connect
from ioc.db.migrate import migrate, migrations
from ioc.panels.engine.registry import panels
from ioc.streams.engine.registry import streams
from tests.conftest import fresh_database
from tests.integration.streams_db import one, rows, sunk
from tests.integration.streams_week import ASKED, LATE, START, Asked, answer, tables, ten_days
from tests.integration.streams_wire import BASE, NOW
from tests.integration.web_story import Story, every_kind

pytestmark = pytest.mark.timescale


@pytest.fixture(scope="module")
def plain(postgres: str) -> Iterator[Connection]:
    """Plain PostgreSQL, filled by the sink in two goes, and with a row for every query of every panel."""
    wires = ten_days()
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        sunk(dsn, wires[::2], seconds=-86_400)
        sunk(dsn, wires[1::2])
        every_kind(Story(dsn))
        yield conn


@pytest.fixture(scope="module")
def real(timescale_dsn: str, plain: Connection) -> Iterator[Connection]:
    """TimescaleDB with the migrations and the same rows, in a schema of its own."""
    with psycopg.connect(timescale_dsn, autocommit=True, prepare_threshold=None, options="-c timezone=UTC") as conn:
        conn.execute("set timezone = 'UTC'")
        conn.execute("create schema ioc_test")
        conn.execute("set search_path = ioc_test, public")
        assert migrate(conn, kind="exercise") == [m.name for m in migrations()]
        for table in tables():
            copy_rows(plain, conn, table)
        yield conn
        conn.execute("drop schema ioc_test cascade")


def copy_rows(source: Connection, target: Connection, table: str) -> None:
    columns = [row[0] for row in rows(source, "select column_name from information_schema.columns where table_name = %s order by 1", table)]
    texts = rows(source, f"select {', '.join(f'{c}::text' for c in columns)} from {table}")
    with target.cursor() as cursor:
        cursor.executemany(f"insert into {table} ({', '.join(columns)}) overriding system value values ({', '.join(['%s'] * len(columns))})".encode(), texts)


def test_schema_is_up_to_date_after_the_migrations(real: Connection) -> None:
    assert timescale.is_timescale(real)
    assert migrate(real, kind="exercise") == []


def test_every_event_table_is_a_hypertable_that_can_be_compressed(real: Connection) -> None:
    found = rows(real, "select hypertable_name, compression_enabled from timescaledb_information.hypertables "
                       "where hypertable_schema = 'ioc_test' order by 1")
    assert found == [(table, True) for table in sorted(s.table for s in streams().values())]


def test_events_of_ten_days_lie_in_several_chunks(real: Connection) -> None:
    found = rows(real, "select hypertable_name from timescaledb_information.hypertables where hypertable_schema = 'ioc_test' and num_chunks > 1 "
                       "order by 1")
    assert {("camera_event",), ("dossier_event",), ("report_event",)} <= set(found)


def test_every_aggregate_is_continuous(real: Connection) -> None:
    found = rows(real, "select view_name, materialized_only from timescaledb_information.continuous_aggregates where view_schema = 'ioc_test' order by 1")
    assert found == sorted((name, False) for s in streams().values() for name in s.aggregates)


@pytest.mark.parametrize("asked", ASKED)
def test_query_answers_as_on_plain_postgresql(plain: Connection, real: Connection, asked: Asked) -> None:
    """The same rows; in the same order where the query says one."""
    ours, theirs = answer(plain, asked), answer(real, asked)
    if "order by" not in panels()[asked.panel].sql[asked.query].rsplit("\n)", 1)[-1]:
        ours, theirs = sorted(ours, key=in_utc), sorted(theirs, key=in_utc)
    assert theirs == ours


def in_utc(row: tuple[Any, ...]) -> str:
    """A row's text, the same whatever zone the server's answer names."""
    return str([value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for value in row])


def test_panel_queries_find_something_to_answer(plain: Connection) -> None:
    silent = {(p.values[0].panel, p.values[0].query) for p in ASKED if not answer(plain, p.values[0])}  # type: ignore[union-attr, arg-type]
    spoken = {(p.values[0].panel, p.values[0].query) for p in ASKED if answer(plain, p.values[0])}  # type: ignore[union-attr, arg-type]
    assert silent <= spoken


def test_late_row_is_seen_after_the_refresh_of_its_range(real: Connection) -> None:
    hour = "select coalesce(sum(waiting_sum), 0)::int from camera_hourly where camera_id = 'cam-9'"
    timescale.refresh(real, "camera_hourly", START, NOW)
    at = BASE - timedelta(minutes=8000)
    real.execute("insert into camera_event (identity, source, event_id, type, subject, occurred_at, recorded_at, sequence, simulated, unit_code, "
                 "unit_valid_on, waiting) values (gen_random_uuid(), 's', %s, 't', 'cam-9', %s, now(), '', false, 'U1', '2026-07-01', 40)",
                 (LATE["id"], at))
    assert one(real, hour) == 0
    timescale.refresh(real, "camera_hourly", at - timedelta(hours=1), at + timedelta(hours=1))
    assert one(real, hour) == 40


def test_compressed_chunks_hold_the_same_rows(real: Connection) -> None:
    before = one(real, "select count(*) from dossier_event")
    assert timescale.compress_until(real, "dossier_event", start_of(NOW.date())) > 0
    assert one(real, "select count(*) from timescaledb_information.chunks where hypertable_name = 'dossier_event' and is_compressed") > 0
    assert one(real, "select count(*) from dossier_event") == before
