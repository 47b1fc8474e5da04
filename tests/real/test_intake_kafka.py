"""The intake before a real Kafka: what is answered 202 is in the log, and a broker that is away is told and found again."""

import contextlib
import http.client
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from ioc.api.app import create_app
from ioc.api.keys import add_key
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.settings import Settings
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.event import Message
from ioc.streams.engine.registry import streams
from tests.conftest import fresh_database
from tests.integration.intake_desk import BATCH, SINGLE
from tests.integration.streams_wire import event
from tests.integration.web_server import eventually, serving
from tests.profiles import FICTIONAL

from .kafka_server import KafkaServer

pytestmark = pytest.mark.real


class Post:
    """A sender with a key for everything under /test."""

    def __init__(self, base: str, text: str) -> None:
        self._place = urlsplit(base).netloc
        self._text = text

    def __call__(self, body: Any, kind: str) -> int:
        line = http.client.HTTPConnection(self._place, timeout=60)
        line.request("POST", "/api/events", msgspec.json.encode(body), {"Content-Type": kind, "Authorization": f"Bearer {self._text}"})
        status = line.getresponse().status
        line.close()
        return status


@pytest.fixture(scope="module")
def post(kafka_server: KafkaServer, postgres: str) -> Iterator[Post]:
    kafka_server.create_topic("ioc.dossier", partitions=3)
    kafka_server.create_topic("ioc.report")
    with fresh_database(postgres) as dsn:
        with connect(dsn, application="test", autocommit=True) as conn:
            _, text = add_key(conn, "/test", ["dossier", "report"], SystemClock().now())
        settings = Settings(database=dsn, profile=FICTIONAL, kafka=kafka_server.bootstrap)
        with serving(create_app(settings, SystemClock())) as base:
            yield Post(base, text)


def log(server: KafkaServer, topic: str) -> list[Message]:
    """Everything a topic holds."""
    consumer = KafkaConsumer(bootstrap_servers=server.bootstrap, group_id=None, auto_offset_reset="earliest", enable_auto_commit=False)
    parts = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic))]
    consumer.assign(parts)
    consumer.seek_to_beginning(*parts)
    ends, found = consumer.end_offsets(parts), list[Any]()
    while any(consumer.position(part) < end for part, end in ends.items()):
        found += [record for records in consumer.poll(timeout_ms=500).values() for record in records]
    consumer.close()
    return [Message(topic=topic, partition=r.partition, offset=r.offset, timestamp_ms=r.timestamp, key=r.key, headers=r.headers, value=r.value)
            for r in found]


def test_batch_that_is_accepted_is_in_the_log_as_the_sink_reads_it(kafka_server: KafkaServer, post: Post) -> None:
    wires = [event("dossier", "rated", n, subject=f"HS-{n % 9}", id_=f"e{n}") for n in range(500)]
    wires = [{**wire, "time": "2025-11-20T08:00:00+07:00"} for wire in wires]
    assert post(wires, BATCH) == 202
    records = log(kafka_server, "ioc.dossier")
    events = [decoder(streams()["dossier"])(record, SystemClock().now()) for record in records]
    assert sorted(e.id for e in events) == sorted(wire["id"] for wire in wires)
    assert all(record.key == e.subject.encode() for record, e in zip(records, events, strict=True))
    assert len({record.partition for record in records if record.key == b"HS-1"}) == 1


def test_event_is_in_the_log_when_the_answer_comes(kafka_server: KafkaServer, post: Post) -> None:
    for n in range(3):
        assert post({**event("report", "noted", id_=f"r{n}", note="Đã gọi lại"), "time": "2025-11-20T08:00:00+07:00"}, SINGLE) == 202
        assert [json.loads(r.value or b"")["note"] for r in log(kafka_server, "ioc.report")] == ["Đã gọi lại"] * (n + 1)


def test_killed_broker_is_told_and_found_again(kafka_server: KafkaServer, post: Post) -> None:
    wire = {**event("report", "noted", id_="after", note="sau"), "time": "2025-11-20T08:00:00+07:00"}
    kafka_server.kill()
    assert post(wire, SINGLE) == 503
    kafka_server.start()
    eventually(lambda: post(wire, SINGLE) == 202, within_s=150)
    assert "after" in {dict(r.headers)["ce_id"].decode() for r in log(kafka_server, "ioc.report")}


def test_frozen_broker_is_told_in_time_and_found_again(kafka_server: KafkaServer, post: Post) -> None:
    wire = {**event("report", "noted", id_="thawed", note="sau"), "time": "2025-11-20T08:00:00+07:00"}
    kafka_server.pause()
    started = time.monotonic()
    assert post(wire, SINGLE) == 503
    assert time.monotonic() - started < 15
    kafka_server.resume()
    eventually(lambda: post(wire, SINGLE) == 202, within_s=150)

    def stored() -> bool:
        with contextlib.suppress(KafkaError):  # a broker alone that has just come back lists no broker for a moment
            return "thawed" in {dict(r.headers)["ce_id"].decode() for r in log(kafka_server, "ioc.report")}
        return False

    assert eventually(stored, within_s=60)
