from datetime import datetime, timedelta

import cv2
import numpy as np
import pytest

from ioc.cameras.contract import Picture
from ioc.cameras.look import clock
from ioc.clock import LOCAL

NOW = datetime(2026, 11, 21, 14, 5, 9, tzinfo=LOCAL)


def _burnt(text: str, *, face: int = cv2.FONT_HERSHEY_SIMPLEX, scale: float = 0.8, stroke: int = 2, light: int = 255, ground: int = 0) -> Picture:
    region = np.full((40, 460, 3), ground, np.uint8)
    cv2.putText(region, text, (8, 30), face, scale, (light, light, light), stroke, cv2.LINE_AA)
    noise = np.random.default_rng(2).integers(0, 6, region.shape, np.uint8)
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", cv2.add(region, noise), (cv2.IMWRITE_JPEG_QUALITY, 75))[1], cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("layout", ["%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"])
@pytest.mark.parametrize(("face", "scale", "stroke"), [(cv2.FONT_HERSHEY_SIMPLEX, 0.8, 2), (cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1),
                                                       (cv2.FONT_HERSHEY_DUPLEX, 0.7, 1), (cv2.FONT_HERSHEY_PLAIN, 1.4, 1)])
def test_clock_is_read_in_each_layout_and_font(layout: str, face: int, scale: float, stroke: int) -> None:
    found = clock.read(_burnt(NOW.strftime(layout), face=face, scale=scale, stroke=stroke), NOW)
    assert found is not None
    assert found.at == NOW
    assert found.confidence_ratio > 0.5


def test_clock_is_read_dark_on_light() -> None:
    found = clock.read(_burnt("2026-11-21 14:05:09", light=10, ground=220), NOW)
    assert found is not None
    assert found.at == NOW


def test_clock_takes_the_nearer_of_two_meanings() -> None:
    found = clock.read(_burnt("12/11/2026 08:00:00"), datetime(2026, 12, 11, 9, tzinfo=LOCAL))
    assert found is not None
    assert found.at == datetime(2026, 12, 11, 8, tzinfo=LOCAL)


@pytest.mark.parametrize("text", ["2026-13-41 14:05:09", "2026-11-21 25:05:09", "14:05", "CAMERA 01", "", "2026-11-21 14:05:091"])
def test_clock_reads_nothing_where_no_time_stands(text: str) -> None:
    assert clock.read(_burnt(text), NOW) is None


def test_clock_is_not_guessed_where_a_digit_is_hidden() -> None:
    region = _burnt("2026-11-21 14:05:09")
    cv2.rectangle(region, (250, 0), (262, 40), (255, 255, 255), cv2.FILLED)
    assert clock.read(region, NOW) is None


def test_clock_is_never_misread_through_noise() -> None:
    random = np.random.default_rng(3)
    for seconds in range(0, 40_000_000, 997_777):
        at = NOW + timedelta(seconds=seconds)
        spoilt = cv2.add(_burnt(f"{at:%Y-%m-%d %H:%M:%S}", scale=0.6, stroke=1), random.integers(0, 120, (40, 460, 3), np.uint8))
        found = clock.read(np.asarray(spoilt, np.uint8), at)
        assert found is None or found.at == at


def test_clock_of_a_region_of_some_pixels_is_none() -> None:
    assert clock.read(np.zeros((3, 3, 3), np.uint8), NOW) is None


def test_offset_of_a_right_clock_is_nearly_none() -> None:
    assert clock.offset_s(clock.Reading(NOW, 1.0), NOW + timedelta(seconds=0.5)) == 0
