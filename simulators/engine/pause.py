"""The pause between two ticks: when what was told is sent, and when a held play is let go."""

import threading
from datetime import timedelta

from ioc.clock import Clock
from ioc.played import PlayedClock
from simulators.engine.outlet import Outlet

APART = timedelta(milliseconds=100)
"""Of the machine's time between two sendings: at speed 120 a tick is 8 ms, and a sink that gets each one alone falls behind for good."""


class Pause:
    """Waits so many seconds, or less where something is to be sent before; True when it is time to end."""

    def __init__(self, outlet: Outlet, clock: Clock, played: PlayedClock | None, stop: threading.Event) -> None:
        self._outlet, self._clock, self._played, self._stop = outlet, clock, played, stop
        self._sent_at = clock.real() - APART

    def __call__(self, seconds: float) -> bool:
        if not seconds:
            return self._stop.wait(0)
        due = self._sent_at + APART - self._clock.real()
        if due > timedelta():
            return self._stop.wait(min(seconds, due.total_seconds()))
        self._outlet.flush()
        self._sent_at = self._clock.real()
        self.let_go()
        return self._stop.wait(seconds)

    def let_go(self) -> None:
        """Let a held play begin, as soon as the sink has written all that lies before it."""
        if self._played and self._played.rhythm().held and self._outlet.settled():
            self._played.release()
