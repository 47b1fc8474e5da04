"""A broker in memory behind the interface of the real one: for tests and for reading files without a broker."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ioc.streams.engine.broker import Delivery, Gap, Partition
from ioc.streams.engine.event import Message


class MemoryBroker:
    """Logs per partition; what is forgotten from the front makes a gap, as on a real broker. One that does not answer delivers nothing."""

    def __init__(self, partitions: int = 1) -> None:
        self.partitions = partitions
        self.logs: dict[Partition, list[Message]] = defaultdict(list)
        self.starts: dict[Partition, int] = defaultdict(int)
        self.committed: dict[Partition, int] = {}
        self.answers = True

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *,
             timestamp_ms: int | None = None) -> None:
        partition = (topic, sum(key or b"") % self.partitions)
        log = self.logs[partition]
        log.append(Message(topic=topic, partition=partition[1], offset=len(log), timestamp_ms=timestamp_ms or 0, key=key,
                           headers=list(headers), value=value))

    def flush(self) -> None: ...

    def close(self) -> None: ...

    def forget(self, partition: Partition, before: int) -> None:
        """Drop what lies before an offset, as retention does."""
        self.starts[partition] = before

    def source(self) -> "MemorySource":
        return MemorySource(self)


class MemorySource:
    """Reads all partitions of a MemoryBroker from the committed offsets."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.broker = broker
        self.positions: dict[Partition, int] = dict(broker.committed)
        self.paused: set[Partition] = set()

    def poll(self, *, timeout_s: float, most: int) -> Delivery:
        del timeout_s
        if not self.broker.answers:
            return Delivery(())
        messages: list[Message] = []
        gaps: list[Gap] = []
        for partition in sorted(set(self.broker.logs) - self.paused):
            at, start = self.positions.get(partition, 0), self.broker.starts[partition]
            if at < start:
                gaps.append(Gap(*partition, at, start))
                at = start
            taken = self.broker.logs[partition][at : at + most - len(messages)]
            self.positions[partition] = at + len(taken)
            messages += taken
        return Delivery(messages, gaps)

    def commit(self, positions: Mapping[Partition, int]) -> None:
        self.broker.committed.update(positions)

    def seek(self, partition: Partition, offset: int) -> None:
        self.positions[partition] = offset

    def pause(self, partition: Partition) -> None:
        self.paused.add(partition)

    def resume(self, partition: Partition) -> None:
        self.paused.discard(partition)

    def assigned(self) -> set[Partition]:
        return set(self.broker.logs)

    def waiting(self) -> int | None:
        if not self.broker.answers:
            return None
        return sum(len(log) - self.positions.get(partition, 0) for partition, log in self.broker.logs.items() if partition not in self.paused)

    def close(self) -> None: ...
