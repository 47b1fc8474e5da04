"""When simulators send what they told: often enough to be in time, seldom enough for a sink to write batches."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from ioc.clock import FrozenClock
from ioc.played import PlayedClock, Setting, read_setting, write_setting
from ioc.streams.engine.memory import MemoryBroker
from simulators.engine.outlet import Outlet
from simulators.engine.pause import Pause
from tests.unit.simulators.test_outlet import NOW, never, record


@pytest.mark.parametrize(("tick_s", "sendings"), [(0.01, 10), (0.25, 100), (1.0, 100)])
def test_what_is_told_is_sent_with_its_tick_but_at_most_ten_times_a_second(tick_s: float, sendings: int) -> None:
    clock, broker, sent = FrozenClock(NOW), MemoryBroker(), set()
    outlet = Outlet(broker, never)
    pause = Pause(outlet, clock, None, threading.Event())
    for n in range(100):
        outlet.send(record(n))
        pause(0.001)
        clock.advance(tick_s)
        sent.add(len(broker.logs.get(("t", 0), ())))
    assert len(sent) == sendings
    assert max(sent) > 100 - 100 / sendings


def test_pause_is_shorter_where_something_is_to_be_sent_before() -> None:
    clock, broker = FrozenClock(NOW), MemoryBroker()
    outlet = Outlet(broker, never)
    pause = Pause(outlet, clock, None, threading.Event())
    pause(0.001)
    outlet.send(record(1))
    pause(60)  # returns within a tenth of a second: what was told waits for no next tick
    clock.advance(0.1)
    pause(0.001)
    assert len(broker.logs["t", 0]) == 1


def test_play_is_let_go_when_the_sink_has_written_all_that_lies_before_it(tmp_path: Path) -> None:
    real, written, file = FrozenClock(NOW), {"t": 0}, tmp_path / "clock.json"
    write_setting(file, Setting(at=NOW, since=NOW, speed=60, end=NOW + timedelta(hours=1), held=True))
    outlet = Outlet(MemoryBroker(), never, lambda: dict(written))
    pause = Pause(outlet, real, PlayedClock(file, real), threading.Event())
    outlet.send(record(1))
    pause(0.001)
    assert read_setting(file).held
    written["t"] = 1
    real.advance(1)
    pause(0.001)
    assert not read_setting(file).held
