"""Is it alive, is it ready and if not why, and how much has it done."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ioc.db.connect import Connection
from ioc.panels.engine.freshness import Heard, freshness
from ioc.profiles import Profile

LIVE_SILENT_S = 15.0


def readiness(conn: Connection, profile: Profile, now: datetime, real: datetime) -> dict[str, Any]:
    """Reasons not to be ready (`live` silent) and the state of every source, gap and pause."""
    row = conn.execute("select ticked_at from live_tick").fetchone()
    reasons = []
    if row is None:
        reasons.append("live has not built a frame yet: is `ioc live` running?")
    elif (silent := (real - row[0]).total_seconds()) > LIVE_SILENT_S:
        reasons.append(f"live has been silent for {silent:.0f} s: is `ioc live` running?")
    heard = [Heard(stream=r[0], source=r[1], last_occurred_at=r[2], last_recorded_at=r[3], simulated=r[4]) for r in conn.execute(
        "select stream, source, last_occurred_at, last_recorded_at, simulated from source_state")]
    streams = sorted({c.stream for c in profile.file.sources})
    sources = [
        {"source": f.source, "stream": f.stream, "state": f.state, "heard_at": f.heard_at.isoformat() if f.heard_at else None}
        for f in freshness(profile, streams, heard, now)
    ]
    gaps = conn.execute("select topic, partition, from_offset, to_offset from stream_gap where closed_at is null").fetchall()
    pauses = conn.execute("select topic, partition, reason from partition_pause where resumed_at is null").fetchall()
    return {
        "ready": not reasons,
        "reasons": reasons,
        "sources": sources,
        "gaps": [f"{t}/{p}: offsets {a}–{b} were lost at the broker" for t, p, a, b in gaps],
        "pauses": [f"{t}/{p} is paused: {why}" for t, p, why in pauses],
    }


class _Database:
    """A prometheus collector over one connection."""

    def __init__(self, conn: Connection, viewers: int, live_age_s: float | None, now: datetime) -> None:
        self._conn = conn
        self._viewers = viewers
        self._live_age_s = live_age_s
        self._now = now

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("ioc_viewers", "Open live streams of this web process.", value=self._viewers)
        if self._live_age_s is not None:
            yield GaugeMetricFamily("ioc_live_age_seconds", "Seconds since `ioc live` last looked.", value=self._live_age_s)
        events = CounterMetricFamily("ioc_events", "Events stored.", labels=["stream", "source"])
        repeats = CounterMetricFamily("ioc_repeats", "Repeated deliveries recognised.", labels=["stream", "source"])
        age = GaugeMetricFamily("ioc_source_age_seconds", "Seconds since a source was last heard.", labels=["stream", "source"])
        for stream, source, n, r, at in self._conn.execute("select stream, source, events, repeats, last_recorded_at from source_state"):
            events.add_metric([stream, source], n)
            repeats.add_metric([stream, source], r)
            age.add_metric([stream, source], (self._now - at).total_seconds())
        yield from (events, repeats, age)
        yield from self._attention()

    def _attention(self) -> Iterable[Metric]:
        letters = CounterMetricFamily("ioc_dead_letters", "Dead letters stored.", labels=["topic", "reason"])
        for topic, reason, n in self._conn.execute("select topic, reason, count(*) from dead_letter group by 1, 2"):
            letters.add_metric([topic, reason], n)
        gaps = GaugeMetricFamily("ioc_gap_offsets", "Offsets lost at the broker and not closed.", labels=["topic", "partition"])
        for topic, partition, n in self._conn.execute(
                "select topic, partition, sum(to_offset - from_offset) from stream_gap where closed_at is null group by 1, 2"):
            gaps.add_metric([topic, str(partition)], float(n))
        pauses = GaugeMetricFamily("ioc_paused_partitions", "Partitions paused for too many bad messages.")
        row = self._conn.execute("select count(*) from partition_pause where resumed_at is null").fetchone()
        pauses.add_metric([], row[0] if row else 0)
        positions = GaugeMetricFamily("ioc_sink_offset", "Next offset the sink will read.", labels=["topic", "partition"])
        for topic, partition, offset in self._conn.execute("select topic, partition, next_offset from sink_position"):
            positions.add_metric([topic, str(partition)], offset)
        yield from (letters, gaps, pauses, positions)


def metrics(conn: Connection, viewers: int, live_age_s: float | None, now: datetime) -> bytes:
    """All metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Database(conn, viewers, live_age_s, now))
    return generate_latest(registry)
