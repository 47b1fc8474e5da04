"""Panel 2 in words: each point under its own name, and no zero where nobody counts."""

from typing import Any

import pytest

from ioc.moment import now_moment
from ioc.panels.counters import CameraRow, UptimeRow, render, snapshot
from ioc.panels.engine.contract import Face
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of


def camera(point: str, unit: str, waiting: int | None) -> CameraRow:
    return CameraRow(camera_id=f"{point}-C1", unit_code=unit, point_id=point, online=True, status_at=NOW, waiting=waiting, staff_present=1)


def face(*cameras: CameraRow, language: str = "vi") -> Face:
    rows: dict[str, Any] = {"cameras": cameras, "hours": [], "uptime": [UptimeRow(online=1, status=1)]}
    figures = snapshot(rows, now_moment(NOW), PROFILE)
    return render(snapshot_of("counters", numbers=figures.numbers, tables=figures.tables), words(language), PROFILE)


@pytest.mark.parametrize(("language", "centre", "ward"), [
    ("vi", "Trung tâm Phục vụ hành chính công tỉnh Bình Minh", "Phường Sao Khuê"),
    ("en", "Bình Minh public administration service centre", "Sao Khuê ward"),
])
def test_points_of_one_unit_go_by_their_own_names(language: str, centre: str, ward: str) -> None:
    drawn = face(camera("OS-X99", "99001", 9), camera("OS-99001", "99001", 7), camera("OS-99004", "99004", 5), language=language)
    assert len(set(drawn.charts["points"].x)) == 3
    assert (drawn.charts["points"].x[0], drawn.charts["points"].x[2]) == (centre, ward)
    assert [row["unit"] for row in drawn.lists[0][2]] == list(drawn.charts["points"].x)


def test_point_that_the_profile_does_not_know_goes_by_its_unit() -> None:
    assert list(face(camera("OS-NEW", "99001", 9)).charts["points"].x) == ["Phường Hải Đăng Mới"]


def test_no_point_is_said_to_be_calm_while_no_camera_counts() -> None:
    drawn = face(camera("OS-99004", "99004", None))
    assert (drawn.headline, drawn.sentence) == ("—", "Không camera nào đang đếm")
    assert drawn.numbers[0][1] == "—"


def test_points_without_a_queue_are_a_zero_that_was_counted() -> None:
    assert face(camera("OS-99004", "99004", 3)).sentence == "0 điểm có từ 15 người chờ"
