"""Pictures from bytes that nobody vouches for: what a header promises is checked before anything is unpacked."""

from collections.abc import Iterator

import cv2
import numpy as np

from ioc.cameras.contract import Cause, Picture, SourceError

MOST_BYTES = 8 * 1024 * 1024
MOST_SIDE = 4096
WORKED_SIDE = 2048
"""A wider or higher picture is unpacked at a half: nobody looks closer, and hundreds of cameras share one memory."""
MOST_SCANS = 64
_START, _END, _SCAN = b"\xff\xd8", b"\xff\xd9", b"\xff\xda"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
_PNG, _PNG_HEADER, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IHDR", b"IEND"


def decoded(data: bytes) -> Picture:
    """The picture in a JPEG or PNG, at most 2048 wide and high.

    Raises:
        SourceError: GARBAGE: it is neither, breaks off, or promises more than 4096 × 4096.

    """
    width, height = measured(data)
    half = max(width, height) > WORKED_SIDE
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_2 if half else cv2.IMREAD_COLOR)
    except cv2.error:
        found = None
    if found is None:
        raise garbage("what came cannot be unpacked as a picture")
    return found.astype(np.uint8, copy=False)


def measured(data: bytes) -> tuple[int, int]:
    """Width and height that a whole JPEG or PNG promises.

    Raises:
        SourceError: GARBAGE, as of `decoded`.

    """
    if len(data) > MOST_BYTES:
        raise garbage(f"a picture has more than {MOST_BYTES} bytes")
    if data.startswith(_START):
        width, height = _jpeg(data)
    elif data.startswith(_PNG):
        width, height = _png(data)
    else:
        raise garbage("what came is neither JPEG nor PNG")
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        raise garbage(f"a picture promises {width} × {height}: at most {MOST_SIDE} × {MOST_SIDE} are unpacked")
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    size: tuple[int, int] | None = None
    for kind, at in _segments(data):
        if kind in _FRAMES and at + 7 <= len(data):
            if size:
                raise garbage("a JPEG tells its size twice")
            size = (int.from_bytes(data[at + 5:at + 7]), int.from_bytes(data[at + 3:at + 5]))
        elif kind == _SCAN[1]:
            # Within a scan 0xff is always followed by 0 or a restart: an end found behind its head is the end.
            if size is None or data.find(_END, at) < 0:
                break
            if data.count(_SCAN, at) > MOST_SCANS:
                raise garbage("a JPEG has too many scans")
            return size
    raise garbage("a JPEG breaks off")


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """(marker, place of its length) of each segment up to the first scan."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0xFF:  # filling
            at += 1
        elif kind in _BARE:
            at += 2
        else:
            yield kind, at + 2
            at += 2 + max(2, int.from_bytes(data[at + 2:at + 4]))


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != _PNG_HEADER or _PNG_END not in data[-64:]:
        raise garbage("a PNG breaks off")
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def garbage(what: str) -> SourceError:
    return SourceError(Cause.GARBAGE, what)
