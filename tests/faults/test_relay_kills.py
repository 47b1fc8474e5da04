"""Relays and deciding processes killed at any moment: each decision is whole or not there, each reaches the others at least once, and counts once."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest

from ioc.audit.chain import verify
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.relay import webhooks
from ioc.streams.engine import rebuild
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from tests.conftest import fresh_database
from tests.integration.decisions_desk import SOURCE, report
from tests.integration.relay_world import SEALS, Receiver, receiving
from tests.integration.streams_db import drain, make_sink, one, picture, rows
from tests.real.child import Child
from tests.rules import RULES

pytestmark = pytest.mark.faults

SUBJECTS = 12

# A relay whose broker is a file: what was flushed is there, whoever dies afterwards.
RELAY = """
import os, signal, sys, threading
from base64 import b64encode
import json
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.people.seals import Seals
from ioc.relay.door import Door
from ioc.relay.kafka import KafkaSender
from ioc.relay.relay import Relay
from ioc.relay.webhooks import WebhookSender

dsn, path = sys.argv[1:]

class File:
    def __init__(self):
        self.pending = []
    def send(self, topic, key, value, headers, *, timestamp_ms=None):
        self.pending.append({"topic": topic, "key": key.decode(), "value": value.decode(), "headers": [(n, v.decode()) for n, v in headers]})
    def flush(self):
        pending, self.pending = self.pending, []
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for record in pending:
            os.write(file, json.dumps(record).encode() + b"\\n")
        os.close(file)
    def close(self):
        self.pending = []

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
clock = SystemClock()
senders = [KafkaSender(File), WebhookSender(lambda: Seals([b"k" * 32]), clock, Door(["127.0.0.1"]))]
Relay(lambda: connect(dsn, application="relay", autocommit=True), senders, clock).run(stop)
"""

# A process that decides on and on: verified, assigned, assigned to another, ... each click under a key of its own.
DECIDER = """
import sys
from itertools import count
from ioc.clock import SystemClock
from ioc.db.connect import connect
from ioc.decisions.decide import Office, decide
from ioc.decisions.decision import Decision
from ioc.errors import IocError
from tests.integration.decisions_desk import LEAD, SOURCE
from tests.rules import RULES

dsn, name, subjects = sys.argv[1], sys.argv[2], int(sys.argv[3])
office = Office(clock=SystemClock(), rules=RULES, source=SOURCE)
with connect(dsn, application="decider", autocommit=True) as conn:
    for n in count():
        subject = f"PA-{n % subjects}"
        version, state = conn.execute("select version, state from report_state where subject = %s", (subject,)).fetchone()
        fact, data = ("verified", {}) if state == "submitted" else ("assigned", {"to_org": f"ORG-{n % 7}"})
        try:
            decide(conn, Decision(stream="report", subject=subject, fact=fact, version=version, key=f"{name}-{n:06}", data=data), LEAD, office)
        except IocError as error:
            print(error)
"""


@pytest.fixture
def random() -> Random:
    """Another one each time; its seed is printed where the test fails."""
    seed = SystemRandom().getrandbits(32)
    print("seed", seed)
    return Random(seed)


@pytest.fixture
def dsn(postgres: str) -> Iterator[str]:
    with fresh_database(postgres) as made:
        for n in range(SUBJECTS):
            report(made, subject=f"PA-{n}")
        yield made


class Killed:
    """Processes of one program, each killed and started anew."""

    def __init__(self, name: str, script: str, folder: Path, arguments: Callable[[int], Sequence[str]]) -> None:
        self._started = 0
        self._name, self._script, self._folder, self._arguments = name, script, folder, arguments
        self.children: list[Child] = []

    def start(self, number: int) -> None:
        for _ in range(number):
            command = [sys.executable, "-c", self._script, *self._arguments(self._started)]
            self.children.append(Child(self._name, command, self._folder / f"{self._name}-{self._started}.log"))
            self._started += 1

    def kill(self) -> None:
        """The oldest goes, another comes."""
        self.children.pop(0).kill()
        self.start(1)

    def end(self) -> None:
        for child in self.children:
            child.end(timeout_s=20)
        self.children.clear()


def published(file: Path) -> list[dict[str, Any]]:
    """What reached the broker, without the ledger's heads; the last line may have been cut off by a kill."""
    lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    return [record for record in map(json.loads, lines) if record["topic"] != "ioc.audit"]


def in_order(told: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Key → ids as they came, one that came again at once counted once."""
    found: dict[str, list[str]] = {}
    for key, number in told:
        line = found.setdefault(key, [])
        if line[-1:] != [number]:
            line.append(number)
    return found


def decisions(conn: Connection) -> dict[str, list[str]]:
    """Key → ids of what was decided about it, in order."""
    return in_order(rows(conn, "select subject, event_id from report_event where source = %s order by occurred_at", SOURCE))


def owed(conn: Connection) -> int:
    return int(one(conn, "select count(*) from outbox where sent_at is null and failed_at is null and target <> 'ioc.audit'"))


def test_processes_killed_at_any_moment_lose_no_decision_and_double_none(dsn: str, random: Random, is_long: bool, tmp_path: Path) -> None:  # noqa: FBT001
    file, rounds = tmp_path / "broker", 30 if is_long else 4
    deciders = Killed("decider", DECIDER, tmp_path, lambda n: [dsn, f"process-{n}", str(SUBJECTS)])
    relays = Killed("relay", RELAY, tmp_path, lambda _: [dsn, str(file)])
    with receiving(Receiver()) as receiver, connect(dsn, application="test", autocommit=True) as conn:
        webhooks.add(conn, f"http://127.0.0.1:{receiver.port}/", ["ioc.report"], SEALS, one(conn, "select now()"))
        relays.start(2)
        deciders.start(2)
        for _ in range(rounds):
            _until(conn, deciders, random.randrange(5, 40))
            deciders.kill()
            _until_sent(conn, relays, random.randrange(1, 30))
            relays.kill()
        deciders.end()
        relays.children[0].wait_for(lambda: owed(conn) == 0 or None, timeout_s=90)
        relays.end()
        _check(dsn, conn, published(file), [(json.loads(r.body)["subject"], r.headers["webhook-id"]) for r in receiver.requests])


def _until(conn: Connection, deciders: Killed, more: int) -> None:
    enough = one(conn, "select count(*) from decision_key") + more
    deciders.children[1].wait_for(lambda: one(conn, "select count(*) from decision_key") >= enough or None, timeout_s=60)


def _until_sent(conn: Connection, relays: Killed, more: int) -> None:
    sent = "select count(*) from outbox where sent_at is not null"
    enough = min(one(conn, sent) + more, one(conn, "select count(*) from outbox"))
    relays.children[1].wait_for(lambda: one(conn, sent) >= enough or None, timeout_s=60)


def _check(dsn: str, conn: Connection, records: list[dict[str, Any]], hooks: list[tuple[str, str]]) -> None:
    made = decisions(conn)
    number = sum(map(len, made.values()))
    for table in ("decision_key where outcome is not null", "outbox where channel = 'kafka' and target = 'ioc.report'",
                  "outbox where channel = 'webhook'", "audit_line where action like 'report.%%'"):
        assert one(conn, f"select count(*) from {table}") == number, table
    assert in_order([(r["key"], dict(r["headers"])["ce_id"]) for r in records]) == made
    assert in_order(hooks) == made
    assert verify(conn).whole
    before = picture(conn)
    broker = MemoryBroker()
    for record in records:
        broker.send(record["topic"], record["key"].encode(), record["value"].encode(), [(n, v.encode()) for n, v in record["headers"]])
    drain(make_sink(dsn, broker.source(), clock=SystemClock()))
    assert picture(conn) == before
    assert one(conn, "select count(*) from dead_letter") == 0
    assert one(conn, "select sum(repeats)::int from source_state where source = %s", SOURCE) == len(records)
    assert list(rebuild.recount(conn, streams()["report"], RULES)) == []
