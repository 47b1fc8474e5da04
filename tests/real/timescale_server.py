"""A real TimescaleDB in WebAssembly, in memory, on loopback only.

What it does not have: `COPY … FROM STDIN` breaks it, background jobs do not run, and it is one session: clients
open at the same time share settings, temporary tables and names of prepared statements (give psycopg
`prepare_threshold=None`), wait for each other's transactions, and are not told each other's notifications. A client
that connects when no other is there finds the session clean.
"""

import re
from pathlib import Path
from types import TracebackType
from typing import Self

from .cache import HERE, TIMESCALE
from .child import Child
from .errors import StartError
from .programs import node

START_S = 60.0
STOP_S = 5.0


class TimescaleServer:
    """One empty database with the extension loaded; all is forgotten when it stops."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._child: Child | None = None
        self._dsn = ""

    @property
    def dsn(self) -> str:
        """Where psycopg connects; any password is taken."""
        if self._child is None:
            raise StartError("TimescaleDB is not running")
        return self._dsn

    def start(self) -> None:
        """Start the database and wait until it takes connections.

        Raises NotPreparedError, MissingProgramError, StartError.
        """
        if self._child is not None:
            raise StartError("TimescaleDB is running already")
        self.log.unlink(missing_ok=True)
        command = [str(node()), str(HERE / "timescale_server.mjs"), str(TIMESCALE.require())]
        child = Child("TimescaleDB", command, self.log)
        try:
            port = child.wait_for(self._port, timeout_s=START_S)
        except BaseException:
            child.kill()
            raise
        self._child = child
        self._dsn = f"postgresql://postgres:any@127.0.0.1:{port}/postgres?sslmode=disable"

    def stop(self) -> None:
        """End the database; nothing happens when it does not run."""
        if self._child is not None:
            self._child.end(timeout_s=STOP_S)
            self._child = None

    def __enter__(self) -> Self:
        """Start the database."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the database."""
        self.stop()

    def _port(self) -> int | None:
        found = re.search(r"^serving on 127\.0\.0\.1:(\d+)$", self.log.read_text(), re.MULTILINE)
        return int(found.group(1)) if found else None
