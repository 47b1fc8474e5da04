"""Database roles on a native TimescaleDB, where IOC_TEST_TIMESCALE_DSN names one: chunks, compressed chunks and aggregates need no more rights."""

import os
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from ioc.clock import FrozenClock
from ioc.db import timescale
from ioc.db.connect import Connection, connect
from ioc.db.migrate import migrate
from ioc.db.roles import apply_roles, load_roles, undecided
from ioc.panels.engine.registry import panels
from ioc.streams.engine.memory import MemoryBroker
from tests.conftest import fresh_database
from tests.integration.streams_db import drain, make_sink, one, rows, sunk
from tests.integration.streams_week import ten_days
from tests.integration.streams_wire import BASE, NOW, event, publish
from tests.integration.web_server import session

pytestmark = pytest.mark.timescale
MAINTENANCE = os.environ.get("IOC_TEST_TIMESCALE_DSN", "")  # noqa: TID251 (the tests' own setting)
if not MAINTENANCE:
    pytest.skip("the whole module: IOC_TEST_TIMESCALE_DSN names no native TimescaleDB", allow_module_level=True)


def as_role(dsn: str, role: str) -> str:
    return psycopg.conninfo.make_conninfo(dsn, user=role)


@pytest.fixture(scope="module")
def native() -> Iterator[str]:
    """A migrated database with ten days that ioc_sink brought in."""
    with fresh_database(MAINTENANCE) as dsn:
        with connect(dsn, application="test", autocommit=True) as conn:
            apply_roles(conn)
        broker = MemoryBroker()
        publish(broker, ten_days())
        drain(make_sink(as_role(dsn, "ioc_sink"), broker.source(), batch=500))
        yield dsn


@pytest.fixture(scope="module")
def owner(native: str) -> Iterator[Connection]:
    with connect(as_role(native, "ioc_owner"), application="test", autocommit=True) as conn:
        yield conn


@pytest.fixture(scope="module")
def live(native: str) -> Iterator[Connection]:
    with connect(as_role(native, "ioc_live"), application="test", autocommit=True) as conn:
        yield conn


def test_everything_is_decided_on(owner: Connection) -> None:
    assert undecided(owner, load_roles()) == []


def test_sink_makes_chunks(owner: Connection) -> None:
    assert one(owner, "select count(*) from dossier_event") > 0
    assert one(owner, "select count(*) from show_chunks('dossier_event')") > 1


def test_live_refreshes_the_aggregates_it_does_not_own_by_name(live: Connection, owner: Connection, native: str) -> None:
    assert session(live, FrozenClock(NOW)).publish(panels()) == len(panels()) * 3
    timescale.refresh(live, "camera_hourly", BASE - timedelta(days=12), NOW)
    hourly = "select coalesce(sum(occupancy_n), 0)::int from camera_hourly where camera_id = 'cam-late'"
    sunk(as_role(native, "ioc_sink"), [event("camera", "occupancy", -8000, subject="cam-late")])
    assert one(owner, hourly) == 0
    assert rows(live, "delete from late_range returning stream") != []
    timescale.refresh(live, "camera_hourly", BASE - timedelta(days=12), NOW)
    assert one(live, hourly) == 1


@pytest.mark.parametrize("role", ["ioc_sink", "ioc_web", "ioc_alerts"])
def test_others_do_not_refresh(native: str, role: str) -> None:
    with connect(as_role(native, role), application="test", autocommit=True) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        timescale.refresh(conn, "camera_hourly", BASE, NOW)


def test_sink_adds_to_compressed_chunks_and_cannot_undo_them(native: str, owner: Connection) -> None:
    assert timescale.compress_until(owner, "dossier_event", NOW) > 0
    before = one(owner, "select count(*) from dossier_event")
    sunk(as_role(native, "ioc_sink"), [event("dossier", "received", -8000, subject="late")])
    assert one(owner, "select count(*) from dossier_event") == before + 1
    with connect(as_role(native, "ioc_sink"), application="test", autocommit=True) as conn:
        for statement in ("select decompress_chunk(c) from show_chunks('dossier_event') c", "select drop_chunks('dossier_event', now())"):
            with pytest.raises(psycopg.Error, match=r"must be owner|permission denied"):
                conn.execute(statement)


def test_chunks_are_no_way_round(native: str, owner: Connection) -> None:
    (chunk,) = rows(owner, "select c::text from show_chunks('report_event') c limit 1")[0]
    with connect(as_role(native, "ioc_relay"), application="test", autocommit=True) as conn:
        for verb in ("select * from", "delete from"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"{verb} {chunk}".encode())


def test_owner_migrates_and_a_superuser_hands_the_aggregates_over(caplog: pytest.LogCaptureFixture) -> None:
    with psycopg.connect(MAINTENANCE, autocommit=True) as conn:
        conn.execute("drop database if exists ioc_owned with (force)")
        conn.execute("create database ioc_owned owner ioc_owner")
    owned = as_role(psycopg.conninfo.make_conninfo(MAINTENANCE, dbname="ioc_owned"), "ioc_owner")
    try:
        with connect(owned, application="test", autocommit=True) as conn:
            migrate(conn, kind="exercise")
            assert "run `ioc roles` once as a superuser" in caplog.text
        with connect(psycopg.conninfo.make_conninfo(MAINTENANCE, dbname="ioc_owned"), application="test", autocommit=True) as conn:
            apply_roles(conn)
        with connect(as_role(owned, "ioc_live"), application="test", autocommit=True) as conn:
            timescale.refresh(conn, "camera_hourly", BASE, NOW)
    finally:
        with psycopg.connect(MAINTENANCE, autocommit=True) as conn:
            conn.execute("drop database ioc_owned with (force)")
