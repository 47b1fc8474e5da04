"""The relay: each message at least once, those of one key in order, whoever dies or is away."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ioc.clock import FrozenClock, SystemClock
from ioc.db.connect import Connection, connect
from ioc.relay.kafka import KafkaSender
from ioc.relay.relay import Relay
from ioc.relay.worker import LEASE, Worker
from tests.integration.relay_world import AT, Broker, make_worker, promise, states, work
from tests.integration.streams_db import one, rows
from tests.integration.web_server import eventually


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(AT)


def kafka(dsn: str, broker: Broker, clock: FrozenClock) -> Worker:
    return make_worker(dsn, KafkaSender(lambda: broker), clock)


def test_message_goes_out_as_it_was_promised(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "a")
    broker = Broker()
    work(kafka(dsn, broker, clock), clock)
    assert broker.got == [("ioc.report", b"PA-1", b"a", [("ce_id", b"a")])]
    assert states(conn) == [("a", "sent")]


def test_promise_of_a_transaction_that_fails_is_none(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    with conn.transaction(force_rollback=True):
        promise(conn, "a")
    broker = Broker()
    work(kafka(dsn, broker, clock), clock)
    assert broker.got == []


def test_later_message_of_a_key_waits_for_the_earlier_one(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "a1", "a2", key="A")
    promise(conn, "b1", key="B")
    broker = Broker(refuses=frozenset({b"a1"}))
    worker = kafka(dsn, broker, clock)
    work(worker, clock, seconds=20)
    assert set(broker.values) == {b"b1"}
    assert states(conn) == [("a1", "owed"), ("a2", "owed"), ("b1", "sent")]
    broker.refuses = frozenset()
    work(worker, clock, seconds=61)
    assert broker.values[-2:] == [b"a1", b"a2"]


def test_record_that_the_broker_refuses_is_never_given_up_and_holds_up_no_other_key(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "large", key="A")
    broker = Broker(refuses=frozenset({b"large"}))
    worker = kafka(dsn, broker, clock)
    work(worker, clock, seconds=10)
    for day in range(5):
        clock.at = AT + timedelta(days=day + 1)
        promise(conn, f"day-{day}", key=f"B{day}", at=clock.at)
        work(worker, clock, seconds=90)
    assert list(dict.fromkeys(broker.values)) == [f"day-{n}".encode() for n in range(5)]
    assert states(conn)[0] == ("large", "owed")
    assert one(conn, "select last_error from outbox where body = 'large'") == "Kafka: publishing failed: too large"


def test_broker_that_is_away_is_asked_less_and_less_often(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "a")
    broker = Broker(away=10**6)
    work(kafka(dsn, broker, clock), clock, seconds=600)
    assert 14 <= 10**6 - broker.away <= 32
    assert states(conn) == [("a", "owed")]


def test_broker_that_is_back_gets_everything(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    for n in range(50):
        promise(conn, f"{n}-1", f"{n}-2", key=str(n))
    broker = Broker(away=3)
    work(kafka(dsn, broker, clock), clock, seconds=30)
    assert sorted(broker.values, key=str) == sorted((f"{n}-{m}".encode() for n in range(50) for m in (1, 2)), key=str)


def test_several_relays_share_the_work_and_keep_the_order(dsn: str, conn: Connection) -> None:
    for n in range(40):
        promise(conn, *(f"{n}-{m}" for m in range(5)), key=str(n))
    broker, clock = Broker(), FrozenClock(AT)
    workers = [make_worker(dsn, KafkaSender(lambda: broker), clock) for _ in range(4)]
    for worker in workers:
        worker._sender.most = 7
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda worker: _until_empty(dsn, worker), workers))
    by_key = {n: [value for _, key, value, _ in broker.got if key == str(n).encode()] for n in range(40)}
    assert by_key == {n: [f"{n}-{m}".encode() for m in range(5)] for n in range(40)}


def _until_empty(dsn: str, worker: Worker) -> None:
    with connect(dsn, application="test", autocommit=True) as mine:
        while one(mine, "select count(*) from outbox where sent_at is null"):
            worker.step()


def test_message_in_hand_is_nobody_elses_until_its_time_is_up(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "a", "b")
    conn.execute("update outbox set relay = pg_backend_pid(), next_at = %s, attempts = 1 where body = 'a'", (AT + LEASE,))
    broker = Broker()
    worker = kafka(dsn, broker, clock)
    work(worker, clock)
    assert broker.got == []
    clock.at = AT + LEASE
    work(worker, clock)
    assert broker.values == [b"a", b"b"]


def test_message_in_the_hand_of_a_relay_that_is_gone_is_taken_up_at_once(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "a")
    conn.execute("update outbox set relay = 0, next_at = %s, attempts = 1", (AT + LEASE,))
    broker = Broker()
    work(kafka(dsn, broker, clock), clock)
    assert broker.values == [b"a"]


def test_failure_told_late_does_not_undo_what_another_relay_has_sent(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "a")
    second = Broker()

    class Slow(Broker):
        def flush(self) -> None:
            clock.at += LEASE
            work(kafka(dsn, second, clock), clock)
            super().flush()

    kafka(dsn, Slow(away=1), clock).step()
    assert second.values == [b"a"]
    assert states(conn) == [("a", "sent")]
    assert one(conn, "select last_error from outbox") is None


def test_no_transaction_is_open_while_a_message_is_on_its_way(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "a")
    found: list[object] = []

    class Looking(Broker):
        def flush(self) -> None:
            found.extend(rows(conn, "select state from pg_stat_activity where application_name = 'test-relay'"))
            super().flush()

    kafka(dsn, Looking(), clock).step()
    assert found == [("idle",)]


def test_running_relay_sends_within_a_moment_and_ends_when_told_to(dsn: str, conn: Connection) -> None:
    broker, stop = Broker(), threading.Event()
    relay = Relay(lambda: connect(dsn, application="test-relay", autocommit=True), [KafkaSender(lambda: broker)], SystemClock())
    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(relay.run, stop)
        try:
            eventually(lambda: len(broker.got) == 1)  # the ledger's head
            promise(conn, "a", at=SystemClock().now())
            eventually(lambda: b"a" in broker.values)
            conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-relay'")
            promise(conn, "b", at=SystemClock().now())
            # Cut off before it was marked, the first comes once more.
            eventually(lambda: list(dict.fromkeys(broker.values[1:])) == [b"a", b"b"], within_s=30)
        finally:
            stop.set()
        running.result(timeout=10)


def test_fault_of_ours_ends_the_whole_relay_and_is_seen(dsn: str, conn: Connection) -> None:
    class Broken(Broker):
        def flush(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Relay(lambda: connect(dsn, application="test-relay", autocommit=True), [KafkaSender(Broken)], SystemClock()).run(threading.Event())
