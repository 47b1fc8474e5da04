"""Photographs: what is taken, what is refused, what is left of them."""

import io
import struct
import zlib

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from ioc.errors import InputError
from ioc.reports import photos
from ioc.reports.photos import likeness, read_photo


def picture(width: int = 320, height: int = 200, kind: str = "JPEG", exif: Image.Exif | None = None, tilt: int = 0) -> bytes:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB").rotate(tilt)
    out = io.BytesIO()
    image.save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    told = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(told)


def with_place() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.IFD.GPSInfo] = {
        ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (9.0, 36.0, 9.0), ExifTags.GPS.GPSLongitudeRef: "E",
        ExifTags.GPS.GPSLongitude: (105.0, 58.0, 30.0)}
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: "2026:11:20 08:30:00"}
    return exif


def test_place_and_moment_are_read_and_nothing_of_the_file_is_kept() -> None:
    photo = read_photo(picture(exif=with_place()))
    assert (photo.lon_deg, photo.lat_deg) == (105.975, 9.6025)
    assert photo.taken_at is not None
    assert photo.taken_at.isoformat() == "2026-11-20T08:30:00+07:00"
    assert (photo.width, photo.height) == (200, 320)
    with Image.open(io.BytesIO(photo.jpeg)) as kept:
        assert not kept.getexif()
        assert kept.format == "JPEG"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_large_picture_is_made_smaller(kind: str) -> None:
    photo = read_photo(picture(4000, 2000, kind))
    assert (photo.width, photo.height) == (1600, 800)


@pytest.mark.parametrize("raw", [b"", b"\xff\xd8\xff", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + bytes(100), picture()[:900]])
def test_what_is_no_whole_picture_is_refused_by_name(raw: bytes) -> None:
    with pytest.raises(InputError, match=r"'a\.jpg' is no whole picture"):
        read_photo(raw, "a.jpg")


def test_picture_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MAX_PIXELS", 10_000)
    with pytest.raises(InputError, match="pixels"):
        read_photo(picture(200, 100, "PNG"))


def test_bomb_of_pixels_is_refused_before_it_is_unpacked() -> None:
    bomb = picture(10, 10, "PNG")
    huge = bomb[:16] + (100_000).to_bytes(4) + (100_000).to_bytes(4) + bomb[24:]
    with pytest.raises(InputError, match=r"pixels|whole picture"):
        read_photo(huge)


def test_same_picture_smaller_looks_alike_and_another_does_not() -> None:
    one, smaller, other = read_photo(picture(800, 500)), read_photo(picture(400, 250)), read_photo(picture(800, 500, tilt=90))
    assert likeness(one.look, smaller.look) > 0.9
    assert likeness(one.look, other.look) < 0.6


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_comment_in_the_file_is_not_kept(kind: str) -> None:
    told, out = PngImagePlugin.PngInfo(), io.BytesIO()
    told.add_text("comment", "SECRET")
    Image.new("RGB", (20, 20)).save(out, kind, **({"comment": b"SECRET"} if kind == "JPEG" else {"pnginfo": told}))
    assert b"SECRET" in out.getvalue()
    assert b"SECRET" not in read_photo(out.getvalue()).jpeg


def test_chunk_that_is_too_short_is_refused() -> None:
    cut = png((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(2))), (b"iCCP", b""), (b"IEND", b""))
    with pytest.raises(InputError, match="no whole picture"):
        read_photo(cut)


def test_moment_that_no_camera_saw_is_left_out() -> None:
    exif = with_place()
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.DateTimeOriginal: "0001:01:01 00:00:00"}
    photo = read_photo(picture(exif=exif))
    assert (photo.lon_deg, photo.taken_at) == (105.975, None)
