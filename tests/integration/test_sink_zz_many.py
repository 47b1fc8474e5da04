"""A figure comes out the same whatever the order, the repeats, the batches and the number of sinks."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ioc.db.connect import Connection, connect
from ioc.streams.engine.event import Message
from ioc.streams.engine.memory import MemoryBroker
from tests import oracle
from tests.conftest import fresh_database
from tests.integration.streams_db import drain, empty, make_sink, picture, rows
from tests.integration.streams_wire import Wire, changed, garbage, life, publish

# A seed has no simpler form to shrink to.
SEEDS = settings(deadline=None, database=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def base(postgres: str) -> Iterator[tuple[str, Connection]]:
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        yield dsn, conn


def stories(random: Random) -> list[Wire]:
    return [wire for stream in ("dossier", "report") for n in range(2)
            for wire in life(random, stream, f"S{n}", random.randrange(1, 12), oracle.TRANSITIONS[stream])]


def deal(random: Random, wires: list[Wire], brokers: list[MemoryBroker]) -> set[tuple[int, str, int]]:
    """Give every event to one broker at least, in any order, with repeats and garbage; answers where the bad ones lie."""
    bad: set[tuple[int, str, int]] = set()
    delivered = wires + random.choices(wires, k=random.randrange(len(wires)))
    random.shuffle(delivered)
    for number, wire in enumerate(delivered):
        which = random.randrange(len(brokers))
        publish(brokers[which], [wire], every_other_structured=random.random() < 0.5)
        if random.random() < 0.2:
            topic, key, headers, value = garbage(random, number, random.choice(["dossier", "report"]))
            bad.add((which, topic, len(brokers[which].logs[topic, 0])))
            brokers[which].send(topic, key, value, headers, timestamp_ms=which)
    return bad


@settings(SEEDS, max_examples=1500)
@given(seed=st.integers(0, 2**32), sinks=st.integers(1, 2), batch=st.integers(1, 40))
def test_figures_equal_the_oracle_whatever_the_order_repeats_batches_and_sinks(base: tuple[str, Connection], seed: int, sinks: int, batch: int) -> None:
    dsn, conn = base
    empty(conn)
    random = Random(seed)
    wires, brokers = stories(random), [MemoryBroker() for _ in range(sinks)]
    bad = deal(random, wires, brokers)
    with ThreadPoolExecutor(sinks) as threads:
        list(threads.map(lambda broker: drain(make_sink(dsn, broker.source(), batch=batch)), brokers))
    assert picture(conn) == oracle.picture(wires)
    assert set(rows(conn, "select message_timestamp_ms, topic, message_offset from dead_letter")) == bad
    assert len(rows(conn, "select 1 from dead_letter")) == len(bad)


@settings(SEEDS, max_examples=300)
@given(seed=st.integers(0, 2**32), batch=st.integers(1, 40))
def test_two_sinks_that_read_the_same_messages_count_each_once(base: tuple[str, Connection], seed: int, batch: int) -> None:
    dsn, conn = base
    empty(conn)
    random, broker = Random(seed), MemoryBroker()
    wires = stories(random)
    deal(random, wires, [broker])
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda source: drain(make_sink(dsn, source, batch=batch)), [broker.source(), broker.source()]))
    assert picture(conn) == oracle.picture(wires)
    assert rows(conn, "select sum(events) from source_state") == [(len(wires),)]


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_identity_with_another_content_is_one_dead_letter(base: tuple[str, Connection], batch: int) -> None:
    dsn, conn = base
    empty(conn)
    wires, broker = stories(Random(3)), MemoryBroker()
    publish(broker, [*wires, changed(wires[0], reason_code="khác"), wires[0]])
    bad: Message = broker.logs[f"ioc.{oracle.stream_of(wires[0])}", 0][-2]
    broker.source().commit({})
    make_sink(dsn, broker.source(), batch=batch).step(threading.Event())
    drain(make_sink(dsn, broker.source(), batch=batch))
    assert rows(conn, "select message_offset, reason from dead_letter") == [(bad.offset, "identity")]
    assert picture(conn) == oracle.picture(wires)
