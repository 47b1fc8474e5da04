"""What the relay does by the hour: the ledger's head to Kafka, its lines to the log server, and forgetting what was sent."""

import re
import socket
from datetime import timedelta
from pathlib import Path

import pytest

from ioc.audit.anchor import written
from ioc.audit.chain import verify
from ioc.audit.ledger import Entry, append
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.relay.duties import AUDIT_TOPIC, Duties
from ioc.relay.kafka import KafkaSender
from tests.integration.relay_world import AT, Broker, make_worker, promise, states, work
from tests.integration.streams_db import one, rows


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(AT)


def duties(dsn: str, clock: FrozenClock, syslog: str = "") -> Duties:
    return Duties(lambda: connect(dsn, application="test-relay", autocommit=True), clock, syslog=syslog)


def enter(conn: Connection, *subjects: str) -> None:
    for subject in subjects:
        with conn.transaction():
            append(conn, Entry(actor="person:1", action="report.noted", subject=subject, at=AT, reason="not for the log server"))


def test_head_of_the_ledger_is_published_each_hour_and_proves_the_chain(dsn: str, conn: Connection, clock: FrozenClock, tmp_path: Path) -> None:
    relays, broker = [duties(dsn, clock), duties(dsn, clock)], Broker()
    for minutes in range(0, 130, 10):
        clock.at = AT + timedelta(minutes=minutes)
        enter(conn, f"report:{minutes}")
        for relay in relays:
            relay.step()
    work(make_worker(dsn, KafkaSender(lambda: broker), clock), clock)
    assert [record[0] for record in broker.got] == [AUDIT_TOPIC] * 3
    file = tmp_path / "kept outside"
    file.write_bytes(b"\n".join(value or b"" for value in broker.values))
    anchors = written(file)
    assert [a.line for a in anchors] == [1, 7, 13]
    assert verify(conn, anchors=anchors).whole


def test_what_was_sent_is_forgotten_after_a_week_and_what_is_owed_never(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    promise(conn, "sent", key="A")
    work(make_worker(dsn, KafkaSender(Broker), clock), clock)
    promise(conn, "owed", key="B")
    conn.execute("insert into decision_key (actor, key, digest, event_id, name, made_at) values ('a', 'k', '', 'e', 'n', %s)", (AT,))
    for days, left in ((6, {"sent", "owed"}), (8, {"owed"})):
        clock.at = AT + timedelta(days=days)
        duties(dsn, clock).step()
        assert {body for body, _ in states(conn)} - {b for b, _ in states(conn) if b.startswith("ioc-audit")} == left
    assert one(conn, "select count(*) from decision_key") == 0


def test_new_lines_reach_the_log_server_once_and_in_order(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        target = f"udp://127.0.0.1:{server.getsockname()[1]}"
        relays = [duties(dsn, clock, target), duties(dsn, clock, target)]
        enter(conn, "report:1", "report:2")
        for relay in relays:
            relay.step()
        enter(conn, "report:3")
        for relay in relays:
            relay.step()
        got = [server.recv(4096).decode() for _ in range(one(conn, "select count(*) from audit_line"))]
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.recv(4096)
    numbers = [int(found[1]) for text in got if (found := re.search(r'line="(\d+)"', text))]
    assert numbers == sorted(set(numbers))
    assert numbers[-3:] == [1, 2, 3]
    assert "not for the log server" not in "".join(got)


def test_log_server_that_is_away_holds_up_no_anchor_and_misses_no_line(dsn: str, conn: Connection, clock: FrozenClock) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    relay = duties(dsn, clock, f"tcp://127.0.0.1:{port}")
    enter(conn, "report:1")
    relay.step()
    assert rows(conn, "select count(*) from audit_sent where line > 0") == [(0,)]
    assert one(conn, "select count(*) from outbox where target = %s", AUDIT_TOPIC) == 1
