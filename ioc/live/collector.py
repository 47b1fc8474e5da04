"""`ioc live`: woken by NOTIFY and by the clock, asks each changed panel's queries once and stores what all viewers get."""

import hashlib
import logging
import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import psycopg

from ioc.clock import Clock
from ioc.db import timescale
from ioc.db.connect import Connection
from ioc.errors import UnavailableError
from ioc.live.frames import SNAPSHOT, Body, encode, store, tick
from ioc.moment import now_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.card import broken, collection, props
from ioc.panels.engine.contract import Panel
from ioc.profiles import Profile
from ioc.streams.engine.batch import CHANNEL as DATA_CHANNEL
from ioc.streams.engine.batch import WATERMARK_LAG
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.outage import Outage
from ioc.words import LANGUAGES, words

log = logging.getLogger(__name__)

COALESCE_S = 0.2
TICK_S = 2.0
EVERY_S = 10.0
"""Figures that depend on the time alone (overdue, due soon) are computed again this often."""
ADVANCE = timedelta(minutes=10)


class Collector:
    """The loop. `connect` opens autocommit connections and raises UnavailableError while there is no database.

    `prepare`: called on each new connection, for what queries need of the profile in the database.
    """

    def __init__(self, connect: Callable[[], Connection], clock: Clock, profile: Profile, panels: dict[str, Panel],
                 streams: dict[str, Stream], prepare: Callable[[Connection], None] | None = None) -> None:
        self._connect = connect
        self._clock = clock
        self._profile = profile
        self._panels = panels
        self._streams = streams
        self._prepare = prepare
        self._outage = Outage(log, "database away, waiting for it", "database is back", level=logging.WARNING)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; an absent database is waited for, logged once, and begun anew after it."""
        while not stop.is_set():
            try:
                with self._connect() as listening, self._connect() as working:
                    self._outage.ended()
                    if self._prepare:
                        self._prepare(working)
                    self._session(listening, working, stop)
            except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                self._outage.began(str(error).partition("\n")[0])
                stop.wait(0.5)

    def _session(self, listening: Connection, working: Connection, stop: threading.Event) -> None:
        # A crash empties the unlogged frames: every connection begins a new epoch and sends all again.
        session = Session(working, self._clock, self._profile, self._panels, self._streams)
        listening.execute(f"listen {DATA_CHANNEL}")
        session.publish(self._panels)
        whole = ticked = self._clock.real()
        while not stop.is_set():
            changed = {n.payload for n in listening.notifies(timeout=TICK_S, stop_after=1)}
            if changed:
                stop.wait(COALESCE_S)
                changed |= {n.payload for n in listening.notifies(timeout=0)}
            now = self._clock.real()
            due = (now - whole).total_seconds() >= EVERY_S
            session.publish(self._panels if due else session.concerned(changed))
            whole = now if due else whole
            if (now - ticked).total_seconds() >= TICK_S:
                session.tick()
                ticked = now


class Session:
    """One epoch: what was last sent of each panel, so that only what changed is sent again."""

    def __init__(self, conn: Connection, clock: Clock, profile: Profile, panels: dict[str, Panel], streams: dict[str, Stream]) -> None:
        self._conn = conn
        self._clock = clock
        self._profile = profile
        self._panels = panels
        self._streams = streams
        self._epoch = uuid.uuid4().hex[:12]
        self._frame = 0
        self._sent: dict[tuple[str, str], bytes] = {}
        self._materialised: dict[str, datetime] = {}
        self._failing: set[str] = set()

    def concerned(self, changed: Iterable[str]) -> list[str]:
        """Panels that read one of the changed streams; 'sink' (gaps, pauses) concerns all."""
        names = set(changed)
        return [key for key, panel in self._panels.items() if "sink" in names or names & set(panel.spec.streams)]

    def publish(self, keys: Iterable[str]) -> int:
        """Build panels and store those whose content changed, as one frame; answers how many bodies changed."""
        bodies = [body for key in keys for body in self._bodies(self._panels[key])]
        fresh = [b for b in bodies if self._sent.get((b.panel, b.language)) != _digest(b.body)]
        if fresh:
            self._frame += 1
            store(self._conn, self._epoch, self._frame, fresh, self._clock.real())
            self._sent |= {(b.panel, b.language): _digest(b.body) for b in fresh}
        return len(fresh)

    def tick(self) -> None:
        """Say that this process lives."""
        tick(self._conn, self._epoch, self._clock.real())

    def _bodies(self, panel: Panel) -> list[Body]:
        key = panel.spec.key
        try:
            for name in panel.spec.streams:
                self._materialise(self._streams[name])
            snapshot = build(self._conn, panel, now_moment(self._clock.now()), self._profile)
            faces = [
                Body(key, language, encode({"props": props(panel, snapshot, words(language), self._profile),
                                            "map": collection(snapshot, words(language), self._profile) if panel.spec.has_map else None}))
                for language in LANGUAGES
            ]
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception as error:  # the border of a card: it says so on the screen, the other cards go on
            if key not in self._failing:
                log.exception("panel %s cannot be built", key)
            self._failing.add(key)
            reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            faces = [Body(key, language, encode({"props": broken(panel, words(language), reason), "map": None})) for language in LANGUAGES]
            return [*faces, Body(key, SNAPSHOT, encode({"error": reason, "panel": key}))]
        if key in self._failing:
            self._failing.discard(key)
            log.info("panel %s is built again", key)
        return [*faces, Body(key, SNAPSHOT, encode(snapshot))]

    def _materialise(self, stream: Stream) -> None:
        """Refresh aggregates up to the watermark: when late rows came below it, and each time it has moved on.

        The window begins at the oldest event: TimescaleDB computes only what it knows to be invalid, and a stretch that was never
        materialised (this process was away) would otherwise lie below the watermark, invisible.
        """
        if not stream.aggregates:
            return
        now = self._clock.now()
        late = self._conn.execute("delete from late_range where stream = %s", (stream.name,)).rowcount
        if not late and now - self._materialised.get(stream.name, now - ADVANCE) < ADVANCE:
            return
        self._materialised[stream.name] = now
        row = self._conn.execute(f"select min(occurred_at) from {stream.table}").fetchone()
        until = now - WATERMARK_LAG
        if row and row[0] and until - row[0] >= WATERMARK_LAG:  # a window must hold whole buckets
            for aggregate in stream.aggregates:
                timescale.refresh(self._conn, aggregate, row[0] - timedelta(hours=1), until)


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()
