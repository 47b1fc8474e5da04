from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ioc.errors import UnavailableError
from ioc.streams.engine.memory import MemoryBroker
from simulators.engine.encode import Record
from simulators.engine.outlet import MOST_MESSAGES, PORTION, Outlet

NOW = datetime(2026, 11, 16, tzinfo=UTC)


def record(n: int, size: int = 10) -> Record:
    return Record("t", b"k", b"x" * size, [("ce_id", str(n).encode())], NOW)


def never(_: float) -> bool:
    return False


class Sink:
    """Writes a portion whenever somebody waits for it; keeps what was the most it had to catch up."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.broker, self.done, self.most_behind = broker, 0, 0

    def wait(self, _: float) -> bool:
        held = sum(len(log) for log in self.broker.logs.values())
        self.most_behind = max(self.most_behind, held - self.done)
        self.done = min(held, self.done + 700)
        return False

    def written(self) -> Mapping[str, int]:
        return {"t": self.done}


def test_outlet_sends_everything() -> None:
    broker = MemoryBroker()
    outlet = Outlet(broker, never)
    for n in range(PORTION + 7):
        outlet.send(record(n))
    outlet.flush()
    assert len(broker.logs["t", 0]) == PORTION + 7 == outlet.total


def test_outlet_never_runs_further_ahead_of_the_sink_than_allowed() -> None:
    broker = MemoryBroker()
    sink = Sink(broker)
    outlet = Outlet(broker, sink.wait, sink.written)
    for n in range(20_000):
        outlet.send(record(n))
    assert MOST_MESSAGES - PORTION < sink.most_behind <= MOST_MESSAGES + PORTION


def test_outlet_counts_bytes_too() -> None:
    broker = MemoryBroker()
    sink = Sink(broker)
    outlet = Outlet(broker, sink.wait, sink.written)
    for n in range(5_000):
        outlet.send(record(n, size=1500))
    assert sink.most_behind <= 1000 + PORTION


def test_outlet_counts_from_where_the_sink_stood() -> None:
    broker = MemoryBroker()
    outlet = Outlet(broker, lambda _: True, lambda: {"t": 50_000})
    for n in range(MOST_MESSAGES):
        outlet.send(record(n))
    assert len(broker.logs["t", 0]) == MOST_MESSAGES


def test_outlet_sends_again_what_an_absent_broker_may_not_have() -> None:
    broker = MemoryBroker()
    absent = Absent(broker, failures=2)
    outlet = Outlet(absent, never)
    outlet.send(record(1))
    outlet.flush()
    assert absent.failures == 0
    assert [m.headers[0][1] for m in broker.logs["t", 0]] == [b"1", b"1", b"1"]


class Absent:
    """A broker that takes records and then does not answer, so many times."""

    def __init__(self, broker: MemoryBroker, failures: int) -> None:
        self.broker, self.failures = broker, failures

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *,
             timestamp_ms: int | None = None) -> None:
        self.broker.send(topic, key, value, headers, timestamp_ms=timestamp_ms)

    def flush(self) -> None:
        if self.failures:
            self.failures -= 1
            raise UnavailableError("away")

    def close(self) -> None: ...
