"""Rows find their units by the column that fits best; what is not sure is never guessed."""

from datetime import date

import geopandas as gpd
import pytest
import shapely

from ioc.errors import InputError
from ioc.places.matching import Match, match
from ioc.places.register import load_register
from ioc.profiles import load_profile
from tests.unit.places.layers import REFORM, REGISTER, cells

SOC_TRANG = load_register(load_profile("soc_trang"))
THEN = date(2023, 5, 1)


def found(frame: gpd.GeoDataFrame, column: str | None = None) -> Match:
    return match(frame, REGISTER.units.on(REFORM), REGISTER, column)


def rows(**columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=[shapely.box(0, 0, 1, 1)] * len(next(iter(columns.values()))), crs="EPSG:4326")


def test_codes_are_preferred_to_names() -> None:
    assert (found(cells()).by, found(cells()).column, len(found(cells()).rows)) == ("code", "ma", 8)


@pytest.mark.parametrize("kind", [int, float])
def test_codes_may_be_numbers(kind: type) -> None:
    frame = cells()
    frame["ma"] = frame["ma"].astype(kind)
    assert len(found(frame).rows) == 8


def test_names_are_found_without_kind_and_marks() -> None:
    frame = cells().drop(columns="ma")
    frame["ten"] = [n.removeprefix("Xã ").removeprefix("Phường ").upper() for n in frame["ten"]]
    assert (found(frame).by, len(found(frame).rows)) == ("name", 8)


def test_missing_and_duplicate_units_are_told_apart() -> None:
    frame = cells()
    frame.loc[1, "ma"] = frame.loc[0, "ma"]
    match_ = found(frame, "ma")
    assert match_.duplicate == {frame.loc[0, "ma"]: (0, 1)}
    assert [u.name for u in match_.missing] == ["Phường Sao Khuê"]
    assert frame.loc[0, "ma"] not in match_.rows


def test_column_of_the_province_is_not_taken_for_the_city() -> None:
    names = [u.name for u in SOC_TRANG.units.on(THEN, level="district")]
    frame = rows(NAME_1=["Sóc Trăng"] * 11, NAME_2=[n.split(" ", 1)[1] for n in names])
    assert match(frame, SOC_TRANG.units.on(THEN, level="district"), SOC_TRANG).column == "NAME_2"
    forced = match(frame, SOC_TRANG.units.on(THEN, level="district"), SOC_TRANG, "NAME_1")
    assert list(forced.duplicate) == ["941"]
    assert (len(forced.missing), forced.rows) == (10, {})


def test_name_borne_thrice_needs_its_district() -> None:
    units = SOC_TRANG.units.on(THEN)
    beside = match(rows(xa=["Phường 1"] * 3, huyen=["TP Sóc Trăng", "Ngã Năm", "TX. Vĩnh Châu"]), units, SOC_TRANG, "xa")
    assert beside.rows == {"31513": 0, "31732": 1, "31783": 2}
    with pytest.raises(InputError, match="no column holds codes or names"):
        match(rows(xa=["Phường 1"] * 3), units, SOC_TRANG)


def test_reused_code_of_another_time_shows_by_its_name() -> None:
    now = SOC_TRANG.units.on(REFORM)
    old = [u for u in SOC_TRANG.units.on(THEN) if u.code in {n.code for n in now}]
    frame = rows(ma=[u.code for u in old], ten=[u.name for u in old])
    judged = match(frame, now, SOC_TRANG)
    assert judged.renamed["31510"] == "Phường 2"
    assert "31510" not in judged.rows
    assert "31537" in judged.rows


def test_rows_of_the_neighbours_are_foreign() -> None:
    frame = rows(ma=["99001", "12345", None], ten=["Phường Hải Đăng Mới", "Xã Bên", None])
    assert (found(frame).foreign, list(found(frame).rows)) == (2, ["99001"])


def test_column_that_does_not_exist_is_named() -> None:
    with pytest.raises(InputError, match="no column 'code': it has ma, ten"):
        found(cells(), "code")
