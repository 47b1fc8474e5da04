"""Before a picture leaves this process: heads, faces and number plates become coarse squares, the picture small, and nothing is told beside it.

To look for people and faces costs more than half a second of a core, far too much for each picture of a tile. So it is done each SEARCH_EVERY, and
that picture is remembered: what is where it was is covered where it was found; whatever has changed since (who came, moved or went, each vehicle that
passes) is covered whole, without asking what it is. That costs some milliseconds.

What is not covered: a face that is turned, bent, half hidden or in bad light, whose owner was there at the search, was not found as a person,
and does not move; the plate of a parked vehicle that the cascades do not know (they were taught Russian ones; the two lines of a motorbike are
none of them); in part, who moves in front of something of the same brightness; who is known by gait, dress or place. So this is the first
protection, not the only one. The others: pictures of at most MOST_WIDE pixels, in which a face far away has too few pixels to be known; the
permission of the viewer's role; the newest picture alone is kept, and a proof only for the days of `keep_days`.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from queue import LifoQueue

import cv2
import numpy as np
from numpy.typing import NDArray

from ioc.cameras.contract import Frame, Picture
from ioc.cameras.look.detections import blocks
from ioc.cameras.look.geometry import Box, size_of
from ioc.cameras.look.people import NEAR, People
from ioc.cameras.look.turns import TURNS
from ioc.cameras.sites import Camera, corners

MOST_WIDE = 640
QUALITY = 70
HEAD_RATIO = 0.3
"""Of the height of a person, of something that moves: what is covered from above."""
RIM_RATIO = 0.15
"""So much of its size is covered around it too."""
CELLS, LEAST_CELL = 3, 8
"""Squares across what is covered, and the least pixels of one: a face keeps nine colours."""
LEAST_WEIGHT, STEP = 0.2, 1.2
"""Of the detector of people: for covering, one too many is better than one too few. Between two sizes of faces."""
SEARCH_EVERY, SEARCH_AGAIN = timedelta(seconds=120), timedelta(seconds=10)
"""The second: where so much has changed (the light, the camera was turned) that what is remembered is of no use."""
LEVELS, LEAST_BLOCKS, MOST_CHANGED = 14.0, 3, 0.4
"""A block has changed by so many levels; so few of them together are noise; of all blocks."""
NEAR_PIXELS, NEAR_CELL = 160, 16
"""What has changed and is larger than this is near: its squares are larger too."""
_BLOCKS = (160, 120)
_CASCADES = ("haarcascade_frontalface_default.xml", "haarcascade_profileface.xml", "haarcascade_russian_plate_number.xml",
             "haarcascade_license_plate_rus_16stages.xml")
_PROFILE = 1


class _Finders:
    """The cascades (some 6 MB) and the detector of people; used by one thread at a time."""

    def __init__(self) -> None:
        folder = Path(cv2.data.haarcascades)  # type: ignore[attr-defined]  # lacks in its stubs
        self.cascades = [cv2.CascadeClassifier(str(folder / name)) for name in _CASCADES]
        self.people = People(NEAR, LEAST_WEIGHT)

    def faces_and_plates(self, small: Picture) -> Iterator[Box]:
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        for cascade in self.cascades:
            yield from (_box(found) for found in cascade.detectMultiScale(grey, STEP, 2))
        wide = grey.shape[1]
        for left, top, width, height in self.cascades[_PROFILE].detectMultiScale(cv2.flip(grey, 1), STEP, 2):
            yield _box((wide - left - width, top, width, height))


_free: LifoQueue[_Finders | None] = LifoQueue()
for _ in range(os.cpu_count() or 1):  # more threads than cores would only wait for each other, each with its own 6 MB
    _free.put(None)


@contextmanager
def _finders() -> Iterator[_Finders]:
    found = _free.get() or _Finders()
    try:
        yield found
    finally:
        _free.put(found)


class Veil:
    """Makes one camera's pictures unreadable. Remembers the picture of the last search as blocks (some 80 kB) and what was found in it."""

    def __init__(self, camera: Camera) -> None:
        self._clock = corners(camera.clock)
        self._searched: NDArray[np.float32] | None = None
        self._searched_at: datetime | None = None
        self._found: list[Box] = []

    def stored(self, frame: Frame) -> tuple[bytes, int, int]:
        """An unreadable, small JPEG of a picture, with its width and height."""
        return _jpeg(self.covered(frame))

    def covered(self, frame: Frame) -> Picture:
        """A small copy of a picture in which nobody can be known."""
        small = _small(frame.picture)
        now = blocks(small, _BLOCKS, self._clock)
        if self._is_due(now, frame.received_at):
            self._found, self._searched, self._searched_at = _search(small), now, frame.received_at
        covered = small.copy()
        for part in self._found:
            _cover(covered, part)
        if self._searched is not None:
            _cover_changed(covered, np.asarray(cv2.absdiff(now, self._searched) > LEVELS, np.uint8))
        return covered

    def _is_due(self, now: NDArray[np.float32], at: datetime) -> bool:
        if self._searched is None or self._searched_at is None or not timedelta() <= at - self._searched_at < SEARCH_EVERY:
            return True
        return at - self._searched_at >= SEARCH_AGAIN and float((cv2.absdiff(now, self._searched) > LEVELS).mean()) > MOST_CHANGED


def _search(small: Picture) -> list[Box]:
    """Heads, faces and plates. It waits for nobody's turn, since no picture is kept without it, and is paid for like the others."""
    with _finders() as finders, TURNS.paid():
        people = finders.people.find(small)
        return [*(_upper(box, HEAD_RATIO) for box in people), *finders.faces_and_plates(small)]


def _cover_changed(picture: Picture, changed: NDArray[np.uint8]) -> None:
    """Squares over what has changed and a little around it, what it encloses included."""
    near = np.ones((5, 5), np.uint8)
    changed = np.asarray(cv2.dilate(cv2.morphologyEx(changed, cv2.MORPH_CLOSE, near), near[:3, :3]), np.uint8)
    width, height = size_of(picture)
    masks = {LEAST_CELL: np.zeros(changed.shape, np.uint8), NEAR_CELL: np.zeros(changed.shape, np.uint8)}
    for outline in cv2.findContours(changed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        _, _, across, down = cv2.boundingRect(outline)
        if across * down < LEAST_BLOCKS + 2 * (across + down):  # no more than the rim that was added
            continue
        is_near = min(across * width / _BLOCKS[0], down * height / _BLOCKS[1]) > NEAR_PIXELS
        cv2.drawContours(masks[NEAR_CELL if is_near else LEAST_CELL], [outline], -1, 1, cv2.FILLED)
    whole = picture.copy()
    for cell, mask in masks.items():
        if mask.any():
            cv2.copyTo(_squares(whole, cell), cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST), picture)


def _squares(picture: Picture, cell: int) -> Picture:
    width, height = size_of(picture)
    coarse = cv2.resize(picture, (max(1, width // cell), max(1, height // cell)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def _cover(picture: Picture, part: Box) -> None:
    """Squares instead of what is there and a little around it."""
    width, height = size_of(picture)
    rim = RIM_RATIO * min(part.width, part.height)
    left, top = max(0, int(part.left - rim)), max(0, int(part.top - rim))
    right, bottom = min(width, int(part.right + rim) + 1), min(height, int(part.bottom + rim) + 1)
    if right <= left or bottom <= top:
        return
    cell = max(LEAST_CELL, min(part.width, part.height) / CELLS)
    cells = max(1, int((right - left) / cell)), max(1, int((bottom - top) / cell))
    coarse = cv2.resize(picture[top:bottom, left:right], cells, interpolation=cv2.INTER_AREA)
    picture[top:bottom, left:right] = cv2.resize(coarse, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)


def _upper(box: Box, ratio: float) -> Box:
    return box._replace(bottom=box.top + ratio * box.height)


def _small(picture: Picture) -> Picture:
    factor = MOST_WIDE / picture.shape[1]
    if factor >= 1:
        return picture
    return np.asarray(cv2.resize(picture, (MOST_WIDE, max(1, round(picture.shape[0] * factor))), interpolation=cv2.INTER_AREA), np.uint8)


def _jpeg(picture: Picture) -> tuple[bytes, int, int]:
    """OpenCV writes the picture alone: no EXIF, no comment."""
    _, data = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
    return data.tobytes(), picture.shape[1], picture.shape[0]


def _box(found: Iterable[int]) -> Box:
    left, top, width, height = (float(value) for value in found)
    return Box(left, top, left + width, top + height)
