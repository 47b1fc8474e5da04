"""What the sink needs of a broker; `kafka.py` is the real one, `memory.py` one for tests, behind the same interface."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from ioc.streams.engine.event import Message

Partition = tuple[str, int]
"""(topic, partition number)"""


class Gap(NamedTuple):
    """Offsets [from_offset, to_offset) that the broker no longer has and nobody read."""

    topic: str
    partition: int
    from_offset: int
    to_offset: int


class Delivery(NamedTuple):
    """One poll: messages in offset order per partition, and gaps found on the way."""

    messages: Sequence[Message]
    gaps: Sequence[Gap] = ()


class Source(Protocol):
    """Messages of the assigned partitions, each at least once.

    Any method but `waiting` raises UnavailableError while the broker is away. `commit` may be refused after a rebalance: the messages
    come again then, to whoever owns them. `waiting`: messages of the partitions that are read which were not delivered yet, as far as is known;
    None = the broker does not answer.
    """

    def poll(self, *, timeout_s: float, most: int) -> Delivery: ...

    def commit(self, positions: Mapping[Partition, int]) -> None: ...

    def seek(self, partition: Partition, offset: int) -> None: ...

    def pause(self, partition: Partition) -> None: ...

    def resume(self, partition: Partition) -> None: ...

    def assigned(self) -> set[Partition]: ...

    def waiting(self) -> int | None: ...

    def close(self) -> None: ...


class Publisher(Protocol):
    """Sends records and waits until the broker has them."""

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *,
             timestamp_ms: int | None = None) -> None: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...
