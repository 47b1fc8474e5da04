"""Which rules are held: those whose source is silent or behind, so that its silence is not taken for a fact about the province."""

from collections.abc import Collection
from datetime import datetime

from ioc.alerting.books import SQL
from ioc.alerts.watch import Watch
from ioc.db.connect import Connection
from ioc.panels.engine.freshness import Freshness, Heard, freshness
from ioc.profiles import Profile

HELD = frozenset({"late", "stale", "dead"})


def silent(conn: Connection, profile: Profile, now: datetime, but: Collection[str] = ()) -> dict[str, Freshness]:
    """Streams one of whose promised sources has not spoken for three times what it promises, or tells of a time that long ago.

    A source that has never spoken holds nothing back. `but`: streams that are not asked about.
    """
    heard = [Heard(stream=stream, source=source, last_occurred_at=occurred, last_recorded_at=min(occurred, recorded), simulated=simulated)
             for stream, source, occurred, recorded, simulated in conn.execute(SQL["heard"])]
    streams = sorted({h.stream for h in heard} - set(but))
    return {f.stream: f for f in freshness(profile, streams, heard, now) if f.state in HELD}


def held_by(watch: Watch, quiet: dict[str, Freshness]) -> Freshness | None:
    """What holds a watch back, if anything."""
    if watch.of_silence:
        return None
    return next((quiet[stream] for stream in watch.streams if stream in quiet), None)
