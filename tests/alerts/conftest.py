"""What the tests of alerts share: a database for all tests of a module, with the promises, working times and stations of the province."""

from collections.abc import Iterator

import pytest

from ioc.db.connect import Connection, connect
from tests.alerts.world import prepare
from tests.conftest import fresh_database


@pytest.fixture(scope="module")
def alerts_dsn(postgres: str) -> Iterator[str]:
    with fresh_database(postgres) as dsn:
        with connect(dsn, application="test", autocommit=True) as conn:
            prepare(conn)
        yield dsn


@pytest.fixture(scope="module")
def alerts_conn(alerts_dsn: str) -> Iterator[Connection]:
    """An autocommit connection to the module's database."""
    with connect(alerts_dsn, application="test", autocommit=True) as conn:
        yield conn


@pytest.fixture
def made(postgres: str) -> Iterator[tuple[str, Connection]]:
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        prepare(conn)
        yield dsn, conn
