"""What a module of tests shares: one database where a new one for each test would only take time."""

from collections.abc import Iterator

import pytest

from ioc.db.connect import Connection, connect
from tests.conftest import fresh_database
from tests.integration.intake_desk import Desk, desk


@pytest.fixture(scope="module")
def module_dsn(postgres: str) -> Iterator[str]:
    """A migrated database for all tests of a module."""
    with fresh_database(postgres) as made:
        yield made


@pytest.fixture(scope="module")
def module_conn(module_dsn: str) -> Iterator[Connection]:
    """An autocommit connection to the module's database."""
    with connect(module_dsn, application="test", autocommit=True) as made:
        yield made


@pytest.fixture
def at(module_dsn: str) -> Iterator[Desk]:
    """A web process to post to, on the module's database."""
    with desk(module_dsn) as made:
        yield made
