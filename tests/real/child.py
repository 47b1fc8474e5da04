"""A program of ours that runs beside the tests and is ended with them."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from .errors import StartError

Found = TypeVar("Found")

POLL_S = 0.05
TAIL_LINES = 40


class Child:
    """One process that writes all it says to a log file and ends when told to."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as output:
            # The open pipe tells a child that reads it when its parent is gone.
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send a signal; a process that has ended gets none."""
        self._process.send_signal(number)

    def wait_for(self, answer: Callable[[], Found | None], *, timeout_s: float) -> Found:
        """Ask again and again until there is an answer.

        Raises StartError, with the end of the log, when the process ends or the time is up.
        """
        deadline = time.monotonic() + timeout_s
        while (found := answer()) is None:
            if self._ended_within(POLL_S):
                raise StartError(self._complaint(f"ended with exit code {self._process.returncode}"))
            if time.monotonic() > deadline:
                raise StartError(self._complaint(f"was not ready within {timeout_s:g} s"))
        return found

    def end(self, *, timeout_s: float) -> None:
        """Ask the process to end (a stopped one is woken first), and kill it when it does not."""
        self.send(signal.SIGTERM)
        self.send(signal.SIGCONT)
        if not self._ended_within(timeout_s):
            self._process.kill()
        self.reap()

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._process.kill()
        self.reap()

    def reap(self) -> None:
        """Wait for the end of the process and let go of its pipe."""
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _ended_within(self, wait_s: float) -> bool:
        try:
            self._process.wait(timeout=wait_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _complaint(self, what: str) -> str:
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
        return f"{self.name} {what}; the end of {self.log}:\n{tail}"
