"""The process behind `ioc cameras`: holds its share of the cameras, one thread each, and says every second how they stand."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Protocol

import psycopg

from ioc.cameras.contract import Analyst, Finding, Frame, Sight, Source
from ioc.cameras.events import Outgoing, record
from ioc.cameras.leases import LEASE_S, Leases
from ioc.cameras.pictures import Raw, Shot, Tray, media_ref, purge, store, wanted
from ioc.cameras.sites import Camera, Site, Sites
from ioc.cameras.watch import LIVE_S, Judge, Watch
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.errors import UnavailableError
from ioc.streams.engine.outage import Outage

log = logging.getLogger(__name__)

TURN_S = 1.0
WAIT_S = 0.5
WORKERS = max(1, (os.cpu_count() or 1) // 2)
"""Threads that make pictures unreadable: half the cores are left to looking, and to everything else."""
IDLE_EVERY = timedelta(seconds=30)
"""How often a picture is brought here that nobody looks at: who opens the page sees something, with its age."""
LIVE_EVERY = timedelta(seconds=LIVE_S)
END_S = 8.0
"""For all cameras together: a thread that is left in a library's code when the process ends takes it down."""
PURGE_EVERY = timedelta(minutes=10)


class Veil(Protocol):
    """Makes one camera's pictures unreadable for faces and plates."""

    def stored(self, frame: Frame) -> tuple[bytes, int, int]:
        """An unreadable, small JPEG of a frame, with its width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """What is made for each camera; handed in, so that leases and threads can be tested without a picture's libraries."""

    source: Callable[[Site], Source]
    judge: Callable[[Camera], Judge]
    analyst: Callable[[Camera], Analyst]
    veil: Callable[[Camera], Veil]


class Gateway:
    """`connect` opens an autocommit connection and raises UnavailableError while there is none; `holder` is this process's name."""

    def __init__(self, connect: Callable[[], Connection], found: Sites, eyes: Eyes, outgoing: Outgoing, clock: Clock, *,
                 holder: str) -> None:
        self._connect, self._eyes, self._outgoing, self._clock, self._holder = connect, eyes, outgoing, clock, holder
        self._sites = {site.camera.code: site for site in found.sites}
        self._keep = timedelta(days=found.keep_days)
        self._leases = Leases(holder, self._sites)
        self._tray = Tray()
        self._watches: dict[str, Watch] = {}
        self._veils: dict[str, Veil] = {}
        self._wanted: Mapping[str, bool] = {}
        self._shown_at: dict[str, datetime] = {}
        self._heard_at: datetime | None = None
        self._purged_at: datetime | None = None
        self._number = count()
        self._outage = Outage(log, "cameras are not shared: the database is away", "cameras are shared again")
        self._storing = Outage(log, "pictures wait for the database", "pictures are stored again")

    def run(self, stop: threading.Event) -> None:
        """Look at cameras until told to stop; then give them back."""
        ended = threading.Event()
        works = {"events": self._outgoing.run} | {f"pictures-{n}": self._work for n in range(WORKERS)}
        beside: dict[str, threading.Thread] = {}
        conn: Connection | None = None
        try:
            while not stop.is_set():
                for name, work in works.items():
                    if name not in beside or not beside[name].is_alive():  # one that a mistake of ours ended begins anew
                        beside[name] = threading.Thread(target=work, args=(ended,), name=name, daemon=True)
                        beside[name].start()
                conn = self._turned(conn)
                stop.wait(TURN_S)
        finally:
            self._end_all(conn)
            ended.set()
            for thread in beside.values():
                thread.join(END_S)

    def _turned(self, conn: Connection | None) -> Connection | None:
        try:
            if conn is None:
                conn = self._connect()
                self._leases.know(conn)
            self.turn(conn)
            self._outage.ended()
        except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
            self._outage.began(str(error).partition("\n")[0])
            self._without()
            return None
        return conn

    def turn(self, conn: Connection) -> None:
        """One turn: hold, begin and end what changed, read who looks, say how all stand."""
        ours = self._leases.turn(conn)
        self._heard_at = self._clock.real()
        for camera in set(self._watches) - ours:
            self._watches.pop(camera).end()
        for camera in sorted(ours):
            if camera not in self._watches or not self._watches[camera].lives:
                self._begin(camera)
        self._wanted = wanted(conn)
        for camera, watch in self._watches.items():
            watch.hurry(live=self._wanted.get(camera, False))
        self._leases.tell(conn, self._sights())
        if self._purged_at is None or self._heard_at >= self._purged_at + PURGE_EVERY:
            purge(conn)
            self._purged_at = self._heard_at

    def _sights(self) -> dict[str, Sight]:
        return {camera: watch.sight() for camera, watch in self._watches.items()}

    def _without(self) -> None:
        """The database is away. Until our lease has run out the cameras are ours; then others may hold them, and two would count twice."""
        if self._heard_at is None:
            return
        if self._clock.real() > self._heard_at + timedelta(seconds=LEASE_S - 2 * TURN_S):
            for camera in list(self._watches):
                self._watches.pop(camera).end()
        self._sights()  # they are told as events all the same

    def _end_all(self, conn: Connection | None) -> None:
        for watch in self._watches.values():
            watch.end()
        end = time.monotonic() + END_S
        for watch in self._watches.values():
            watch.join(max(0.0, end - time.monotonic()))
        self._watches.clear()
        if conn is None:
            return
        try:
            self._leases.leave(conn)
            conn.close()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            log.warning("cameras are not given back, their leases run out by themselves: %s", str(error).partition("\n")[0])

    def _begin(self, code: str) -> None:
        site = self._sites[code]
        if code in self._watches:
            log.error("%s: its thread had ended by a mistake of ours and begins anew", code)
        self._watches[code] = Watch(site.camera, self._eyes.source(site), self._eyes.judge(site.camera), self._eyes.analyst(site.camera), self._clock,
                                    told=self._told, shown=self._shown)
        self._veils[code] = self._eyes.veil(site.camera)
        self._watches[code].start()

    def _told(self, camera: Camera, finding: Finding, frame: Frame | None) -> None:
        """Send an observation; one with a proof once the proof has its name."""
        event_id = f"{self._holder}:{camera.code}:{finding.fact}:{int(finding.at.timestamp() * 1000)}:{next(self._number)}"

        def send(reference: str = "") -> None:
            self._outgoing.put(record(self._sites[camera.code], finding, event_id, {"media_ref": reference} if reference else {}))

        if finding.keep and frame is not None:
            self._tray.put(Raw(camera=camera.code, frame=frame, then=send))
        else:
            send()

    def _shown(self, camera: Camera, frame: Frame) -> None:
        """Bring a frame to the database where one is due: of others not even the faces are looked for."""
        live = self._wanted.get(camera.code)
        every = IDLE_EVERY if live is None else LIVE_EVERY if live else timedelta(seconds=camera.interval_s * 0.8)
        last = self._shown_at.get(camera.code)
        if last is None or frame.received_at >= last + every:
            self._shown_at[camera.code] = frame.received_at
            self._tray.put(Raw(camera=camera.code, frame=frame))

    def _work(self, stop: threading.Event) -> None:
        """Make frames unreadable and store them, beside those who look: a camera's next look waits for nothing of this."""
        conn: Connection | None = None
        while not stop.is_set():
            if (raw := self._tray.take(WAIT_S)) is None:
                continue
            try:
                conn = self._kept(conn, self._covered(raw), stop)
            finally:
                self._tray.done(raw)
        if conn is not None:
            conn.close()

    def _kept(self, conn: Connection | None, shot: Shot, stop: threading.Event) -> Connection | None:
        """Store a picture; while the database is away a proof waits, any other gives way to a newer one."""
        while True:
            try:
                conn = conn or self._connect()
                store(conn, shot, self._clock.real() + self._keep)
                self._storing.ended()
            except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                self._storing.began(str(error).partition("\n")[0])
                conn = None
                if stop.wait(1) or not shot.media_ref:
                    return None
            else:
                return conn

    def _covered(self, raw: Raw) -> Shot:
        jpeg, width, height = self._veils[raw.camera].stored(raw.frame)
        reference = media_ref(jpeg) if raw.then is not None else ""
        if raw.then is not None:
            raw.then(reference)
        return Shot(camera=raw.camera, jpeg=jpeg, width=width, height=height, picture_at=raw.frame.picture_at, received_at=raw.frame.received_at,
                    media_ref=reference)
