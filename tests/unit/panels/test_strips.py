"""Strips of stations, bars against marks, classes of the air: what they never lack, never contain and never hide."""

import json
import re
from typing import Any

import pytest

from ioc.panels.engine.charts.air import VN_AQI, air, air_class
from ioc.panels.engine.charts.bands import Bands, Mark, Strip
from ioc.panels.engine.charts.gauge import Gauge
from ioc.panels.engine.drawing import COLOURS, RAMP, Drawing, Look
from ioc.words import words
from tests.unit.test_chart import PALETTE

HOURS = ("2026-11-20T01:00", "2026-11-20T02:00", "2026-11-20T03:00")
LINES = (Mark(value=1, text="1"), Mark(value=4, text="4", role="bad"))


def strip(*values: float | None, **given: Any) -> Strip:
    return Strip(**{"name": "S", "x": HOURS[:len(values)], "y": values, "said": "0,4", "marks": LINES} | given)


def bands(*strips: Strip, shared: bool = True) -> Bands:
    return Bands(title="t", strips=strips, shared=shared)


def gauge(*values: float | None, **given: Any) -> Gauge:
    return Gauge(**{"title": "t", "names": [f"H{n}" for n in range(len(values))], "values": values, "texts": ["x"] * len(values), "marks": LINES} | given)


def drawn(given: Drawing, simulated: str = "") -> dict[str, Any]:
    return given.figure(Look(simulated=simulated, empty="không có"))


def notes(made: dict[str, Any]) -> list[str]:
    return [a["text"] for a in made["layout"]["annotations"]]


@pytest.mark.parametrize("given", [bands(), bands(strip(None, None)), gauge(), gauge(None)])
def test_nothing_known_says_so(given: Drawing) -> None:
    assert notes(drawn(given)) == ["không có"]


@pytest.mark.parametrize("given", [bands(strip(0)), gauge(0)])
def test_zero_is_a_value(given: Drawing) -> None:
    made = drawn(given)
    assert "không có" not in notes(made)
    assert made["data"][-1]["y" if isinstance(given, Bands) else "x"] == [0]


@pytest.mark.parametrize("given", [bands(strip(1, 2)), gauge(1)])
def test_mark_of_simulation_stands_inside(given: Drawing) -> None:
    assert "mô phỏng" in notes(drawn(given, "mô phỏng"))


@pytest.mark.parametrize("given", [
    bands(strip(1, 2, quiet=True, tone="bad", spans=[(HOURS[0], 1, 2)], band=([1, 1], [2, 2]))), gauge(1, tones=("bad",)), gauge(1)])
def test_no_colour_is_outside_the_palette(given: Drawing) -> None:
    found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", json.dumps(drawn(given, "x"))))
    assert found <= PALETTE | {*COLOURS.values(), *RAMP}


def test_strips_stand_below_each_other_on_one_time_axis() -> None:
    layout = drawn(bands(strip(1, 2), strip(3, 4), strip(5, 6)))["layout"]
    first, second, third = (layout[name]["domain"] for name in ("yaxis", "yaxis2", "yaxis3"))
    assert first[0] >= second[1] >= second[0] >= third[1]
    assert layout["xaxis"]["anchor"] == "y3"


def test_shared_strips_have_one_scale_and_others_their_own() -> None:
    def tops(*, shared: bool) -> list[float]:
        layout = drawn(bands(strip(15.6, marks=()), strip(0.3, marks=()), shared=shared))["layout"]
        return [layout[name]["range"][1] for name in ("yaxis", "yaxis2")]

    assert tops(shared=True)[0] == tops(shared=True)[1] > 15.6
    assert tops(shared=False)[1] < 1


def test_lines_have_room_although_the_water_is_fresh() -> None:
    layout = drawn(bands(strip(0.1, 0.1)))["layout"]
    assert layout["yaxis"]["range"][1] > 4
    assert {shape["y0"] for shape in layout["shapes"]} == {1, 4}


def test_names_of_lines_stand_once_where_strips_share_them() -> None:
    assert notes(drawn(bands(strip(1), strip(2)))).count("4") == 1


def test_silent_strip_is_grey_and_dashed_and_says_since_when() -> None:
    made = drawn(bands(strip(1, 2, quiet=True, said="im lặng 5 giờ", tone="bad")))
    assert made["data"][-1]["line"] == {"color": COLOURS["base"], "width": 3, "dash": "dot"}
    said = next(a for a in made["layout"]["annotations"] if a["text"] == "im lặng 5 giờ")
    assert said["font"]["color"] not in {COLOURS["bad"], COLOURS["in"]}


def test_hour_without_a_reading_is_a_hole() -> None:
    trace = drawn(bands(strip(1, None, 3)))["data"][-1]
    assert (trace["y"], trace["connectgaps"]) == ([1, None, 3], False)


def test_forecast_is_a_bar_from_least_to_greatest() -> None:
    trace = drawn(bands(strip(1, 2, spans=[(HOURS[1], 1.4, 1.6)])))["data"][0]
    assert trace["y"] == [1.4, 1.6, None]


def test_bars_begin_at_zero_and_marks_have_room() -> None:
    layout = drawn(gauge(80, marks=(Mark(value=110, text="110%"),)))["layout"]
    assert layout["xaxis"]["range"] == [0, 110]
    assert [shape["x0"] for shape in layout["shapes"]] == [110]


def test_words_from_outside_are_no_tags() -> None:
    texts = json.dumps([drawn(bands(strip(1, name="<b>", said="<i>"))), drawn(gauge(1, names=("<b>",), texts=("<i>",)))])
    assert "<b>" not in texts
    assert "<i>" not in texts


@pytest.mark.parametrize(("index", "word"), [
    (0, "Tốt"), (50, "Tốt"), (51, "Trung bình"), (101, "Kém"), (150, "Kém"), (151, "Xấu"), (201, "Rất xấu"), (301, "Nguy hại"), (600, "Nguy hại")])
def test_class_of_the_air_is_the_official_one(index: float, word: str) -> None:
    assert air_class(index).word == word


def test_classes_of_the_air_bear_the_laws_colours() -> None:
    rgb = [tuple(int(c.colour[n:n + 2], 16) for n in (1, 3, 5)) for c in VN_AQI]
    assert rgb == [(0, 228, 0), (255, 255, 0), (255, 126, 0), (255, 0, 0), (143, 63, 151), (126, 0, 35)]


def test_air_says_its_class_and_a_silent_station_that_it_is_silent() -> None:
    made = air("t", ["A", "B"], [162, None], words("vi"))
    assert list(made.texts) == ["162 · Xấu", "mất tín hiệu"]
    assert made.figure(Look(simulated="", empty=""))["data"][0]["marker"]["color"][0] == "#ff0000"
