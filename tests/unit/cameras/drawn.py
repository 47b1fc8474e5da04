"""Pictures drawn for the tests of what is seen in them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np

from ioc.cameras.contract import Frame, Picture
from ioc.cameras.sites import Camera
from ioc.clock import LOCAL

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WIDTH, HEIGHT = 640, 480
CLOCK = "0.3 0.0, 1.0 0.075"
_noise = np.random.default_rng(1)


def camera(**more: Any) -> Camera:
    given: dict[str, Any] = {"code": "C1", "name": "C1", "name_en": "C1", "kind": "counter", "unit_code": "31507", "lat_deg": 9.6, "lon_deg": 105.9,
                             "system": "s", "channel": "c"} | more
    return Camera(**given)


def hall() -> Picture:
    """A room without people: a wall, a floor, a counter."""
    picture = np.full((HEIGHT, WIDTH, 3), 150, np.uint8)
    picture[300:] = 110
    cv2.rectangle(picture, (150, 180), (420, 260), (60, 90, 120), cv2.FILLED)
    return picture


def noisy(picture: Picture, levels: int = 6) -> Picture:
    return np.asarray(cv2.add(picture, _noise.integers(0, levels, picture.shape, np.uint8)), np.uint8)


def with_clock(picture: Picture, at: datetime, layout: str = "%Y-%m-%d %H:%M:%S") -> Picture:
    """The camera's time on a dark band, as its own clock shows it."""
    shown = picture.copy()
    cv2.rectangle(shown, (0, 0), (WIDTH, 35), (0, 0, 0), cv2.FILLED)
    cv2.putText(shown, at.astimezone(LOCAL).strftime(layout), (230, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2, cv2.LINE_AA)
    return shown


def figure(picture: Picture, x: float, y: float = 400, high: float = 120, shade: int = 30) -> None:
    """Somebody in outline whose feet stand at a place."""
    wide = 0.3 * high
    cv2.rectangle(picture, (round(x - wide / 2), round(y - 0.82 * high)), (round(x + wide / 2), round(y)), (shade, shade, shade), cv2.FILLED)
    cv2.circle(picture, (round(x), round(y - 0.91 * high)), round(0.09 * high), (120, 150, 190), cv2.FILLED)


def face(picture: Picture, x: int, y: int, wide: int) -> None:
    """A face as simple as the detector of faces accepts; (x, y) is its upper left."""
    high = round(1.3 * wide)
    middle = x + wide // 2
    cv2.ellipse(picture, (middle, y + high // 2), (wide // 2, high // 2), 0, 0, 360, (150, 180, 215), cv2.FILLED, cv2.LINE_AA)
    cv2.ellipse(picture, (middle, y + high // 6), (wide // 2, high // 5), 0, 180, 360, (20, 20, 30), cv2.FILLED, cv2.LINE_AA)
    for side in (-1, 1):
        eye = (middle + side * round(0.2 * wide), y + round(0.42 * high))
        cv2.ellipse(picture, eye, (round(0.11 * wide), round(0.05 * high)), 0, 0, 360, (60, 70, 90), cv2.FILLED, cv2.LINE_AA)
        cv2.circle(picture, eye, round(0.05 * wide), (15, 15, 15), cv2.FILLED, cv2.LINE_AA)
        brow = eye[1] - round(0.1 * high)
        cv2.line(picture, (eye[0] - wide // 8, brow), (eye[0] + wide // 8, brow), (30, 40, 60), max(1, wide // 25), cv2.LINE_AA)
    cv2.ellipse(picture, (middle, y + round(0.62 * high)), (wide // 12, wide // 40), 0, 0, 360, (90, 110, 150), cv2.FILLED)
    cv2.ellipse(picture, (middle, y + round(0.76 * high)), (round(0.18 * wide), wide // 22), 0, 0, 360, (70, 70, 140), cv2.FILLED, cv2.LINE_AA)


def frame(picture: Picture, after_s: float, told: datetime | None = None) -> Frame:
    return Frame(picture=picture, received_at=START + timedelta(seconds=after_s), picture_at=told)
