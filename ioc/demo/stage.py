"""The stage: the demo's hand for scenarios. It looks at what a presenter asked for, starts and stops it, and writes down how far it is."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import psycopg

from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.demo.supervisor import Process, python
from ioc.errors import UnavailableError
from ioc.played import Status

FOLDER = "scenarios"
"""In the demo's data folder: one folder a scenario."""


class Stage:
    """`connect` opens an autocommit connection to the demo's database; `start` starts a process under the demo's supervisor."""

    def __init__(self, connect: Callable[[], Connection], folder: Path, clock: Clock, start: Callable[[list[str]], Process]) -> None:
        self._connect = connect
        self._folder = folder
        self._clock = clock
        self._start = start
        self._conn: Connection | None = None
        self._process: Process | None = None
        self._run = 0

    def look(self) -> None:
        """Once a second; a database that is away is asked again the next time."""
        try:
            if self._conn is None:
                self._conn = self._connect()
            self._act(self._conn)
        except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError):
            if self._conn:
                self._conn.close()
            self._conn = None

    def end(self) -> None:
        """End what is being played, when the demo ends."""
        if self._process:
            self._process.end(grace_s=15)
        if self._conn:
            self._conn.close()

    def _act(self, conn: Connection) -> None:
        row = conn.execute("select run_id, name, seed, speed, port, state from scenario_run where ended_at is null").fetchone()
        if row is None:
            return
        run_id, name, seed, speed, port, state = row
        if state == "asked":
            faster = ["--speed", f"{speed:g}"] if speed else []
            self._process, self._run = self._start(python("ioc", "scenario", "run", name, "--seed", seed, "--port", str(port), *faster)), run_id
            self._note(conn, "starting", None)
        elif self._process is None or self._run != run_id:
            self._finish(conn, run_id, "ended", "")  # of a demo before this one
        elif state == "stopping":
            self._process.end(grace_s=15)
            self._finish(conn, run_id, "ended", "")
        elif self._process.ended():
            self._finish(conn, run_id, "ended" if self._process.code == 0 else "failed", self._process.last_line)
        else:
            self._note(conn, state, self._status(name))

    def _finish(self, conn: Connection, run_id: int, state: str, note: str) -> None:
        conn.execute("update scenario_run set state = %s, note = %s, ended_at = %s where run_id = %s", (state, note, self._clock.now(), run_id))
        self._process = None

    def _note(self, conn: Connection, state: str, status: Status | None) -> None:
        conn.execute("update scenario_run set state = %s, share = %s, moment_at = %s where run_id = %s and state <> 'stopping'",
                     (status.state if status else state, status.share if status else None, status.at if status else None, self._run))

    def _status(self, name: str) -> Status | None:
        try:
            return msgspec.json.decode((self._folder / FOLDER / name / "status.json").read_bytes(), type=Status)
        except (OSError, msgspec.DecodeError):
            return None
