"""The real parts as fixtures; what is missing fails the test and says how to get it, nothing is skipped."""

from collections.abc import Iterator

import pytest

from .kafka_server import KafkaServer
from .timescale_server import TimescaleServer


@pytest.fixture(scope="module")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A running broker of the module's own, without topics."""
    with KafkaServer(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture(scope="session")
def timescale_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one TimescaleDB that all tests share: each makes a schema of its own."""
    with TimescaleServer(tmp_path_factory.mktemp("timescale") / "server.log") as server:
        yield server.dsn
