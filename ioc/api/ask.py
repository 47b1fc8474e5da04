"""Questions of one person to the database: off the event loop, on a small pool, never per tick."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from ioc.db.connect import OPTIONS, Connection
from ioc.errors import UnavailableError

Answer = TypeVar("Answer")


class Database:
    """A pool that waits at most `wait_s` for a connection."""

    def __init__(self, dsn: str, *, size: int = 4, wait_s: float = 5.0) -> None:
        self._pool: ConnectionPool[psycopg.Connection[TupleRow]] = ConnectionPool(
            dsn, min_size=0, max_size=size, timeout=wait_s, open=False, connection_class=psycopg.Connection[TupleRow],
            kwargs={"autocommit": True, "application_name": "ioc-web", "options": f"{OPTIONS} -c statement_timeout=30000"},
            check=ConnectionPool.check_connection,
        )

    def open(self) -> None:
        self._pool.open(wait=False)

    def close(self) -> None:
        self._pool.close()

    async def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Run a question on a connection, in a thread.

        Raises:
            UnavailableError: the database does not answer.

        """
        return await asyncio.to_thread(self.ask_here, question)

    def ask_here(self, question: Callable[[Connection], Answer]) -> Answer:
        """The same in the calling thread."""
        try:
            with self._pool.connection() as conn:
                return question(conn)
        except (PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise UnavailableError(f"the database does not answer: {str(error).splitlines()[0]}") from error
