"""What every drawn picture has: its size, sensor noise, a clock and the word that it is simulated."""

from datetime import datetime
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ioc.clock import LOCAL

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]
"""Blue, green, red."""
WIDTH, HEIGHT = 640, 480
CLOCK = "0.36 0.0, 1.0 0.075"
"""Corners of the clock, as cameras.csv has them."""
_FONT, _SCALE, _THICK = cv2.FONT_HERSHEY_SIMPLEX, 0.8, 2
_CLOCK_AT, _MARK_AT, _CODE_AT = (262, 26), (10, 24), (10, 470)
_NOISE = 7
_NOISES = 13
"""Frames of noise: a prime, so that looks in any rhythm see another one each time."""


def blank(colour: Colour) -> Image:
    return np.full((HEIGHT, WIDTH, 3), colour, np.uint8)


def gradient(image: Image, top: int, bottom: int, upper: Colour, lower: Colour) -> None:
    """Fill the rows from `top` to `bottom` with a change of colour."""
    share = np.linspace(0, 1, bottom - top)[:, None]
    image[top:bottom] = (np.array(upper) * (1 - share) + np.array(lower) * share)[:, None, :].astype(np.uint8)


def finished(image: Image, light: float, grain: int) -> Image:
    """The scene as a sensor sees it: `light` from 0 (nothing) to 1, noise that is another one for each `grain`."""
    lit = cv2.convertScaleAbs(image, alpha=light) if light < 1 else image
    return cv2.add(lit, noises()[grain % _NOISES]).astype(np.uint8, copy=False)


def burn_in(image: Image, at: datetime, code: str) -> None:
    """Clock, mark and code, over what the sensor saw."""
    cv2.rectangle(image, (0, 0), (WIDTH, 35), (0, 0, 0), cv2.FILLED)
    cv2.rectangle(image, (0, HEIGHT - 26), (2 * _CODE_AT[0] + cv2.getTextSize(code, _FONT, 0.5, 1)[0][0], HEIGHT), (0, 0, 0), cv2.FILLED)
    cv2.putText(image, f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}", _CLOCK_AT, _FONT, _SCALE, (255, 255, 255), _THICK, cv2.LINE_AA)
    cv2.putText(image, code, _CODE_AT, _FONT, 0.5, (200, 200, 200), 1, cv2.LINE_AA)
    _mark(image)


def _mark(image: Image) -> None:
    # OpenCV's strokes know no Vietnamese: the circumflex of Ô and the hook of Ỏ are drawn over the letters.
    x, y = _MARK_AT
    text, colour = "MO PHONG", (80, 200, 255)
    cv2.putText(image, f"{text} / SIMULATED", (x, y), _FONT, 0.5, colour, 1, cv2.LINE_AA)
    for before, stroke in (("M", _CIRCUMFLEX), ("MO PH", _HOOK)):
        left = x + cv2.getTextSize(before, _FONT, 0.5, 1)[0][0] + 5
        cv2.polylines(image, [np.add(stroke, (left, y - 13))], False, colour, 1, cv2.LINE_AA)  # noqa: FBT003 (OpenCV's own order)


_CIRCUMFLEX, _HOOK = ((-3, 0), (0, -3), (3, 0)), ((-1, -4), (2, -4), (2, -2), (0, 0))


@cache
def noises() -> tuple[Image, ...]:
    random = np.random.default_rng(1)
    return tuple(random.integers(0, _NOISE, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(_NOISES))
