"""The courier: one flush for all who wait, an answer only when the broker has it."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from queue import SimpleQueue

import pytest

from ioc.api.courier import Courier, size
from ioc.errors import UnavailableError
from ioc.streams.engine.event import Message
from tests.integration.intake_desk import Broker

PATIENCE_S = 10


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def courier(broker: Broker) -> Iterator[Courier]:
    made = Courier(broker.connect, room_bytes=1000)
    yield made
    broker.open.set()
    made.close()


def record(name: str, length: int = 1) -> Message:
    return Message(topic="t", partition=0, offset=0, timestamp_ms=0, key=name.encode(), headers=[], value=b"x" * length)


def keys(broker: Broker) -> list[bytes | None]:
    return [r.key for r in broker.records]


def held(broker: Broker, courier: Courier) -> "Future[None]":
    """The first caller, whose flush is being waited for."""
    broker.open.clear()
    first = courier.submit([record("first")])
    assert broker.flushing.wait(PATIENCE_S)
    return first


def test_courier_connects_at_the_first_parcel_only(broker: Broker, courier: Courier) -> None:
    assert broker.connections == 0
    for _ in range(3):
        courier.submit([record("a")]).result(PATIENCE_S)
    assert broker.connections == 1


def test_caller_is_answered_only_when_the_broker_has_its_records(broker: Broker, courier: Courier) -> None:
    first = held(broker, courier)
    assert not first.done()
    assert broker.records == []
    broker.open.set()
    first.result(PATIENCE_S)
    assert keys(broker) == [b"first"]


def test_callers_who_wait_share_one_flush(broker: Broker, courier: Courier) -> None:
    first = held(broker, courier)
    others = [courier.submit([record(str(n)), record(str(n))]) for n in range(5)]
    broker.open.set()
    assert not wait([first, *others], PATIENCE_S).not_done
    assert broker.flushes == 2
    assert keys(broker) == [b"first", *(str(n).encode() for n in range(5) for _ in range(2))]


def test_failed_flush_is_told_to_all_who_wait_for_it_and_the_next_is_a_new_connection(broker: Broker, courier: Courier) -> None:
    first = held(broker, courier)
    broker.away = True
    broker.open.set()
    with pytest.raises(UnavailableError, match="nobody there"):
        first.result(PATIENCE_S)
    broker.away = False
    courier.submit([record("second")]).result(PATIENCE_S)
    assert broker.connections == 2
    assert keys(broker) == [b"second"]


def test_parcel_that_its_caller_gave_up_is_not_published(broker: Broker, courier: Courier) -> None:
    first = held(broker, courier)
    given_up, kept = courier.submit([record("given up")]), courier.submit([record("kept")])
    assert given_up.cancel()
    broker.open.set()
    assert not wait([first, kept], PATIENCE_S).not_done
    assert keys(broker) == [b"first", b"kept"]


def test_too_much_is_refused_at_once_and_taken_again_when_there_is_room(broker: Broker, courier: Courier) -> None:
    first = held(broker, courier)
    large = [record("large", 900)]
    second = courier.submit(large)
    with pytest.raises(UnavailableError, match="too many events wait"):
        courier.submit(large)
    broker.open.set()
    assert not wait([first, second], PATIENCE_S).not_done
    courier.close()
    courier.submit(large).result(PATIENCE_S)
    assert keys(broker) == [b"first", b"large", b"large"]


def test_error_of_the_program_is_told_to_its_caller_and_the_next_is_served(broker: Broker, courier: Courier,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    ended: SimpleQueue[type[BaseException]] = SimpleQueue()  # a thread tells its error after its caller has been told: waited for below
    monkeypatch.setattr(threading, "excepthook", lambda told: ended.put(told.exc_type))
    nonsense = Message(topic="t", partition=0, offset=0, timestamp_ms=0, key="text", headers=[], value=b"")  # type: ignore[arg-type]
    for n in range(20):
        with pytest.raises(UnavailableError, match="ended by an error"):
            courier.submit([nonsense]).result(PATIENCE_S)
        courier.submit([record(str(n))]).result(PATIENCE_S)
    assert len(broker.records) == 20
    assert [ended.get(timeout=PATIENCE_S) for _ in range(20)] == [TypeError] * 20


def test_close_lets_what_waits_be_published(broker: Broker, courier: Courier) -> None:
    first = held(broker, courier)
    second = courier.submit([record("second")])
    broker.open.set()
    courier.close()
    assert first.done()
    assert second.done()
    assert keys(broker) == [b"first", b"second"]


def test_connection_that_cannot_be_made_is_told() -> None:
    def nobody() -> Broker:
        raise UnavailableError("Kafka: connecting to nowhere failed")

    courier = Courier(nobody)
    with pytest.raises(UnavailableError, match="connecting to nowhere"):
        courier.submit([record("a")]).result(PATIENCE_S)


def test_size_counts_key_value_and_headers() -> None:
    assert size(Message(topic="t", partition=0, offset=0, timestamp_ms=0, key=b"12", headers=[("abc", b"4567")], value=b"89")) == 11
