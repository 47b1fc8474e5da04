"""A file of boundaries is refused where it is not sure where on the Earth it lies."""

from pathlib import Path

import pytest
import shapely

from ioc.errors import InputError
from ioc.places.reading import check_place, digest, read_vector
from tests.unit.places.layers import REGISTER, cells, written


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.fgb"])
def test_kinds_of_file_are_read_alike(tmp_path: Path, name: str) -> None:
    read = read_vector(written(cells(), tmp_path / name))
    assert sorted(read.frame["ma"]) == sorted(cells()["ma"])
    assert read.frame.total_bounds == pytest.approx(cells().total_bounds)


def test_other_coordinate_system_is_brought_to_wgs84(tmp_path: Path) -> None:
    read = read_vector(written(cells().to_crs("EPSG:32745"), tmp_path / "a.gpkg"))
    assert read.said_crs == "EPSG:32745"
    assert read.frame.total_bounds == pytest.approx(cells().total_bounds, abs=1e-7)


def test_file_without_coordinate_system_is_refused_until_one_is_given(tmp_path: Path) -> None:
    file = written(cells(), tmp_path / "a.shp")
    file.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match="names no coordinate system.*give --crs"):
        read_vector(file)
    assert read_vector(file, crs="EPSG:4326").frame.total_bounds == pytest.approx(cells().total_bounds)


def test_unknown_coordinate_system_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--crs EPSG:99 is no coordinate system"):
        read_vector(written(cells(), tmp_path / "a.gpkg"), crs="EPSG:99")


def test_swapped_axes_are_named(tmp_path: Path) -> None:
    frame = cells()
    frame.geometry = shapely.transform(frame.geometry.to_numpy(), lambda c: c[:, ::-1])
    with pytest.raises(InputError, match="axes look swapped"):
        check_place(tmp_path, frame, REGISTER)


@pytest.mark.parametrize("crs", ["EPSG:32745", "EPSG:3857"])
def test_metres_taken_for_degrees_are_refused(tmp_path: Path, crs: str) -> None:
    frame = cells().to_crs(crs).set_crs("EPSG:4326", allow_override=True)
    with pytest.raises(InputError, match="its coordinate system is another than it says"):
        check_place(tmp_path, frame, REGISTER)


def test_place_that_fits_is_accepted(tmp_path: Path) -> None:
    check_place(tmp_path, cells(), REGISTER)


def test_file_with_several_layers_asks_which(tmp_path: Path) -> None:
    file = tmp_path / "a.gpkg"
    for layer in ("xa", "huyen"):
        cells().to_file(file, layer=layer, engine="pyogrio")
    with pytest.raises(InputError, match=r"has 2 layers with geometry \(xa, huyen\): choose one with --layer"):
        read_vector(file)
    assert len(read_vector(file, layer="huyen").frame) == 8


def test_rows_that_are_no_areas_are_refused(tmp_path: Path) -> None:
    frame = cells()
    frame.geometry = [*frame.geometry[:7], shapely.Point(85.1, -20.1)]
    with pytest.raises(InputError, match=r"1 of 8 rows are no areas but Point \(the first is row 8\)"):
        read_vector(written(frame, tmp_path / "a.geojson"))


@pytest.mark.parametrize("text", ["{", "ma,ten\n1,2\n"])
def test_file_that_is_no_map_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.geojson"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        read_vector(file)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_vector(tmp_path / "a.gpkg")


def test_digest_of_a_shapefile_covers_the_files_beside_it(tmp_path: Path) -> None:
    file = written(cells(), tmp_path / "a.shp")
    before = digest(file)
    file.with_suffix(".prj").unlink()
    assert digest(file) != before
