from datetime import UTC, datetime, timedelta
from itertools import islice

from ioc.clock import FrozenClock
from simulators.engine.pace import LIVE_STEP, paced

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)


class Waiter:
    """Waits by moving the clock."""

    def __init__(self, clock: FrozenClock, *, stop_after: int = 10_000) -> None:
        self.clock, self.waited, self.left = clock, 0.0, stop_after

    def __call__(self, seconds: float) -> bool:
        self.clock.advance(seconds)
        self.waited += seconds
        self.left -= 1
        return self.left < 0


def test_history_is_told_without_waiting() -> None:
    wait = Waiter(FrozenClock(NOW))
    ticks = list(paced(NOW - timedelta(hours=2), NOW, wait.clock, wait))
    assert ticks[0] == NOW - timedelta(hours=2)
    assert ticks[-1] == NOW
    assert wait.waited == 0


def test_the_present_is_told_as_it_comes() -> None:
    wait = Waiter(FrozenClock(NOW))
    for tick in islice(paced(NOW - timedelta(minutes=3), None, wait.clock, wait), 500):
        assert tick <= wait.clock.now()
    assert tick > NOW
    assert wait.clock.now() - tick < LIVE_STEP


def test_speed_makes_simulated_seconds_shorter() -> None:
    wait = Waiter(FrozenClock(NOW))
    list(paced(NOW - timedelta(hours=10), NOW - timedelta(hours=9), wait.clock, wait, speed=60))
    assert 59 <= wait.waited <= 61


def test_speed_never_passes_the_clock() -> None:
    wait = Waiter(FrozenClock(NOW))
    for tick in islice(paced(NOW - timedelta(minutes=1), None, wait.clock, wait, speed=600), 200):
        assert tick <= wait.clock.now()


def test_pace_ends_when_told_to() -> None:
    wait = Waiter(FrozenClock(NOW), stop_after=5)
    assert len(list(paced(NOW - timedelta(days=1), None, wait.clock, wait))) == 6
