"""Panel 4 in words: the trial never without the published score, no grade of half a score, ranks as they were published."""

from datetime import date
from typing import Any

import msgspec
import pytest

from ioc.moment import now_moment
from ioc.panels._trial766 import GroupPoints, Loss, Trial
from ioc.panels.engine.charts.bump import Bump, Place
from ioc.panels.engine.charts.losses import Reached, Waterfall
from ioc.panels.engine.contract import Face, Snapshot
from ioc.panels.reform_indices import MissingRow, PublishedRow, RanksRow, render, snapshot
from ioc.words import words
from tests.unit.panels.snapshots import NOW, PROFILE, snapshot_of

GROUPS = (GroupPoints(name="Tiến độ", name_en="Progress", points=18.4, out_of=20, most=20),
          GroupPoints(name="Công khai", name_en="Openness", points=0, out_of=0, most=18))
HALF = Trial(points=46.74, out_of=64, most=100, grade="", next_grade="", gap=None, groups=GROUPS,
             losses=tuple(Loss(name=f"c{n}", points=points) for n, points in enumerate((5.0, 4.0, 3.0, 2.0, 1.0, 0.9, 0.8, 0.36, 0.2), start=1)))


def rank(indicator: str, year: int, place: int | None, out_of: int | None = 34, *, unit: str = "", manual: bool = False) -> RanksRow:
    return RanksRow(indicator_id=indicator, unit_code=unit, org_code="", year=year, rank=place, out_of=out_of, manual=manual,
                    approved_on=date(2026, 11, 14) if manual else None)


def seen(trial: Trial | None, *ranks: RanksRow, score: float | None = None, **numbers: dict[str, Any]) -> Snapshot:
    published = [] if score is None else [PublishedRow(unit_code="", day=date(2026, 11, 19), score=score)]
    missing = [MissingRow(indicator_id="par_index", unit_code="", org_code="", period="2026-09", days=51)]
    figures = snapshot({"trial": [trial] if trial else [], "published": published, "ranks": ranks, "missing": missing}, now_moment(NOW), PROFILE)
    empty = snapshot_of("reform_indices")
    told: dict[str, dict[str, Any]] = {"published766": {"value": score}, "published766_age_d": {"value": None if score is None else 1}, **numbers}
    changed = {name: msgspec.structs.replace(empty.numbers[name], **given) for name, given in told.items()}
    return snapshot_of("reform_indices", numbers=empty.numbers | figures.numbers | changed, tables=figures.tables)


def face(trial: Trial | None, *ranks: RanksRow, language: str = "vi", score: float | None = None, **numbers: dict[str, Any]) -> Face:
    return render(seen(trial, *ranks, score=score, **numbers), words(language), PROFILE)


def graded(**changes: Any) -> Trial:
    return Trial(**{"points": 80.1, "out_of": 100.0, "most": 100.0, "grade": "Tốt", "next_grade": "Xuất sắc", "gap": 9.9, "groups": GROUPS, "losses": (),
                    **changes})


def test_half_a_score_has_no_grade_and_no_difference() -> None:
    drawn = face(HALF, score=80.41)
    assert (drawn.headline, drawn.headline_unit) == ("46,74", "/64 điểm 766 – tính thử")
    assert drawn.comparison == "Công bố 19/11/2026: 80,41"
    assert drawn.sentence == "Chưa xếp loại: 36 điểm chưa có số liệu"


def test_whole_score_stands_beside_the_published_one_with_the_difference() -> None:
    drawn = face(graded(), score=80.41, published766_rank={"value": 21}, published766_out_of={"value": 34})
    assert drawn.comparison == "Công bố 19/11/2026: 80,41 · hạng 21/34 · lệch −0,31"
    assert (drawn.trend, drawn.sentence) == ("down", "Xếp loại: Tốt; còn 9,90 điểm tới Xuất sắc")


def test_highest_grade_has_none_above() -> None:
    assert face(graded(grade="Xuất sắc", next_grade="", gap=None), score=80.1).sentence == "Xếp loại: Xuất sắc"


def test_nothing_known_is_a_dash() -> None:
    drawn = face(None)
    assert (drawn.headline, drawn.comparison, drawn.sentence) == ("—", "Chưa có điểm công bố", "Chưa có số liệu để tính thử")


@pytest.mark.parametrize(("language", "names"), [("vi", ["Tiến độ", "Công khai"]), ("en", ["Progress", "Openness"])])
def test_groups_say_what_was_reached_lost_and_is_not_known(language: str, names: list[str]) -> None:
    drawn = face(HALF, language=language).charts["groups"]
    assert isinstance(drawn, Reached)
    assert [p.name for p in drawn.parts] == names
    assert [(p.reached, p.lost, p.unknown) for p in drawn.parts] == [(18.4, 1.6, 0), (0, 0, 18)]
    assert drawn.parts[1].text.startswith("—")


def test_losses_lead_from_what_could_be_computed_to_the_score() -> None:
    drawn = face(HALF).charts["losses"]
    assert isinstance(drawn, Waterfall)
    assert [s.kind for s in drawn.steps] == ["whole", *["lost"] * 5, "left"]
    assert drawn.steps[0].points - sum(s.points for s in drawn.steps if s.kind == "lost") == pytest.approx(drawn.steps[-1].points)


def test_ranks_are_those_of_this_province_alone() -> None:
    drawn = face(None, rank("par_index", 2024, 21), rank("par_index", 2025, 17), rank("pci", 2025, 4, unit="77"), rank("papi", 2025, None))
    chart = drawn.charts["ranks"]
    assert isinstance(chart, Bump)
    assert [(r.name, list(r.places)) for r in chart.ranked] == [("PAR INDEX", [Place(year=2024, rank=21, out_of=34), Place(year=2025, rank=17, out_of=34)])]


def test_league_has_the_best_of_its_newest_year_first() -> None:
    chart = face(None, rank("par_index_unit", 2024, 1, 20, unit="99001"), rank("par_index_unit", 2025, 3, 20, unit="99001"),
                 rank("par_index_unit", 2025, 1, 20, unit="99004")).charts["league"]
    assert isinstance(chart, Bump)
    assert [(r.name, len(r.places)) for r in chart.ranked] == [("Phường Sao Khuê", 1), ("Phường Hải Đăng Mới", 2)]


def test_unit_ranked_before_the_register_begins_has_its_first_name() -> None:
    chart = face(None, rank("par_index_unit", 2015, 1, 11, unit="99004")).charts["league"]
    assert isinstance(chart, Bump)
    assert [r.name for r in chart.ranked] == ["Phường Trăng Non"]


def test_annual_index_says_rank_movement_and_that_it_was_typed_in() -> None:
    drawn = face(None, rank("par_index", 2025, 17, manual=True), par_index={"value": 88.4, "flags": ("manual",)}, par_index_rank={"value": 17},
                 par_index_out_of={"value": 34}, par_index_moved={"value": 4}, par_index_year={"value": 2025}, sipas={"value": 85.12},
                 sipas_change={"value": -0.5}, sipas_year={"value": 2025})
    assert list(drawn.lists[0].rows) == [
        {"index": "PAR INDEX", "year": "2025", "value": "88,40", "rank": "17/34", "moved": "▲ 4 bậc", "told": "nhập tay, duyệt 14/11/2026"},
        {"index": "SIPAS", "year": "2025", "value": "85,12", "rank": "—", "moved": "−0,50", "told": ""}]


def test_missing_observation_is_named_with_the_days_it_is_overdue() -> None:
    assert list(face(None).lists[1].rows) == [
        {"indicator": "Chỉ số cải cách hành chính (PAR INDEX)", "place": "Toàn tỉnh", "period": "2026-09", "days": "21"}]
