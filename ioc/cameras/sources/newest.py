"""The newest of what a camera sends, between the thread that reads it and the one that works on it: nothing old ever waits in a buffer."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ioc.cameras.contract import Cause, SourceError

Item = TypeVar("Item")
_LOOK_S = 0.5
"""How soon a waiting reader sees that it is told to stop."""
LONGEST = 4
"""So many time-outs a sender that is heard may take until the first picture: a camera sends a whole one each few seconds only."""
GRACE_S = 0.5
"""The reading thread names its own cause; whoever waits for it gives it so much longer."""


class Newest(Generic[Item]):
    """One place: what is put in replaces what nobody took."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: Item | None = None
        self._error: SourceError | None = None
        self._heard_at = float("-inf")
        self._is_seen = False
        self.closed = threading.Event()

    def put(self, item: Item) -> None:
        with self._changed:
            self._item, self._is_seen = item, True
            self._changed.notify()

    def hear(self) -> None:
        """The sender lives, though what it sends makes no picture yet; after the first picture it is pictures that count."""
        self._heard_at = time.monotonic()

    def fail(self, error: SourceError) -> None:
        """Nothing more comes, for this reason."""
        with self._changed:
            self._error = error
            self._changed.notify()

    def take(self, timeout_s: float, stop: threading.Event) -> Item | None:
        """The newest, as soon as there is one; None when told to stop.

        Raises:
            SourceError: nothing came within the time (TIMEOUT), or why nothing more comes.

        """
        began = time.monotonic()
        with self._changed:
            while not stop.is_set():
                if (item := self._item) is not None:
                    self._item = None
                    return item
                if self._error is not None:
                    raise self._error
                left_s = self._until(began, timeout_s) - time.monotonic()
                if left_s <= 0:
                    raise SourceError(Cause.TIMEOUT, f"no picture within {timeout_s:.1f} s")
                self._changed.wait(min(left_s, _LOOK_S))
        return None

    def _until(self, began: float, timeout_s: float) -> float:
        if self._is_seen:
            return began + timeout_s
        return min(max(began, self._heard_at) + timeout_s, began + LONGEST * timeout_s)


Reader = Callable[[Newest[Item]], None]
"""Puts items until `closed` is set. Raises SourceError where nothing more comes."""


class Reading(Generic[Item]):
    """Reads in a thread of its own; one at a time, however often it is begun anew."""

    def __init__(self, name: str, reader: Reader[Item], timeout_s: float) -> None:
        self._name, self._reader, self._timeout_s = name, reader, timeout_s
        self._thread: threading.Thread | None = None

    def items(self, stop: threading.Event, pace: Callable[[], float]) -> Iterator[Item]:
        """The newest item, again and again, `pace()` seconds apart where they come faster.

        Raises:
            SourceError: as of `Newest.take`; also TIMEOUT while the last reader still hangs in the system.

        """
        self._await_last()
        newest = Newest[Item]()
        self._thread = threading.Thread(target=self._run, args=(newest,), name=self._name, daemon=True)
        self._thread.start()
        try:
            yield from paced(lambda: newest.take(self._timeout_s + GRACE_S, stop), stop, pace)
        finally:
            newest.closed.set()

    def _await_last(self) -> None:
        if self._thread is not None:
            self._thread.join(self._timeout_s)
            if self._thread.is_alive():
                raise SourceError(Cause.TIMEOUT, "the last connection still hangs")

    def _run(self, newest: Newest[Item]) -> None:
        try:
            self._reader(newest)
        except SourceError as error:
            newest.fail(error)


def paced(take: Callable[[], Item | None], stop: threading.Event, pace: Callable[[], float]) -> Iterator[Item]:
    """What `take` gives, `pace()` seconds apart; who is late does not hurry to catch up. Ends when told to stop."""
    due: float | None = None
    while not stop.is_set() and (item := take()) is not None:
        due = time.monotonic() if due is None else due
        yield item
        now = time.monotonic()
        beat_s = pace()
        due = max(due + beat_s, now - beat_s / 2)
        if due > now and stop.wait(due - now):
            return
