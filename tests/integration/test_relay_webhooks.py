"""Webhooks against a real HTTP server: signed, bounded, tried again, and never led inside."""

import base64
import hashlib
import hmac
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.relay import webhooks
from ioc.relay.door import Door
from ioc.relay.webhooks import WebhookSender
from tests.integration.decisions_desk import OFFICE, decided, decision, report
from tests.integration.relay_world import AT, SEALS, Receiver, certified, make_worker, promise, receiving, states, work
from tests.integration.streams_db import one, rows


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(AT)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as made:
        yield made


def hook(conn: Connection, url: str, *topics: str) -> tuple[str, str]:
    number, secret = webhooks.add(conn, url, topics or ("ioc.report",), SEALS, AT)
    return str(number), secret


def sender(clock: FrozenClock, *allowed: str, timeout_s: float = 10.0) -> WebhookSender:
    return WebhookSender(lambda: SEALS, clock, Door(allowed or ("127.0.0.1",)), timeout_s=timeout_s)


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver checks it, after the specification and not after our code."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(part, f"v1,{expected}") for part in headers["webhook-signature"].split(" "))


def test_decision_reaches_the_webhook_that_wants_to_hear_of_it_signed(dsn: str, conn: Connection, clock: FrozenClock, receiver: Receiver) -> None:
    number, secret = hook(conn, f"http://127.0.0.1:{receiver.port}/in?a=1")
    hook(conn, f"http://127.0.0.1:{receiver.port}/never", "ioc.task")
    report(dsn)
    done = decided(conn, decision("verified", priority=2))
    clock.at = OFFICE.clock.real()
    work(make_worker(dsn, sender(clock), clock), clock)
    (got,) = receiver.requests
    assert (got.path, got.headers["webhook-id"], got.headers["host"]) == ("/in?a=1", done.event_id, f"127.0.0.1:{receiver.port}")
    assert got.headers["webhook-timestamp"] == str(int(clock.at.timestamp()))
    assert is_signed(secret, got.headers, got.body)
    assert not is_signed(secret, got.headers, got.body + b" ")
    assert f'"id":"{done.event_id}"'.encode() in got.body
    assert got.headers["content-type"].startswith("application/cloudevents+json")
    assert one(conn, "select target from outbox where sent_at is not null") == number


def test_receiver_that_fails_gets_the_same_message_again_later(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    with receiving(Receiver(lambda n: 500 if n < 2 else 200)) as receiver:
        number, secret = hook(conn, f"http://127.0.0.1:{receiver.port}/")
        promise(conn, "a", "b", channel="webhook", target=number)
        work(make_worker(dsn, sender(clock), clock), clock, seconds=10)
    assert [r.body for r in receiver.requests] == [b"a", b"a", b"a", b"b"]
    assert len({r.headers["webhook-id"] for r in receiver.requests[:3]}) == 1
    assert len({r.headers["webhook-timestamp"] for r in receiver.requests[:3]}) == 3
    assert all(is_signed(secret, r.headers, r.body) for r in receiver.requests)


def test_redirect_is_not_followed(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    with receiving(Receiver(lambda _: 302)) as receiver:
        number, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
        promise(conn, "a", channel="webhook", target=number)
        make_worker(dsn, sender(clock), clock).step()
    assert [r.path for r in receiver.requests] == ["/"]
    assert "redirect" in one(conn, "select last_error from outbox")


def test_receiver_that_never_answers_holds_up_no_other(dsn: str, conn: Connection, clock: FrozenClock, receiver: Receiver) -> None:
    with receiving(Receiver(lambda _: None)) as silent:
        slow, _ = hook(conn, f"http://127.0.0.1:{silent.port}/")
        quick, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
        for n in range(20):
            promise(conn, f"slow-{n}", channel="webhook", target=slow, key=str(n))
        promise(conn, "quick", channel="webhook", target=quick)
        work(make_worker(dsn, sender(clock, timeout_s=0.4), clock), clock)
        assert len(silent.requests) == 1
    assert [r.body for r in receiver.requests] == [b"quick"]
    assert one(conn, "select last_error from outbox where last_error is not null") == "no answer within 0.4 s"


def test_one_message_that_a_receiver_does_not_take_holds_up_no_other(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    with receiving(Receiver()) as receiver:
        receiver._answer = lambda n: 400 if receiver.requests[n].body == b"bad" else 200
        number, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
        promise(conn, "bad", channel="webhook", target=number, key="A")
        promise(conn, "good", channel="webhook", target=number, key="B")
        work(make_worker(dsn, sender(clock), clock), clock)
    assert states(conn) == [("bad", "owed"), ("good", "sent")]


def test_webhook_that_fails_for_three_days_is_given_up_where_everybody_sees_it(dsn: str, conn: Connection, clock: FrozenClock,
                                                                              caplog: pytest.LogCaptureFixture) -> None:
    with receiving(Receiver(lambda _: 500)) as receiver:
        number, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
        promise(conn, "a", "b", channel="webhook", target=number)
        worker = make_worker(dsn, sender(clock), clock)
        while clock.at < AT + timedelta(days=2, hours=23):
            worker.step()
            clock.at += timedelta(hours=1)
        assert states(conn) == [("a", "owed"), ("b", "owed")]
        with caplog.at_level(logging.ERROR):
            for _ in range(3):
                worker.step()
                clock.at += timedelta(hours=1)
    assert states(conn) == [("a", "failed"), ("b", "owed")]
    assert "was given up after" in caplog.text


@pytest.mark.parametrize(("url", "text"), [
    ("http://127.0.0.1:{port}/", "lies inside"), ("http://localhost:{port}/", "lies inside"), ("https://127.1:{port}/", "lies inside"),
    ("https://[::ffff:127.0.0.1]:{port}/", "lies inside"), ("https://169.254.169.254/latest/meta-data/", "lies inside"),
    ("http://example.invalid/", "begins with https"),
])
def test_webhook_is_never_led_inside(dsn: str, conn: Connection, clock: FrozenClock, receiver: Receiver, url: str, text: str) -> None:
    number, _ = hook(conn, url.format(port=receiver.port))
    promise(conn, "a", channel="webhook", target=number)
    make_worker(dsn, sender(clock, "10.9.8.0/24"), clock).step()
    assert receiver.requests == []
    assert text in one(conn, "select last_error from outbox")


def test_answer_is_never_read_into_what_the_centre_keeps(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    with receiving(Receiver(lambda _: 403)) as receiver:
        number, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
        promise(conn, "a", channel="webhook", target=number)
        make_worker(dsn, sender(clock), clock).step()
    assert one(conn, "select last_error from outbox") == "403: the receiver did not take it"


@pytest.mark.parametrize(("names", "taken"), [(("localhost",), True), (("other.example",), False)])
def test_certificate_must_be_of_the_host_though_its_address_is_asked(dsn: str, conn: Connection, clock: FrozenClock, tmp_path: Path,
                                                                      names: tuple[str, ...], taken: bool) -> None:  # noqa: FBT001
    server, trust = certified(tmp_path, *names)
    with receiving(Receiver(), server) as receiver:
        number, _ = hook(conn, f"https://localhost:{receiver.port}/")
        promise(conn, "a", channel="webhook", target=number)
        made = WebhookSender(lambda: SEALS, clock, Door(["localhost"]), trust=trust)
        make_worker(dsn, made, clock).step()
    assert len(receiver.requests) == taken
    assert states(conn) == [("a", "sent" if taken else "owed")]


def test_certificate_of_an_unknown_authority_is_not_believed(dsn: str, conn: Connection, clock: FrozenClock, tmp_path: Path) -> None:
    with receiving(Receiver(), certified(tmp_path, "127.0.0.1")[0]) as receiver:
        number, _ = hook(conn, f"https://127.0.0.1:{receiver.port}/")
        promise(conn, "a", channel="webhook", target=number)
        make_worker(dsn, sender(clock), clock).step()
    assert receiver.requests == []
    assert "CERTIFICATE_VERIFY_FAILED" in one(conn, "select last_error from outbox")


def test_secret_that_was_moved_to_another_webhook_signs_nothing(dsn: str, conn: Connection, clock: FrozenClock, receiver: Receiver) -> None:
    first, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
    second, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
    conn.execute("update webhook set secret_sealed = (select secret_sealed from webhook where webhook_id = %s) where webhook_id = %s", (first, second))
    promise(conn, "a", channel="webhook", target=second)
    make_worker(dsn, sender(clock), clock).step()
    assert receiver.requests == []


def test_webhook_that_has_ended_hears_nothing_more(dsn: str, conn: Connection, clock: FrozenClock, receiver: Receiver) -> None:
    number, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
    promise(conn, "a", channel="webhook", target=number)
    webhooks.end(conn, int(number), AT)
    report(dsn)
    decided(conn, decision("verified"))
    work(make_worker(dsn, sender(clock), clock), clock)
    assert receiver.requests == []
    assert rows(conn, "select body, last_error from outbox where channel = 'webhook'") == [(b"a", "the webhook was ended")]


def test_proxy_of_the_environment_is_not_asked(dsn: str, conn: Connection, clock: FrozenClock, receiver: Receiver,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(Receiver()) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        number, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
        promise(conn, "a", channel="webhook", target=number)
        make_worker(dsn, sender(clock), clock).step()
    assert (len(receiver.requests), len(proxy.requests)) == (1, 0)


def test_receiver_that_drips_its_answer_is_left_in_time(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    over = threading.Event()

    class Dripping(Receiver):
        def take(self, handler: object) -> None:
            self.requests.append(None)  # type: ignore[arg-type]
            while not over.wait(0.1):
                try:
                    handler.wfile.write(b"H")  # type: ignore[attr-defined]
                except OSError:
                    return

    with receiving(Dripping()) as receiver:
        number, _ = hook(conn, f"http://127.0.0.1:{receiver.port}/")
        promise(conn, "a", channel="webhook", target=number)
        make_worker(dsn, sender(clock, timeout_s=0.5), clock).step()
        over.set()
    assert one(conn, "select last_error from outbox") == "no answer within 0.5 s"
