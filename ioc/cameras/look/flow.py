"""How many people or vehicles cross a line, by direction: what moves is followed, and counted where its foot has changed sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import cv2
import numpy as np

from ioc.cameras.contract import Finding, Frame, Picture
from ioc.cameras.look.geometry import size_of
from ioc.cameras.look.tracks import Background, Track, Tracker
from ioc.cameras.sites import Camera, Corner, corners

METHOD = "mog2-line"
WIDTH = 480
"""Pixels to which a picture is brought."""
EVERY_S = 60.0
LOOK_EVERY_S = 0.09
"""Ten pictures a second are enough; of a faster stream some are left out."""
SLOW_S = 0.6
"""Above so many seconds between two pictures people and vehicles are lost on the way; that time counts as half seen."""
BROKEN_S = 2.0
"""After a longer gap nothing is what it was: tracks are forgotten, and the time was not watched."""
BAND_RATIO = 0.012
"""Of the picture's width: so far beyond the line a foot must stand. Who stops on the line and turns back has not crossed."""
Direction = Literal["in", "out"]
LEAST_SHARE = {"people_flow": 0.0006, "vehicle_flow": 0.0015}
"""Of the picture: what is smaller is a leaf, a bird, or too far away."""
FACTS = {"people_flow": ("people_count", "people"), "vehicle_flow": ("traffic_count", "vehicles")}
CLEAN_LOOKS, CLEAN_MET_S = 5, 1.0


class Crossing(NamedTuple):
    """`is_clean`: it was followed for some looks as one blob of its own, and not met by another within the last second."""

    at: datetime
    direction: Direction
    is_clean: bool


@dataclass(slots=True)
class _Side:
    """Where a track surely stood last: 1 = right of the line, −1 = left."""

    side: int
    foot: Corner


class Line:
    """A line in a picture; its left and right are those of somebody who walks from its first point to its second."""

    def __init__(self, ends: Sequence[Corner], size: tuple[int, int]) -> None:
        (self._x, self._y), (x, y) = ((end[0] * size[0], end[1] * size[1]) for end in ends)
        self._dx, self._dy = x - self._x, y - self._y
        self._length = max(float(np.hypot(self._dx, self._dy)), 1.0)

    def beside(self, at: Corner) -> float:
        """Pixels to the right of the line; less than 0 = to the left."""
        return (self._dx * (at[1] - self._y) - self._dy * (at[0] - self._x)) / self._length

    def along(self, at: Corner) -> float:
        """Where on the line a point is nearest: 0 = its first end, 1 = its second."""
        return (self._dx * (at[0] - self._x) + self._dy * (at[1] - self._y)) / self._length ** 2


class Counter:
    """Follows what moves and answers who crossed. Holds the background of a picture 480 wide: some 11 MB at 4:3."""

    def __init__(self, ends: Sequence[Corner], least_share: float) -> None:
        self._ends, self._least_share = ends, least_share
        self._begin()

    def _begin(self) -> None:
        self._background, self._tracker = Background(self._least_share), Tracker()
        self._sides: dict[int, _Side] = {}
        self._line: Line | None = None
        self._size = (0, 0)

    def step(self, picture: Picture, at: datetime, passed_s: float) -> list[Crossing]:
        """Who has crossed since the last picture, so many seconds ago."""
        factor = min(1.0, WIDTH / picture.shape[1])
        small = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8) if factor < 1 else picture
        if self._line is None or size_of(small) != self._size:
            self._begin()
            self._size = size_of(small)
            self._line = Line(self._ends, self._size)
        if passed_s > BROKEN_S:
            self._tracker, self._sides = Tracker(), {}
        self._tracker.step(self._background.blobs(small, min(passed_s, BROKEN_S)), passed_s)
        found = [crossing for track in self._tracker.tracks if (crossing := self._crossed(track, self._line, at))]
        alive = {track.number for track in self._tracker.tracks}
        self._sides = {key: side for key, side in self._sides.items() if key in alive}
        return found

    def _crossed(self, track: Track, line: Line, at: datetime) -> Crossing | None:
        foot = (track.x, track.y)
        beside = line.beside(foot)
        if abs(beside) < BAND_RATIO * self._size[0] or track.looks < 2:
            return None
        side = 1 if beside > 0 else -1
        before = self._sides.get(track.number)
        self._sides[track.number] = _Side(side, foot)
        if before is None or before.side == side or not _within(line, before.foot, foot):
            return None
        is_clean = track.looks >= CLEAN_LOOKS and track.met_s > CLEAN_MET_S
        return Crossing(at, "in" if side > 0 else "out", is_clean)


def _within(line: Line, before: Corner, now: Corner) -> bool:
    """Whether the way from one place to another cuts the line between its ends."""
    first, second = abs(line.beside(before)), abs(line.beside(now))
    share = first / (first + second)
    return 0 <= line.along((before[0] + share * (now[0] - before[0]), before[1] + share * (now[1] - before[1]))) <= 1


class Flow:
    """Analyst of a road or a way: each minute one finding per direction, also of nobody.

    `confidence_ratio` = 0.9 × share of crossings that were clean (an unclean one counts half) × share of the time in which pictures came fast
    enough (slow time counts half). It ranks minutes, it is no probability: how often crossings are right is measured in docs/cameras.md.
    """

    def __init__(self, camera: Camera, *, every_s: float = EVERY_S) -> None:
        self._fact, self._what = FACTS[camera.job]
        self._counter = Counter(corners(camera.line), LEAST_SHARE[camera.job])
        self._every = timedelta(seconds=every_s)
        self._seen_at: datetime | None = None
        self._begin(None)

    def _begin(self, at: datetime | None) -> None:
        self._begun_at = at
        self._watched_s = self._fast_s = 0.0
        self._crossings: list[Crossing] = []

    def look(self, frame: Frame) -> Sequence[Finding]:
        """What is to be told now; nothing for most frames."""
        at = frame.received_at
        passed_s = (at - self._seen_at).total_seconds() if self._seen_at else 0.0
        if self._seen_at is not None and 0 <= passed_s < LOOK_EVERY_S:
            return ()
        self._seen_at = at
        passed_s = passed_s if passed_s >= 0 else BROKEN_S + 1  # our clock was set back
        crossings = self._counter.step(frame.picture, at, passed_s)
        if self._begun_at is None or at < self._begun_at:
            self._begin(at)
        if passed_s <= BROKEN_S:
            self._watched_s += passed_s
            self._fast_s += passed_s if passed_s <= SLOW_S else passed_s / 2
        self._crossings += crossings
        if self._begun_at is None or at - self._begun_at < self._every:
            return ()
        found = self._minute(at)
        self._begin(at)
        return found

    def _minute(self, at: datetime) -> list[Finding]:
        """One finding per direction of the time that was watched."""
        if self._watched_s < 1:
            return []
        return [Finding(fact=self._fact, at=at, data={
            self._what: len(own), "interval_s": round(self._watched_s), "direction": direction, "method": METHOD,
            "confidence_ratio": round(0.9 * _clean_share(own) * self._fast_s / self._watched_s, 2),
        }) for direction in ("in", "out") for own in ([c for c in self._crossings if c.direction == direction],)]


def _clean_share(crossings: Sequence[Crossing]) -> float:
    return sum(1.0 if c.is_clean else 0.5 for c in crossings) / len(crossings) if crossings else 1.0
