"""Shares put together, spans and months as plain dicts: what they never lack and never contain."""

import json
import re

import pytest

from ioc.panels.engine.charts.months import Months
from ioc.panels.engine.charts.pareto import Pareto
from ioc.panels.engine.charts.spans import Spans
from ioc.panels.engine.drawing import Drawing, Look, short
from tests.unit.test_chart import PALETTE, annotations


def pareto(*counts: int, total: int | None = None, name: str = "k") -> Pareto:
    return Pareto(title="t", rows=[f"{name}{n}" for n in range(len(counts))], counts=counts, total=sum(counts) if total is None else total)


def spans(*pairs: tuple[float | None, float | None], name: str = "k") -> Spans:
    return Spans(title="t", rows=[f"{name}{n}" for n in range(len(pairs))], usual=[a for a, _ in pairs], most=[b for _, b in pairs])


def months(*pairs: tuple[float | None, float | None], target: float | None = None, name: str = "k") -> Months:
    return Months(title="t", months=[f"{n:02d}/26" for n in range(len(pairs))], rates=[a for a, _ in pairs], rate_name=name,
                  counts=[b for _, b in pairs], count_name=name, target=target)


EMPTY: list[Drawing] = [pareto(), pareto(0, 0), spans(), spans((None, None)), months(), months((None, None))]
FULL: list[Drawing] = [pareto(3, 1), spans((1, 2)), months((99, 7), target=95)]


@pytest.mark.parametrize("given", EMPTY, ids=lambda d: type(d).__name__)
def test_chart_says_so_when_there_is_nothing_to_draw(given: Drawing) -> None:
    assert annotations(given.figure(Look(simulated="", empty="không có"))) == ["không có"]


@pytest.mark.parametrize("given", [spans((0, 0)), months((None, 0)), months((0, None))], ids=lambda d: type(d).__name__)
def test_zero_is_a_value(given: Drawing) -> None:
    assert annotations(given.figure(Look(simulated="", empty="không có"))) == []


@pytest.mark.parametrize("given", FULL, ids=lambda d: type(d).__name__)
def test_mark_stands_inside_and_no_colour_is_outside_the_palette(given: Drawing) -> None:
    made = given.figure(Look(simulated="mô phỏng", empty=""))
    assert annotations(made) == ["mô phỏng"]
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", json.dumps(made))) <= PALETTE


@pytest.mark.parametrize("given", [pareto(1, name="<b>"), spans((1, 2), name="<b>"), months((99, 1), name="<b>")], ids=lambda d: type(d).__name__)
def test_words_from_outside_are_no_tags(given: Drawing) -> None:
    made = json.dumps(given.figure(Look(simulated="", empty="")))
    assert "&lt;b&gt;" in made
    assert "<b>" not in made


def test_shares_together_count_what_is_not_shown_and_are_never_whole_without_it() -> None:
    together, own = pareto(60, 30, total=100).figure(Look(simulated="", empty=""))["data"]
    assert (together["x"], own["x"], together["text"]) == ([60, 90], [60, 30], ["60 · 60%", "30 · 90%"])
    assert pareto(999, total=1000).figure(Look(simulated="", empty=""))["data"][0]["text"] == ["999 · 99%"]
    assert pareto(10).figure(Look(simulated="", empty=""))["data"][0]["text"] == ["10 · 100%"]


def test_span_joins_only_two_known_ends() -> None:
    made = spans((1, 2), (3, None)).figure(Look(simulated="", empty=""))
    assert [(line["x0"], line["x1"], line["y0"]) for line in made["layout"]["shapes"]] == [(1, 2, 0)]
    assert {trace["marker"]["symbol"] for trace in made["data"]} == {"circle", "diamond"}


def test_a_rate_may_be_cut_but_a_count_begins_at_zero_and_the_target_is_in_sight() -> None:
    layout = months((99.2, 5), (None, 3), target=95).figure(Look(simulated="", empty=""))["layout"]
    assert layout["yaxis"]["range"][0] < 95 < layout["yaxis"]["range"][1]
    assert layout["yaxis2"]["rangemode"] == "tozero"


def test_long_names_give_way_in_their_middle_unless_two_would_read_the_same() -> None:
    assert short(["Xã A", "Trung tâm Phục vụ hành chính công"]) == ["Xã A", "Trung tâm…chính công"]
    alike = ["Trung tâm Phục vụ xã hành chính công", "Trung tâm Phục vụ tỉnh hành chính công"]
    assert short(alike) == alike
