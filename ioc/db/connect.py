"""Connections to PostgreSQL or TimescaleDB."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import pq
from psycopg.rows import TupleRow

from ioc.errors import UnavailableError

Connection = psycopg.Connection[TupleRow]

# No JIT: it costs more than these queries. Pages lie in memory or on flash: with the cost of a turning disk a year's sums read all years.
OPTIONS = "-c timezone=UTC -c jit=off -c random_page_cost=1.1"

# Keep-alives find a peer that vanished without a word in about 20 s; the time zone makes every session agree.
_OPTIONS = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "connect_timeout": 5,
    "options": OPTIONS,
}


def connect(dsn: str, *, application: str, autocommit: bool = False) -> Connection:
    """Open a connection.

    Raises:
        UnavailableError: the database does not answer.

    """
    try:
        return psycopg.connect(dsn, autocommit=autocommit, application_name=application, **_OPTIONS)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        raise UnavailableError(f"the database does not answer: {_first_line(error)}") from error


@contextmanager
def reading(conn: Connection) -> Iterator[None]:
    """A transaction that writes nothing and sees one state of the database, so that what is read in it belongs together; within one, that one."""
    if conn.info.transaction_status is pq.TransactionStatus.INTRANS:
        yield
        return
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        yield


async def connect_async(dsn: str, *, application: str) -> psycopg.AsyncConnection[TupleRow]:
    """Open an autocommit connection for an event loop.

    Raises:
        UnavailableError: the database does not answer.

    """
    try:
        return await psycopg.AsyncConnection.connect(
            dsn, autocommit=True, application_name=application, **_OPTIONS,  # type: ignore[arg-type]
        )
    except psycopg.OperationalError as error:
        raise UnavailableError(f"the database does not answer: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
