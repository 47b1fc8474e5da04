"""Events with a place and no unit: the official boundaries of their day say which, once, when they are stored."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ioc.db.connect import Connection, connect
from ioc.places.boundaries import end_layer, layers, store
from ioc.places.importing import Request, prepare
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.placing import Placing
from ioc.streams.engine.registry import streams
from tests.integration.streams_db import rows, sunk
from tests.integration.streams_wire import NOW, Wire, event, message
from tests.unit.places.layers import REFORM, REGISTER, cells, written

INSIDE = cells().geometry.iloc[0].representative_point()
CODE = str(cells()["ma"].iloc[0])


@pytest.fixture
def boundaries(conn: Connection, tmp_path: Path) -> None:
    file = written(cells(), tmp_path / "ranh_gioi.gpkg")
    request = Request(file=file, level="commune", valid_from=REFORM, source="Sở Nội vụ", licence="nội bộ")
    store(conn, prepare(request, REGISTER), datetime(2026, 1, 1, tzinfo=UTC))


def report(**data: Any) -> Wire:
    return event("report", "submitted", **({"unit_code": "", "lon_deg": INSIDE.x, "lat_deg": INSIDE.y} | data))


@pytest.mark.usefixtures("boundaries")
@pytest.mark.parametrize(("data", "unit", "found"), [
    ({}, CODE, True),
    ({"unit_code": "U1"}, "U1", None),
    ({"lon_deg": 1.0, "lat_deg": 1.0}, "", False),
    ({"jurisdiction": "chicago"}, "", None),
])
def test_report_without_unit_gets_the_one_it_lies_in(dsn: str, conn: Connection, data: dict[str, Any], unit: str, found: bool | None) -> None:  # noqa: FBT001
    sunk(dsn, [report(**data)])
    assert rows(conn, "select unit_code, unit_by_place from report_event") == [(unit, found)]
    assert rows(conn, "select unit_code from report_state") == [(unit,)]


@pytest.mark.usefixtures("boundaries")
def test_boundaries_that_could_not_be_read_are_read_at_the_next_try(dsn: str, conn: Connection) -> None:
    stream, placing = streams()["report"], Placing()
    read = decoder(stream)(message(report()), NOW)
    conn.execute("set lock_timeout = '20ms'")
    with connect(dsn, application="test") as other:
        other.execute("lock table boundary")
        with pytest.raises(psycopg.OperationalError):
            placing.place(conn, stream, [read], NOW)
    assert [e.data.unit_code for e in placing.place(conn, stream, [read], NOW)] == [CODE]


@pytest.mark.usefixtures("boundaries")
def test_boundaries_that_were_taken_out_of_force_place_nothing_a_minute_later(conn: Connection) -> None:
    stream, placing = streams()["report"], Placing()
    read = decoder(stream)(message(report()), NOW)
    assert [e.data.unit_code for e in placing.place(conn, stream, [read], NOW)] == [CODE]
    end_layer(conn, layers(conn)[0]["layer_id"], NOW)
    assert [e.data.unit_code for e in placing.place(conn, stream, [read], NOW + timedelta(minutes=2))] == [""]


def test_nothing_is_placed_without_official_boundaries(dsn: str, conn: Connection) -> None:
    sunk(dsn, [report()])
    assert rows(conn, "select unit_code, unit_by_place from report_event") == [("", None)]


@pytest.mark.usefixtures("boundaries")
def test_event_of_a_day_before_the_boundaries_is_not_placed(dsn: str, conn: Connection) -> None:
    sunk(dsn, [{**report(), "time": "2024-05-05T03:00:00Z"}])
    assert rows(conn, "select unit_code, unit_by_place from report_event") == [("", None)]
