"""The truth test over a real Kafka: two fixed examples of each panel through one broker and one group, the clock in the test's hands."""

from collections.abc import Iterator
from random import Random

import pytest

from ioc.db.connect import connect
from ioc.settings import Settings
from ioc.streams.engine import rebuild
from ioc.streams.engine.kafka import KafkaPublisher, KafkaSource
from ioc.streams.engine.registry import streams, topics
from tests.conftest import fresh_database
from tests.rules import RULES
from tests.truth.lives import deliveries, lives, told
from tests.truth.path import Path
from tests.truth.questions import questions
from tests.truth.sections import PARTS, SECTIONS
from tests.truth.verdict import differences

from .kafka_server import KafkaServer

pytestmark = pytest.mark.real
PARTITIONS = 3


@pytest.fixture(scope="module")
def path(kafka_server: KafkaServer, postgres: str) -> Iterator[Path]:
    """One broker, one group, one sink and one database for all examples."""
    for topic in topics():
        kafka_server.create_topic(topic, PARTITIONS)
    settings = Settings(kafka=kafka_server.bootstrap, group="ioc-truth")
    publisher, source = KafkaPublisher(settings), KafkaSource(settings, topics())
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        yield Path(dsn, conn, publisher, source)
    publisher.close()
    source.close()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("section", SECTIONS)
def test_figures_over_kafka_are_what_the_raw_events_say(path: Path, section: str, seed: int) -> None:
    random = Random(f"{section} {seed}")
    wires = lives(random, PARTS[section], 40)
    pieces = deliveries(random, wires)
    path.bring(pieces)
    found = [difference for asked in questions(random, wires, pieces) for difference in differences(path.conn, section, asked)]
    assert not found, "\n".join([*found, told(pieces)])
    assert [d for name in PARTS[section] for d in rebuild.recount(path.conn, streams()[name], RULES)] == []
