"""A layer is prepared from a file: what speaks against it is said in words and refused."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from ioc.errors import InputError
from ioc.places.importing import Prepared, Request, prepare, refuse
from ioc.places.register import load_register
from ioc.profiles import load_profile
from tests.unit.places.layers import REFORM, REGISTER, cells, written

SOC_TRANG = load_register(load_profile("soc_trang"))
SHARED = Path(__file__).parents[4] / "shared" / "data"


def prepared(frame: gpd.GeoDataFrame, folder: Path, **changes: object) -> Prepared:
    request = Request(file=written(frame, folder / "a.gpkg"), level="commune", valid_from=REFORM)
    return prepare(replace(request, **changes), REGISTER)  # type: ignore[arg-type]


def test_good_file_has_nothing_against_it(tmp_path: Path) -> None:
    found = prepared(cells(), tmp_path)
    refuse(found)
    assert [u.code for u in found.units] == list(cells()["ma"])
    assert (found.missing, found.outlines.holes, found.valid_to, len(found.sha256)) == (0, 0, None, 64)
    assert found.outlines.is_coverage


def test_missing_units_are_refused_unless_partial(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not imported: 2 of 8 units are missing: 99019 Xã Sương Sớm, 99022 Xã Bến Lau"):
        refuse(prepared(cells()[:6], tmp_path))
    partial = prepared(cells()[:6], tmp_path, partial=True)
    refuse(partial)
    assert (partial.missing, len(partial.units)) == (2, 6)


def test_duplicate_unit_is_left_out_of_a_partial_layer(tmp_path: Path) -> None:
    frame = cells()
    frame.loc[1, ["ma", "ten"]] = frame.loc[0, ["ma", "ten"]]
    with pytest.raises(InputError, match="names 1 units more than once"):
        refuse(prepared(frame, tmp_path))
    assert "99001" not in {u.code for u in prepared(frame, tmp_path, partial=True).units}


def test_overlapping_units_are_refused_even_if_partial(tmp_path: Path) -> None:
    frame = cells()
    frame.geometry = shapely.buffer(frame.geometry.to_numpy(), 0.02)
    with pytest.raises(InputError, match=r"units overlap on [\d.]+ km²"):
        refuse(prepared(frame, tmp_path, partial=True))


def test_outlines_of_other_ground_are_refused(tmp_path: Path) -> None:
    frame = cells()
    frame.geometry = frame.geometry.translate(xoff=0.25)
    with pytest.raises(InputError, match="8 outlines lie far from where the register has the unit"):
        refuse(prepared(frame, tmp_path))


def test_common_shift_is_warned_of(tmp_path: Path) -> None:
    straight = next(w for w in prepared(cells(), tmp_path).words if "centres lie" in w)
    frame = cells()
    frame.geometry = [shapely.affinity.translate(shapely.Point(u.lon_deg, u.lat_deg).buffer(0.01), 0.003) for u in REGISTER.units.on(REFORM)]
    shifted = next(w for w in prepared(frame, tmp_path).words if "centres lie" in w)
    assert shifted.startswith("WARNING: centres lie +31")
    assert straight != shifted


def test_holes_between_units_are_reported(tmp_path: Path) -> None:
    frame = cells()
    frame.geometry = frame.geometry.difference(shapely.box(85.15, -20.15, 85.16, -20.14))
    found = prepared(frame, tmp_path)
    assert found.outlines.holes == 1
    assert found.outlines.hole_km2 == pytest.approx(1.15, abs=0.05)


def test_invalid_outline_is_repaired_and_counted(tmp_path: Path) -> None:
    frame = cells()
    west, south, east, north = frame.geometry[0].bounds
    frame.loc[[0], "geometry"] = gpd.GeoSeries([shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])], crs=frame.crs, index=[0])
    found = prepared(frame, tmp_path, partial=True)
    assert found.outlines.repaired == 1
    assert shapely.is_valid(found.outlines.full).all()


def test_outer_rings_run_anticlockwise_and_coordinates_are_short(tmp_path: Path) -> None:
    found = prepared(cells(), tmp_path)
    for shapes, digits in ((found.outlines.full, 6), (found.outlines.display, 5)):
        for part in shapely.get_parts(shapes):
            assert part.exterior.is_ccw
        assert all(x == round(x, digits) for x in shapely.get_coordinates(shapes).ravel())


def test_layer_ends_when_its_units_change(tmp_path: Path) -> None:
    old = list(REGISTER.units.on(date(2021, 1, 1)))
    frame = cells().dissolve().loc[[0] * len(old)].reset_index(drop=True)
    frame.geometry = [shapely.box(85.05 + i * 0.02, -20.26, 85.07 + i * 0.02, -20.07) for i in range(len(old))]
    frame["ma"], frame["ten"] = [u.code for u in old], [u.name for u in old]
    assert prepared(frame, tmp_path, valid_from=date(2021, 1, 1)).valid_to == date(2023, 1, 1)
    with pytest.raises(InputError, match="--valid-to 2024-01-01 must lie after 2021-01-01 and not after 2023-01-01, when the units change"):
        prepared(frame, tmp_path, valid_from=date(2021, 1, 1), valid_to=date(2024, 1, 1))


def test_level_without_units_that_day_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no unit of the level 'district' on 2025-07-01"):
        prepared(cells(), tmp_path, level="district")


def test_tolerance_thins_only_what_is_drawn(tmp_path: Path) -> None:
    frame = cells()
    frame.geometry = shapely.segmentize(frame.geometry.to_numpy(), 0.001)
    fine, coarse = prepared(frame, tmp_path, tolerance_m=0).outlines, prepared(frame, tmp_path, tolerance_m=200).outlines
    assert shapely.get_num_coordinates(coarse.display).sum() * 5 < shapely.get_num_coordinates(fine.display).sum()
    assert shapely.equals_exact(coarse.full, fine.full).all()


@pytest.mark.skipif(not SHARED.exists(), reason="the real boundaries to try with are not on this machine")
def test_real_boundaries_of_today_are_accepted_and_refused_as_those_of_2023() -> None:
    request = Request(file=SHARED / "wards_2025.geojson", level="commune", valid_from=REFORM)
    found = prepare(request, SOC_TRANG)
    refuse(found)
    assert (len(found.units), round(sum(found.outlines.areas_km2))) == (43, 3290)
    with pytest.raises(InputError, match="the file is of another time"):
        refuse(prepare(replace(request, valid_from=date(2023, 1, 1), partial=True), SOC_TRANG))
