"""How many people wait at a counter and how many officials are there: the median of several looks in a minute."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import mean, median

import cv2
import numpy as np

from ioc.cameras.contract import Finding, Frame
from ioc.cameras.look.detections import Episode
from ioc.cameras.look.geometry import Box, bounds, inside, size_of
from ioc.cameras.look.glyphs import Mask
from ioc.cameras.look.people import METHOD, NEAR, People, confidence_ratio
from ioc.cameras.look.turns import TURNS, Turns
from ioc.cameras.sites import Camera, corners

LOOK_EVERY_S = 10.0
"""One run of the detector costs some tenths of a second of a core; with many cameras it is a little later (ioc/cameras/look/turns.py)."""
EVERY_S = 60.0
AWAY = 3
"""So many of these between two looks: the camera was away."""
CROWD_PEOPLE, CROWD_S, CROWD_ENDS_S = 15, 60.0, 90.0
"""A queue that somebody should see: as many as overload one counter by rule CT-03."""
ABOVE, BESIDE = 0.45, 0.1
"""How far heads reach above a zone of feet, and bodies beside it, as shares of the picture."""
STIR_LEVELS, STIR_SHARE = 14, 0.01
MOTION = "hog-people+motion"
MOTION_RATIO = 0.4
"""How sure 'somebody moves there, nobody was found' is."""


class Occupancy:
    """Analyst of a counter. Who sits behind a desk is not found by the detector: where the officials' zone moves in half of the looks and nobody was
    found in it, one official is told, with little confidence and the method's other name, so that nobody is said to be absent for sitting.

    Keeps the counts of a minute and two small pictures of the officials' zone, some 10 kB, beside the detector.
    """

    def __init__(self, camera: Camera, *, every_s: float = EVERY_S, width: int = NEAR, crowd: int = CROWD_PEOPLE,
                 turns: Turns | None = None) -> None:
        self._zone, self._staff = corners(camera.zone), corners(camera.staff)
        self._every, self._crowd_people = timedelta(seconds=every_s), crowd
        self._people, self._turns, self._name = People(width), turns or TURNS, camera.code
        self._crowd = Episode(camera.code, "crowd", METHOD, begins_s=CROWD_S, ends_s=CROWD_ENDS_S)
        self._begun_at: datetime | None = None
        self._looked_at: datetime | None = None
        self._looks: list[tuple[int, int, bool, float]] = []
        self._behind: Mask | None = None

    def look(self, frame: Frame) -> Sequence[Finding]:
        """What is to be told now; most frames are not looked at."""
        at = frame.received_at
        if self._looked_at is not None and timedelta() <= at - self._looked_at < timedelta(seconds=LOOK_EVERY_S):
            return ()
        if not self._turns.begins(self._name):
            return ()
        if self._looked_at is None or self._begun_at is None or not timedelta() <= at - self._looked_at < AWAY * self._every:
            self._begun_at, self._looks = at, []  # the camera was away: what was seen before is no part of this minute
        self._looked_at = at
        with self._turns.paid():
            waiting, told = self._count(frame)
        crowd = self._crowd.step(at, told if waiting >= self._crowd_people else None)
        if at - self._begun_at < self._every:
            return crowd
        found = self._minute(at)
        self._begun_at, self._looks = at, []
        return [*crowd, *found]

    def _count(self, frame: Frame) -> tuple[int, float]:
        """People who wait, and how sure that is."""
        width, height = size_of(frame.picture)
        boxes = self._people.find(frame.picture, _part((*self._zone, *self._staff), (width, height)))
        waiting = _standing(boxes, self._zone, (width, height))
        staff = _standing(boxes, self._staff, (width, height)) if self._staff else []
        sure = confidence_ratio([*waiting, *staff])
        self._looks.append((len(waiting), len(staff), self._stirs(frame), sure))
        return len(waiting), sure

    def _stirs(self, frame: Frame) -> bool:
        """Whether something moved in the officials' zone since the last look."""
        if not self._staff:
            return False
        left, top, right, bottom = bounds(self._staff, size_of(frame.picture))
        grey = cv2.cvtColor(frame.picture[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
        before, self._behind = self._behind, np.asarray(cv2.resize(grey, (96, 54), interpolation=cv2.INTER_AREA), np.uint8)
        return before is not None and float((cv2.absdiff(self._behind, before) > STIR_LEVELS).mean()) > STIR_SHARE

    def _minute(self, at: datetime) -> list[Finding]:
        """Nothing where no zone of officials is described: a count of them that nobody made would be a lie, and the event needs one."""
        if not self._staff or not self._looks:
            return []
        waiting, staff, stirs, sure = zip(*self._looks, strict=True)
        officials, ratio, method = _half_up(staff), mean(sure), METHOD
        if officials == 0 and 2 * sum(stirs) >= len(stirs):
            officials, ratio, method = 1, min(ratio, MOTION_RATIO), MOTION
        data = {"waiting": _half_up(waiting), "staff_present": officials, "confidence_ratio": round(ratio, 2), "method": method}
        return [Finding(fact="occupancy", at=at, data=data)]


def _half_up(counts: Sequence[int]) -> int:
    return int(median(counts) + 0.5)


def _standing(boxes: Sequence[Box], zone: Sequence[tuple[float, float]], size: tuple[int, int]) -> list[Box]:
    """Whose feet stand in a zone."""
    return [box for box in boxes if inside((box.foot[0] / size[0], min(box.foot[1], size[1] - 1) / size[1]), zone)]


def _part(zones: Sequence[tuple[float, float]], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """What must be looked at to see people from head to foot whose feet stand in the zones."""
    left, top, right, bottom = bounds(zones, size)
    return (max(0, left - round(BESIDE * size[0])), max(0, top - round(ABOVE * size[1])), min(size[0], right + round(BESIDE * size[0])),
            min(size[1], bottom + round(BESIDE * size[1])))
