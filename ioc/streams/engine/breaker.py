"""The limit on dead letters: a partition of which more than half is bad is a broken source, not a thousand broken events."""

from collections import defaultdict, deque

from ioc.streams.engine.broker import Partition

WINDOW = 1000


class Breaker:
    """Judges each partition over its last `window` messages."""

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._verdicts: dict[Partition, deque[bool]] = defaultdict(lambda: deque(maxlen=window))
        self._bad: dict[Partition, int] = defaultdict(int)

    def judge(self, partition: Partition, *, good: bool) -> bool:
        """Note a verdict; True when the partition must be paused."""
        verdicts = self._verdicts[partition]
        if len(verdicts) == self._window and not verdicts[0]:
            self._bad[partition] -= 1
        verdicts.append(good)
        if not good:
            self._bad[partition] += 1
        return self._bad[partition] > self._window // 2

    def forget(self, partition: Partition) -> None:
        """Begin anew, after a person has resumed the partition."""
        self._verdicts.pop(partition, None)
        self._bad.pop(partition, None)
