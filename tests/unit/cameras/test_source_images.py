"""Pictures from bytes that nobody vouches for."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from ioc.cameras.contract import Cause, SourceError
from ioc.cameras.sources.images import MOST_BYTES, WORKED_SIDE, decoded, measured

from .places import jpeg


def refused(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as told:
        decoded(data)
    assert told.value.cause is Cause.GARBAGE
    return told.value


def resized(data: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another promise in its head."""
    at = data.index(b"\xff\xc0")
    return data[:at + 5] + struct.pack(">HH", height, width) + data[at + 9:]


def png_bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_jpeg_and_png_are_unpacked_as_they_are() -> None:
    png = bytes(cv2.imencode(".png", np.full((48, 64, 3), 9, np.uint8))[1])
    assert decoded(jpeg()).shape == (48, 64, 3)
    assert decoded(png).shape == (48, 64, 3)
    assert decoded(jpeg() + b"\0\0 what some cameras add").shape == (48, 64, 3)


def test_large_picture_is_unpacked_at_a_half() -> None:
    assert decoded(jpeg(WORKED_SIDE + 2, 100)).shape == (50, (WORKED_SIDE + 2) // 2, 3)


@pytest.mark.parametrize("data", [b"", b"<html>no</html>", bytes(range(256)) * 8, b"\xff\xd8", b"\xff\xd8\xff", b"GIF89a" + bytes(100)])
def test_what_is_no_picture_is_garbage(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.999])
def test_half_a_jpeg_is_garbage_and_never_a_grey_picture(share: float) -> None:
    data = bytes(cv2.imencode(".jpg", np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8))[1])
    assert "breaks off" in str(refused(data[:int(len(data) * share)]))


def test_jpeg_whose_thumbnail_ends_before_it_breaks_off_is_garbage() -> None:
    data = jpeg(200, 200)
    inner = jpeg(16, 16)
    assert len(inner) < 65_000
    with_thumbnail = data[:2] + b"\xff\xe1" + struct.pack(">H", len(inner) + 2) + inner + data[2:]
    assert decoded(with_thumbnail).shape == (200, 200, 3)
    refused(with_thumbnail[:-100])


@pytest.mark.parametrize("size", [(65_500, 65_500), (4097, 16), (16, 4097), (0, 48), (64, 0)])
def test_bomb_is_refused_by_its_head(size: tuple[int, int]) -> None:
    assert "promises" in str(refused(resized(jpeg(), *size)))
    assert "promises" in str(refused(png_bomb(*size)))


def test_second_head_does_not_smuggle_a_larger_picture() -> None:
    data = jpeg()
    at = data.index(b"\xff\xc0")
    small = data[at:at + 2 + int.from_bytes(data[at + 2:at + 4])]
    refused(data[:at] + small + resized(data, 60_000, 60_000)[at:])


def test_picture_of_hundreds_of_scans_is_refused() -> None:
    data = jpeg()
    at = data.index(b"\xff\xda")
    assert "scans" in str(refused(data[:at] + data[at:-2] * 80 + b"\xff\xd9"))


def test_too_many_bytes_are_refused() -> None:
    refused(jpeg() + bytes(MOST_BYTES))
    assert measured(jpeg(640, 480)) == (640, 480)
