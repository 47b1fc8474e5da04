"""One supervisor: starts processes, prefixes their logs, restarts what dies, and leaves nothing behind."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

COLOURS = {"broker": 35, "sink": 32, "live": 36, "web": 34, "simulators": 33, "citizens": 33, "scenario": 33}
_PR_SET_PDEATHSIG = 1


class Process:
    """A child process with a name; its lines go to our stdout with the name before them."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], *, restart: bool = True) -> None:
        self.name = name
        self._command = list(command)
        self._environment = dict(environment)
        self._restart = restart
        self._first_line = threading.Event()
        self.first_line = self.last_line = ""
        self._start()

    def _start(self) -> None:
        self._child = subprocess.Popen(  # a session of its own: Ctrl-C reaches the supervisor alone, which ends it in order
            self._command, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1,
            start_new_session=True, preexec_fn=_die_with_parent,  # noqa: PLW1509 (nothing but prctl happens there)
        )
        assert self._child.stdout is not None
        threading.Thread(target=self._relay, args=(self._child.stdout,), daemon=True).start()

    def _relay(self, lines: IO[str]) -> None:
        for line in lines:
            if not self._first_line.is_set():
                self.first_line = line.strip()
                self._first_line.set()
            self.last_line = line.strip() or self.last_line
            say(self.name, line.rstrip())
        self._first_line.set()

    def wait_first_line(self, timeout_s: float) -> str:
        """The first line the process printed, '' where it ended without one."""
        self._first_line.wait(timeout_s)
        return self.first_line

    @property
    def pid(self) -> int:
        return self._child.pid

    def revive(self) -> None:
        """Start the process again if it ended by itself."""
        if self._restart and self._child.poll() is not None:
            say(self.name, f"ended with code {self._child.returncode}, starting it again")
            time.sleep(1)  # a process that ends at once must not spin
            self._start()

    def ended(self) -> bool:
        return self._child.poll() is not None

    @property
    def code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._child.poll()

    def end(self, grace_s: float = 5.0) -> None:
        """Ask the process and its children to end, then make them."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGTERM)
        try:
            self._child.wait(grace_s)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def say(name: str, text: str) -> None:
    """One line with the name of who says it."""
    colour = f"\033[{COLOURS.get(name, 1)}m" if sys.stdout.isatty() else ""
    end = "\033[0m" if colour else ""
    sys.stdout.write(f"{colour}{name:>10} │{end} {text}\n")
    sys.stdout.flush()


def python(*arguments: str) -> list[str]:
    """Command line of this program (or another module) with the interpreter that runs now."""
    return [sys.executable, "-u", "-m", *arguments]
