"""What a module of tests shares: one database where a new one for each test would only take time."""

from collections.abc import Iterator

import pytest

from ioc.db.connect import Connection, connect
from ioc.people import passwords
from tests.conftest import fresh_database
from tests.integration.cast import PASSWORD
from tests.integration.intake_desk import Desk, desk


@pytest.fixture(scope="session", autouse=True)
def one_hash() -> Iterator[None]:
    """The password of the tests' persons is hashed once, at its full price: hundreds of tests make a person, few of them sign in."""
    hashed, known = passwords.hashed, passwords.hashed(PASSWORD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hashed", lambda password: known if password == PASSWORD else hashed(password))
        yield


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
