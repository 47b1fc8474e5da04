"""How much a key's owner may bring in at once: a bucket of events a second, and places for requests at work."""

import contextlib
import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from starlette.exceptions import HTTPException

from ioc.api.keys import SourceKey
from ioc.api.posted import MAX_EVENTS
from ioc.clock import Clock

BUSY = 32
BUSY_PER_KEY = 8


class Allowance:
    """Events that a key may still send now: a bucket that fills at the key's rate and holds ten seconds of it, at least one batch."""

    def __init__(self, per_s: float, now: datetime) -> None:
        self._per_s = per_s
        self._most = max(float(MAX_EVENTS), per_s * 10)
        self._left = self._most
        self._at = now

    def wait_s(self, events: int, now: datetime) -> float:
        """Take events from the bucket and answer 0, or leave it and answer how long to wait."""
        self._left = min(self._most, self._left + max(0.0, (now - self._at).total_seconds()) * self._per_s)
        self._at = now
        if self._left < events:
            return (events - self._left) / self._per_s
        self._left -= events
        return 0.0


class Gate:
    """One process's gate: every web process has its own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._allowances: dict[str, Allowance] = {}
        self._busy: Counter[str] = Counter()

    @contextlib.contextmanager
    def place(self, key: SourceKey) -> Iterator[None]:
        """A place among the requests at work, since each may hold a body in memory.

        Raises:
            HTTPException: there is none; 429 where it is the key's own doing.

        """
        if self._busy[key.key_id] >= BUSY_PER_KEY:
            raise HTTPException(429, f"the key {key.key_id} has {BUSY_PER_KEY} requests at work: wait for their answers", {"Retry-After": "1"})
        if self._busy.total() >= BUSY:
            raise HTTPException(503, f"{BUSY} requests are at work: send the same events again", {"Retry-After": "1"})
        self._busy[key.key_id] += 1
        try:
            yield
        finally:
            self._busy[key.key_id] -= 1

    def charge(self, key: SourceKey, events: int) -> None:
        """Take events from the key's allowance.

        Raises:
            HTTPException: it has not so many left.

        """
        now = self._clock.now()
        allowance = self._allowances.setdefault(key.key_id, Allowance(key.events_per_s, now))
        if wait_s := allowance.wait_s(events, now):
            raise HTTPException(429, f"the key {key.key_id} may send {key.events_per_s:g} events a second: wait",
                                {"Retry-After": str(math.ceil(wait_s))})
