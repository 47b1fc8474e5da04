import threading
from collections.abc import Iterator

import psycopg
import pytest

from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.errors import ConfigurationError
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.sink import Sink
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
