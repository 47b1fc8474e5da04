"""Apache Kafka through kafka-python: the only file that imports it.

Traps (docs/why.md): the offset reset is 'none', so that a position out of range is seen and stored as a gap instead of being
reset in silence; librdkafka's mock answers no ApiVersions v4 (set IOC_KAFKA_API_VERSION=2.0) and waits fetches out.
"""

import contextlib
import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NoReturn
from uuid import uuid4

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import CommitFailedError, IllegalStateError, KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from kafka.net.sasl import get_sasl_mechanism
from kafka.structs import OffsetAndMetadata

from ioc.errors import UnavailableError
from ioc.settings import Settings
from ioc.streams.engine.broker import Delivery, Gap, Partition
from ioc.streams.engine.event import Message
from ioc.streams.engine.introduction import refusal
from ioc.streams.engine.security import security_options, verdict

log = logging.getLogger(__name__)

COMMIT_MS = 3000
STALL_S = 20.0
ASK_S, ASK_MS, AWAY_S = 8.0, 1000, 15.0


def _options(settings: Settings) -> dict[str, Any]:
    # A broker that is back is found again within a second or two, not after the client's own half minute of patience.
    options: dict[str, Any] = {"bootstrap_servers": settings.kafka.split(","), "reconnect_backoff_max_ms": 1000, **security_options(settings)}
    if settings.kafka_api_version:
        options["api_version"] = tuple(int(part) for part in settings.kafka_api_version.split("."))
    return options


def _away(settings: Settings, what: str, error: Exception) -> NoReturn:
    raise UnavailableError(f"Kafka: {what} failed: {verdict(settings, error) or error or type(error).__name__}") from error


def _unconnected(settings: Settings, what: str, error: Exception) -> NoReturn:
    why = verdict(settings, error) or refusal(settings) or error
    raise UnavailableError(f"Kafka: {what} failed: {why or type(error).__name__}") from error


def _secure_options(settings: Settings) -> dict[str, Any]:
    """Options of a client that is about to connect; a broker that would refuse it is found out at once."""
    options = _options(settings)
    if settings.kafka_security == "PLAINTEXT":
        return options
    mechanism = partial(get_sasl_mechanism(settings.kafka_mechanism), host="", **options) if settings.kafka_security.startswith("SASL") else None
    if why := refusal(settings, mechanism):
        raise UnavailableError(f"Kafka: connecting to {settings.kafka} failed: {why}")
    return options


class KafkaSource:
    """The sink's share of the partitions, as a member of its consumer group."""

    def __init__(self, settings: Settings, topics: Sequence[str]) -> None:
        self._settings = settings
        self._topics = topics
        self._expected: dict[Partition, int] = {}
        self._heard_at = self._answered_at = time.monotonic()
        self._name = f"ioc-sink-{uuid4().hex[:12]}"
        self._consumer = self._connect()

    def _connect(self) -> Any:
        settings = self._settings
        try:
            return KafkaConsumer(
                *self._topics,
                **_secure_options(settings),
                group_id=settings.group,
                enable_auto_commit=False,
                auto_offset_reset="none",
                fetch_max_wait_ms=100,
                max_partition_fetch_bytes=2 << 20,
                max_poll_records=settings.batch,
                session_timeout_ms=6000,
                heartbeat_interval_ms=1000,
                request_timeout_ms=10_000,
                max_poll_interval_ms=60_000,  # also how long a request to join may stay unanswered on a dead line
                metadata_max_age_ms=10_000,
                client_id=self._name,
            )
        except KafkaError as error:
            _unconnected(settings, f"connecting to {settings.kafka}", error)

    def poll(self, *, timeout_s: float, most: int) -> Delivery:
        try:
            records = self._consumer.poll(timeout_ms=int(timeout_s * 1000), max_records=most)
        except NoOffsetForPartitionError as error:
            return Delivery((), self._start(error.args[0]))
        except OffsetOutOfRangeError as error:
            return Delivery((), self._skip_lost(error.args[0]))
        except KafkaError as error:
            self._watch(delivered=False, failing=True)
            _away(self._settings, "reading", error)
        self._watch(delivered=bool(records))
        messages: list[Message] = []
        gaps: list[Gap] = []
        for tp, batch in records.items():
            partition = (tp.topic, tp.partition)
            expected = self._expected.get(partition)
            if expected is not None and batch[0].offset > expected:
                gaps += self._jump(tp, expected, batch[0].offset)
            self._expected[partition] = batch[-1].offset + 1
            messages += [
                Message(topic=r.topic, partition=r.partition, offset=r.offset, timestamp_ms=r.timestamp, key=r.key, headers=r.headers,
                        value=r.value)
                for r in batch
            ]
        return Delivery(messages, gaps)

    def _watch(self, *, delivered: bool, failing: bool = False) -> None:
        """A consumer that has something to read and does not deliver is replaced: it may never find its way back to a restarted broker."""
        if delivered:
            self._heard_at = time.monotonic()
        if time.monotonic() - self._heard_at < STALL_S:
            return
        self._heard_at = time.monotonic()
        if failing:
            why = "it only fails"
        elif ours := [tp for tp in self._consumer.assignment() if tp not in self._consumer.paused()]:
            why = "there is something to read" if self._is_behind(ours) else ""
        else:
            why = "" if self._consumer.assignment() or self._is_member() else "its group does not know it"
        if why:
            log.warning("the consumer delivers nothing though %s: a new one takes its place", why)
            self._replace()

    def _replace(self) -> None:
        fresh = self._connect()
        with contextlib.suppress(KafkaError):
            self._consumer.close(autocommit=False, timeout_ms=COMMIT_MS)
        self._consumer = fresh
        self._expected.clear()

    def _is_behind(self, ours: Sequence[TopicPartition]) -> bool:
        try:
            ends = self._consumer.end_offsets(ours, timeout_ms=COMMIT_MS)
            return any(self._consumer.position(tp, timeout_ms=COMMIT_MS) < end for tp, end in ends.items())
        except KafkaError:
            return True  # it cannot even ask

    def _is_member(self) -> bool:
        """Whether the group counts this consumer in; one sink more than there are partitions has nothing to read and is none the worse."""
        try:
            with contextlib.closing(KafkaAdminClient(**_options(self._settings), client_id=self._name, request_timeout_ms=COMMIT_MS)) as admin:
                found = admin.describe_groups([self._settings.group])[self._settings.group]
            return any(member["client_id"] == self._name for member in found["members"])
        except KafkaError:
            return True  # a broker that cannot be asked (or the embedded one, which knows no such question) is no reason to start again

    def _start(self, partitions: Sequence[TopicPartition]) -> list[Gap]:
        # A group that never read here: all the broker ever had is owed, so what it has already forgotten is a gap.
        return self._skip_lost(dict.fromkeys(partitions, 0))

    def _skip_lost(self, positions: Mapping[TopicPartition, int]) -> list[Gap]:
        try:
            starts = self._consumer.beginning_offsets(list(positions))
            ends = self._consumer.end_offsets(list(positions))
        except KafkaError as error:
            _away(self._settings, "asking for the first offsets", error)
        gaps: list[Gap] = []
        for tp, at in positions.items():
            start = starts[tp]
            if at > ends[tp]:
                log.warning("%s/%s: position %s lies behind the log's end %s: the log is another one, reading it from %s",
                            tp.topic, tp.partition, at, ends[tp], start)
            elif at < start:
                gaps.append(Gap(tp.topic, tp.partition, at, start))
            self.seek((tp.topic, tp.partition), start)
        return gaps

    def _jump(self, tp: TopicPartition, expected: int, found: int) -> list[Gap]:
        # Transaction markers take offsets too: only what lies before the log's start was lost.
        try:
            start = self._consumer.beginning_offsets([tp])[tp]
        except KafkaError as error:
            self.seek((tp.topic, tp.partition), expected)
            _away(self._settings, "asking for the first offset", error)
        return [Gap(tp.topic, tp.partition, expected, min(start, found))] if start > expected else []

    def commit(self, positions: Mapping[Partition, int]) -> None:
        offsets = {TopicPartition(*partition): OffsetAndMetadata(offset, "", -1) for partition, offset in positions.items()}
        try:
            # A commit that waits for a rebalance holds that rebalance up, since only the next poll joins it: give up soon, poll, commit later.
            self._consumer.commit(offsets, timeout_ms=COMMIT_MS)
        except CommitFailedError as error:
            # Another member owns them now; it reads them again and the identities make that harmless.
            log.info("commit refused after a rebalance: %s", error)
        except KafkaError as error:
            _away(self._settings, "committing", error)

    def seek(self, partition: Partition, offset: int) -> None:
        try:
            self._consumer.seek(TopicPartition(*partition), offset)
        except (IllegalStateError, AssertionError):
            return  # no longer ours
        self._expected[partition] = offset

    def pause(self, partition: Partition) -> None:
        if partition in self.assigned():
            self._consumer.pause(TopicPartition(*partition))

    def resume(self, partition: Partition) -> None:
        if partition in self.assigned():
            self._consumer.resume(TopicPartition(*partition))

    def assigned(self) -> set[Partition]:
        owned = {(tp.topic, tp.partition) for tp in self._consumer.assignment()}
        for gone in set(self._expected) - owned:
            del self._expected[gone]
        return owned

    def waiting(self) -> int | None:
        if not self._is_answered():
            return None
        read = self._consumer.assignment() - self._consumer.paused()
        ends: dict[TopicPartition, int | None] = {tp: self._consumer.highwater(tp) for tp in read}  # as the last fetch of each told
        return sum(max(0, end - self._expected.get((tp.topic, tp.partition), end)) for tp, end in ends.items() if end is not None)

    def _is_answered(self) -> bool:
        """Whether the broker answers; one that has delivered nothing for a while is asked. A client that waits for messages does not tell."""
        now = time.monotonic()
        self._answered_at = max(self._answered_at, self._heard_at)
        ours = list(self._consumer.assignment())[:1]
        if ours and now - self._answered_at > ASK_S:
            try:
                self._consumer.end_offsets(ours, timeout_ms=ASK_MS)
                self._answered_at = now
            except KafkaError:
                return now - self._answered_at < AWAY_S
        return True

    def close(self) -> None:
        self._consumer.close(autocommit=False)


class KafkaPublisher:
    """Publishes records; `flush` raises when one of them could not be delivered."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        try:
            # Idempotence needs InitProducerId, which the mock speaks; identities make repeats harmless anyway.
            self._producer = KafkaProducer(**_secure_options(settings), acks="all", linger_ms=20, max_block_ms=10_000, enable_idempotence=False,
                                           client_id="ioc-publisher")
        except KafkaError as error:
            _unconnected(settings, f"connecting to {settings.kafka}", error)
        self._pending: list[Any] = []

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *,
             timestamp_ms: int | None = None) -> None:
        if key is None and value is None:
            value = b""  # kafka-python sends no record that has neither
        try:
            self._pending.append(self._producer.send(topic, value=value, key=key, headers=list(headers), timestamp_ms=timestamp_ms))
        except KafkaError as error:
            _away(self._settings, f"publishing to {topic}", error)
        if len(self._pending) >= 5000:
            self.flush()

    def flush(self) -> None:
        pending, self._pending = self._pending, []
        try:
            self._producer.flush()
            for future in pending:
                future.get(timeout=30)
        except KafkaError as error:
            _away(self._settings, "publishing", error)

    def close(self) -> None:
        self._producer.close(timeout=5)


def create_topics(settings: Settings, names: Sequence[str], *, partitions: int, replication: int, retention_days: float) -> list[str]:
    """Create the topics that do not exist yet; answers their names. Existing ones are left as they are.

    Raises:
        UnavailableError: the broker does not answer or refuses.

    """
    try:
        admin = KafkaAdminClient(**_secure_options(settings), client_id="ioc-topics")
        missing = sorted(set(names) - set(admin.list_topics()))
        config = {"retention.ms": str(int(retention_days * 86_400_000)), "cleanup.policy": "delete"}
        admin.create_topics([NewTopic(name, partitions, replication, topic_configs=config) for name in missing])
        admin.close()
    except KafkaError as error:
        _unconnected(settings, "creating topics", error)
    return missing
