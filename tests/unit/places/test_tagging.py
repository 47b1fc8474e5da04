"""Points find their unit: as one by one with shapely, by the day, the smallest code on a border, and never by a guess."""

from datetime import date

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.places.tagging import NOT_KNOWN, Layer, Tagger
from tests.unit.places.layers import GROUND, REFORM, cells

FRAME = cells()
LAYER = Layer(valid_from=REFORM, valid_to=None, codes=list(FRAME["ma"]), shapes=list(FRAME.geometry))
CORNERS = [(float(x), float(y)) for x, y in shapely.get_coordinates(FRAME.geometry.to_numpy())]
DAY = date(2026, 11, 21)
west, south, east, north = GROUND.bounds
spread = st.tuples(st.floats(west - 0.05, east + 0.05), st.floats(south - 0.05, north + 0.05))
borders = st.builds(lambda a, b, t: (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])), st.sampled_from(CORNERS), st.sampled_from(CORNERS), st.floats(0, 1))
points = st.lists(st.one_of(spread, st.sampled_from(CORNERS), borders), min_size=1, max_size=50)
TAGGER = Tagger([LAYER])


def alone(place: tuple[float, float], layer: Layer = LAYER) -> str | None:
    return min((c for c, s in zip(layer.codes, layer.shapes, strict=True) if s.covers(shapely.Point(place))), default=None)


@settings(max_examples=25, deadline=None)
@given(points)
def test_batch_answers_as_each_point_alone(places: list[tuple[float, float]]) -> None:
    lons, lats = [p[0] for p in places], [p[1] for p in places]
    assert TAGGER.tag(lons, lats, DAY) == [alone(p) for p in places]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 4), st.floats(-1, 4)), min_size=1, max_size=40))
def test_islands_holes_and_thin_strips_answer_as_alone(places: list[tuple[float, float]]) -> None:
    ring = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    layer = Layer(valid_from=REFORM, valid_to=None, codes=["3", "1", "2"], shapes=[
        shapely.MultiPolygon([ring, shapely.box(3.5, 3.5, 3.6, 3.6)]), shapely.box(1, 1, 2, 2), shapely.box(3, 0, 3.0001, 3)])
    places = [*places, (1, 1), (2, 1.5), (3, 1), (3.0001, 3), (1.5, 1.5), (3.55, 3.55)]
    assert Tagger([layer]).tag([p[0] for p in places], [p[1] for p in places], DAY) == [alone(p, layer) for p in places]


def test_border_goes_to_the_smallest_code_whatever_the_order_of_the_file() -> None:
    shapes = [shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)]
    for order in (1, -1):
        layer = Layer(valid_from=REFORM, valid_to=None, codes=["20", "10"][::order], shapes=shapes[::order])
        assert Tagger([layer]).tag([1.0, 1.5, 0.5], [0.5] * 3, DAY) == ["10", "20", "10"]


def test_day_decides_which_layer() -> None:
    old = Layer(valid_from=date(2020, 1, 1), valid_to=REFORM, codes=["1"], shapes=[GROUND])
    x, y = FRAME.geometry[0].representative_point().coords[0]
    days = [date(2025, 6, 30), REFORM, date(2019, 12, 31)]
    assert Tagger([LAYER, old]).tag([x] * 3, [y] * 3, days) == ["1", FRAME["ma"][0], NOT_KNOWN]


def test_outside_is_another_answer_than_not_known() -> None:
    assert TAGGER.tag([0.0, 106.0], [0.0, 9.6], DAY) == [None, None]
    assert TAGGER.tag([85.2], [-20.1], date(2025, 6, 30)) == [NOT_KNOWN]
    assert Tagger([]).tag([85.2], [-20.1], DAY) == [NOT_KNOWN]


def test_outside_of_a_partial_layer_is_not_known() -> None:
    layer = Layer(valid_from=REFORM, valid_to=None, partial=True, codes=LAYER.codes[:1], shapes=LAYER.shapes[:1])
    x, y = FRAME.geometry[0].representative_point().coords[0]
    assert Tagger([layer]).tag([x, 0.0], [y, 0.0], DAY) == [LAYER.codes[0], NOT_KNOWN]


@pytest.mark.parametrize("lon", [None, float("nan"), float("inf")])
def test_point_without_coordinates_is_not_known(lon: float | None) -> None:
    assert TAGGER.tag([lon], [-20.1], DAY) == [NOT_KNOWN]


def test_empty_batch_has_no_answers() -> None:
    assert TAGGER.tag([], [], []) == []


def test_huge_coordinates_are_outside() -> None:
    assert TAGGER.tag([1e308, -1e308], [1e308, 5.0], DAY) == [None, None]
