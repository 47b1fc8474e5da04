"""What `live` builds next: what has waited longest for its patience. A stream of events starves nothing, and costs no more than its share."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

OWN_S, BESIDE_S, DANGER_S = 0.5, 3.0, 0.1
"""Patience of a panel whose own stream changed, of one that reads the stream beside its own, and of the alerts."""
SHORTEST_S, BESIDE_SHORTEST_S = 0.4, 2.0
"""Between two buildings of one thing, however many events come: nobody reads faster. What is built too often takes the time of what waits."""
SHARE, BESIDE_SHARE = 3.0, 30.0
"""What cost so long to build is not built again for so many times that: a panel takes a third of a core at most for its own stream, a thirtieth for
those beside it.
"""


@dataclass(slots=True)
class _Wait:
    """Since when something is to be built anew, None = it is not; how long it may wait; when it was begun last and what that cost, in seconds."""

    since: float | None = None
    patience_s: float = BESIDE_S
    begun: float = float("-inf")
    cost_s: float = 0.0


class Turns:
    """Order of building. `concerned`: changed streams → what they concern, with its patience; `everything`: built anew each `every_s` at least.

    `seconds`: a clock of this machine that only rises.
    """

    def __init__(self, everything: Collection[str], concerned: Callable[[Collection[str]], Mapping[str, float]], every_s: float,
                 seconds: Callable[[], float]) -> None:
        self._waits = {key: _Wait() for key in everything}
        self._concerned = concerned
        self._every_s = every_s
        self._seconds = seconds
        self._whole_at = seconds() + every_s
        self._whole: list[str] = []
        self._begun = seconds()

    def changed(self, streams: Collection[str]) -> None:
        """Note what changed."""
        now = self._seconds()
        for key, patience_s in self._concerned(streams).items():
            wait = self._waits[key]
            if wait.since is None:
                wait.since, wait.patience_s = now, patience_s
            wait.patience_s = min(wait.patience_s, patience_s)

    def hurried(self) -> str | None:
        """What is to be built now since its data changed; None = nothing, or nothing yet."""
        now = self._begun = self._seconds()
        ready = [(key, wait) for key, wait in self._waits.items() if wait.since is not None and self._ready_at(wait) <= now]
        if not ready:
            return None
        key, _ = max(ready, key=lambda found: (now - (found[1].since or now) + 0.001) / found[1].patience_s)
        return key

    def whole(self) -> str | None:
        """The next one of the round in which all is built, which begins when it is due; None = no round goes on."""
        self._begun = self._seconds()
        if not self._whole and self._begun >= self._whole_at:
            self._whole = list(self._waits)
            self._whole_at = self._begun + self._every_s
        return self._whole.pop(0) if self._whole else None

    @property
    def round_ends(self) -> bool:
        """Whether the round has come to its end."""
        return not self._whole

    def built(self, key: str) -> None:
        """Note that what was named last has been built, with the data of the moment in which it was named."""
        wait = self._waits[key]
        wait.cost_s, wait.begun, wait.since = self._seconds() - self._begun, self._begun, None

    def wait_s(self, longest_s: float) -> float:
        """Seconds until something is due, 0 = it is."""
        if self._whole:
            return 0.0
        due = [self._whole_at, *(self._ready_at(wait) for wait in self._waits.values() if wait.since is not None)]
        return min(longest_s, max(0.0, min(due) - self._seconds()))

    def _ready_at(self, wait: _Wait) -> float:
        shortest_s, share = (SHORTEST_S, SHARE) if wait.patience_s <= OWN_S else (BESIDE_SHORTEST_S, BESIDE_SHARE)
        return wait.begun + max(shortest_s, share * wait.cost_s)
