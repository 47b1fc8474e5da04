"""Boundaries in the database: kept for good, one layer a day, and served as GeoJSON."""

import argparse
import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest
import shapely

from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.places import command
from ioc.places.boundaries import layer_drawn, layer_on, layers, store
from ioc.places.importing import Prepared, Request, prepare
from ioc.places.tagging import NOT_KNOWN, load_tagger
from ioc.settings import Settings
from tests.profiles import FICTIONAL
from tests.unit.places.layers import REFORM, REGISTER, cells, written

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    file = written(cells(), tmp_path / "ranh_gioi.gpkg")
    return Request(file=file, level="commune", valid_from=REFORM, source="Sở Nội vụ", licence="nội bộ")


@pytest.fixture
def layer(request_: Request) -> Prepared:
    return prepare(request_, REGISTER)


def options(request_: Request, **changes: object) -> argparse.Namespace:
    asked = replace(request_, **changes)  # type: ignore[arg-type]
    return argparse.Namespace(**{f: getattr(asked, f) for f in Request.__dataclass_fields__}, replace=False)


def test_layer_is_kept_with_its_source_and_report(conn: Connection, layer: Prepared) -> None:
    stored = store(conn, layer, NOW)
    row = layers(conn)[0]
    assert (row["layer_id"], row["unit_count"], row["partial"], row["sha256"]) == (stored.layer_id, 8, False, layer.sha256)
    assert (row["source"], row["licence"], row["imported_at"]) == ("Sở Nội vụ", "nội bộ", NOW)
    report = conn.execute("select report from boundary_layer").fetchone()
    assert report is not None
    assert report[0]["area_km2"] == pytest.approx(527, abs=2)


def test_layer_without_source_or_licence_is_refused(conn: Connection, request_: Request) -> None:
    with pytest.raises(InputError, match="give --source and --licence"):
        store(conn, prepare(replace(request_, licence=""), REGISTER), NOW)


def test_second_layer_for_the_same_days_asks_to_replace(conn: Connection, layer: Prepared) -> None:
    first = store(conn, layer, NOW).layer_id
    with pytest.raises(InputError, match=f"layer {first} of the level 'commune' holds on some of these days: --replace"):
        store(conn, layer, NOW)
    assert store(conn, layer, NOW, replace=True).replaced == (first,)
    assert [(r["layer_id"], r["replaced_at"]) for r in layers(conn)][1] == (first, NOW)


def test_layer_may_not_replace_one_that_holds_longer(conn: Connection, request_: Request, layer: Prepared) -> None:
    store(conn, layer, NOW)
    with pytest.raises(InputError, match="holds from 2025-07-01 to now, longer than the new one"):
        store(conn, prepare(replace(request_, valid_to=date(2026, 1, 1)), REGISTER), NOW, replace=True)
    assert [r["replaced_at"] for r in layers(conn)] == [None]


def test_database_itself_refuses_two_layers_on_a_day(conn: Connection, layer: Prepared) -> None:
    store(conn, layer, NOW)
    with pytest.raises(psycopg.errors.ExclusionViolation, match="holds on some of these days"):
        conn.execute("insert into boundary_layer (level, valid_from, valid_to, source, licence, file_name, sha256, imported_at, unit_count, partial, "
                     "report) select level, '2026-01-01', null, source, licence, file_name, sha256, imported_at, 0, partial, report from boundary_layer")


def test_refused_layer_leaves_nothing_behind(conn: Connection, request_: Request, tmp_path: Path) -> None:
    torn = replace(request_, file=written(cells()[:5], tmp_path / "torn.gpkg"))
    with pytest.raises(InputError, match="3 of 8 units are missing"):
        store(conn, prepare(torn, REGISTER), NOW)
    assert layers(conn) == []


def test_geojson_follows_the_standard(conn: Connection, layer: Prepared) -> None:
    store(conn, layer, NOW)
    held = layer_on(conn, TODAY, "commune")
    assert held is not None
    found = layer_drawn(conn, held)
    assert found["bbox"] == pytest.approx([85.05, -20.26, 85.29, -20.07])
    assert [f["id"] for f in found["features"]] == [f"{u.code}@2025-07-01" for u in REGISTER.units.on(TODAY)]
    for feature in found["features"]:
        assert all(part.exterior.is_ccw for part in shapely.get_parts(shapely.from_geojson(json.dumps(feature["geometry"]))))
        assert feature["bbox"] == pytest.approx(shapely.from_geojson(json.dumps(feature)).bounds, abs=1e-3)
    assert "crs" not in found


def test_day_before_the_layer_has_none(conn: Connection, layer: Prepared) -> None:
    store(conn, layer, NOW)
    assert layer_on(conn, date(2025, 6, 30), "commune") is None
    assert layer_on(conn, date(2025, 7, 1), "commune") is not None
    assert layer_on(conn, TODAY, "district") is None


def test_stored_layer_tags_the_units_own_points(conn: Connection, layer: Prepared) -> None:
    store(conn, layer, NOW)
    frame = cells()
    inner = [s.representative_point() for s in frame.geometry]
    tagger = load_tagger(conn)
    assert tagger.tag([p.x for p in inner], [p.y for p in inner], TODAY) == list(frame["ma"])
    assert tagger.tag([0, inner[0].x], [0, inner[0].y], [TODAY, date(2025, 6, 30)]) == [None, NOT_KNOWN]


def test_nothing_imported_tags_nothing(conn: Connection) -> None:
    assert load_tagger(conn).tag([85.2], [-20.1], TODAY) == [NOT_KNOWN]


def test_replaced_layer_tags_no_more(conn: Connection, request_: Request, layer: Prepared, tmp_path: Path) -> None:
    store(conn, layer, NOW)
    part = replace(request_, file=written(cells()[:7], tmp_path / "seven.gpkg"), partial=True)
    store(conn, prepare(part, REGISTER), NOW, replace=True)
    inner = cells().geometry[7].representative_point()
    assert load_tagger(conn).tag([inner.x], [inner.y], TODAY) == [NOT_KNOWN]


def test_commands_check_import_and_list(dsn: str, request_: Request, capsys: pytest.CaptureFixture[str]) -> None:
    settings, stop = Settings(database=dsn, profile=FICTIONAL), threading.Event()
    assert command.list_layers(settings, argparse.Namespace(), stop) == 0
    assert "no boundaries are imported" in capsys.readouterr().out
    assert command.check_layer(settings, options(request_), stop) == 0
    assert command.import_layer(settings, options(request_), stop) == 0
    assert "8 of 8 units found by code in the column 'ma'" in capsys.readouterr().out
    command.list_layers(settings, argparse.Namespace(), stop)
    assert "commune   2025-07-01 – now" in capsys.readouterr().out


def test_check_says_what_would_be_refused(request_: Request, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = options(request_, file=written(cells()[:7], tmp_path / "torn.gpkg"))
    assert command.check_layer(Settings(profile=FICTIONAL), asked, threading.Event()) == 1
    assert "refused: 1 of 8 units are missing: 99022 Xã Bến Lau" in capsys.readouterr().out
