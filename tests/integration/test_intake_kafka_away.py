"""The intake in trouble: a broker that is away, slow or held; senders that are slow, many or gone."""

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from ioc.api.app import create_app
from ioc.api.gate import BUSY_PER_KEY
from ioc.api.intake import Patience
from ioc.api.keys import add_key
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.schemas import files
from ioc.settings import Settings
from tests.integration.intake_desk import SINGLE, Broker, Desk, desk, dripped
from tests.integration.streams_wire import event
from tests.integration.web_server import ask, eventually, serving
from tests.profiles import FICTIONAL

ONE = event("dossier", "submitted")
BODY = msgspec.json.encode({**event("dossier", "stopped", source="/test"), "time": "2025-11-20T08:00:00Z"})


@pytest.fixture
def at(module_dsn: str) -> Iterator[Desk]:
    with desk(module_dsn, patience=Patience(body_s=0.3, kafka_s=0.3)) as made:
        yield made


def test_broker_that_fails_at_the_flush_is_told_and_the_same_events_are_taken_later(at: Desk) -> None:
    at.broker.away = True
    refused = at.post([ONE, {**ONE, "id": "bad", "type": "?"}])
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    assert refused.json == {"error": "Kafka: publishing failed: nobody there; send the same events again"}
    at.broker.away = False
    assert at.post(ONE).status == 202
    assert len(at.broker.records) == 1


def test_answer_waits_for_the_flush(module_dsn: str) -> None:
    with desk(module_dsn) as at, ThreadPoolExecutor(16) as senders:
        at.broker.open.clear()
        answer = senders.submit(at.post, ONE)
        assert at.broker.flushing.wait(10)
        assert not answer.done()
        at.broker.open.set()
        assert answer.result(10).status == 202


def test_callers_at_once_share_a_flush(module_dsn: str) -> None:
    with desk(module_dsn) as at, ThreadPoolExecutor(16) as senders:
        at.broker.open.clear()
        first = senders.submit(at.post, ONE)
        assert at.broker.flushing.wait(10)
        others = [senders.submit(at.post, {**ONE, "id": f"n{n}"}) for n in range(4)]
        eventually(lambda: len(at.broker._unsent) == 1 and _waiting(at) == 4)
        at.broker.open.set()
        assert {f.result(10).status for f in (first, *others)} == {202}
        assert (at.broker.flushes, len(at.broker.records)) == (2, 5)


def _waiting(desk: Desk) -> int:
    return desk.courier._parcels.qsize()


def test_broker_that_does_not_answer_in_time_is_unavailable(at: Desk) -> None:
    at.broker.open.clear()
    answer = at.post(ONE)
    at.broker.open.set()
    assert answer.status == 503
    assert "not confirmed the events within 0.3 s" in answer.json["error"]


def test_too_many_events_in_waiting_are_refused_at_once(module_dsn: str) -> None:
    with desk(module_dsn, room_bytes=10) as at:
        answer = at.post(ONE)
    assert answer.status == 503
    assert answer.json["error"] == "too many events wait for Kafka; send the same events again"


def test_key_with_many_requests_at_work_is_asked_to_wait(module_dsn: str) -> None:
    with desk(module_dsn) as at, ThreadPoolExecutor(16) as senders:
        at.broker.open.clear()
        atwork = [senders.submit(at.post, ONE) for _ in range(BUSY_PER_KEY)]
        eventually(lambda: at.intake._gate._busy.total() == BUSY_PER_KEY)
        refused = at.post(ONE)
        at.broker.open.set()
        assert {f.result(10).status for f in atwork} == {202}
    assert (refused.status, refused.headers["retry-after"]) == (429, "1")


def test_body_that_drips_is_given_up(at: Desk) -> None:
    line = dripped(at, {"Content-Length": "1000"}, b'{"specversion"')
    answer = line.recv(4096)
    line.close()
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_senders_that_leave_in_the_middle_take_no_place(at: Desk) -> None:
    for _ in range(BUSY_PER_KEY + 1):
        dripped(at, {"Content-Length": "1000"}, b'{"specversion"').close()
    assert eventually(lambda: at.post(ONE).status == 202)
    assert len(at.broker.records) == 1


def test_sender_that_leaves_before_the_answer_loses_no_event(at: Desk) -> None:
    at.broker.open.clear()
    line = dripped(at, {"Content-Length": str(len(BODY))}, BODY)
    assert at.broker.flushing.wait(10)
    line.close()
    at.broker.open.set()
    assert eventually(lambda: [r.key for r in at.broker.records]) == [b"S1"]


def test_web_process_takes_events_and_shows_their_schemas(module_dsn: str) -> None:
    broker = Broker()
    with connect(module_dsn, application="test", autocommit=True) as conn:
        _, text = add_key(conn, "/test", ["dossier"], SystemClock().now())
    settings = Settings(database=module_dsn, profile=FICTIONAL)
    with serving(create_app(settings, SystemClock(), broker.connect)) as base:
        index = ask(base, "/api/schemas/index.json")
        assert all(ask(base, each["dataschema"]).json["$id"] == each["dataschema"] for each in index.json["schemas"])
        assert len(index.json["schemas"]) == len(files()) - 1
        known: dict[str, Any] = {"If-None-Match": index.headers["etag"]}
        assert ask(base, "/api/schemas/index.json", **known).status == 304
        assert [ask(base, f"/api/schemas/{name}").status for name in ("", "nothing.json", "a/b.json", "../panels")] == [404] * 4
        assert ask(base, "/api/events").status == 405
        given: dict[str, Any] = {"Content-Type": SINGLE, "X-API-Key": text}
        assert ask(base, "/api/events", method="POST", body=BODY, **given).status == 202
    assert [r.topic for r in broker.records] == ["ioc.dossier"]


def test_wall_without_kafka_works_and_senders_are_told(module_dsn: str) -> None:
    with connect(module_dsn, application="test", autocommit=True) as conn:
        _, text = add_key(conn, "/test", ["dossier"], SystemClock().now())
    settings = Settings(database=module_dsn, profile=FICTIONAL, kafka="127.0.0.1:1")
    with serving(create_app(settings, SystemClock())) as base:
        line = http.client.HTTPConnection(urlsplit(base).netloc, timeout=40)
        line.request("POST", "/api/events", BODY, {"Content-Type": SINGLE, "X-API-Key": text})
        assert ask(base, "/healthz").status == 200
        assert line.getresponse().status == 503
        line.close()
