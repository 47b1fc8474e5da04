"""People in a picture, by OpenCV's detector of upright people (histograms of oriented gradients, Dalal and Triggs 2005): finds, recognises nobody.

It finds who stands or walks and is seen from head to foot, some 96 pixels high or more in the enlarged picture. It misses who sits, bends, is
half hidden or seen from above, and takes a narrow upright thing (a post, the edge of a van) for a person now and then.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from ioc.cameras.contract import Picture
from ioc.cameras.look.geometry import Box, shared, size_of

METHOD = "hog-people"
SCALE = 1.1
LEAST_WEIGHT = 0.8
"""Of the classifier; with SCALE and FAR chosen on the first half of the clip that docs/cameras.md names, and measured on the other."""
SURE_WEIGHT = 2.0
NEAR, FAR = 640, 1152
"""Pixels to which a picture's width is brought: rooms, where people are large, and open places."""
MOST_OVERLAP = 0.65
"""Of the smaller of two boxes; what overlaps more is one person."""
_WINDOW = (64, 128)
_BESIDE, _ABOVE, _BELOW = 0.2, 0.1, 0.16
"""Of the window's width and height: the detector was taught with so much of the surroundings."""


class People:
    """The detector of one camera; `width`: to how many pixels a whole picture is brought. Holds some 100 kB, and some 20 MB during a run."""

    def __init__(self, width: int = NEAR, least_weight: float = LEAST_WEIGHT) -> None:
        self._width, self._least_weight = width, least_weight
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())  # type: ignore[attr-defined]  # lacks in its stubs

    def find(self, picture: Picture, part: tuple[int, int, int, int] | None = None) -> list[Box]:
        """Boxes of people from head to foot, in pixels of the picture, the surest first. `part`: left, top, right, bottom of what is looked at."""
        left, top, right, bottom = part or (0, 0, *size_of(picture))
        factor = self._width / picture.shape[1]
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        small = cv2.resize(picture[top:bottom, left:right], None, fx=factor, fy=factor, interpolation=how)
        if small.shape[1] < _WINDOW[0] or small.shape[0] < _WINDOW[1]:
            return []
        found, weights = self._hog.detectMultiScale(small, hitThreshold=self._least_weight, winStride=(8, 8), padding=(8, 8), scale=SCALE,
                                                    groupThreshold=0)
        boxes = [_person(box, weight) for box, weight in zip(np.reshape(found, (-1, 4)).tolist(), np.ravel(weights).tolist(), strict=True)]
        return [box.scaled(1 / factor, left, top) for box in _single(boxes)]


def confidence_ratio(boxes: Sequence[Box]) -> float:
    """How sure a count is: the mean of what each is trusted, from 0.4 at the least weight to 0.9; 0.7 of nobody: who is half hidden is missed."""
    if not boxes:
        return 0.7
    shares = [min(1.0, (box.weight - LEAST_WEIGHT) / (SURE_WEIGHT - LEAST_WEIGHT)) for box in boxes]
    return round(0.4 + 0.5 * sum(shares) / len(shares), 2)


def _person(window: Sequence[float], weight: float) -> Box:
    """The window without its rim."""
    left, top, width, height = window
    return Box(left + _BESIDE * width, top + _ABOVE * height, left + (1 - _BESIDE) * width, top + (1 - _BELOW) * height, weight)


def _single(boxes: Sequence[Box]) -> list[Box]:
    """Of boxes that overlap, the surest."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda b: -b.weight):
        if all(shared(box, other) <= MOST_OVERLAP * min(box.area, other.area) for other in kept):
            kept.append(box)
    return kept
