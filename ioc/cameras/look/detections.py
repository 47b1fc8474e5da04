"""What is worth a person's look: something that begins, lasts and ends. Told as new (its picture is kept), update (at most one a minute) and end."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from ioc.cameras.contract import Finding, Frame, Picture
from ioc.cameras.look.geometry import bounds
from ioc.cameras.look.glyphs import Mask
from ioc.cameras.sites import Camera, corners

UPDATE_EVERY = timedelta(seconds=60)


class Episode:
    """The life of one kind of detection at one camera. `begins_s`: how long it must have been seen; `ends_s`: how long no more, before it is over."""

    def __init__(self, camera: str, kind: str, method: str, *, begins_s: float, ends_s: float) -> None:
        self._camera, self._kind, self._method = camera, kind, method
        self._begins, self._ends = timedelta(seconds=begins_s), timedelta(seconds=ends_s)
        self._since: datetime | None = None
        self._seen_at: datetime | None = None
        self._told_at: datetime | None = None
        self._confidence = 0.0

    def step(self, at: datetime, confidence_ratio: float | None) -> list[Finding]:
        """What is to be told after a look; None = it was not seen."""
        if confidence_ratio is None or (self._seen_at is not None and at - self._seen_at > self._ends):
            over = self._over(at)
            return over if confidence_ratio is None else [*over, *self._seen(at, confidence_ratio)]
        return self._seen(at, confidence_ratio)

    def _seen(self, at: datetime, confidence_ratio: float) -> list[Finding]:
        self._seen_at = at
        self._since = self._since or at
        self._confidence = confidence_ratio
        if self._told_at is None:
            return [self._tell(at, "new")] if at - self._since >= self._begins else []
        return [self._tell(at, "update")] if at - self._told_at >= UPDATE_EVERY else []

    def _over(self, at: datetime) -> list[Finding]:
        """Its end, once it has not been seen for long enough."""
        if self._since is None or self._seen_at is None or at - self._seen_at <= self._ends:
            return []
        found = [self._tell(at, "end")] if self._told_at is not None else []
        self._since = self._seen_at = self._told_at = None
        return found

    def _tell(self, at: datetime, phase: str) -> Finding:
        self._told_at = at
        began = (self._since or at).astimezone(UTC)
        data = {"detection_id": f"{self._camera}:{self._kind}:{began:%Y%m%dT%H%M%S}Z", "phase": phase, "kind": self._kind,
                "confidence_ratio": round(self._confidence, 2), "method": self._method}
        return Finding(fact="detection", at=at, data=data, keep=phase == "new")


class AfterHours:
    """Motion at a counter while it is closed. `closed`: whether nobody should be there at a moment.

    A light that is switched changes all of the picture at once: that is no motion. A cat, a curtain in the wind or a torch through the window
    is taken for somebody; a person looks at the kept picture. Keeps 60 kB.
    """

    LOOK_EVERY_S = 1.0
    BEGINS_S, ENDS_S = 3.0, 60.0
    BLOCKS = (160, 90)
    LEVELS = 18.0
    LEAST_SHARE, MUCH_SHARE, ALL_SHARE = 0.003, 0.02, 0.5
    """Of the blocks: what is motion, what is surely motion, what is the light."""
    LEARN = 0.1

    def __init__(self, camera: Camera, closed: Callable[[datetime], bool]) -> None:
        self._closed = closed
        self._corners = corners(camera.clock)
        self._episode = Episode(camera.code, "after_hours", "block-motion", begins_s=self.BEGINS_S, ends_s=self.ENDS_S)
        self._usual: NDArray[np.float32] | None = None
        self._looked_at: datetime | None = None

    def look(self, frame: Frame) -> Sequence[Finding]:
        """What is to be told now."""
        at = frame.received_at
        if self._looked_at is not None and timedelta() <= at - self._looked_at < timedelta(seconds=self.LOOK_EVERY_S):
            return ()
        self._looked_at = at
        if not self._closed(at):
            self._usual = None
            return self._episode.step(at, None)
        share = self._moved(frame.picture)
        is_motion = self.LEAST_SHARE <= share < self.ALL_SHARE
        return self._episode.step(at, min(0.9, 0.5 + 0.4 * share / self.MUCH_SHARE) if is_motion else None)

    def _moved(self, picture: Picture) -> float:
        """Share of blocks that differ from what is usual; where nearly all do, what is usual begins anew."""
        now = blocks(picture, self.BLOCKS, self._corners)
        if self._usual is None:
            self._usual = now
            return 0.0
        difference = cv2.absdiff(now, self._usual)
        share = float((difference > self.LEVELS).mean())
        self._usual = now if share >= self.ALL_SHARE else np.asarray(cv2.addWeighted(self._usual, 1 - self.LEARN, now, self.LEARN, 0), np.float32)
        return share


def blocks(picture: Picture, size: tuple[int, int], clock: tuple[tuple[float, float], ...]) -> NDArray[np.float32]:
    """Mean brightness of each block; 0 in the clock's region, which moves by itself."""
    small: Mask = np.asarray(cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), size, interpolation=cv2.INTER_AREA), np.uint8)
    if clock:
        left, top, right, bottom = bounds(clock, size)
        small[top:bottom, left:right] = 0
    return small.astype(np.float32)
