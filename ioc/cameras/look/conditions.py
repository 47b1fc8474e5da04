"""How one camera sees: live, frozen, dark, or with a wrong clock. Rules that a person could apply with two prints in hand.

Frozen: for FROZEN_AFTER_S the pictures were the same one. What "the same" means depends on whether the camera shows a clock:

- A clock that moves says that the camera lives, however still the scene: an empty hall at night is no fault. (A recorder that burns its own
  clock over a dead channel is therefore not found out; let the camera write the time, not the recorder.)
- A clock that stands still, where it was seen to move or could be read before, says it is frozen, unless the scene changes beyond noise: a
  camera whose clock alone stopped is told by its drift. Noise counts for nothing here: a frozen picture compressed anew differs by as much.
- Without a clock only noise tells a still scene from a frozen one. No sensor gives the same picture twice; the same points are compared one by
  one, not averaged, and all but a few must be equal. A frozen picture compressed anew is therefore not found out, and a scene that the encoder
  itself holds still ("smart codec", skipped blocks) would be called frozen: give such a camera a clock.

Dark: nearly all of the picture is nearly black, or all of it has one brightness (a covered lens), the clock's region left out. A dark picture
without a clock is called dark, not frozen: black equals black.

Drift: the clock burnt in, else the time told by the protocol, is more than DRIFT_S from ours. A wrong time must be read twice in agreement
before it is told. A frozen picture's clock is not read: it is not the camera's any more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import cv2
import numpy as np

from ioc.cameras.contract import Condition, Frame, Picture
from ioc.cameras.look import clock
from ioc.cameras.look.geometry import bounds, size_of
from ioc.cameras.look.glyphs import Mask
from ioc.cameras.sites import Camera, corners

FROZEN_AFTER_S = 5.0
"""With a beat of two seconds, one to say so and two for the page it looks dead within ten."""
DARK_AFTER_S = 3.0
DRIFT_S = 10.0
LOOK_EVERY_S = 0.9
"""Faster pictures are not compared: what is told takes seconds."""
READ_EVERY_S = 4.0
FORGET_S = 60.0
"""A clock that could not be read for so long is no longer told."""
AGREE_S = 3.0

POINTS = (320, 180)
SOME_LEVELS, FEW_POINTS = 3, 20
"""Points that differ by so much, and how many of 57,600 may in the same picture: noise of one level already moves some thousands."""
BLOCKS = (160, 90)
NOISE_LEVELS = 8
"""What noise and compression leave of a difference in the mean of a block; a person who walks moves some blocks by tens."""
CLOCK_LEVELS, CLOCK_SHARE = 60, 0.002
"""A clock has moved where so much of its region changed by so much: a second's last digit is some hundredths of it."""
DARK_LEVEL, LIT_LEVEL = 40, 52
"""Dark once 98 points of 100 are below the first, until they are no longer below the second (of 255)."""
FLAT_LEVELS = 10
"""All of the picture has one brightness: the span from the 2nd to the 98th percentile."""


class _Look(NamedTuple):
    """What is kept of a picture: some points, the means of blocks, the clock's region (None = it has none)."""

    at: datetime
    points: Mask
    blocks: Mask
    clock: Mask | None


class Judge:
    """Says how one camera sees, from its frames in their order. Keeps two pictures' points and blocks, some 170 kB, and the clock's region."""

    def __init__(self, camera: Camera) -> None:
        self._corners = corners(camera.clock)
        self._live: _Look | None = None
        self._looked_at: datetime | None = None
        self._has_clock = False
        self._condition = Condition.OK
        self._dark_since: datetime | None = None
        self._times = _Times()

    @property
    def picture_at(self) -> datetime | None:
        """Time that the last picture bore: burnt in, or told by the protocol."""
        return self._times.picture_at

    @property
    def clock_offset_s(self) -> float | None:
        """That minus ours."""
        return self._times.offset_s

    def see(self, frame: Frame) -> Condition:
        """How the camera sees now; between two looks what was seen last."""
        at = frame.received_at
        if self._looked_at is not None and timedelta() <= at - self._looked_at < timedelta(seconds=LOOK_EVERY_S):
            return self._condition
        self._looked_at = at
        region = self._region(frame.picture)
        if self._condition is not Condition.FROZEN and self._times.hear(frame, region):
            self._has_clock = True
        look = _look(frame, region)
        is_dark = self._is_dark(look)
        is_frozen = self._is_frozen(look, is_dark=is_dark)
        self._condition = Condition.FROZEN if is_frozen else Condition.DARK if is_dark else Condition.DRIFT if self._times.drifts else Condition.OK
        return self._condition

    def _region(self, picture: Picture) -> Picture | None:
        if not self._corners:
            return None
        left, top, right, bottom = bounds(self._corners, size_of(picture))
        return picture[top:bottom, left:right]

    def _is_frozen(self, look: _Look, *, is_dark: bool) -> bool:
        if self._live is None or look.at < self._live.at or self._lives(look, self._live, is_dark=is_dark):
            self._live = look
            return False
        return look.at - self._live.at >= timedelta(seconds=FROZEN_AFTER_S)

    def _lives(self, new: _Look, old: _Look, *, is_dark: bool) -> bool:
        """Whether something changed since the last picture that was surely another one: slow changes add up."""
        if _clock_moved(new.clock, old.clock):
            self._has_clock = True
            return True
        if self._has_clock:
            return int(cv2.absdiff(new.blocks, old.blocks).max()) > NOISE_LEVELS
        return is_dark or int(np.count_nonzero(cv2.absdiff(new.points, old.points) >= SOME_LEVELS)) > FEW_POINTS

    def _is_dark(self, look: _Look) -> bool:
        seen = _without(look.blocks, self._corners)
        low, high = np.percentile(seen, (2, 98))
        limit = LIT_LEVEL if self._condition is Condition.DARK else DARK_LEVEL
        if high >= limit and high - low >= FLAT_LEVELS * limit / DARK_LEVEL:
            self._dark_since = None
            return False
        self._dark_since = self._dark_since or look.at
        return look.at - self._dark_since >= timedelta(seconds=DARK_AFTER_S)


class _Times:
    """What the camera's clock shows, and whether it can be believed."""

    def __init__(self, read: Callable[[Picture, datetime], clock.Reading | None] = clock.read) -> None:
        self.picture_at: datetime | None = None
        self.offset_s: float | None = None
        self.drifts = False
        self._read = read
        self._heard_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._doubtful: tuple[datetime, float] | None = None

    def hear(self, frame: Frame, region: Picture | None) -> bool:
        """Read the clock where that is due; whether it could be."""
        now = frame.received_at
        if self._heard_at is not None and now - self._heard_at > timedelta(seconds=FORGET_S):
            self.picture_at = self.offset_s = self._heard_at = None
            self.drifts = False
        is_due = self._doubtful is not None or self._tried_at is None or not timedelta() <= now - self._tried_at < timedelta(seconds=READ_EVERY_S)
        reading = self._read(region, now) if region is not None and is_due else None
        if is_due:
            self._tried_at = now
        if reading is not None:
            self._heard(now, reading.at, clock.offset_s(reading, now))
            return True
        if frame.picture_at is not None and region is None:
            self._heard(now, frame.picture_at, (frame.picture_at - now).total_seconds())
        return False

    def _heard(self, now: datetime, at: datetime, offset_s: float) -> None:
        """A right time is believed at once, a wrong one when the next look agrees: either as far off, or the very same time, which stands still."""
        if abs(offset_s) > DRIFT_S and not self._agrees(now, offset_s):
            self._doubtful = (now, offset_s)
            return
        self._doubtful = None
        self.picture_at, self.offset_s, self._heard_at = at, offset_s, now
        self.drifts = abs(offset_s) > DRIFT_S

    def _agrees(self, now: datetime, offset_s: float) -> bool:
        known = self._doubtful or ((self._heard_at, self.offset_s) if self.drifts and self._heard_at and self.offset_s is not None else None)
        if known is None:
            return False
        passed_s = (now - known[0]).total_seconds()
        return abs(offset_s - known[1]) <= AGREE_S or abs(offset_s - (known[1] - passed_s)) <= AGREE_S


def _look(frame: Frame, region: Picture | None) -> _Look:
    grey = cv2.cvtColor(frame.picture, cv2.COLOR_BGR2GRAY)
    points = np.asarray(cv2.resize(grey, POINTS, interpolation=cv2.INTER_NEAREST), np.uint8)
    blocks = np.asarray(cv2.resize(grey, BLOCKS, interpolation=cv2.INTER_AREA), np.uint8)
    shown = None if region is None else np.asarray(cv2.cvtColor(region, cv2.COLOR_BGR2GRAY), np.uint8)
    return _Look(frame.received_at, points, blocks, shown)


def _clock_moved(new: Mask | None, old: Mask | None) -> bool:
    if new is None or old is None:
        return False
    return new.shape != old.shape or float((cv2.absdiff(new, old) > CLOCK_LEVELS).mean()) > CLOCK_SHARE


def _without(blocks: Mask, region: tuple[tuple[float, float], ...]) -> Mask:
    """Blocks outside the clock's region, which is bright at night too; all of them where the region is the whole picture."""
    if not region:
        return blocks
    left, top, right, bottom = bounds(region, (blocks.shape[1], blocks.shape[0]))
    kept = np.ones(blocks.shape, bool)
    kept[top:bottom, left:right] = False
    return blocks[kept] if kept.any() else blocks
