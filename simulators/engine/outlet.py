"""The outlet: sends records, sends them again when the broker was away, and never runs far ahead of the sink.

An embedded broker keeps about 5 MB of a partition and forgets the rest without a word, so what the sink has not
written yet is bounded per topic (and so per partition).
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping

from ioc.errors import UnavailableError
from ioc.streams.engine.broker import Publisher
from simulators.engine.encode import Record
from simulators.engine.pace import Wait

log = logging.getLogger(__name__)

MOST_MESSAGES = 4000
MOST_BYTES = 1_500_000
PORTION = 500

Written = Callable[[], Mapping[str, int] | None]
"""topic → messages the sink has ever written (sum of its next offsets); None while that cannot be known."""


class Outlet:
    """Sends through a publisher; without `written` nothing is throttled."""

    def __init__(self, publisher: Publisher, wait: Wait, written: Written | None = None) -> None:
        self._publisher = publisher
        self._wait = wait
        self._written = written
        self._unsure: list[Record] = []
        self._sent: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._done: Mapping[str, int] = {}
        self._base: Mapping[str, int] | None = None
        self._away = False

    @property
    def total(self) -> int:
        return self._sent.total()

    def send(self, record: Record) -> None:
        """Send a record, and wait for the sink after each portion."""
        if self._written and self._base is None:
            self._base = self._ask()
        self._unsure.append(record)
        self._sent[record.topic] += 1
        self._bytes[record.topic] += len(record.value) + len(record.key) + sum(len(n) + len(v) for n, v in record.headers)
        if len(self._unsure) >= PORTION:
            self.flush()
            self._throttle()

    def flush(self) -> None:
        """Send what is waiting; a broker that is away is waited for, and what it may not have comes again."""
        while self._unsure:
            try:
                for record in self._unsure:
                    self._publisher.send(record.topic, record.key, record.value, record.headers)
                self._publisher.flush()
                self._unsure.clear()
                self._note(away=False)
            except UnavailableError as error:
                self._note(away=True, reason=str(error))
                if self._wait(1.0):
                    return

    def settled(self) -> bool:
        """Whether everything that was sent is written, as far as that can be known."""
        if self._unsure or self._written is None:
            return not self._unsure
        self._done = self._ask()
        return all(lag <= 0 for lag in self._lags().values())

    def _note(self, *, away: bool, reason: str = "") -> None:
        if away != self._away:
            self._away = away
            log.warning("the broker is away, waiting: %s", reason) if away else log.warning("the broker is back")

    def _throttle(self) -> None:
        if self._written is None:
            return
        waited = 0.0
        while self._ahead():
            self._done = self._ask()
            if not self._ahead() or self._wait(0.1):
                return
            waited += 0.1
            if round(waited, 1) % 30 == 0:
                log.warning("waiting for the sink for %d s: it has not yet written %s", waited, dict(self._lags()))

    def _ask(self) -> Mapping[str, int]:
        assert self._written
        while (answer := self._written()) is None:
            if self._wait(1.0):
                return self._done
        return answer

    def _lags(self) -> Counter[str]:
        base = self._base or {}
        return Counter({t: n - (self._done.get(t, base.get(t, 0)) - base.get(t, 0)) for t, n in self._sent.items()})

    def _ahead(self) -> bool:
        return any(lag > MOST_MESSAGES or lag * self._bytes[topic] > MOST_BYTES * self._sent[topic] for topic, lag in self._lags().items())
