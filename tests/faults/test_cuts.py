"""Whatever is cut, and whenever: afterwards every good event is in once, every figure is the oracle's, every bad event a dead letter once."""

import threading
from random import Random, SystemRandom

import pytest

from ioc.db.connect import connect
from tests.integration.streams_db import one
from tests.integration.streams_world import World, published_letters, stories
from tests.real.kafka_server import KafkaServer

from .conftest import Crashable

pytestmark = pytest.mark.faults


@pytest.fixture
def random() -> Random:
    """Another one each time; its seed is printed where the test fails."""
    seed = SystemRandom().getrandbits(32)
    print("seed", seed)
    return Random(seed)


def test_sinks_killed_at_any_moment_lose_and_double_nothing(world: World, random: Random, is_long: bool) -> None:  # noqa: FBT001 (a fixture)
    rounds = 20 if is_long else 4
    wires = stories(random, f"kill-{random.random()}", subjects=20 * rounds)
    running = [world.start(batch=20), world.start(batch=20)]
    with connect(world.dsn, application="test", autocommit=True) as conn:
        for part in range(rounds):
            world.publish(wires[part::rounds], random, bad=10)
            enough = one(conn, "select count(*) from event_identity") + random.randrange(1, len(wires) // rounds // 2)
            running[1].wait_for(lambda least=enough: one(conn, "select count(*) from event_identity") >= least or None, timeout_s=60)  # type: ignore[misc]
            running[0].kill()
            running = [running[1], world.start(batch=20)]
    world.settle(running[1])
    for child in running:
        child.end(timeout_s=20)
    world.check()


def test_database_that_crashes_stops_the_reading_and_not_the_events(world: World, database: Crashable, random: Random, is_long: bool) -> None:  # noqa: FBT001 (a fixture)
    with world.sinks(2, batch=20) as (sink, _):
        world.publish(stories(random, f"before-{random.random()}"), random, bad=5)
        database.crash()
        world.publish(stories(random, f"during-{random.random()}"), random, bad=5)
        threading.Event().wait(10 if is_long else 3)
        database.start()
        world.settle(sink)
    world.check()


def test_broker_that_falls_silent_delays_and_loses_nothing(world: World, kafka_server: KafkaServer, random: Random, is_long: bool) -> None:  # noqa: FBT001 (a fixture)
    with world.sinks(2, batch=20) as (sink, _):
        world.publish(stories(random, f"before-{random.random()}"), random, bad=5)
        kafka_server.pause()
        threading.Event().wait(10 if is_long else 3)
        kafka_server.resume()
        world.publish(stories(random, f"after-{random.random()}"), random, bad=5)
        world.settle(sink)
    world.check()


def test_broker_that_is_gone_for_a_while_loses_nothing(world: World, kafka_server: KafkaServer, random: Random) -> None:
    with world.sinks(2, batch=20) as (sink, _):
        world.publish(stories(random, f"before-{random.random()}"), random, bad=5)
        kafka_server.kill()
        kafka_server.start()
        world.publish(stories(random, f"after-{random.random()}"), random, bad=5)
        world.settle(sink)
        assert len(published_letters(world.settings.kafka, world.bad)) == world.bad
    world.check()
