"""Panel 2 in words: each point under its own name, and no zero where nobody counts."""

from dataclasses import replace
from typing import Any

import pytest

from ioc.moment import now_moment
from ioc.panels.counters import CameraRow, TrafficRow, UptimeRow, _once, point, render, snapshot
from ioc.panels.engine.chart import Chart
from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.contract import Face
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of


def camera(point: str, unit: str, waiting: int | None) -> CameraRow:
    return CameraRow(camera_id=f"{point}-C1", unit_code=unit, point_id=point, online=True, status_at=NOW, waiting=waiting, staff_present=1)


def face(*cameras: CameraRow, language: str = "vi") -> Face:
    rows: dict[str, Any] = {"cameras": cameras, "uptime": [UptimeRow(online=1, status=1)], "traffic": [TrafficRow(vehicles=None)],
                            **{name: [] for name in ("queues", "waits", "days", "hours")}}
    figures = snapshot(rows, now_moment(NOW), PROFILE)
    taken = snapshot_of("counters").numbers
    return render(snapshot_of("counters", numbers={**taken, **figures.numbers}, tables=figures.tables), words(language), PROFILE)


def points(drawn: Face) -> list[str]:
    chart = drawn.charts["points"]
    assert isinstance(chart, Chart)
    return list(chart.x)


@pytest.mark.parametrize(("language", "centre", "ward"), [
    ("vi", "Trung tâm Phục vụ hành chính công tỉnh Bình Minh", "Phường Sao Khuê"),
    ("en", "Bình Minh public administration service centre", "Sao Khuê ward"),
])
def test_points_of_one_unit_go_by_their_own_names(language: str, centre: str, ward: str) -> None:
    drawn = face(camera("OS-X99", "99001", 9), camera("OS-99001", "99001", 7), camera("OS-99004", "99004", 5), language=language)
    names = points(drawn)
    assert len(set(names)) == 3
    assert (names[0], names[2]) == (centre, ward)
    assert [row["unit"] for row in drawn.lists[0].rows] == names


def test_point_that_the_profile_does_not_know_goes_by_its_unit() -> None:
    assert points(face(camera("OS-NEW", "99001", 9))) == ["Phường Hải Đăng Mới"]


def test_no_point_is_said_to_be_calm_while_no_camera_counts() -> None:
    drawn = face(camera("OS-99004", "99004", None))
    assert (drawn.headline, drawn.sentence) == ("—", "Không camera nào đang đếm")
    assert {n.key: n.text for n in drawn.numbers}["staffed"] == "—"


def test_points_without_a_queue_are_a_zero_that_was_counted() -> None:
    assert face(camera("OS-99004", "99004", 3)).sentence == "0 điểm có từ 15 người chờ"


def table(**tables: list[dict[str, Any]]) -> Face:
    empty = snapshot_of("counters")
    return render(snapshot_of("counters", tables={**empty.tables, **tables}), words("vi"), PROFILE)


def test_camera_without_a_signal_says_why_and_since_when() -> None:
    lost: list[dict[str, Any]] = [{"point_id": "RD-01", "unit_code": "99004", "seen_at": NOW, "says_so": False},
            {"point_id": None, "unit_code": "99004", "seen_at": None, "says_so": True}]
    assert [dict(row) for row in table(lost=lost).lists[1].rows] == [
        {"place": "Đường vòng số 1 – phường Sao Khuê", "cause": "không báo", "seen": "10:30 20/11"},
        {"place": "Phường Sao Khuê", "cause": "báo mất hình", "seen": "—"}]


def test_weeks_leave_a_hole_where_nobody_counted() -> None:
    chart = table(weeks=[{"weekday": 0, "hour": 7, "waiting": 0.0, "days": 4}, {"weekday": 4, "hour": 9, "waiting": 12.5, "days": 3}]).charts["weeks"]
    assert chart.title == "Người chờ theo thứ và giờ, 7 ngày"  # four Mondays, three Fridays
    assert isinstance(chart, Heat)
    assert (list(chart.rows), list(chart.columns)) == (["T2", "T6"], ["07", "09"])
    assert [list(row) for row in chart.values] == [[0, None], [None, 12.5]]


def test_point_on_the_map_says_what_is_known_of_it() -> None:
    nothing = {"kind": "point", "point_id": "OS-99004", "unit_code": "99004",
               "wait_min": None, "waited": None, "queue": None, "desks": None, "waiting": None}
    assert point(nothing, words("vi"), PROFILE, NOW.date())[1] == "chưa có số liệu"
    told = {**nothing, "wait_min": 12.5, "waited": 8, "queue": 2, "desks": 1, "waiting": 3}
    assert point(told, words("vi"), PROFILE, NOW.date())[1] == "chờ trung bình 12,5 phút (8 lượt) · 2 vé đang chờ, 1 quầy mở · camera đếm 3 người chờ"


@pytest.mark.parametrize(("state", "line"), [("open", "Camera có tín hiệu"), ("offline", "Camera mất tín hiệu, báo lần cuối 10:30 20/11")])
def test_camera_on_the_map_says_whether_it_sees(state: str, line: str) -> None:
    given = {"kind": "camera", "point_id": "RD-01", "unit_code": "99004", "state": state, "seen_at": NOW}
    assert point(given, words("vi"), PROFILE, NOW.date()) == ("Đường vòng số 1 – phường Sao Khuê", line)


def test_charts_and_lists_that_name_a_point_are_kept_from_guests() -> None:
    drawn = table()
    assert [name for name, chart in drawn.charts.items() if not chart.guests] == ["points"]
    assert not any(listing.guests for listing in drawn.lists)


def test_two_cameras_that_see_one_point_do_not_see_twice_as_many() -> None:
    one, two, other = camera("OS-X99", "99001", 4), replace(camera("OS-X99", "99001", 6), camera_id="OS-X99-C2", staff_present=0), camera("OS-99001", "99001", 3)
    assert [(row.point_id, row.waiting, row.staff_present) for row in _once([one, two, other])] == [("OS-X99", 6, 1), ("OS-99001", 3, 1)]
    rows: dict[str, Any] = {"cameras": [one, two, other], "uptime": [UptimeRow(online=1, status=1)], "traffic": [TrafficRow(vehicles=None)],
                            **{name: [] for name in ("queues", "waits", "days", "hours")}}
    assert snapshot(rows, now_moment(NOW), PROFILE).numbers["waiting"].value == 9
