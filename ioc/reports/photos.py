"""Photographs that people send: checked, their place read, then drawn anew without anything else that the file held."""

import hashlib
import io
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image, ImageOps

from ioc.clock import LOCAL, YEARS
from ioc.errors import InputError

MAX_BYTES = 12_000_000
MAX_PIXELS = 60_000_000
"""A telephone of 50 megapixels fits; a picture that would fill the memory does not."""
MOST = 5
LONGEST_PX = 1600
FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82
_HASH_SIDE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A picture as it is kept. `look`: 64 bits, alike for pictures that look alike; place in WGS 84 degrees and the moment as the file told them."""

    jpeg: bytes
    width: int
    height: int
    look: int
    sha256: bytes
    lon_deg: float | None = None
    lat_deg: float | None = None
    taken_at: datetime | None = None


def read_photo(raw: bytes, name: str = "") -> Photo:
    """The picture, upright, at most LONGEST_PX wide and high, as JPEG without any metadata.

    Raises:
        InputError: too large, of another kind, broken, or one that would fill the memory.

    """
    told = f"'{name[:80]}'" if name else "the picture"
    if len(raw) > MAX_BYTES:
        raise InputError(f"{told} has {len(raw) / 1e6:.1f} MB: at most {MAX_BYTES / 1e6:.0f} MB are taken")
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            _check_size(image, told)
            exif = image.getexif()
            image.load()
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except InputError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, LookupError, struct.error, MemoryError, Image.DecompressionBombError) as broken:
        why = str(broken)[:100] or type(broken).__name__
        raise InputError(f"{told} is no whole picture of {', '.join(FORMATS)} ({why}): take it again") from None
    look = _look(upright)
    upright.thumbnail((LONGEST_PX, LONGEST_PX))
    upright.info.clear()  # only pixels: a comment in the file would be written again
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY)
    place = _place(exif)
    return Photo(jpeg=out.getvalue(), width=upright.width, height=upright.height, look=look, sha256=hashlib.sha256(raw).digest(),
                 lon_deg=place[0] if place else None, lat_deg=place[1] if place else None, taken_at=_taken_at(exif))


def _check_size(image: Image.Image, told: str) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise InputError(f"{told} has {image.width} × {image.height} pixels: at most {MAX_PIXELS // 10**6} million are taken")


def likeness(one: int, other: int) -> float:
    """Share of equal bits of two looks, 0.5 (nothing in common) to 1 (the same picture) as 0 to 1."""
    return max(0.0, 1 - 2 * ((one ^ other) & (2**64 - 1)).bit_count() / 64)


def _look(image: Image.Image) -> int:
    """Difference hash: whether each of 8 × 8 cells is darker than its neighbour (N. Krawetz, "Kind of Like That", 2013); signed, 64 bits."""
    small = image.convert("L").resize((_HASH_SIDE + 1, _HASH_SIDE), Image.Resampling.LANCZOS)
    cells = list(small.tobytes())
    bits = 0
    for row in range(_HASH_SIDE):
        for column in range(_HASH_SIDE):
            at = row * (_HASH_SIDE + 1) + column
            bits = bits << 1 | (cells[at] < cells[at + 1])
    return bits - 2**64 if bits >= 2**63 else bits


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef] == "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef] == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, ArithmeticError):
        return None
    inside = -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0, 0)
    return (lon, lat) if inside else None


def _degrees(parts: Any, negative: bool) -> float:  # noqa: FBT001 (a sign)
    degrees, minutes, seconds = (float(part) for part in parts)
    value = round(degrees + minutes / 60 + seconds / 3600, 7)
    return -value if negative else value


def _taken_at(exif: Image.Exif) -> datetime | None:
    try:
        text = str(exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal])
        taken = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=LOCAL)
    except (KeyError, ValueError, TypeError):
        return None
    return taken if taken.year in YEARS else None
