"""Charts as plain dicts: what they never lack and never contain."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest

from ioc.panels.engine.chart import Chart, Series
from ioc.panels.engine.drawing import COLOURS, Look, Role

KINDS: list[Literal["time", "bars", "stack", "ranks"]] = ["time", "bars", "stack", "ranks"]
PALETTE = {*COLOURS.values(), "#e8eef7", "#a9b8cc", "#2b3a4d", "rgba(0,0,0,0)"}


def chart(kind: Literal["time", "bars", "stack", "ranks"], *values: float | None, role: Role = "in") -> Chart:
    return Chart(kind=kind, title="t", x=[str(n) for n in range(len(values))], series=(Series(name="s", role=role, values=values),))


def drawn(given: Chart, simulated: str = "") -> dict[str, Any]:
    return given.figure(Look(simulated=simulated, empty="không có"))


def annotations(made: dict[str, Any]) -> list[str]:
    return [a["text"] for a in made["layout"]["annotations"]]


@pytest.mark.parametrize("kind", KINDS)
def test_chart_says_so_when_there_is_nothing_to_draw(kind: Literal["time", "bars", "stack", "ranks"]) -> None:
    assert annotations(drawn(chart(kind, None, None))) == ["không có"]
    assert annotations(drawn(chart(kind))) == ["không có"]


@pytest.mark.parametrize("kind", KINDS)
def test_chart_draws_zero_as_a_value(kind: Literal["time", "bars", "stack", "ranks"]) -> None:
    assert annotations(drawn(chart(kind, 0))) == []


@pytest.mark.parametrize("kind", KINDS)
def test_mark_of_simulation_stands_inside_the_picture(kind: Literal["time", "bars", "stack", "ranks"]) -> None:
    assert annotations(drawn(chart(kind, 1), simulated="mô phỏng")) == ["mô phỏng"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", list(COLOURS))
def test_no_colour_is_outside_the_palette(kind: Literal["time", "bars", "stack", "ranks"], role: Role) -> None:
    text = json.dumps(drawn(chart(kind, 1, 2, role=role), simulated="x"))
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", text)) <= PALETTE


def test_unknown_value_leaves_a_hole_in_a_line() -> None:
    trace = drawn(chart("time", 1, None, 3))["data"][0]
    assert trace["y"] == [1, None, 3]
    assert trace["connectgaps"] is False


def test_ranks_lie_with_the_first_on_top() -> None:
    made = drawn(chart("ranks", 9, 4))
    assert made["data"][0]["orientation"] == "h"
    assert made["layout"]["yaxis"]["autorange"] == "reversed"


@pytest.mark.parametrize(("number", "told"), [(8, None), (9, 2), (24, 3)])
def test_of_many_categories_some_are_told_upright(number: int, told: int | None) -> None:
    axis = drawn(chart("bars", *range(number)))["layout"]["xaxis"]
    assert (axis.get("dtick"), axis.get("tickangle")) == (told, None if told is None else 0)


def test_axes_begin_at_zero() -> None:
    assert drawn(chart("bars", 100, 101))["layout"]["yaxis"]["rangemode"] == "tozero"


def test_figure_carries_no_template() -> None:
    assert "template" not in drawn(chart("time", 1))["layout"]


def test_words_from_outside_are_no_tags() -> None:
    given = Chart(kind="ranks", title="t", x=["<a href='https://x'>A & B</a>"], series=(Series(name="<b>s</b>", role="in", values=[1]),))
    trace = drawn(given)["data"][0]
    assert trace["y"] == ["&lt;a href='h…'&gt;A &amp; B&lt;/a&gt;"]
    assert trace["name"] == "&lt;b&gt;s&lt;/b&gt;"


@pytest.mark.parametrize("colour", COLOURS.values())
def test_every_colour_has_one_that_holds_on_paper(colour: str) -> None:
    sheet = Path("ioc/assets/dash/theme.css").read_text(encoding="utf-8").partition("@media print")[2]
    rgb = ", ".join(str(int(colour[n:n + 2], 16)) for n in (1, 3, 5))
    assert all(f'[style*="{part}: rgb({rgb})"]' in sheet for part in ("fill", "stroke"))
