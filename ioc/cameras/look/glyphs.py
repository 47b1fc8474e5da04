"""Digits as the common fonts of cameras draw them, and how alike a cut-out sign is to each."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIGNS = "0123456789/"
WIDE, HIGH = 16, 24
_HERSHEY = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX)
_STROKES = (4, 8, 12)
"""Widths of a pen, in pixels of a digit some 66 high: thin, usual, bold."""
_TRUE_TYPE = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")
_SHAPE_COSTS = 0.25
"""What a difference in the proportion of width to height costs, a natural logarithm."""

Mask = NDArray[np.uint8]
Scores = NDArray[np.float32]


class Fonts(NamedTuple):
    """`forms`: fonts × signs × pixels, each of mean 0 and length 1; `shapes`: logarithm of width over height, fonts × signs."""

    forms: Scores
    shapes: Scores


def alike(signs: list[Mask]) -> Scores:
    """How alike each sign (a mask, tightly cut) is to each of SIGNS in each font: fonts × signs given × SIGNS, 1 = the same."""
    known = fonts()
    forms = np.stack([_form(sign) for sign in signs])
    shapes = np.array([_shape(sign) for sign in signs], np.float32)
    same = np.einsum("gp,fsp->fgs", forms, known.forms)
    return np.asarray(same - _SHAPE_COSTS * np.abs(shapes[None, :, None] - known.shapes[:, None, :]), np.float32)


@cache
def fonts() -> Fonts:
    """Rendered once in a process (some 20 ms, 300 kB)."""
    drawn = list(_drawn())
    return Fonts(np.array([[_form(sign) for sign in font] for font in drawn], np.float32),
                 np.array([[_shape(sign) for sign in font] for font in drawn], np.float32))


def _drawn() -> Iterator[list[Mask]]:
    for face in _HERSHEY:
        for stroke in _STROKES:
            yield [_hershey(sign, face, stroke) for sign in SIGNS]
    for name in _TRUE_TYPE:
        try:
            font = ImageFont.truetype(name, 64)
        except OSError:  # this machine has no such font
            continue
        yield [_true_type(sign, font) for sign in SIGNS]


def _hershey(sign: str, face: int, stroke: int) -> Mask:
    canvas = np.zeros((160, 160), np.uint8)
    scale = 6.0 if face == cv2.FONT_HERSHEY_PLAIN else 3.0
    cv2.putText(canvas, sign, (40, 120), face, scale, 255, stroke, cv2.LINE_AA)
    return cut(canvas)


def _true_type(sign: str, font: ImageFont.FreeTypeFont) -> Mask:
    image = Image.new("L", (160, 160))
    ImageDraw.Draw(image).text((40, 40), sign, 255, font)
    return cut(np.asarray(image, np.uint8))


def cut(image: Mask) -> Mask:
    """What is not black, without the black around it."""
    ys, xs = np.nonzero(image > 127)
    return image[ys.min():ys.max() + 1, xs.min():xs.max() + 1]


def _form(sign: Mask) -> Scores:
    small = cv2.resize(sign, (WIDE, HIGH), interpolation=cv2.INTER_AREA if sign.shape[0] > HIGH else cv2.INTER_LINEAR)
    flat = cv2.GaussianBlur(small, (5, 5), 0).astype(np.float32).ravel()
    flat -= flat.mean()
    return np.asarray(flat / (np.linalg.norm(flat) or 1.0), np.float32)


def _shape(sign: Mask) -> float:
    return float(np.log(sign.shape[1] / sign.shape[0]))
