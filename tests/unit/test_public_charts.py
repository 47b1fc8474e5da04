"""Squares, steps, ranks, points and shares as plain dicts: what they never lack and never contain."""

import json
import re
from typing import Any

import pytest

from ioc.panels.engine.charts.bump import Bump, Place, Ranked
from ioc.panels.engine.charts.funnel import Funnel
from ioc.panels.engine.charts.losses import Part, Reached, Step, Waterfall
from ioc.panels.engine.charts.shares import Shares
from ioc.panels.engine.charts.waffle import Kind, Waffle
from ioc.panels.engine.drawing import COLOURS, RAMP, Drawing, Look
from tests.unit.test_chart import PALETTE, annotations

TAGGED = "<b>A & B</b>"
CLEANED = "&lt;b&gt;A &amp; B&lt;/b&gt;"


def waffle(*counts: int, name: str = "k") -> Waffle:
    colours = list(COLOURS.values())
    return Waffle(title="t", kinds=[Kind(name=name, text=str(n), count=n, colour=colours[at]) for at, n in enumerate(counts)])


def funnel(*values: float | None, name: str = "s") -> Funnel:
    return Funnel(title="t", steps=[f"{name}{n}" for n in range(len(values))], values=values, texts=[str(v) for v in values])


def bump(*places: tuple[int, int, int | None], name: str = "r") -> Bump:
    return Bump(title="t", ranked=[Ranked(name=name, places=[Place(year=y, rank=r, out_of=of) for y, r, of in places])])


def reached(*points: float, name: str = "g") -> Reached:
    return Reached(title="t", parts=[Part(name=name, reached=p, lost=1, unknown=2, text="x") for p in points])


def waterfall(*lost: float, name: str = "c") -> Waterfall:
    steps = [Step(name="all", points=10, kind="whole", text="10"), *(Step(name=name, points=n, kind="lost", text=f"{n}") for n in lost),
             Step(name="left", points=10 - sum(lost), kind="left", text="x")]
    return Waterfall(title="t", steps=steps if lost else [])


def shares(*values: float, target: float | None = None, name: str = "u") -> Shares:
    return Shares(title="t", names=[f"{name}{n}" for n in range(len(values))], values=values, texts=[str(v) for v in values], target=target,
                  target_text=name)


EMPTY: list[Drawing] = [waffle(), waffle(0, 0), funnel(), funnel(None, None), bump(), reached(), waterfall(), shares()]
FULL: list[Drawing] = [waffle(3, 2, 1), funnel(3, 2, None), bump((2024, 3, 34), (2025, 1, 34)), reached(0, 5), waterfall(2, 3), shares(10, 90, target=50)]


def drawn(given: Drawing, simulated: str = "") -> dict[str, Any]:
    return given.figure(Look(simulated=simulated, empty="không có"))


@pytest.mark.parametrize("given", EMPTY, ids=lambda d: type(d).__name__)
def test_chart_says_so_when_there_is_nothing_to_draw(given: Drawing) -> None:
    assert annotations(drawn(given)) == ["không có"]


@pytest.mark.parametrize("given", [funnel(0, 0), reached(0), waterfall(0), shares(0)], ids=lambda d: type(d).__name__)
def test_chart_draws_zero_as_a_value(given: Drawing) -> None:
    assert annotations(drawn(given)) == []


@pytest.mark.parametrize("given", [*EMPTY, *FULL], ids=lambda d: type(d).__name__)
def test_mark_of_simulation_stands_inside_the_picture(given: Drawing) -> None:
    assert "mô phỏng" in annotations(drawn(given, simulated="mô phỏng"))


@pytest.mark.parametrize("given", FULL, ids=lambda d: type(d).__name__)
def test_no_colour_is_outside_the_palette(given: Drawing) -> None:
    made = drawn(given, simulated="x")
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", json.dumps(made))) <= {*PALETTE, *RAMP}
    assert "template" not in made["layout"]


@pytest.mark.parametrize("given", [waffle(1, name=TAGGED), funnel(1, name=TAGGED), bump((2025, 1, 2), name=TAGGED), reached(1, name=TAGGED),
                                   waterfall(1, name=TAGGED), shares(1, target=2, name=TAGGED)], ids=lambda d: type(d).__name__)
def test_words_from_outside_are_no_tags(given: Drawing) -> None:
    text = json.dumps(drawn(given))
    assert CLEANED in text
    assert "<b>" not in text


def test_squares_are_as_many_as_the_parts_and_follow_each_other_in_columns() -> None:
    grid = drawn(waffle(3, 2))["data"][0]["z"]
    assert [cell for column in zip(*grid, strict=True) for cell in column if cell is not None] == [0, 0, 0, 1, 1]


def test_a_square_stands_for_several_parts_where_they_are_too_many() -> None:
    grid = drawn(waffle(605_859, 1))["data"][0]["z"]
    cells = [cell for row in grid for cell in row if cell is not None]
    assert (len(cells) <= 2001, cells.count(1)) == (True, 1)


def test_legend_of_squares_says_how_many_and_leaves_out_what_there_is_none_of() -> None:
    assert [t["name"] for t in drawn(waffle(3, 0, 2))["data"] if t["type"] == "scatter"] == ["k: 3", "k: 2"]


def test_squares_of_one_kind_have_one_colour() -> None:
    assert {colour for _, colour in drawn(waffle(7))["data"][0]["colorscale"]} == {COLOURS["in"]}


def test_ranks_have_the_first_on_top_and_say_out_of_how_many() -> None:
    made = drawn(bump((2024, 18, 63), (2025, 4, None)))
    assert (made["data"][0]["y"], made["layout"]["yaxis"]["range"]) == ([1, None, 0], [2, -1])
    assert [text for text in made["data"][0]["text"] if text] == ["18", "4"]
    assert made["layout"]["xaxis"]["ticktext"] == ["2024<br>/63", "2025"]


@pytest.mark.parametrize("then", [(2023, 5, 34), (2024, 5, 63)], ids=["a year is missing", "out of another number"])
def test_line_of_ranks_breaks_where_they_cannot_be_compared(then: tuple[int, int, int]) -> None:
    assert drawn(bump(then, (2025, 3, 34)))["data"][0]["text"] == ["5", "", "3"]


def test_lines_of_ranks_differ_by_mark_and_not_by_colour_alone() -> None:
    ranked = [Ranked(name=str(n), places=[Place(year=2025, rank=n + 1, out_of=9)]) for n in range(6)]
    assert len({trace["marker"]["symbol"] for trace in drawn(Bump(title="t", ranked=ranked))["data"]}) == 6


def test_points_that_are_not_known_are_hatched_and_no_loss() -> None:
    reach, lost, unknown = drawn(reached(5))["data"]
    assert (reach["x"], lost["x"], unknown["x"]) == ([5], [1], [2])
    assert "pattern" in unknown["marker"]
    assert "pattern" not in lost["marker"]


def test_way_down_begins_with_all_and_ends_with_what_is_left() -> None:
    trace = drawn(waterfall(2, 3))["data"][0]
    assert (trace["x"], trace["measure"]) == ([10, -2, -3, None], ["absolute", "relative", "relative", "total"])


def test_bars_under_the_target_are_in_another_colour() -> None:
    made = drawn(shares(49, 50, target=50))
    assert made["data"][0]["marker"]["color"] == [COLOURS["bad"], COLOURS["in"]]
    assert made["layout"]["shapes"][0]["x0"] == 50
    assert "shapes" not in drawn(shares(49))["layout"]
