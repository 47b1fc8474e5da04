"""One camera's own thread: connects, looks, says what it found. Whatever happens to it happens to this camera alone."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

import cv2

from ioc.cameras.contract import LOST_AFTER_S, SEES, Analyst, Cause, Condition, Finding, Frame, Sight, Source, SourceError
from ioc.cameras.sites import Camera
from ioc.clock import Clock
from ioc.streams.engine.outage import Outage

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 8.0
"""Between two attempts to connect: short enough that a camera that is back is seen within ten seconds."""
LIVE_S = 0.2
STATUS_EVERY = timedelta(seconds=60)


class Judge(Protocol):
    """Says how one camera sees, from its frames in their order."""

    def see(self, frame: Frame) -> Condition: ...

    @property
    def picture_at(self) -> datetime | None:
        """Time that the last picture bore."""

    @property
    def clock_offset_s(self) -> float | None:
        """That minus ours."""


class Watch:
    """Looks at one camera until told to stop.

    `told` gets findings with the frame they were found in, None where none belongs to them; `shown` gets each frame.
    """

    def __init__(self, camera: Camera, source: Source, judge: Judge, analyst: Analyst, clock: Clock, *,  # noqa: PLR0913 (its parts)
                 told: Callable[[Camera, Finding, Frame | None], None], shown: Callable[[Camera, Frame], None]) -> None:
        self.camera = camera
        self._source, self._judge, self._analyst, self._clock = source, judge, analyst, clock
        self._told, self._shown = told, shown
        self._beat_s = source.beat_s
        self._random = Random(camera.code)  # noqa: S311 (spreads attempts, guards nothing)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._begun_at = clock.real()
        self._cause: Cause | None = None
        self._seen = Condition.STARTING
        self._sight = Sight(since=self._begun_at)
        self._status_at: datetime | None = None
        self._outage = Outage(log, f"{camera.code} gives no picture", f"{camera.code} is seen again", level=logging.WARNING)
        self._thread = threading.Thread(target=self._run, name=f"camera-{camera.code}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Ask it to end; it does within its source's time-out."""
        self._stop.set()

    def join(self, within_s: float) -> None:
        """Wait for its end."""
        self._thread.join(within_s)

    def hurry(self, *, live: bool) -> None:
        """Look as often as a live view is to move, or as often as the camera is to be looked at."""
        self._source.beat_s = min(LIVE_S, self._beat_s) if live else self._beat_s

    @property
    def lives(self) -> bool:
        return self._thread.is_alive()

    def sight(self) -> Sight:
        """How the camera stands now; what changed, or was not told for a minute, is told as a status."""
        now = self._clock.real()
        with self._lock:
            condition = self._condition(now)
            if condition is not self._sight.condition:
                self._sight = replace(self._sight, condition=condition, since=now)
                self._status_at = None
            found = self._sight = replace(self._sight, cause=self._cause)
            is_due = found.condition is not Condition.STARTING and (self._status_at is None or now >= self._status_at + STATUS_EVERY)
            if is_due:
                self._status_at = now
        if is_due:
            self._told(self.camera, _status(found, now), None)
        return found

    def _condition(self, now: datetime) -> Condition:
        """Of the last picture, as long as it is not too old."""
        heard = self._sight.received_at
        if (now - (heard or self._begun_at)).total_seconds() > max(LOST_AFTER_S, 1.5 * self.camera.interval_s + 1):
            return Condition.NO_SIGNAL
        return self._seen

    def _run(self) -> None:
        wait_s, before = FIRST_WAIT_S, None
        while not self._stop.is_set():
            try:
                self._read()
            except SourceError as error:
                self._failed(error)
            except cv2.error as error:  # of a picture that no decoder refused
                self._failed(SourceError(Cause.GARBAGE, f"the picture cannot be worked on: {error}"))
            seen = self._sight.received_at
            wait_s = FIRST_WAIT_S if seen != before else min(2 * wait_s, LONGEST_WAIT_S)
            before = seen
            self._stop.wait(wait_s * self._random.uniform(0.7, 1.0))

    def _read(self) -> None:
        for frame in self._source.frames(self._stop):
            if self._stop.is_set():
                return
            self._look(frame)
        if not self._stop.is_set():
            raise SourceError(Cause.ENDED, "the stream came to its end")

    def _failed(self, error: SourceError) -> None:
        with self._lock:
            self._cause = error.cause
        self._outage.began(error)

    def _look(self, frame: Frame) -> None:
        seen = self._judge.see(frame)
        with self._lock:
            self._cause, self._seen = None, seen
            self._sight = replace(self._sight, received_at=frame.received_at, picture_at=self._judge.picture_at,
                                  clock_offset_s=self._judge.clock_offset_s)
        self._outage.ended()
        self._shown(self.camera, frame)
        if seen in {Condition.OK, Condition.DRIFT}:  # of a frozen or dark picture nothing is counted
            for finding in self._analyst.look(frame):
                self._told(self.camera, finding, frame)


def _status(sight: Sight, now: datetime) -> Finding:
    data: dict[str, Any] = {"online": sight.condition in SEES, "condition": str(sight.condition)}
    if sight.picture_at is not None and sight.clock_offset_s is not None:
        data |= {"picture_at": sight.picture_at, "clock_offset_s": round(sight.clock_offset_s, 1)}
    return Finding(fact="status", at=now, data=data)
