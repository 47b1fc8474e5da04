"""The relay as a process of its own on a real Kafka: what is decided arrives, also when the broker was gone meanwhile, and a real sink knows its own."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer

from ioc.db.connect import Connection, connect
from ioc.relay.duties import AUDIT_TOPIC
from tests.conftest import fresh_database
from tests.integration.decisions_desk import OFFICE, SOURCE, decided, decision, report
from tests.integration.streams_db import one, picture, rows
from tests.integration.streams_world import World, create_topics

from .child import Child
from .kafka_server import KafkaServer

pytestmark = pytest.mark.real

RELAY = ("import argparse, signal, threading; from ioc.relay.command import run; from ioc.settings import read_settings; stop = threading.Event(); "
         "signal.signal(signal.SIGTERM, lambda *_: stop.set()); run(read_settings(), argparse.Namespace(), stop)")


@pytest.fixture(scope="module")
def dsn(postgres: str) -> Iterator[str]:
    with fresh_database(postgres) as made:
        for n in range(20):
            report(made, subject=f"PA-{n}")
        yield made


@pytest.fixture(scope="module")
def world(kafka_server: KafkaServer, dsn: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    create_topics(kafka_server)
    kafka_server.create_topic(AUDIT_TOPIC)
    return World(kafka_server.bootstrap, dsn, tmp_path_factory.mktemp("world"))


@pytest.fixture
def relay(world: World, tmp_path: Path) -> Iterator[Child]:
    """`ioc relay`, as the command runs it."""
    given = {"IOC_DATABASE": world.dsn, "IOC_KAFKA": world.settings.kafka}
    made = Child("ioc relay", ["env", *(f"{name}={value}" for name, value in given.items()), sys.executable, "-c", RELAY], tmp_path / "relay.log")
    yield made
    made.end(timeout_s=20)


@pytest.fixture
def conn(dsn: str) -> Iterator[Connection]:
    with connect(dsn, application="test", autocommit=True) as made:
        yield made


def settled(conn: Connection, relay: Child) -> None:
    relay.wait_for(lambda: one(conn, "select count(*) from outbox where sent_at is null") == 0 or None, timeout_s=90)


def records(world: World, topic: str, number: int) -> list[Any]:
    """Records of a topic, as soon as there are so many; fewer after 10 s without a new one."""
    consumer = KafkaConsumer(topic, bootstrap_servers=world.settings.kafka, group_id=None, auto_offset_reset="earliest")
    found: list[Any] = []
    while len(found) < number and (polled := consumer.poll(timeout_ms=10_000)):
        found += [record for batch in polled.values() for record in batch]
    consumer.close()
    return found


def test_decisions_arrive_under_their_ids_and_the_ledgers_head_with_them(world: World, relay: Child, conn: Connection) -> None:
    done = [decided(conn, decision("verified", subject=f"PA-{n}")).event_id for n in range(5)]
    settled(conn, relay)
    found = records(world, "ioc.report", 5)
    assert sorted(dict(r.headers)["ce_id"].decode() for r in found) == sorted(done)
    assert {(r.key.decode(), dict(r.headers)["ce_subject"].decode()) for r in found} == {(f"PA-{n}", f"PA-{n}") for n in range(5)}
    (head,) = records(world, AUDIT_TOPIC, 1)
    assert head.value.startswith(b"ioc-audit ")


def test_broker_that_is_gone_for_a_while_delays_and_loses_nothing(world: World, relay: Child, conn: Connection, kafka_server: KafkaServer) -> None:
    kafka_server.kill()
    done = [decided(conn, decision("verified", subject=f"PA-{n}")).event_id for n in range(5, 10)]
    relay.wait_for(lambda: one(conn, "select max(attempts) from outbox where sent_at is null") or None, timeout_s=30)
    kafka_server.start()
    settled(conn, relay)
    assert set(done) <= {dict(r.headers)["ce_id"].decode() for r in records(world, "ioc.report", 10)}


def test_sink_knows_the_centres_own_events(world: World, relay: Child, conn: Connection) -> None:
    for n in range(10, 15):
        decided(conn, decision("verified", subject=f"PA-{n}"))
    settled(conn, relay)
    before, decisions = picture(conn), one(conn, "select count(*) from report_event where source = %s", SOURCE)
    repeats = "select coalesce(sum(repeats), 0)::int from source_state where source = %s"
    with world.sinks(1) as (sink,):
        sink.wait_for(lambda: one(conn, repeats, SOURCE) >= decisions or None, timeout_s=60)
    assert picture(conn) == before
    assert rows(conn, "select reason from dead_letter") == []
    assert OFFICE.source == SOURCE
