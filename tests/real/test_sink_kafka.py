"""The whole path on a real Kafka: published events through real sink processes to the figures of the oracle."""

from collections.abc import Iterator
from random import Random

import pytest

from ioc.db.connect import connect
from ioc.streams.engine.kafka import KafkaPublisher
from tests.conftest import fresh_database
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import event
from tests.integration.streams_world import World, create_topics, log_ends, published_letters, stories

from .kafka_server import KafkaServer

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def world(kafka_server: KafkaServer, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One broker, one database and one group for the module: each test adds its events and checks the whole."""
    create_topics(kafka_server)
    with fresh_database(postgres) as dsn:
        yield World(kafka_server.bootstrap, dsn, tmp_path_factory.mktemp("world"))


def test_events_come_through_and_dead_letters_reach_their_topic(world: World) -> None:
    random = Random(1)
    world.publish(stories(random, "first"), random, bad=30)
    with world.sinks(1) as (sink,):
        world.settle(sink)
        assert len(published_letters(world.settings.kafka, world.bad)) == world.bad
    world.check()


@pytest.mark.parametrize(("key", "value"), [(None, None), (b"k", b"x" * 1_000_000), (b"\0\xff", b"")])
def test_odd_record_is_a_dead_letter_that_reaches_its_topic(world: World, key: bytes | None, value: bytes | None) -> None:
    publisher = KafkaPublisher(world.settings)
    publisher.send("ioc.camera", key, value, [])
    publisher.close()
    world.bad += 1
    with world.sinks(1) as (sink,):
        world.settle(sink)
        assert len(published_letters(world.settings.kafka, world.bad)) == world.bad
    world.check()


def test_group_resumes_where_it_committed(world: World) -> None:
    random = Random(2)
    with connect(world.dsn, application="test", autocommit=True) as conn:
        repeats = one(conn, "select sum(repeats)::int from source_state")
        world.publish([event("dossier", "submitted", subject=f"resumed-{n}") for n in range(9)], random)
        with world.sinks(1) as (sink,):
            world.settle(sink)
        assert one(conn, "select sum(repeats)::int from source_state") == repeats
    world.check()


def test_two_sinks_give_the_oracles_figures_while_a_third_comes_and_goes(world: World) -> None:
    random = Random(3)
    wires = stories(random, "shared", subjects=60)
    with world.sinks(2, batch=20) as (staying, _):
        for part in range(3):
            with world.sinks(1, batch=20) as (third,):
                third.wait_for(lambda: world.members() == 3 or None, timeout_s=60)
                world.publish(wires[part::3], random, bad=5)
        world.settle(staying)
    world.check()


def test_records_lost_at_the_broker_are_a_gap_and_reading_goes_on(world: World, kafka_server: KafkaServer) -> None:
    random = Random(4)
    with connect(world.dsn, application="test", autocommit=True) as conn:
        read = dict(rows(conn, "select partition, next_offset from sink_position where topic = 'ioc.report'"))
        world.publish([event("report", "submitted", subject=f"lost-{n}") for n in range(40)], random, lost=True)
        kept = [event("report", "submitted", subject=f"kept-{n}") for n in range(40)]
        ends = log_ends(world.settings.kafka, "ioc.report")
        for partition, end in ends.items():
            kafka_server.delete_records("ioc.report", partition, end)
        world.publish(kept, random)
        with world.sinks(1) as (sink,):
            world.settle(sink)
        found = rows(conn, "select partition, from_offset, to_offset from stream_gap where topic = 'ioc.report' order by 1")
    assert found == sorted((partition, read[partition], end) for partition, end in ends.items() if end > read[partition])
    world.check()


def test_sinks_go_on_when_the_broker_was_killed_and_is_back(world: World, kafka_server: KafkaServer) -> None:
    random = Random(5)
    with world.sinks(1) as (sink,):
        world.publish(stories(random, "before the kill", 3), random)
        kafka_server.kill()
        kafka_server.start()
        world.publish(stories(random, "after the kill", 3), random)
        world.settle(sink)
    world.check()
