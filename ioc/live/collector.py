"""`ioc live`: woken by NOTIFY and by the clock, asks each changed panel's queries once and stores what all viewers get."""

import hashlib
import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg

from ioc.alerts.register import Register
from ioc.clock import Clock
from ioc.db import timescale
from ioc.db.connect import Connection
from ioc.live.alerts import KEY, Board, broken_board
from ioc.live.alerts import STREAMS as ALERT_STREAMS
from ioc.live.frames import SNAPSHOT, VARIANTS, Body, Variant, encode, store, tick, wanted
from ioc.live.turns import BESIDE_S, DANGER_S, OWN_S, Turns
from ioc.moment import now_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.card import broken, collection, props
from ioc.panels.engine.contract import Face, Panel, Snapshot
from ioc.panels.engine.kept import Kept
from ioc.profiles import Profile
from ioc.streams.engine.batch import CHANNEL as DATA_CHANNEL
from ioc.streams.engine.batch import WATERMARK_LAG
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.outage import Outage, gathered, through_outages
from ioc.words import words

log = logging.getLogger(__name__)

COALESCE_S = 0.1
"""Of a first event after a pause: what comes with it is built with it."""
TICK_S = 2.0
EVERY_S = 10.0
"""Figures that depend on the time alone (overdue, due soon) are computed again this often."""
ADVANCE = timedelta(minutes=10)
MAP = ".map"
"""A panel's map is a body of its own, KEY.map: it changes more rarely than the figures, and weighs more."""
MAP_EVERY_S = 2.0
FIRST = VARIANTS[0]
"""Told of an event at once, whoever looks; the other languages only while somebody follows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown: the province, its panels, the streams these read, its rules of alerts."""

    profile: Profile
    panels: Mapping[str, Panel]
    streams: Mapping[str, Stream]
    register: Register


class Collector:
    """The loop. `connect` opens autocommit connections and raises UnavailableError while there is no database.

    `prepare`: called on each new connection, for what queries need of the profile in the database.
    """

    def __init__(self, connect: Callable[[], Connection], clock: Clock, shown: Shown, prepare: Callable[[Connection], None] | None = None) -> None:
        self._connect = connect
        self._clock = clock
        self._shown = shown
        self._prepare = prepare
        self._outage = Outage(log, "database away, waiting for it", "database is back", level=logging.WARNING)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; an absent database is waited for, logged once, and begun anew after it."""
        def work(listening: Connection, asking: Connection) -> None:
            if self._prepare:
                self._prepare(asking)
            self._session(listening, asking, stop)

        through_outages(self._connect, stop, self._outage, work)

    def _session(self, listening: Connection, working: Connection, stop: threading.Event) -> None:
        # A crash empties the unlogged frames: every connection begins a new epoch and sends all again.
        session = Session(working, self._clock, self._shown)
        listening.execute(f"listen {DATA_CHANNEL}")
        session.publish(session.all)
        ticked = self._clock.real()
        turns = Turns(session.all, session.concerned, EVERY_S, time.monotonic)
        while not stop.is_set():
            wait_s = turns.wait_s(TICK_S)
            changed = gathered(listening, stop, wait_s, COALESCE_S if wait_s else 0.0)
            turns.changed(changed)
            if not session.turn(turns) and not changed and wait_s:
                session.catch_up()
            now = self._clock.real()
            if (now - ticked).total_seconds() >= TICK_S:
                session.tick()
                ticked = now


class Session:
    """One epoch: what was last sent of each panel, so that only what changed is sent again."""

    def __init__(self, conn: Connection, clock: Clock, shown: Shown) -> None:
        self._conn = conn
        self._clock = clock
        self._shown = shown
        self._panels = shown.panels
        self._epoch = uuid.uuid4().hex[:12]
        self._frame = 0
        self._sent: dict[tuple[str, str], bytes] = {}
        self._materialised: dict[str, datetime] = {}
        self._failing: set[str] = set()
        self._kept = Kept(time.monotonic)
        self._behind: set[str] = set()
        self._mapped: dict[tuple[str, str], float] = {}
        self._variants: Sequence[Variant] = VARIANTS
        self._followed: Sequence[Variant] = (FIRST,)
        self._round: list[Body] = []

    @property
    def behind(self) -> list[str]:
        """Panels of which a costly figure was not asked again when they were built: they are built once more."""
        return sorted(self._behind)

    @property
    def all(self) -> list[str]:
        """Keys of all that is published: the panels, and the alerts."""
        return [*self._panels, KEY]

    def concerned(self, changed: Collection[str]) -> Mapping[str, float]:
        """Panels that read one of the changed streams, and the alerts where one may have changed, each with its patience in seconds.

        'sink' (gaps, pauses) concerns all panels. A danger does not wait for charts, nor a panel's own stream for those that read it beside theirs.
        """
        names = set(changed)
        panels = {key: OWN_S if panel.spec.streams[0] in names else BESIDE_S for key, panel in self._panels.items()
                  if "sink" in names or names & set(panel.spec.streams)}
        return panels | ({KEY: DANGER_S} if names & ALERT_STREAMS else {})

    def turn(self, turns: Turns) -> bool:
        """Build what is due next: what changed goes out alone and at once, the round of all in one frame; answers whether anything was due.

        Guests of the house hear of dangers at once, and see the figures of up to EVERY_S ago.
        """
        if (key := turns.hurried()) is not None:
            told = self._hearers(key)
            newer = {SNAPSHOT, *(variant.key for variant in told)}
            self._round = [body for body in self._round if body.panel not in {key, key + MAP} or body.language not in newer]
            self.publish([key], told)
        elif (key := turns.whole()) is not None:
            self._round += self._built(key, VARIANTS)
            if turns.round_ends:
                self._send(self._round)
                self._round = []
        if key is not None:
            turns.built(key)
        return key is not None

    def _hearers(self, key: str) -> Sequence[Variant]:
        """Who is told of a change at once."""
        return [variant for variant in self._followed if key == KEY or not variant.guests]

    def catch_up(self) -> None:
        """Build what a costly question was left out of, once nothing else is to be done."""
        if behind := self.behind:
            self.publish(behind, self._followed)

    def publish(self, keys: Iterable[str], variants: Sequence[Variant] = VARIANTS) -> int:
        """Build panels and store those whose content changed, as one frame; answers how many bodies changed."""
        return self._send([body for key in list(keys) for body in self._built(key, variants)])

    def _built(self, key: str, variants: Sequence[Variant]) -> list[Body]:
        self._variants = variants
        self._behind.discard(key)
        return self._bodies(key)

    def _send(self, bodies: Sequence[Body]) -> int:
        fresh = [b for b in bodies if self._sent.get((b.panel, b.language)) != _digest(b.body)]
        if fresh:
            self._frame += 1
            store(self._conn, self._epoch, self._frame, fresh, self._clock.real())
            self._sent |= {(b.panel, b.language): _digest(b.body) for b in fresh}
        return len(fresh)

    def tick(self) -> None:
        """Say that this process lives, and hear who looks."""
        followed = wanted(self._conn)
        self._followed = [v for v in VARIANTS if v is FIRST or v.key in followed]
        tick(self._conn, self._epoch, self._clock.real())

    def _bodies(self, key: str) -> list[Body]:
        try:
            faces = self._alerts() if key == KEY else self._panel(self._panels[key])
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception as error:  # the border of a card: it says so on the screen, the other cards go on
            if key not in self._failing:
                log.exception("panel %s cannot be built", key)
            self._failing.add(key)
            self._sent = {sent: digest for sent, digest in self._sent.items() if sent[0] != key + MAP}  # its points go, and come back with it
            self._mapped = {sent: at for sent, at in self._mapped.items() if sent[0] != key}
            reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            faces = [Body(key, v.key, encode({"props": self._broken(key, v.language, "" if v.guests else reason), "map": None})) for v in VARIANTS]
            return [*faces, Body(key, SNAPSHOT, encode({"error": reason, "panel": key}))]
        if key in self._failing:
            self._failing.discard(key)
            log.info("panel %s is built again", key)
        return faces

    def _broken(self, key: str, language: str, reason: str) -> Mapping[str, object]:
        return broken_board(words(language), reason) if key == KEY else broken(self._panels[key], words(language), reason)

    def _panel(self, panel: Panel) -> list[Body]:
        profile = self._shown.profile
        for name in panel.spec.streams:
            self._materialise(self._shown.streams[name])
        self._kept.begin()
        snapshot = build(self._conn, panel, now_moment(self._clock.now()), profile, self._kept)
        if self._kept.held:
            self._behind.add(panel.spec.key)
        faces = {language: panel.render(snapshot, words(language), profile) for language in dict.fromkeys(v.language for v in self._variants)}
        return [*(body for variant in self._variants for body in self._faces(panel, snapshot, variant, faces[variant.language])),
                Body(panel.spec.key, SNAPSHOT, encode(snapshot))]

    def _faces(self, panel: Panel, snapshot: Snapshot, variant: Variant, face: Face) -> Iterator[Body]:
        text, profile, guests = words(variant.language), self._shown.profile, variant.guests
        yield Body(panel.spec.key, variant.key, encode({"props": props(panel, snapshot, text, profile, guests=guests, face=face)}))
        if self._is_map_due(panel, variant):
            yield Body(panel.spec.key + MAP, variant.key, encode({"map": collection(panel, snapshot, text, profile, guests=guests, face=face)}))

    def _is_map_due(self, panel: Panel, variant: Variant) -> bool:
        """A map of thousands of points is sent rarely; the panel is built once more for what it missed."""
        now, sent = time.monotonic(), (panel.spec.key, variant.key)
        if not panel.spec.has_map:
            return False
        if now - self._mapped.get(sent, -MAP_EVERY_S) < MAP_EVERY_S:
            self._behind.add(panel.spec.key)
            return False
        self._mapped[sent] = now
        return True

    def _alerts(self) -> list[Body]:
        board = Board(self._conn, self._clock, self._shown.profile, self._shown.register, list(self._panels))
        bodies = [Body(KEY, v.key, encode(board.body(v.language, guests=v.guests))) for v in self._variants]
        return [*bodies, Body(KEY, SNAPSHOT, encode(board.figures()))]

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
