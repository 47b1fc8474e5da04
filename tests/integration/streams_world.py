"""A broker, a database and real `ioc sink` processes between them, with all that was ever published kept for the oracle."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from ioc.db.connect import Connection, connect
from ioc.settings import Settings
from ioc.streams.engine.attention import DEAD_LETTER_TOPIC
from ioc.streams.engine.kafka import KafkaPublisher
from tests import oracle
from tests.integration.streams_db import one, picture
from tests.integration.streams_wire import Wire, binary, garbage, life
from tests.real.child import Child
from tests.real.kafka_server import KafkaServer

PARTITIONS = 4
WAIT_S = 90.0


class World:
    """Publishes what it is told and knows what the database must hold in the end."""

    def __init__(self, bootstrap: str, dsn: str, folder: Path, *, api_version: str = "", group: str = "ioc-sink") -> None:
        self.settings = Settings(kafka=bootstrap, kafka_api_version=api_version, group=group)
        self.dsn = dsn
        self.folder = folder
        self.wires: list[Wire] = []
        self.bad = 0
        self._numbers = count()

    def start(self, *, batch: int = 200) -> Child:
        """A sink process of the one group."""
        given = {"IOC_DATABASE": self.dsn, "IOC_KAFKA": self.settings.kafka, "IOC_KAFKA_API_VERSION": self.settings.kafka_api_version,
                 "IOC_BATCH": str(batch), "IOC_GROUP": self.settings.group}
        command = ["env", *(f"{name}={value}" for name, value in given.items()), sys.executable, "-m", "ioc", "sink"]
        return Child("ioc sink", command, self.folder / f"sink-{next(self._numbers)}.log")

    @contextlib.contextmanager
    def sinks(self, number: int, *, batch: int = 200) -> Iterator[list[Child]]:
        """Sinks that are told to end afterwards."""
        children = [self.start(batch=batch) for _ in range(number)]
        try:
            yield children
        finally:
            for child in children:
                child.end(timeout_s=20)

    def publish(self, wires: Sequence[Wire], random: Random, *, bad: int = 0, lost: bool = False) -> None:
        """Send events in any order, a tenth of them twice, spread over all partitions, so that sinks meet on their subjects."""
        publisher = KafkaPublisher(self.settings)
        delivered = [*wires, *random.sample(list(wires), len(wires) // 10)]
        random.shuffle(delivered)
        for wire in delivered:
            headers, value = binary(wire)
            publisher.send(f"ioc.{oracle.stream_of(wire)}", random.randbytes(4), value, headers)
        for _ in range(bad):
            topic, _, headers, content = garbage(random, random.getrandbits(40))
            publisher.send(topic, random.randbytes(4), content, [(name, value or b"") for name, value in headers])
        publisher.flush()
        publisher.close()
        if not lost:
            self.wires += wires
            self.bad += bad

    def members(self) -> int:
        """Sinks that hold a share of the partitions; 0 while the group is still dealing them out."""
        with contextlib.closing(KafkaAdminClient(bootstrap_servers=self.settings.kafka)) as admin:
            try:
                found = admin.describe_groups([self.settings.group])[self.settings.group]
            except KafkaError:
                return 0  # the first member to come makes the broker look for a coordinator
        return len(found["members"]) if found["group_state"] == "Stable" else 0

    def settle(self, child: Child, *, timeout_s: float = WAIT_S) -> None:
        """Wait until the database has as many events and dead letters as it must; a sink that ends meanwhile is an error."""
        with connect(self.dsn, application="test", autocommit=True) as conn:
            child.wait_for(lambda: self._is_settled(conn) or None, timeout_s=timeout_s)

    def _is_settled(self, conn: Connection) -> bool:
        return (one(conn, "select count(*) from event_identity"), one(conn, "select count(*) from dead_letter")) == (len(self.wires), self.bad)

    def check(self) -> None:
        """Everything that was published is in once, and every figure is the oracle's."""
        with connect(self.dsn, application="test", autocommit=True) as conn:
            assert picture(conn) == oracle.picture(self.wires)
            assert one(conn, "select count(*) from dead_letter") == self.bad
            stored = one(conn, "select (select count(*) from dossier_event) + (select count(*) from report_event)")
            assert stored == one(conn, "select count(*) from event_identity") == len(self.wires)


def create_topics(server: KafkaServer) -> None:
    for topic in ("ioc.dossier", "ioc.report", "ioc.camera"):
        server.create_topic(topic, PARTITIONS)
    server.create_topic(DEAD_LETTER_TOPIC)


def stories(random: Random, prefix: str, subjects: int = 20, steps: int = 12) -> list[Wire]:
    """Lives of dossiers and reports; `prefix` keeps their subjects from all others."""
    return [wire for stream in ("dossier", "report") for n in range(subjects)
            for wire in life(random, stream, f"{prefix}-{n}", random.randrange(1, steps), oracle.TRANSITIONS[stream])]


def published_letters(bootstrap: str, number: int) -> set[bytes]:
    """Numbers of the dead letters on their topic, as soon as there are so many; fewer after 20 s without a new one."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(DEAD_LETTER_TOPIC, 0)])
    found: set[bytes] = set()
    while len(found) < number and (records := consumer.poll(timeout_ms=20_000)):
        found |= {dict(record.headers)["ioc_letter"] for batch in records.values() for record in batch}
    consumer.close()
    return found


def log_ends(bootstrap: str, topic: str) -> dict[int, int]:
    """Next offset of each partition of a topic."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None)
    ends = consumer.end_offsets([TopicPartition(topic, n) for n in range(PARTITIONS)])
    consumer.close()
    return {tp.partition: end for tp, end in ends.items()}
