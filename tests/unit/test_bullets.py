"""Plans under each other, and what came and went: what these charts never lack and never contain."""

import json
import re
from typing import Any

import pytest

from ioc.panels.engine.chart import Series
from ioc.panels.engine.charts.bullets import Bullet, Bullets
from ioc.panels.engine.charts.flows import Flows
from ioc.panels.engine.drawing import Look
from tests.unit.test_chart import PALETTE

LOOK = Look(simulated="", empty="không có")


def bullets(*rows: Bullet) -> Bullets:
    return Bullets(title="t", rows=rows, plan="Kế hoạch", pace="Tiến độ")


def flows(came: float | None, went: float | None) -> Flows:
    return Flows(title="t", x=["10/2026"], came=[Series(name="Mới", role="in", values=[came])], went=[Series(name="Giải thể", role="bad", values=[went])],
                 net="Tăng thêm")


def annotations(made: dict[str, Any]) -> list[str]:
    return [a["text"] for a in made["layout"]["annotations"]]


def trace(made: dict[str, Any], name: str) -> dict[str, Any]:
    return next(t for t in made["data"] if t.get("name") == name)


@pytest.mark.parametrize("empty", [bullets(), bullets(Bullet(name="a", reached_pct=None, pace_pct=80)), flows(None, None)])
def test_chart_says_so_when_there_is_nothing_to_draw(empty: Bullets | Flows) -> None:
    made = empty.figure(LOOK)
    assert (annotations(made), made["data"]) == (["không có"], [])


@pytest.mark.parametrize("zero", [bullets(Bullet(name="a", reached_pct=0)), flows(0, 0)])
def test_zero_is_a_value(zero: Bullets | Flows) -> None:
    assert annotations(zero.figure(LOOK)) == []


@pytest.mark.parametrize("drawn", [bullets(Bullet(name="a", reached_pct=50, pace_pct=80, role="bad")), flows(3, 2)])
def test_palette_and_mark_of_simulation_are_kept(drawn: Bullets | Flows) -> None:
    made = drawn.figure(Look(simulated="mô phỏng", empty="không có"))
    assert annotations(made) == ["mô phỏng"]
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", json.dumps(made))) <= PALETTE


def test_pace_is_marked_where_it_is_known_and_in_its_own_row() -> None:
    made = bullets(Bullet(name="a", reached_pct=50), Bullet(name="b", reached_pct=60, pace_pct=75)).figure(LOOK)
    mark = trace(made, "Tiến độ")
    assert mark["x"] == [75, 75, None]
    assert [round(y) for y in mark["y"][:2]] == [1, 1]


def test_plan_lies_at_a_hundred_and_all_that_is_longer_fits() -> None:
    made = bullets(Bullet(name="a", reached_pct=180)).figure(LOOK)
    assert trace(made, "Kế hoạch")["x"] == [100, 100]
    assert made["layout"]["xaxis"]["range"][1] > 180


def test_first_plan_is_on_top_and_no_word_is_a_tag() -> None:
    made = bullets(Bullet(name="<b>a</b>", reached_pct=1, text="<i>1%</i>"), Bullet(name="b" * 60, reached_pct=1)).figure(LOOK)
    assert made["layout"]["yaxis"]["range"] == [1.5, -0.5]
    assert made["layout"]["yaxis"]["ticktext"] == ["&lt;b&gt;a&lt;/b&gt;", "b" * 33 + "…"]
    assert made["data"][1]["text"][0] == "&lt;i&gt;1%&lt;/i&gt;"


def test_what_went_lies_below_and_the_rest_is_marked_with_its_sign() -> None:
    made = flows(3, 5).figure(LOOK)
    assert (trace(made, "Mới")["y"], trace(made, "Giải thể")["y"]) == ([3], [-5])
    assert (trace(made, "Tăng thêm")["y"], trace(made, "Tăng thêm")["text"]) == ([-2], ["-2"])


def test_rest_is_unknown_where_one_side_is() -> None:
    assert trace(flows(3, None).figure(LOOK), "Tăng thêm")["y"] == [None]
