"""What the one-stop panel says and draws: few results make no ranking and no shade, guests hear of no unit."""

from typing import Any

import pytest

from ioc.panels.engine.chart import Chart
from ioc.panels.engine.charts.months import Months
from ioc.panels.engine.charts.parts import Parts
from ioc.panels.engine.contract import Face
from ioc.panels.one_stop import point, render
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of


def outcome(unit: str, resolved: int, late: int) -> dict[str, Any]:
    return {"unit_code": unit, "org_code": "", "resolved": resolved, "early": resolved - late, "on_time": 0, "late": late}


def face(language: str = "vi", **tables: list[dict[str, Any]]) -> Face:
    empty = snapshot_of("one_stop")
    return render(snapshot_of("one_stop", tables={**empty.tables, **tables}), words(language), PROFILE)


def test_few_results_are_in_no_ranking_and_have_no_shade() -> None:
    drawn = face(outcomes=[outcome("99001", 29, 20), outcome("99004", 30, 3), outcome("99007", 60, 0)])
    chart = drawn.charts["outcomes"]
    assert isinstance(chart, Parts)
    assert list(chart.rows) == ["Phường Sao Khuê", "Xã Mây Trắng"]
    assert drawn.shading
    assert drawn.shading.values == {"99004": 10, "99007": 0}
    assert drawn.shading.texts["99004"] == "10,00% trễ (3 / 30)"


def test_province_agencies_are_in_the_ranking_but_not_on_the_map() -> None:
    drawn = face(outcomes=[{**outcome("", 40, 1), "org_code": "X99.02"}])
    assert drawn.shading
    assert drawn.shading.values == {}
    chart = drawn.charts["outcomes"]
    assert isinstance(chart, Parts)
    assert len(chart.rows) == 1


def test_late_unit_is_named_but_not_to_guests() -> None:
    drawn = face(units=[{"unit_code": "99004", "org_code": "", "open": 5, "overdue": 2, "due_soon": 1, "unapologised": 1, "oldest_days": 3}])
    assert drawn.sentence == "Phường Sao Khuê: 2 quá hạn"
    assert "Sao Khuê" not in drawn.guest_sentence
    assert [dict(row) for row in drawn.lists[0].rows] == [
        {"unit": "Phường Sao Khuê", "overdue": "2", "oldest": "3", "unapologised": "1", "open": "5"}]


def test_charts_that_name_a_unit_are_kept_from_guests() -> None:
    assert [name for name, chart in face().charts.items() if not chart.guests] == ["outcomes"]
    assert not any(listing.guests for listing in face().lists)


def test_what_falls_due_says_how_many_working_hours_are_left() -> None:
    drawn = face(due_soon=[{"unit_code": "99004", "org_code": "", "due_soon": 4, "unapologised": 3, "left_h": 1.5}])
    assert dict(drawn.lists[0].rows[0]) == {"unit": "Phường Sao Khuê", "due_soon": "4", "left": "1,5", "unapologised": "3"}


def test_month_of_few_results_has_no_rate() -> None:
    months = [{"month": f"2026-{n:02d}-01", "received": 50, "resolved": resolved, "in_time": resolved} for n, resolved in ((9, 0), (10, 29), (11, 30))]
    chart = face(months=months).charts["months"]
    assert isinstance(chart, Months)
    assert (list(chart.months), list(chart.rates), list(chart.counts)) == (["09/26", "10/26", "11/26"], [None, None, 100], [50, 50, 50])


@pytest.mark.parametrize(("language", "last"), [("vi", "trên 15"), ("en", "over 15")])
def test_every_bucket_has_its_bar_and_its_name(language: str, last: str) -> None:
    chart = face(language).charts["ageing"]
    assert isinstance(chart, Chart)
    assert list(chart.x) == ["1", "2–3", "4–7", "8–15", last]


def test_point_goes_by_its_name_and_says_what_lies_there() -> None:
    given = {"point_id": "OS-99004", "unit_code": "99004", "overdue": 2, "due_soon": 1, "open": 5}
    assert point(given, words("vi"), PROFILE, NOW.date()) == (
        "Trung tâm Phục vụ hành chính công phường Sao Khuê", "2 quá hạn · 1 sắp đến hạn · 5 đang giải quyết")
    assert point({**given, "point_id": "OS-GONE"}, words("en"), PROFILE, NOW.date())[0] == "Sao Khuê ward"


def test_backlog_has_the_oldest_first_and_stands_above_what_falls_due() -> None:
    held = {"org_code": "", "open": 9, "due_soon": 0, "unapologised": 0}
    units = [{**held, "unit_code": "99001", "overdue": 5, "oldest_days": 2}, {**held, "unit_code": "99004", "overdue": 1, "oldest_days": 9}]
    drawn = face(units=units)
    assert [row["oldest"] for row in drawn.lists[0].rows] == ["9", "2"]
    assert drawn.sentence == "Phường Hải Đăng Mới: 5 quá hạn"
