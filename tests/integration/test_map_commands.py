"""`ioc map`, `ioc geo show`, `ioc geo remove`: what a hand does at the command line with maps and boundaries."""

import argparse
import threading
from pathlib import Path
from typing import Any

import pytest

from ioc.__main__ import parser
from ioc.audit.hand import hand
from ioc.audit.ledger import lines
from ioc.db.connect import Connection
from ioc.errors import InputError, NotFoundError
from ioc.maps.ground import Atlas
from ioc.places import command
from ioc.places.boundaries import end_layer, store
from ioc.places.importing import Request, prepare
from ioc.settings import Settings
from tests.integration.web_story import NOW, PROFILE
from tests.profiles import FICTIONAL
from tests.unit.maps.grounds import TODAY
from tests.unit.places.layers import REFORM, REGISTER, cells, written


def done(dsn: str, *words: str) -> int:
    """A command as it would be typed."""
    options = parser().parse_args(words)
    run: Any = options.run
    status: int = run(Settings(database=dsn, profile=FICTIONAL), options, threading.Event())
    return status


@pytest.fixture
def layer(conn: Connection, tmp_path: Path) -> int:
    """Number of a layer of today's units."""
    file = written(cells(), tmp_path / "ranh_gioi.shp")
    return store(conn, prepare(Request(file=file, level="commune", valid_from=REFORM, source="Sở Nội vụ", licence="nội bộ"), REGISTER), NOW).layer_id


def test_show_tells_what_the_import_said(dsn: str, layer: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert done(dsn, "geo", "show", str(layer)) == 0
    said = capsys.readouterr().out
    assert "8 of 8 units found by code in the column 'ma'" in said
    assert "drawn simplified by 50 m; in force" in said


def test_removed_layer_gives_way_to_the_schematic_and_is_kept(dsn: str, conn: Connection, layer: int, capsys: pytest.CaptureFixture[str]) -> None:
    atlas = Atlas(PROFILE)
    assert atlas.on(conn, TODAY).is_official
    assert done(dsn, "geo", "remove", str(layer), "--reason", "wrong file") == 0
    assert not atlas.on(conn, TODAY).is_official
    capsys.readouterr()
    command.list_layers(Settings(database=dsn), argparse.Namespace(), threading.Event())
    assert "out of force" in capsys.readouterr().out
    line = lines(conn, limit=1)[0]
    assert (line.actor, line.action, line.subject, line.reason) == (hand(), "boundaries.removed", f"layer:{layer}", "wrong file")


def test_layer_that_is_not_there_or_was_removed_cannot_be_removed(dsn: str, conn: Connection, layer: int) -> None:
    with pytest.raises(NotFoundError, match="there is no layer 99"):
        done(dsn, "geo", "remove", "99", "--reason", "x")
    end_layer(conn, layer, NOW)
    with pytest.raises(InputError, match="is out of force since 2026-11-20"):
        done(dsn, "geo", "remove", str(layer), "--reason", "x")


@pytest.mark.parametrize("panel", ["overview", "citizen_reports"])
def test_map_is_written_to_one_file(dsn: str, conn: Connection, tmp_path: Path, panel: str) -> None:
    file = tmp_path / "map.html"
    assert done(dsn, "map", str(file), "--panel", panel, "--at", "2026-03-02T10:00", "--lang", "en") == 0
    page = file.read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "10:00:00 02/03/2026" in page
    assert "src=\"/" not in page
    line = lines(conn, limit=1)[0]
    assert (line.actor, line.action, line.subject) == (hand(), "map.exported", f"map:{panel}")


def test_map_without_data_holds_outlines_and_no_points(dsn: str, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    done(dsn, "map", str(file), "--panel", "citizen_reports", "--at", "2026-03-02")
    assert '"collections":{"citizen_reports":{"type":"FeatureCollection","features":[]' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("words", "said"), [
    (("--panel", "nothing"), "there is no map 'nothing': known are"),
    (("--at", "2099-01-01"), "has not come yet"),
    (("--at", "gestern"), "is no moment"),
])
def test_map_that_cannot_be_is_refused(dsn: str, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        done(dsn, "map", str(tmp_path / "map.html"), *words)
    assert not (tmp_path / "map.html").exists()


def test_map_that_cannot_be_written_is_refused(dsn: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        done(dsn, "map", str(tmp_path / "no" / "map.html"), "--panel", "citizen_reports", "--at", "2026-03-02")
