"""Migrations: forward only, checksummed, the same twice; and the stand-in of time_bucket."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from ioc.db.connect import Connection
from ioc.db.migrate import mark, migrate, migrations, statements
from ioc.errors import ConfigurationError


def test_schema_is_up_to_date_the_second_time(conn: Connection) -> None:
    assert migrate(conn, kind="exercise") == []


def test_birth_mark_stays_what_it_was(conn: Connection) -> None:
    migrate(conn, kind="real")
    assert mark(conn) == "exercise"


def test_changed_migration_is_refused(conn: Connection) -> None:
    conn.execute("update migration set checksum = 'another'")
    with pytest.raises(ConfigurationError, match=r"0001_streams\.sql was applied in another version"):
        migrate(conn, kind="exercise")


def test_newer_database_is_refused(conn: Connection) -> None:
    conn.execute("insert into migration (number, name, checksum) values (9999, '9999_later.sql', 'x')")
    with pytest.raises(ConfigurationError, match=f"has migration 9999, this program ends at {migrations()[-1].number}"):
        migrate(conn, kind="exercise")


def test_refusal_lets_the_lock_go(conn: Connection) -> None:
    conn.execute("update migration set checksum = 'another'")
    with pytest.raises(ConfigurationError):
        migrate(conn, kind="exercise")
    assert conn.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone() == (0,)


def test_time_bucket_of_plain_postgresql_is_the_hour(conn: Connection) -> None:
    rng = Random(7)
    moments = [datetime(1995, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.uniform(0, 40 * 366 * 86400)) for _ in range(500)]
    rows = conn.execute("select count(*) from unnest(%s::timestamptz[]) as m (at) where time_bucket('1 hour', at) <> date_trunc('hour', at)",
                        (moments,))
    assert rows.fetchone() == (0,)


def test_time_bucket_of_a_day_begins_at_local_midnight(conn: Connection) -> None:
    row = conn.execute("select time_bucket('1 day', timestamptz '2026-11-20 17:00+00', 'Asia/Ho_Chi_Minh')").fetchone()
    assert row == (datetime(2026, 11, 20, 17, tzinfo=UTC),)


def test_unknown_directive_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="unknown directive '-- ioc:hypertabel"):
        statements("-- ioc:hypertabel x y\nselect 1;", timescale_=False)


def test_aggregate_is_a_view_on_plain_postgresql() -> None:
    found = statements("select 0;\n-- ioc:aggregate a\nselect 1;\nselect 2;", timescale_=False)
    assert [" ".join(s.split()) for s in found] == ["select 0;", "create view a as select 1", "select 2;"]


def test_aggregate_is_dropped_as_what_it_is() -> None:
    text = "-- ioc:drop a\n-- ioc:aggregate a\nselect 1;\n"
    assert [found[0] for found in (statements(text, timescale_=plain) for plain in (False, True))] == ["drop view a", "drop materialized view a"]
