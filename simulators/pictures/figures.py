"""Figures: people in outline, without faces, and vehicles from the side."""

import math
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from simulators.pictures.canvas import Colour, Image

_SKIN: tuple[Colour, ...] = ((150, 180, 215), (120, 155, 200), (95, 130, 175))
_CLOTHES: tuple[Colour, ...] = ((60, 30, 20), (40, 40, 150), (30, 80, 30), (90, 40, 80), (35, 35, 35), (120, 60, 20), (20, 60, 120))
_TROUSERS: tuple[Colour, ...] = ((30, 30, 30), (60, 40, 30), (40, 45, 60))
_PAINT: tuple[Colour, ...] = ((40, 40, 190), (190, 90, 30), (220, 220, 220), (40, 120, 40), (30, 30, 30), (30, 150, 200))
_GLASS, _TYRE, _HAIR = (150, 130, 110), (20, 20, 20), (25, 20, 20)


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody is dressed."""

    skin: Colour
    shirt: Colour
    trousers: Colour


def look(random: Random) -> Look:
    return Look(random.choice(_SKIN), random.choice(_CLOTHES), random.choice(_TROUSERS))


OFFICIAL = Look(_SKIN[0], (150, 70, 20), (60, 35, 20))


def person(image: Image, at: tuple[float, float], height: float, dressed: Look, stride: float = 0.0) -> None:
    """Somebody upright whose feet stand at a place. `stride`: −1 … 1, how far the legs are apart and which is in front."""
    x, y, h = at[0], at[1], height
    apart = max(0.05, abs(stride) * 0.12) * math.copysign(1, stride or 1)
    for side in (-1, 1):
        foot = x + side * apart * h
        _shape(image, ((x + side * 0.09 * h, y - 0.5 * h), (x + side * 0.012 * h, y - 0.48 * h), (foot - 0.03 * h, y), (foot + 0.05 * h, y)),
               dressed.trousers)
        hand = x + side * (0.15 + 0.04 * abs(stride)) * h - side * stride * 0.03 * h
        _shape(image, ((x + side * 0.1 * h, y - 0.82 * h), (x + side * 0.145 * h, y - 0.8 * h), (hand + side * 0.02 * h, y - 0.45 * h),
                       (hand - side * 0.02 * h, y - 0.45 * h)), dressed.shirt)
    _shape(image, ((x - 0.12 * h, y - 0.82 * h), (x - 0.04 * h, y - 0.86 * h), (x + 0.04 * h, y - 0.86 * h), (x + 0.12 * h, y - 0.82 * h),
                   (x + 0.095 * h, y - 0.46 * h), (x - 0.095 * h, y - 0.46 * h)), dressed.shirt)
    _oval(image, (x, y - 0.925 * h), (0.055 * h, 0.075 * h), dressed.skin)
    _oval(image, (x, y - 0.955 * h), (0.06 * h, 0.05 * h), _HAIR)


def motorbike(image: Image, at: tuple[float, float], ahead: int, paint: Colour, rider: Look) -> tuple[float, float]:
    """A motorbike whose wheels' middle stands at a place; `ahead`: 1 = it looks to the right. Gives its length and height."""
    x, y = at
    for wheel in (-24, 24):
        cv2.circle(image, (round(x + wheel), round(y - 12)), 12, _TYRE, 4, cv2.LINE_AA)
    _shape(image, ((x - 26, y - 26), (x + 10, y - 28), (x + ahead * 24, y - 40), (x + ahead * 22, y - 18), (x - 12, y - 14)), paint)
    _shape(image, ((x - ahead * 12, y - 30), (x - ahead * 2, y - 32), (x + ahead * 12, y - 62), (x - ahead * 6, y - 66)), rider.shirt)
    _shape(image, ((x - ahead * 12, y - 30), (x + ahead * 10, y - 34), (x + ahead * 12, y - 14), (x + ahead * 4, y - 14)), rider.trousers)
    _oval(image, (x + ahead * 6, y - 74), (8, 9), paint)
    return 72, 84


def car(image: Image, at: tuple[float, float], ahead: int, paint: Colour) -> tuple[float, float]:
    """As `motorbike`."""
    x, y = at
    _shape(image, ((x - 66, y - 10), (x - 66, y - 30), (x + 66, y - 30), (x + 66, y - 10)), paint)
    _shape(image, ((x - 42, y - 30), (x - 30, y - 52), (x + 30, y - 52), (x + 42, y - 30)), paint)
    _shape(image, ((x - 32, y - 31), (x - 24, y - 47), (x + 24, y - 47), (x + 32, y - 31)), _GLASS)
    _shape(image, ((x + ahead * 62, y - 26), (x + ahead * 66, y - 26), (x + ahead * 66, y - 18), (x + ahead * 62, y - 18)), (140, 240, 255))
    _wheels(image, x, y, (-40, 40))
    return 132, 52


def lorry(image: Image, at: tuple[float, float], ahead: int, paint: Colour) -> tuple[float, float]:
    """As `motorbike`."""
    x, y = at
    rear, front = x - ahead * 90, x + ahead * 42
    _shape(image, ((rear, y - 14), (rear, y - 86), (front, y - 86), (front, y - 14)), paint)
    _shape(image, ((x + ahead * 46, y - 12), (x + ahead * 46, y - 66), (x + ahead * 78, y - 66), (x + ahead * 90, y - 36), (x + ahead * 90, y - 12)),
           (70, 70, 70))
    _shape(image, ((x + ahead * 54, y - 40), (x + ahead * 54, y - 60), (x + ahead * 74, y - 60), (x + ahead * 82, y - 40)), _GLASS)
    _wheels(image, x, y, (-62, -34, 62))
    return 180, 88


def paint(random: Random) -> Colour:
    return random.choice(_PAINT)


def _wheels(image: Image, x: float, y: float, places: tuple[int, ...]) -> None:
    for place in places:
        cv2.circle(image, (round(x + place), round(y - 11)), 11, _TYRE, cv2.FILLED, cv2.LINE_AA)


def _shape(image: Image, corners: tuple[tuple[float, float], ...], colour: Colour) -> None:
    cv2.fillPoly(image, [np.array(corners).round().astype(np.int32)], colour, cv2.LINE_AA)


def _oval(image: Image, at: tuple[float, float], half: tuple[float, float], colour: Colour) -> None:
    cv2.ellipse(image, (round(at[0]), round(at[1])), (round(half[0]), round(half[1])), 0, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)
