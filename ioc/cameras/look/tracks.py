"""Moving things followed from picture to picture: blobs against the background, and tracks that live through a meeting of two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import cv2
import numpy as np

from ioc.cameras.contract import Picture
from ioc.cameras.look.geometry import Box, shared
from ioc.cameras.look.glyphs import Mask

HISTORY_S, BACKGROUND_RATIO, YOUNG = 120.0, 0.8, 3.0
"""What stands still for about (1 − ratio) × history, some 25 s, becomes background. While there is less history than that, it counts YOUNG times:
who stops in the first seconds would be taken for background else. Ratio and YOUNG chosen on the first half of the clip of docs/cameras.md."""
FOREGROUND = 200
"""MOG2 marks shadows by 127, what moves by 255."""
GRACE_S = 1.0
"""How long a track is believed to go on unseen: behind a post, within a group."""
STEADY = 0.35
"""Share of a new measurement in a track's speed and size."""
REACH = 1.2
"""A blob belongs to a track whose predicted middle is nearer than so many of its widths (or half of its height)."""
MOST_TRACKS = 100


class Background:
    """What stays, by mixtures of Gaussians (Zivkovic 2004); three of them: 64 bytes a pixel of the small picture."""

    def __init__(self, least_share: float) -> None:
        self._least_share = least_share
        self._model = cv2.createBackgroundSubtractorMOG2(history=500, varThreshold=25, detectShadows=True)
        self._model.setNMixtures(3)
        self._model.setBackgroundRatio(BACKGROUND_RATIO)
        self._seen_s = 0.0

    def blobs(self, picture: Picture, passed_s: float) -> list[Box]:
        """Boxes of what moves. `passed_s`: since the last picture; at first all is learnt fast, later as HISTORY_S says."""
        self._seen_s += passed_s
        rate = min(0.5, max(passed_s, 0.001) / max(1.0, min(YOUNG * self._seen_s, HISTORY_S)))
        mask = np.asarray(self._model.apply(picture, learningRate=rate), np.uint8)
        _, moving = cv2.threshold(mask, FOREGROUND, 255, cv2.THRESH_BINARY)
        moving = cv2.medianBlur(moving, 3)
        moving = cv2.morphologyEx(moving, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 11)))
        return list(self._large(np.asarray(moving, np.uint8)))

    def _large(self, mask: Mask) -> Iterator[Box]:
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        least = self._least_share * mask.size
        for left, top, width, height, area in stats[1:].tolist():
            if area >= least and area >= 0.15 * width * height:  # a swaying tape or wire is long and thin
                yield Box(left, top, left + width, top + height, area)


@dataclass(slots=True)
class Track:
    """One moving thing. `x`, `y`: middle of the foot, and size, in pixels; speed in pixels a second; `lost_s`: since it was last seen."""

    number: int
    x: float
    y: float
    width: float
    height: float
    vx: float = 0.0
    vy: float = 0.0
    seen_s: float = 0.0
    lost_s: float = 0.0
    looks: int = 1
    met_s: float = field(default=float("inf"))
    """Seconds since it was last part of a blob with another."""

    def predicted(self, passed_s: float) -> Box:
        """Where it should be now."""
        x, y = self.x + self.vx * passed_s, self.y + self.vy * passed_s
        return Box(x - self.width / 2, y - self.height, x + self.width / 2, y)


class Tracker:
    """Follows blobs: each to the track that is nearest to it; where tracks meet in one blob they go on at their own speed inside it."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._numbers = count(1)

    def step(self, blobs: Sequence[Box], passed_s: float) -> None:
        """One picture further."""
        expected = [track.predicted(passed_s) for track in self.tracks]
        pairs = _pairs(expected, blobs)
        taken = {b: [t for t, own in pairs.items() if own == b] for b in set(pairs.values())}
        for number, track in enumerate(self.tracks):
            track.seen_s += passed_s
            track.met_s += passed_s
            if number not in pairs:
                _lose(track, expected[number], passed_s)
            elif len(taken[pairs[number]]) > 1:
                _share(track, expected[number], blobs[pairs[number]])
            else:
                _follow(track, blobs[pairs[number]], passed_s)
        self.tracks = [t for t in self.tracks if t.lost_s <= min(GRACE_S, t.seen_s)]
        self.tracks += [_new(next(self._numbers), blob) for n, blob in enumerate(blobs) if n not in taken][:MOST_TRACKS - len(self.tracks)]


def _pairs(expected: Sequence[Box], blobs: Sequence[Box]) -> dict[int, int]:
    """Track → blob: first the nearest one to one; then tracks without a blob join the one that covers most of them."""
    near = sorted((_distance(box, blob), t, b) for t, box in enumerate(expected) for b, blob in enumerate(blobs))
    found: dict[int, int] = {}
    for distance, t, b in near:
        if distance <= REACH and t not in found and b not in found.values():
            found[t] = b
    for t, box in enumerate(expected):
        if t not in found:
            cover, b = max(((shared(box, blob), b) for b, blob in enumerate(blobs)), default=(0.0, -1))
            if cover > 0.4 * box.area:
                found[t] = b
    return found


def _distance(box: Box, blob: Box) -> float:
    """Between middles, in the size of the track."""
    across = abs(box.left + box.right - blob.left - blob.right) / 2 / max(box.width, 8)
    along = abs(box.top + box.bottom - blob.top - blob.bottom) / 2 / max(0.5 * box.height, 8)
    return max(across, along)


def _new(number: int, blob: Box) -> Track:
    return Track(number=number, x=blob.foot[0], y=blob.foot[1], width=blob.width, height=blob.height)


def _follow(track: Track, blob: Box, passed_s: float) -> None:
    (x, y), passed_s = blob.foot, max(passed_s, 0.001)
    share = 1.0 if track.looks == 1 else STEADY
    track.vx += share * ((x - track.x) / passed_s - track.vx)
    track.vy += STEADY * ((y - track.y) / passed_s - track.vy)
    track.width += STEADY * (blob.width - track.width)
    track.height += STEADY * (blob.height - track.height)
    track.x, track.y, track.lost_s, track.looks = x, y, 0.0, track.looks + 1


def _share(track: Track, expected: Box, blob: Box) -> None:
    """Inside a blob with others: at its own speed, and not out of the blob."""
    half = min(track.width, blob.width) / 2
    track.x = min(max(expected.foot[0], blob.left + half), blob.right - half)
    track.y = min(max(expected.foot[1], blob.top + min(track.height, blob.height)), blob.bottom)
    track.lost_s, track.met_s = 0.0, 0.0


def _lose(track: Track, expected: Box, passed_s: float) -> None:
    track.x, track.y = expected.foot
    track.lost_s += passed_s
