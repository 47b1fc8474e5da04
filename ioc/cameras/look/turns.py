"""Who is searched for people next. The detector is what costs most: however many cameras a process has, it takes no more than its share of the cores.

What is left keeps the pictures and the conditions of all cameras in time. Fifty cameras on two cores are searched each quarter of a minute
instead of each ten seconds; hundreds more seldom still.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARE = 0.35
"""Of the cores this process may use."""
MOST_S = 3.0
"""Of a core's time: what was left over when nobody asked and may be spent at once; and the most that may be owed."""
GONE_S = 10.0
"""Who has not asked for so long waits no more: its camera is away."""
FIRST_COST_S, NEWEST = 0.2, 0.1
"""What a search is taken to cost before the first one, and how much the newest counts in what it costs later."""


class Turns:
    """Shared by all threads. `cores`: how many of them may be busy with searching; `seconds`: a clock that only rises."""

    def __init__(self, cores: float, seconds: Callable[[], float] = time.monotonic) -> None:
        self._cores, self._seconds = cores, seconds
        self._lock = threading.Lock()
        self._left_s, self._at = MOST_S, seconds()
        self._cost_s = FIRST_COST_S
        self._waiting: dict[str, tuple[float, float]] = {}

    def begins(self, camera: str) -> bool:
        """Whether a camera whose search is due may be searched now; else it asks again with its next picture. Who has waited longest comes first."""
        with self._lock:
            now = self._refill()
            since, _ = self._waiting.get(camera, (now, now))
            self._waiting = {name: waits for name, waits in self._waiting.items() if now - waits[1] <= GONE_S} | {camera: (since, now)}
            before = sum(waits[0] < since for waits in self._waiting.values())
            if before * self._cost_s >= self._left_s:  # so many can be paid for, and each asks when its own picture comes
                return False
            del self._waiting[camera]
            return True

    @contextmanager
    def paid(self) -> Iterator[None]:
        """Pay for what the block computes, in this thread."""
        begun = time.thread_time()
        try:
            yield
        finally:
            self.spent(time.thread_time() - begun)

    def spent(self, cpu_s: float) -> None:
        """Pay for a search, also for one that could not wait."""
        with self._lock:
            self._refill()
            self._left_s = max(-MOST_S, self._left_s - cpu_s)
            self._cost_s += NEWEST * (cpu_s - self._cost_s)

    def _refill(self) -> float:
        now = self._seconds()
        self._left_s = min(MOST_S, self._left_s + (now - self._at) * self._cores)
        self._at = now
        return now


TURNS = Turns(SHARE * len(os.sched_getaffinity(0)))
"""Of this process."""
