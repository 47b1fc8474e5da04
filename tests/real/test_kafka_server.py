"""The real broker does what the tests of the sink rely on."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaTimeoutError, OffsetOutOfRangeError

from .kafka_server import KafkaServer

pytestmark = pytest.mark.real

WAIT_MS = 20_000


@contextmanager
def consumer_at(server: KafkaServer, topic: str, offset: int, reset: str = "none") -> Iterator[KafkaConsumer]:
    consumer = KafkaConsumer(bootstrap_servers=server.bootstrap, group_id=None, auto_offset_reset=reset)
    consumer.assign([TopicPartition(topic, 0)])
    consumer.seek(TopicPartition(topic, 0), offset)
    try:
        yield consumer
    finally:
        consumer.close()


@contextmanager
def producer_of(server: KafkaServer) -> Iterator[KafkaProducer]:
    producer = KafkaProducer(bootstrap_servers=server.bootstrap)
    try:
        yield producer
    finally:
        producer.close(timeout=1)


def produce(server: KafkaServer, topic: str, values: list[bytes]) -> None:
    with producer_of(server) as producer:
        futures = [producer.send(topic, value, headers=[("ce_id", b"1")], partition=0) for value in values]
        for future in futures:
            future.get(timeout=WAIT_MS / 1000)


def read(server: KafkaServer, topic: str, count: int) -> list[bytes]:
    values: list[bytes] = []
    with consumer_at(server, topic, 0, reset="earliest") as consumer:
        while len(values) < count and (batch := consumer.poll(timeout_ms=WAIT_MS)):
            values += [record.value for records in batch.values() for record in records]
    return values


def test_broker_gives_back_what_was_produced(kafka_server: KafkaServer) -> None:
    kafka_server.create_topic("given-back", partitions=3)
    produce(kafka_server, "given-back", [b"a", b"b"])
    assert read(kafka_server, "given-back", 2) == [b"a", b"b"]


@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_broker_keeps_its_records_and_address_when_started_again(kafka_server: KafkaServer, ending: str) -> None:
    topic = f"kept-{ending}"
    kafka_server.create_topic(topic)
    produce(kafka_server, topic, [b"a", b"b"])
    address = kafka_server.bootstrap
    getattr(kafka_server, ending)()
    kafka_server.start()
    assert kafka_server.bootstrap == address
    assert read(kafka_server, topic, 2) == [b"a", b"b"]


def test_broker_answers_only_when_it_is_resumed_after_a_pause(kafka_server: KafkaServer) -> None:
    kafka_server.create_topic("paused")
    produce(kafka_server, "paused", [b"before"])
    with producer_of(kafka_server) as producer:
        producer.partitions_for("paused")
        kafka_server.pause()
        sent = producer.send("paused", b"during")
        with pytest.raises(KafkaTimeoutError):
            sent.get(timeout=1)
        kafka_server.resume()
        assert sent.get(timeout=WAIT_MS / 1000).offset == 1


@pytest.mark.parametrize("position", [1, 9])
def test_consumer_without_a_reset_raises_when_its_position_is_out_of_range(
    kafka_server: KafkaServer, position: int
) -> None:
    topic = f"out-of-range-{position}"
    partition = TopicPartition(topic, 0)
    kafka_server.create_topic(topic)
    produce(kafka_server, topic, [b"0", b"1", b"2", b"3", b"4"])
    kafka_server.delete_records(topic, 0, before_offset=3)
    with consumer_at(kafka_server, topic, position) as consumer:
        assert consumer.beginning_offsets([partition]) == {partition: 3}
        with pytest.raises(OffsetOutOfRangeError) as caught:
            consumer.poll(timeout_ms=WAIT_MS)
        assert caught.value.args == ({partition: position},)
        assert consumer.position(partition) == position
