"""Pictures that wait to be made unreadable and stored."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ioc.cameras.contract import Frame
from ioc.cameras.pictures import Raw, Tray

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def raw(camera: str, n: int = 0) -> Raw:
    return Raw(camera=camera, frame=Frame(picture=np.zeros((1, 1, 3), np.uint8), received_at=NOW + timedelta(seconds=n)))


def taken(tray: Tray) -> list[tuple[str, int]]:
    found = []
    while one := tray.take(0):
        found.append((one.camera, (one.frame.received_at - NOW).seconds))
        tray.done(one)
    return found


def test_newest_picture_waits_in_the_turn_of_the_one_before() -> None:
    tray = Tray()
    for one in (raw("A", 1), raw("B", 1), raw("A", 2)):
        tray.put(one)
    assert taken(tray) == [("A", 2), ("B", 1)]


def test_no_camera_starves_where_pictures_come_faster_than_they_are_worked_on() -> None:
    tray, served = Tray(), []
    for n in range(20):
        for camera in "ABCDE":
            tray.put(raw(camera, n))
        one = tray.take(0)
        assert one is not None
        served.append(one.camera)
        tray.done(one)
    assert served == list("ABCDE") * 4


def test_camera_at_work_is_given_to_nobody_else() -> None:
    tray = Tray()
    tray.put(raw("A", 1))
    first = tray.take(0)
    assert first is not None
    tray.put(raw("A", 2))
    assert tray.take(0) is None
    tray.done(first)
    assert taken(tray) == [("A", 2)]


def test_proofs_go_first_and_are_bounded_the_oldest_is_told_to_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    tray, names = Tray(), []
    for n in range(66):
        tray.put(Raw(camera=f"C{n}", frame=raw("x").frame, then=lambda reference, n=n: names.append((n, reference))))  # type: ignore[misc]
    tray.put(raw("A"))
    assert names == [(0, ""), (1, "")]
    assert [camera for camera, _ in taken(tray)][-1] == "A"
