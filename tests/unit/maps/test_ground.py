"""What lies under the points: the schematic, and what is said of it."""

from datetime import date

import orjson
import pytest
import shapely

from ioc.maps.ground import Atlas, sketched
from ioc.maps.page import SCHEMATIC, ground_notes
from ioc.maps.wording import PHRASES, phrases
from ioc.words import words
from tests.unit.maps.grounds import PROFILE, TODAY, schematic


def test_schematic_has_a_cell_for_each_unit_around_its_point() -> None:
    found = {f["id"]: f for f in orjson.loads(schematic().cells)["features"]}
    assert set(found) == {u.code for u in PROFILE.units_on(TODAY)}
    for unit in PROFILE.units_on(TODAY):
        assert shapely.covers(shapely.from_geojson(orjson.dumps(found[unit.code]["geometry"])), shapely.Point(unit.lon_deg, unit.lat_deg))


def test_cells_of_the_schematic_share_no_ground() -> None:
    shapes = [shapely.from_geojson(orjson.dumps(f["geometry"])) for f in orjson.loads(schematic().cells)["features"]]
    assert shapely.union_all(shapes).area == pytest.approx(sum(s.area for s in shapes), rel=1e-3)


def test_cells_lie_within_the_bounds_that_a_map_opens_with() -> None:
    west, south, east, north = schematic().bounds
    shapes = shapely.union_all([shapely.from_geojson(orjson.dumps(f["geometry"])) for f in orjson.loads(schematic().cells)["features"]])
    assert shapes.bounds == pytest.approx((west, south, east, north), abs=1e-4)


def test_label_leaves_out_the_kind_of_the_unit() -> None:
    units = {f["id"]: f["properties"] for f in orjson.loads(schematic().cells)["features"]}
    assert (units["99001"]["name"], units["99001"]["label"]) == ("Phường Hải Đăng Mới", "Hải Đăng Mới")


def test_guests_are_told_no_unit_by_name() -> None:
    ground = Atlas(PROFILE).on(None, TODAY, guests=True)
    assert {f["properties"]["name"] + f["properties"]["label"] for f in orjson.loads(ground.cells)["features"]} == {""}


def test_day_of_no_known_units_has_no_cells_and_says_so() -> None:
    ground = sketched((), PROFILE)
    assert (ground.count, ground_notes(ground, words("vi"))) == (0, ("Chưa có ranh giới của ngày này",))
    assert ground.bounds[0] < ground.bounds[2]


def test_ground_before_the_reform_is_another_one() -> None:
    atlas = Atlas(PROFILE)
    assert atlas.on(None, date(2025, 6, 30)).sha256 != atlas.on(None, TODAY).sha256


def test_ground_is_made_once() -> None:
    atlas = Atlas(PROFILE)
    assert atlas.on(None, TODAY) is atlas.on(None, TODAY)


def test_schematic_says_that_it_is_one() -> None:
    assert ground_notes(schematic(), words("vi")) == (SCHEMATIC,)


def test_every_word_of_the_map_has_an_english_one() -> None:
    assert [text for text, said in zip(PHRASES.values(), phrases(words("en")).values(), strict=True) if said == text and text != "Camera"] == []
