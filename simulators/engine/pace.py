"""The pace: simulated time goes as fast as it may while it lies in the past, and never passes the clock."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from ioc.clock import Clock

BACKFILL_STEP = timedelta(minutes=15)
LIVE_STEP = timedelta(seconds=1)
SHORTEST_S = 0.001

Wait = Callable[[float], bool]
"""Waits so many seconds, 0 = not at all; True when it is time to end."""


def paced(start: datetime, end: datetime | None, clock: Clock, wait: Wait, *, speed: float | None = None) -> Iterator[datetime]:
    """Ticks from `start` to `end` (None = for ever).

    Without `speed` the past is told at once and the present as it comes; with it a simulated second takes 1/speed
    real seconds from the start on, until simulated time has caught up with the clock.
    """
    began = clock.now()

    def limit() -> datetime:
        now = clock.now()
        return now if speed is None else min(now, start + (now - began) * speed)

    at = start
    yield at
    while end is None or at < end:
        behind = limit() - at
        step = BACKFILL_STEP if behind > BACKFILL_STEP else LIVE_STEP
        tick = at + step if end is None else min(at + step, end)
        while (missing := (tick - limit()).total_seconds()) > 0:
            if wait(min(max(missing / (speed or clock.rhythm().speed or 1.0), SHORTEST_S), 1.0)):
                return
        if wait(0):
            return
        yield tick
        at = tick
