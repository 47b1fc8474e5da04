import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.errors import ConfigurationError
from ioc.played import PlayedClock, Setting, write_setting
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.sink import Sink
from tests.integration.streams_db import make_sink
from tests.integration.streams_wire import NOW
from tests.rules import RULES


@pytest.fixture
def empty_dsn(postgres: str) -> Iterator[str]:
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute("create database ioc_never_migrated")
    yield psycopg.conninfo.make_conninfo(postgres, dbname="ioc_never_migrated")
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute("drop database ioc_never_migrated with (force)")


def test_sink_names_the_remedy_when_the_database_was_never_migrated(empty_dsn: str) -> None:
    sink = Sink(MemoryBroker().source(), lambda: connect(empty_dsn, application="test-sink"), SystemClock(), RULES)
    with pytest.raises(ConfigurationError, match="ioc migrate"):
        sink.step(threading.Event())


def test_sink_of_real_data_refuses_a_played_clock(dsn: str, conn: Connection, tmp_path: Path) -> None:
    conn.execute("update database_mark set kind = 'real'")
    write_setting(tmp_path / "clock.json", Setting(at=NOW, since=NOW, speed=60, end=NOW))
    with pytest.raises(ConfigurationError, match="real data, and IOC_CLOCK"):
        make_sink(dsn, MemoryBroker().source(), clock=PlayedClock(tmp_path / "clock.json")).step(threading.Event())
