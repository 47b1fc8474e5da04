import pytest

from ioc.settings import Settings
from ioc.streams.engine import kafka
from tests.real.kafka_server import KafkaServer

pytestmark = pytest.mark.real
TRIES = 200


def test_consumer_that_delivers_nothing_is_replaced_and_nothing_is_lost(kafka_server: KafkaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(kafka=kafka_server.bootstrap)
    kafka_server.create_topic("ioc.watched")
    source = kafka.KafkaSource(settings, ["ioc.watched"])
    while not source.assigned():
        source.poll(timeout_s=0.2, most=10)
    publisher = kafka.KafkaPublisher(settings)
    publisher.send("ioc.watched", b"k", b"v", [])
    publisher.flush()
    publisher.close()
    stuck = source._consumer
    monkeypatch.setattr(stuck, "poll", lambda **_: {})
    monkeypatch.setattr(kafka, "STALL_S", 0.0)
    source.poll(timeout_s=0.2, most=10)
    monkeypatch.setattr(kafka, "STALL_S", 20.0)
    assert source._consumer is not stuck
    found = next(d.messages for _ in range(TRIES) if (d := source.poll(timeout_s=0.2, most=10)).messages)
    source.close()
    assert [m.value for m in found] == [b"v"]


def test_consumer_that_its_group_forgot_is_replaced_and_an_idle_one_is_not(kafka_server: KafkaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(kafka=kafka_server.bootstrap, group="ioc-idle")
    kafka_server.create_topic("ioc.idle")
    busy, idle = kafka.KafkaSource(settings, ["ioc.idle"]), kafka.KafkaSource(settings, ["ioc.idle"])
    for _ in range(TRIES):
        if bool(busy.assigned()) != bool(idle.assigned()) and busy._is_member() and idle._is_member():
            break
        for source in (busy, idle):
            source.poll(timeout_s=0.1, most=10)
    spare = idle if busy.assigned() else busy
    standing = spare._consumer
    monkeypatch.setattr(kafka, "STALL_S", 0.0)
    spare.poll(timeout_s=0.1, most=10)
    assert spare._consumer is standing
    monkeypatch.setattr(spare, "_name", "someone-else")
    monkeypatch.setattr(standing, "poll", lambda **_: {})
    spare.poll(timeout_s=0.1, most=10)
    assert spare._consumer is not standing
    busy.close()
    idle.close()


def test_broker_that_does_not_answer_is_told_and_one_that_is_back_too(kafka_server: KafkaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "ASK_S", 0.0)
    monkeypatch.setattr(kafka, "AWAY_S", 0.0)
    kafka_server.create_topic("ioc.asked")
    source = kafka.KafkaSource(Settings(kafka=kafka_server.bootstrap, group="ioc-asked"), ["ioc.asked"])
    while not source.assigned():
        source.poll(timeout_s=0.2, most=10)
    publisher = kafka.KafkaPublisher(Settings(kafka=kafka_server.bootstrap))
    for _ in range(3):
        publisher.send("ioc.asked", b"k", b"v", [])
    publisher.flush()
    publisher.close()
    assert next(d for _ in range(TRIES) if (d := source.poll(timeout_s=0.2, most=1)).messages)
    assert source.waiting() == 2
    kafka_server.pause()
    assert source.waiting() is None
    kafka_server.resume()
    assert next(n for _ in range(TRIES) if (n := source.waiting()) is not None) == 2
    source.close()
