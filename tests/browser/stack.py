"""The whole way of an event on this machine: a broker in memory, a sink, `ioc live`, `ioc web`."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Error, Frame, Page

from ioc.api.app import create_app
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.profiles import load_profile
from ioc.settings import Settings
from tests.integration.cast import viewer
from tests.integration.web_server import COOKIES, ask, collecting, eventually, serving
from tests.integration.web_story import Story
from tests.profiles import BINH_MINH, FICTIONAL

CLOCK = SystemClock()


def now() -> datetime:
    """The machine's time: what runs here is not frozen."""
    return CLOCK.now()


class Stack(NamedTuple):
    """What a test needs of it."""

    base: str
    story: Story
    conn: Connection

    def overdue(self, subject: str, unit: str = "99001") -> None:
        """One more dossier that is overdue."""
        self.story.dossier(subject, now() - timedelta(days=2), now() - timedelta(minutes=5), unit_code=unit)


@contextmanager
def sinking(story: Story) -> Iterator[None]:
    """The sink in a thread; a broker in memory answers at once, so an empty poll is followed by a breath."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            if not story.step(stop):
                stop.wait(0.02)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


@contextmanager
def running(dsn: str, folder: Path = BINH_MINH, *, sink: bool = True, live: bool = True, web: bool = True) -> Iterator[Stack]:
    """Sink, live and web in threads, where they are wanted."""
    with ExitStack() as parts:
        conn = parts.enter_context(connect(dsn, application="test", autocommit=True))
        story = Story(dsn, CLOCK)
        if sink:
            parts.enter_context(sinking(story))
        if live:
            parts.enter_context(collecting(dsn, load_profile(str(folder))))
        base = ""
        if web:
            settings = Settings(database=dsn, profile=str(folder), idle_minutes=600)
            base = parts.enter_context(serving(create_app(settings, CLOCK), cookie=viewer(dsn)))
            eventually(lambda: not live or ask(base, "/readyz").status == 200)
        yield Stack(base, story, conn)


def signed_in(page: Page, base: str) -> Page:
    """The page with the cookie that plain requests to this server carry."""
    name, _, value = COOKIES[base.removeprefix("http://")].partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": base}])
    return page


def until(page: Page | Frame, question: str, *, within_s: float = 30.0) -> None:
    """Wait until an expression is true on the page; Playwright's own waiting would ask for a policy that allows eval."""
    end = time.monotonic() + within_s
    while not _is(page, question):
        assert time.monotonic() < end, f"not within {within_s:g} s: {question}"
        page.wait_for_timeout(100)


def _is(page: Page | Frame, question: str) -> bool:
    try:
        return bool(page.evaluate(question))
    except Error:  # asked while the page loads itself anew
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """A command of `ioc` as a process of its own, to be killed."""

    def __init__(self, command: str, dsn: str, port: int, more: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", "ioc", command]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IOC_")}  # noqa: TID251 (handed on to a child)
        self._environment = {**kept, "IOC_DATABASE": dsn, "IOC_PORT": str(port), "IOC_PROFILE": FICTIONAL, "IOC_LOG_LEVEL": "CRITICAL", **more}
        self.start()

    def start(self) -> None:
        self._child = subprocess.Popen(self._command, env=self._environment, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it as a crash would."""
        self._child.send_signal(signal.SIGKILL)
        self._child.wait(10)


@contextmanager
def program(command: str, dsn: str, port: int = 0, **more: str) -> Iterator[Program]:
    """A command for the length of a block; `more`: of its environment."""
    made = Program(command, dsn, port, more)
    try:
        yield made
    finally:
        made.kill()
