"""Bars cut into parts: what each is made of, told by number and hatching too."""

import json
import re
from typing import Any

from ioc.panels.engine.chart import Series
from ioc.panels.engine.charts.parts import Parts
from ioc.panels.engine.drawing import COLOURS, RAMP, Look

PALETTE = {*COLOURS.values(), *RAMP, "#e8eef7", "#a9b8cc", "#2b3a4d", "rgba(0,0,0,0)"}


def drawn(*parts: Series, rows: tuple[str, ...] = ("A", "B"), simulated: str = "") -> dict[str, Any]:
    return Parts(title="t", rows=rows, parts=parts).figure(Look(simulated=simulated, empty="không có"))


def annotations(made: dict[str, Any]) -> list[str]:
    return [a["text"] for a in made["layout"]["annotations"]]


def test_parts_say_so_when_there_is_nothing() -> None:
    assert annotations(drawn(Series(name="p", role="in", values=[None, None]))) == ["không có"]
    assert annotations(drawn(rows=())) == ["không có"]


def test_parts_draw_zero_as_a_value() -> None:
    made = drawn(Series(name="p", role="in", values=[0, 0]))
    assert (annotations(made), made["data"][0]["x"], made["data"][0]["text"]) == ([], [0, 0], [None, None])


def test_mark_of_simulation_stands_inside() -> None:
    assert annotations(drawn(Series(name="p", role="in", values=[1, 2]), simulated="mô phỏng")) == ["mô phỏng"]


def test_a_part_that_no_row_has_needs_no_legend() -> None:
    made = drawn(Series(name="none", role="out", values=[0, None]), Series(name="late", role="bad", values=[1, 2]))
    assert [trace["name"] for trace in made["data"]] == ["late"]


def test_late_parts_are_told_by_hatching_and_numbers_not_by_colour_alone() -> None:
    made = drawn(Series(name="in", role="in", values=[4, 1]), Series(name="late", role="bad", values=[1, 2]))
    assert "pattern" not in made["data"][0]["marker"]
    assert made["data"][1]["marker"]["pattern"]["shape"]
    assert made["data"][1]["text"] == ["1", "2"]


def test_no_colour_is_outside_the_palette() -> None:
    text = json.dumps(drawn(*(Series(name=role, role=role, values=[1, 2]) for role in COLOURS), simulated="x"))
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", text)) <= PALETTE


def test_words_from_outside_are_no_tags() -> None:
    made = drawn(Series(name="<b>s</b>", role="in", values=[1]), rows=("<a href='x'>A</a>",))
    assert (made["data"][0]["name"], made["data"][0]["y"]) == ("&lt;b&gt;s&lt;/b&gt;", ["&lt;a href='x'&gt;A&lt;/a&gt;"])
