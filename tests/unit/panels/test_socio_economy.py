"""Panel 8 in words: the slowest target, of which month it was told, and no year that nobody told."""

from datetime import date
from typing import Any

import msgspec

from ioc.moment import now_moment
from ioc.panels.engine.charts.bullets import Bullet, Bullets
from ioc.panels.engine.contract import Face, Figures
from ioc.panels.engine.registry import panels
from ioc.panels.socio_economy import GuestRow, MonthRow, TargetRow, render, snapshot
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

PANEL = panels()["socio_economy"]


def target(indicator: str, done: float | None, pace: float | None, *, unit: str = "", paced: bool = True, manual: bool = False) -> TargetRow:
    return TargetRow(unit_code=unit, indicator_id=indicator, value=done, target=100, done_pct=done, pace=pace, manual=manual,
                     last_day=date(2026, 10, 31) if done is not None else None, paced=paced)


def figures(**rows: Any) -> Figures:
    return snapshot({name: rows.get(name, []) for name in PANEL.spec.rows}, now_moment(NOW), PROFILE)


def face(values: dict[str, dict[str, Any]] | None = None, tables: dict[str, Any] | None = None, **rows: Any) -> Face:
    made, empty = figures(**rows), snapshot_of("socio_economy")
    numbers = empty.numbers | {name: msgspec.structs.replace(empty.numbers[name], **changes) for name, changes in (values or {}).items()}
    given = snapshot_of("socio_economy", numbers=numbers, tables={**empty.tables, **made.tables, **(tables or {})})
    return render(given, words("vi"), PROFILE)


def bullets(drawn: Face) -> list[Bullet]:
    chart = drawn.charts["targets"]
    assert isinstance(chart, Bullets)
    return list(chart.rows)


def test_slowest_target_is_named_and_stands_first() -> None:
    judged = {"on_pace": {"numerator": 1.0, "denominator": 2.0, "value": 50.0}}
    drawn = face(judged, targets=[target("export_value", 80, 0.97), target("disbursement", 60, 0.72, manual=True)])
    assert (drawn.headline, drawn.comparison, drawn.turn) == ("1 / 2", "1 chỉ tiêu chậm tiến độ", "worse")
    assert drawn.sentence.endswith(": đạt 72% tiến độ")
    assert [(b.text, round(b.pace_pct or 0)) for b in bullets(drawn)] == [("60,0%, chậm (10/2026, nhập tay)", 83), ("80,0% (10/2026)", 82)]


def test_year_without_a_target_is_said_to_have_none() -> None:
    drawn = face()
    assert (drawn.headline, drawn.sentence, drawn.turn) == ("—", "Chưa có chỉ tiêu năm", "")


def test_target_of_which_nothing_was_told_is_no_zero() -> None:
    drawn = face(targets=[target("rice_output", None, None)])
    assert [(b.reached_pct, b.pace_pct, b.text) for b in bullets(drawn)] == [(None, None, "chưa có số liệu")]


def test_level_stands_in_the_list_and_not_beside_a_pace() -> None:
    drawn = face(targets=[target("iip_growth", 120, None, paced=False)])
    assert bullets(drawn) == []
    assert [(row["done"], row["plan"], row["told"]) for row in drawn.lists[1].rows] == [("120,0", "100,0", "10/2026")]


def test_target_of_a_unit_is_not_the_province_s_and_its_own_code_is() -> None:
    assert [t["done_pct"] for t in figures(targets=[target("export_value", 50, 1, unit="99004")]).tables["targets"]] == []
    assert [t["done_pct"] for t in figures(targets=[target("export_value", 50, 1, unit="99")]).tables["targets"]] == [50]
    both = [target("export_value", 50, 1, unit="99"), target("export_value", 60, 1)]
    assert [t["done_pct"] for t in figures(targets=both).tables["targets"]] == [60]


def test_figure_of_a_report_says_its_month_and_that_it_was_typed_in() -> None:
    drawn = face({"disbursement": {"numerator": 6.0, "denominator": 10.0, "value": 60.0}}, targets=[target("disbursement", 60, 0.9, manual=True)])
    assert next(n.beside for n in drawn.numbers if n.key == "disbursement").startswith("10/2026, nhập tay · ")


def test_year_without_an_enterprise_was_not_told() -> None:
    drawn = face({"new": {"value": 9.0, "then": 0.0}, "net": {"value": 4.0, "then": 0.0}})
    assert {(n.beside, n.turn) for n in drawn.numbers if n.key in {"new", "net"}} == {("cùng kỳ: chưa có số liệu", "")}


def test_month_between_without_a_step_is_a_zero() -> None:
    made = figures(months=[MonthRow(date(2025, 12, 1), 3, 0, 0, 1), MonthRow(date(2026, 2, 1), 1, 0, 0, 0)]).tables["enterprises"]
    assert [(m["month"].isoformat(), m["new"]) for m in made][:3] == [("2025-12-01", 3), ("2026-01-01", 0), ("2026-02-01", 1)]
    assert made[-1]["month"] == date(2026, 11, 1)


def test_total_of_the_province_is_not_added_to_its_units() -> None:
    month = date(2026, 10, 1)
    rows = [GuestRow(month, "99", 900, None, None), GuestRow(month, "99004", 400, 3, 10), GuestRow(date(2026, 9, 1), "99004", 300, 5, 10),
            GuestRow(date(2026, 9, 1), "99007", 200, None, None)]
    made = figures(guests=rows).tables["guests"]
    assert [(m["arrivals"], m["rooms_occupied"], m["rooms_available"]) for m in made] == [(500, 5, 10), (900, 0, 0)]


def test_units_are_shaded_by_new_enterprises_of_their_people() -> None:
    shading = face(tables={"by:new": [{"unit_code": "99007", "value": 9.0}]}).shading
    assert shading is not None
    assert (round(shading.values["99007"], 3), shading.values["99004"]) == (round(10_000 * 9 / 18_400, 3), 0)
    assert shading.texts["99007"] == "9 doanh nghiệp mới, 4,9 trên 10.000 dân"
    assert face().shading is None


def test_inspections_are_listed_by_unit_with_most_first() -> None:
    drawn = face(tables={"by:planned_twice": [{"unit_code": "99004", "value": 1.0}], "by:feedback_overdue": [{"unit_code": "99007", "value": 2.0}]})
    assert [tuple(row.values()) for row in drawn.lists[0].rows] == [("Xã Mây Trắng", "0", "0", "2"), ("Phường Sao Khuê", "1", "0", "0")]
