"""A matrix: a hole where nothing is known, the alarm's colour where it is reached, and nothing outside the palette."""

import json
import re
from typing import Any

from ioc.panels.engine.charts.heat import Heat
from ioc.panels.engine.drawing import CLEAR, COLOURS, INK, MUTED, RAMP, RULE, Look

PALETTE = {*COLOURS.values(), *RAMP, INK, MUTED, RULE, CLEAR}
LOOK = Look(simulated="mô phỏng", empty="không có")


def heat(*values: float | None, alarm: float | None = None, texts: tuple[str, ...] = ()) -> dict[str, Any]:
    columns = [str(n) for n in range(len(values))]
    return Heat(title="t", rows=["r"], columns=columns, values=[values], alarm=alarm, texts=[texts] if texts else ()).figure(LOOK)


def said(figure: dict[str, Any]) -> list[str]:
    return [a["text"] for a in figure["layout"]["annotations"]]


def test_matrix_without_a_value_says_so() -> None:
    assert said(heat(None, None)) == ["không có", "mô phỏng"]
    assert said(heat(0, None)) == ["mô phỏng"]


def test_what_is_not_known_is_a_hole_and_not_a_zero() -> None:
    assert heat(0, None, 3)["data"][0]["z"] == [[0, None, 3]]


def colour_at(figure: dict[str, Any], value: float) -> str:
    trace = figure["data"][0]
    share = value / trace["zmax"]
    return str([colour for at, colour in trace["colorscale"] if at <= share][-1])


def test_alarm_begins_at_its_value_and_not_before() -> None:
    made = heat(0, 2, 4, alarm=3)
    assert [colour_at(made, v) == COLOURS["bad"] for v in (2.9, 3, 4)] == [False, True, True]


def test_alarm_that_nothing_reaches_colours_nothing() -> None:
    assert COLOURS["bad"] not in json.dumps(heat(0, 1, 2, alarm=3))


def test_no_colour_is_outside_the_palette() -> None:
    text = json.dumps(heat(1, 2, 3, alarm=2))
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", text)) <= PALETTE


def test_text_of_a_cell_is_no_markup() -> None:
    assert heat(1, texts=("<b>x</b>",))["data"][0]["text"] == [["&lt;b&gt;x&lt;/b&gt;"]]
