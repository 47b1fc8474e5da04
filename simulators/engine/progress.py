"""What a run says of itself: lines for a person, a file for the page that follows a scenario, and counts where nothing is published."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from ioc.clock import LOCAL, Clock, minute
from ioc.played import Status, replace_file
from simulators.engine.encode import Record
from simulators.engine.options import Options


class Progress:
    """Says how far the history has come, at most once a second, and that it is live, once a minute."""

    def __init__(self, options: Options, now: datetime, clock: Clock) -> None:
        self._start, self._live_at, self._clock = options.start, options.live_at or options.until or now, clock
        self._file = options.status
        self._began = self._said = self._written = clock.real()
        self._live = False

    def note(self, record: Record, total: int) -> None:
        now = self._clock.real()
        if now - self._written < timedelta(seconds=1):
            return
        self._written = now
        live = record.at >= self._live_at
        share = min(1.0, (record.at - self._start) / (self._live_at - self._start))
        self._write("playing" if live else "history", share, record.at)
        if live and self._live and now - self._said < timedelta(seconds=60):
            return
        self._said, self._live = now, live
        count = f"{total:,}".replace(",", " ")
        if live:
            print(f"live ({minute(record.at)}) {count} events", flush=True)
        else:
            bar = "█" * round(share * 20) + "░" * (20 - round(share * 20))
            print(f"back-fill {bar} {share * 100:3.0f} % ({record.at.astimezone(LOCAL):%Y-%m-%d}) {count} events", flush=True)

    def end(self, total: int) -> None:
        seconds = (self._clock.real() - self._began).total_seconds()
        print(f"ended: {total:,} events in {seconds:.1f} s ({total / max(seconds, 0.001):,.0f}/s)".replace(",", " "), flush=True)

    def _write(self, state: str, share: float, at: datetime) -> None:
        if self._file:
            replace_file(self._file, Status(state=state, share=share, at=at))


class Nowhere:
    """Takes records and counts them."""

    def __init__(self) -> None:
        self.topics: Counter[str] = Counter()

    def send(self, topic: str, key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]], *,
             timestamp_ms: int | None = None) -> None:
        del key, value, headers, timestamp_ms
        self.topics[topic] += 1

    def flush(self) -> None: ...

    def close(self) -> None:
        print(", ".join(f"{topic}: {n}" for topic, n in sorted(self.topics.items())), flush=True)
