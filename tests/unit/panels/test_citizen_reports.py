"""What the panel of citizens' reports says and draws: steps in order, small samples left out, no unit for guests."""

from typing import Any

from ioc.moment import now_moment
from ioc.panels.citizen_reports import PeriodRow, SpotRow, YesterdayRow, render, snapshot
from ioc.panels.engine.chart import Chart
from ioc.panels.engine.charts.pareto import Pareto
from ioc.panels.engine.charts.spans import Spans
from ioc.panels.engine.contract import Face
from ioc.panels.engine.registry import panels
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

KEY = "citizen_reports"
LAT = -20.15
M = 1 / 111_320
"""Degrees of latitude of one metre."""


def face(jurisdiction: str = "", **tables: list[dict[str, Any]]) -> Face:
    empty = snapshot_of(KEY)
    return render(snapshot_of(KEY, jurisdiction=jurisdiction, tables={**empty.tables, **tables}), words("vi"), PROFILE)


def test_every_open_state_has_a_step_and_none_is_counted_twice() -> None:
    states = ("submitted", "needs_info", "reopened", "verified", "assigned", "accepted", "returned", "in_progress", "paused")
    chart = face(states=[{"state": state, "reports": 1} for state in states]).charts["states"]
    assert isinstance(chart, Chart)
    assert list(chart.series[0].values) == [2, 2, 1, 1, 1, 2]


def test_share_together_counts_also_the_kinds_that_are_not_shown() -> None:
    chart = face(categories=[{"category": f"K{n}", "submitted": 10} for n in range(8)]).charts["categories"]
    assert isinstance(chart, Pareto)
    assert (len(chart.rows), chart.total) == (5, 80)


def test_times_of_few_reports_are_not_drawn_and_the_slowest_stand_first() -> None:
    told = (("EN-WASTE", 40, 20.0), ("TR-ROAD", 30, 90.0), ("EM-WIRE", 9, 99.0))
    speeds = [{"category": category, "resolved": n, "usual_h": 5.0, "most_h": most} for category, n, most in told]
    chart = face(speeds=speeds).charts["speeds"]
    assert isinstance(chart, Spans)
    assert list(chart.most) == [90, 20]


def test_agencies_say_days_overdue_or_hours_left() -> None:
    held: dict[str, Any] = {"open": 2, "overdue": 0, "oldest_days": None, "left_h": None}
    agencies = [{**held, "org_code": "X99.02", "oldest_days": 3}, {**held, "org_code": "", "left_h": 1.5}, {**held, "org_code": "X99.03"}]
    rows = face(agencies=agencies).lists[1].rows
    assert [row["oldest"] for row in rows] == ["quá 3 ngày", "còn 1,5 giờ", "—"]
    assert rows[1]["agency"] == "Chưa phân công"


def test_units_are_shaded_by_thousand_residents_at_home_alone() -> None:
    sent = [{"unit_code": "99004", "submitted": 12, "per_1000": 1.5}, {"unit_code": "", "submitted": 3, "per_1000": None}]
    shading = face(sent=sent).shading
    assert shading
    assert (shading.values, shading.texts) == ({"99004": 1.5}, {"99004": "1,50 mỗi 1.000 dân (12 phản ánh)"})
    assert face("chicago", sent=sent).shading is None


def test_circles_that_cover_one_another_are_one_hot_spot() -> None:
    rows: dict[str, list[Any]] = {name: [] for name in panels()[KEY].spec.rows} | {
        "hot_spots": [SpotRow("99004", 85.1, LAT + metres * M, near) for metres, near in ((0, 5), (60, 4), (101, 3), (205, 3))],
        "yesterday": [YesterdayRow(0)], "periods": [PeriodRow(period, 0, 0, 0, 0, 0, 0, 0, 0) for period in ("today", "month", "year")]}
    found = snapshot(rows, now_moment(NOW), PROFILE)
    assert found.tables["hot_spots"] == [{"unit_code": "99004", "hot_spots": 3, "most": 5}]
    assert found.numbers["hot_spots"].value == 3


def test_guests_hear_of_no_unit() -> None:
    drawn = face(units=[{"unit_code": "99004", "open": 5, "overdue": 2}])
    assert drawn.sentence == "Phường Sao Khuê: 2 quá hạn"
    assert "Sao Khuê" not in drawn.guest_sentence
    assert all(chart.guests for chart in drawn.charts.values())
    assert not any(listing.guests for listing in drawn.lists)
