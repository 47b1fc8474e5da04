import io

import cv2
import numpy as np
import pytest
from PIL import Image

from ioc.cameras.contract import Picture
from ioc.cameras.look.blur import Veil, _cover, _small
from ioc.cameras.look.geometry import Box
from simulators.pictures.figures import Look, person
from tests.unit.cameras.drawn import camera, face, figure, frame, hall, noisy


def _detail(picture: Picture, left: int, top: int, wide: int, high: int) -> float:
    """What a face is known by: how much a part differs from its own coarse squares, within 8 pixels."""
    part = picture[top:top + high, left:left + wide].astype(np.float32)
    return float(np.abs(part[:, 1:] - part[:, :-1]).mean() + np.abs(part[1:] - part[:-1]).mean())


def _decoded(jpeg: bytes) -> Picture:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("wide", [40, 80, 140])
def test_face_is_unreadable(wide: int) -> None:
    picture = np.full((480, 640, 3), 200, np.uint8)
    face(picture, 200, 100, wide)
    covered = Veil(camera()).covered(frame(picture, 0))
    inner = (200 + wide // 6, 100 + wide // 3, wide * 2 // 3, wide * 2 // 3)  # eyes to mouth
    assert len(np.unique(covered[inner[1]:inner[1] + inner[3], inner[0]:inner[0] + inner[2]].reshape(-1, 3), axis=0)) <= 16
    assert _detail(covered, *inner) < 0.5 * _detail(picture, *inner)


def test_part_of_a_picture_is_covered_and_no_more() -> None:
    picture = np.asarray(np.random.default_rng(1).integers(0, 255, (480, 640, 3)), np.uint8)
    covered = picture.copy()
    _cover(covered, Box(100, 100, 160, 160))
    assert _detail(covered, 104, 104, 50, 50) < 0.3 * _detail(picture, 104, 104, 50, 50)
    assert (covered[200:280, 100:160] == picture[200:280, 100:160]).all()


def test_part_of_a_large_picture_is_covered_in_the_small_one() -> None:
    covered = _small(np.asarray(np.random.default_rng(1).integers(0, 255, (1080, 1920, 3)), np.uint8))
    _cover(covered, Box(300, 100, 360, 160))
    assert covered.shape == (360, 640, 3)
    assert _detail(covered, 304, 104, 50, 50) < 0.5 * _detail(covered, 30, 104, 50, 50)


def test_head_of_somebody_who_stands_is_covered() -> None:
    picture = hall()
    person(picture, (300, 440), 160, Look((120, 155, 200), (60, 30, 20), (30, 30, 30)))
    jpeg, _, _ = Veil(camera()).stored(frame(picture, 0))
    assert _detail(_decoded(jpeg), 288, 282, 24, 24) < 0.6 * _detail(picture, 288, 282, 24, 24)


@pytest.mark.parametrize("kind", ["counter", "traffic"])
def test_what_came_after_the_search_is_covered_whole(kind: str) -> None:
    veil = Veil(camera(kind=kind))
    veil.stored(frame(noisy(hall()), 0))
    picture = hall()
    cv2.rectangle(picture, (280, 200), (360, 420), (40, 40, 40), cv2.FILLED)
    for y in range(210, 420, 6):
        cv2.line(picture, (280, y), (360, y), (220, 220, 220), 2)
    jpeg, _, _ = veil.stored(frame(noisy(picture), 1))
    assert _detail(_decoded(jpeg), 286, 206, 68, 208) < 0.3 * _detail(picture, 286, 206, 68, 208)


def test_what_did_not_change_stays_sharp() -> None:
    veil, picture = Veil(camera()), hall()
    cv2.putText(picture, "QUAY 1", (40, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 3)
    veil.stored(frame(noisy(picture), 0))
    figure(picture, 500)
    jpeg, _, _ = veil.stored(frame(noisy(picture), 1))
    assert _detail(_decoded(jpeg), 30, 80, 170, 50) > 0.8 * _detail(picture, 30, 80, 170, 50)


def test_stored_picture_is_small_and_tells_nothing_beside_it() -> None:
    picture = np.asarray(cv2.resize(noisy(hall()), (1920, 1080)), np.uint8)
    jpeg, width, height = Veil(camera()).stored(frame(picture, 0))
    image = Image.open(io.BytesIO(jpeg))
    assert (image.format, image.size, (width, height)) == ("JPEG", (640, 360), (640, 360))
    assert not image.getexif()
    assert b"Exif" not in jpeg
    assert "comment" not in image.info
    assert len(jpeg) < 60_000
