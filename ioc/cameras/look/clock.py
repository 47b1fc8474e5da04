"""The time that a camera burns into its picture, read from the region that cameras.csv names; None where it is not surely read, never a guess.

The region is enlarged and cut into light (or dark) signs; colons are found by their two dots, dashes by their shape; the digits between them are
compared with rendered ones (glyphs.py). All digits must be of one font, equally high and in one line; each must be alike enough, and clearly more
alike to one digit than to the next best.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import cv2
import numpy as np

from ioc.cameras.contract import Picture
from ioc.cameras.look.glyphs import SIGNS, Mask, Scores, alike
from ioc.clock import LOCAL, YEARS

HIGH = 96
"""To how many pixels the region is enlarged."""
LEAST_ALIKE, LEAST_MARGIN = 0.62, 0.06
SURE = 0.7
"""Confidence at which the other ways to part writing from its ground are not tried."""
MOST_SIGNS = 60
MOST_UNEVEN = 20.0
_SLASH = SIGNS.index("/")
_DATES = (("dddd-dd-dd", "%Y%m%d"), ("dd-dd-dddd", "%d%m%Y"), ("dd-dd-dddd", "%m%d%Y"))


class Reading(NamedTuple):
    """`at`: the time shown, taken as local; `confidence_ratio`: how clearly the least clear digit was itself, 0–1."""

    at: datetime
    confidence_ratio: float


class _Sign(NamedTuple):
    """`kind`: ':' two dots, '-' a dash, 'd' a digit or a slash. `left`, `right`, `top`, `bottom`: where it stands."""

    kind: str
    left: int
    right: int
    top: int
    bottom: int
    mask: Mask


def read(region: Picture, now: datetime) -> Reading | None:
    """Time in a cut-out region. `now`: where day and month can be told in two ways, the nearer one is meant."""
    grey = cv2.cvtColor(region, cv2.COLOR_BGR2GRAY) if region.ndim == 3 else region
    if min(grey.shape) < 7:
        return None
    factor = HIGH / grey.shape[0]
    large = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
    best: Reading | None = None
    for mask in _masks(large):
        reading = _read(mask, now)
        if reading and reading.confidence_ratio >= SURE:
            return reading
        best = max(best, reading, key=lambda r: r.confidence_ratio) if best and reading else best or reading
    return best


def _masks(grey: Mask) -> Iterator[Mask]:
    """Light writing and dark writing, by Otsu's level, by a higher one that keeps touching signs apart, and by one that leaves a bright scene out."""
    for image in (grey, 255 - grey):
        level, mask = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        if image is not grey and float(image[mask == 0].std()) > MOST_UNEVEN:
            return  # no band with dark writing: the dark rims of light digits would be read as other digits
        brightest = float(np.percentile(image, 99.5))
        yield np.asarray(mask, np.uint8)
        for higher in ((level + brightest) / 2, 0.94 * brightest):
            yield np.asarray(image > higher, np.uint8) * 255


def _read(mask: Mask, now: datetime) -> Reading | None:
    signs = _signs(mask)
    if signs is None:
        return None
    kinds = "".join(sign.kind for sign in signs)
    scores = alike([sign.mask for sign in signs])
    best: Reading | None = None
    for time_at in _places(kinds, "dd:dd:dd"):
        for layout, order in _DATES:
            for date_at, digits in _dates(kinds, layout, scores):
                if date_at + len(layout) > time_at:  # the date stands before the time
                    continue
                places = [*digits, *(time_at + n for n in (0, 1, 3, 4, 6, 7))]
                seen = _told(scores, places) if _in_line(signs, places) else None
                at = _moment(*seen, order) if seen else None
                if at and seen and (best is None or abs(at - now) < abs(best.at - now)):
                    best = Reading(at, seen[1])
    return best


def _signs(mask: Mask) -> list[_Sign] | None:
    """Signs from left to right; what stands above each other belongs together."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    rows = mask.shape[0]
    boxes = sorted((int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, area in stats[1:].tolist()
                   if area >= 12 and w < 2 * rows and (w < 0.6 * rows or (y > 0 and y + h < rows)))  # what is wide and touches the edge is the scene
    if count < 12 or not 12 <= len(boxes) <= 4 * MOST_SIGNS:
        return None
    columns: list[list[tuple[int, int, int, int]]] = []
    for box in boxes:
        if columns and box[0] + (box[2] - box[0]) * 0.4 < max(b[2] for b in columns[-1]):
            columns[-1].append(box)
        else:
            columns.append([box])
    high = float(np.percentile([max(b[3] for b in c) - min(b[1] for b in c) for c in columns], 75))
    found = [_sign(mask, column, high) for column in columns]
    return [sign for sign in found if sign] if len(found) <= MOST_SIGNS else None


def _sign(mask: Mask, parts: Sequence[tuple[int, int, int, int]], high: float) -> _Sign | None:
    left, top, right, bottom = (min(p[0] for p in parts), min(p[1] for p in parts), max(p[2] for p in parts), max(p[3] for p in parts))
    tall, wide = bottom - top, right - left
    cut = mask[top:bottom, left:right]
    if len(parts) == 2 and wide < 0.45 * high and all(p[3] - p[1] < 0.45 * high for p in parts):
        return _Sign(":", left, right, top, bottom, cut)
    if tall < 0.4 * high:
        return _Sign("-", left, right, top, bottom, cut) if wide > 1.3 * tall and len(parts) == 1 else None
    return _Sign("d", left, right, top, bottom, cut)


def _places(kinds: str, layout: str) -> Iterator[int]:
    """Where a row of kinds stands among the signs."""
    return (n for n in range(len(kinds) - len(layout) + 1) if kinds.startswith(layout, n))


def _dates(kinds: str, layout: str, scores: Scores) -> Iterator[tuple[int, list[int]]]:
    """Where a date may stand, and the places of its digits: with dashes, or with slashes, which look like digits at first."""
    digits = [n for n, kind in enumerate(layout) if kind == "d"]
    bars = [n for n, kind in enumerate(layout) if kind == "-"]
    for at in _places(kinds, layout):
        yield at, [at + n for n in digits]
    for at in _places(kinds, "d" * len(layout)):
        if all((scores[:, at + n].argmax(axis=1) == _SLASH).mean() > 0.5 for n in bars):
            yield at, [at + n for n in digits]


def _in_line(signs: Sequence[_Sign], places: Sequence[int]) -> bool:
    """Whether digits stand in one line, are equally high, and no further one follows at once: else something of the scene is among them."""
    digits = [signs[n] for n in places]
    high = float(np.median([d.bottom - d.top for d in digits]))
    is_even = all(abs(d.bottom - d.top - high) <= 0.15 * high for d in digits) and float(np.ptp([d.top for d in digits])) <= 0.2 * high
    after = signs[places[-1] + 1:places[-1] + 2]
    return is_even and not any(sign.left - digits[-1].right < 0.6 * high for sign in after)


def _told(scores: Scores, places: Sequence[int]) -> tuple[str, float] | None:
    """Digits at these places, in the font that suits all of them best; None where one is not sure."""
    seen = scores[:, list(places), :10]
    font = seen[seen.max(axis=2).mean(axis=1).argmax()]
    ranked = np.sort(font, axis=1)
    margin = float((ranked[:, -1] - ranked[:, -2]).min())
    if ranked[:, -1].min() < LEAST_ALIKE or margin < LEAST_MARGIN:
        return None
    return "".join(map(str, font.argmax(axis=1))), min(1.0, 0.5 + 2 * margin)


def _moment(digits: str, _: float, order: str) -> datetime | None:
    try:
        at = datetime.strptime(digits, f"{order}%H%M%S").replace(tzinfo=LOCAL)
    except ValueError:  # no such day or hour
        return None
    return at if at.year in YEARS else None


def offset_s(reading: Reading, now: datetime) -> float:
    """Its clock minus ours. It shows whole seconds: half of one is added, so that a right clock is 0 on the average."""
    return (reading.at + timedelta(seconds=0.5) - now).total_seconds()
