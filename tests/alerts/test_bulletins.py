"""Bulletins in force as the maps draw them: now, at a past moment, and as it was known then."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ioc.alerts.bulletins import bulletins
from ioc.db.connect import Connection
from ioc.errors import InvalidEvent
from ioc.streams.engine.decode import decoder
from ioc.streams.environment import STREAM
from tests.integration.kpi_ways import told
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import BASE, NOW, Wire, at, message

SHAPE = '{"type":"MultiPolygon","coordinates":[[[[106.0,9.5],[106.2,9.5],[106.2,9.7],[106.0,9.5]]]]}'
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def bulletin(minutes: float, id_: str, level: int = 2, *, hours: float = 24, simulated: bool = False, **data: Any) -> Wire:
    given = {"identifier": f"{id_}-{minutes:g}", "msg_type": "alert", "status": "actual", "issuer": "KTTV", "risk_level": level,
             "phenomenon": "spring_tide", "effective_at": at(minutes), "expires_at": at(minutes + 60 * hours)}
    return told("environment", "bulletin", minutes, subject=id_, simulated=simulated, **{**given, **data})


def in_force(conn: Connection, minutes: float, known: datetime = LATER) -> list[str]:
    return [f["properties"]["identifier"] for f in bulletins(conn, BASE + timedelta(minutes=minutes), known)["features"]]


def test_what_is_drawn_says_who_warns_where_and_until_when(dsn: str, conn: Connection) -> None:
    sunk(dsn, [bulletin(0, "A", 3, headline="Triều cường cao", area="Ven biển", area_units="99001, 99004", geometry=SHAPE)])
    (feature,) = bulletins(conn, BASE + timedelta(minutes=1), LATER)["features"]
    assert feature["geometry"] == json.loads(SHAPE)
    start = BASE.timestamp()
    assert feature["properties"] == {
        "id": "A", "identifier": "A-0", "risk_level": 3, "phenomenon": "spring_tide", "headline": "Triều cường cao", "issuer": "KTTV",
        "area": "Ven biển", "units": ["99001", "99004"], "mark": "", "issued_at": start, "effective_at": start, "expires_at": start + 86_400}


def test_bulletin_without_an_outline_is_told_by_its_units(dsn: str, conn: Connection) -> None:
    sunk(dsn, [bulletin(0, "A", area_units="99001")])
    (feature,) = bulletins(conn, BASE + timedelta(minutes=1), LATER)["features"]
    assert (feature["geometry"], feature["properties"]["units"], feature["properties"]["headline"]) == (None, ["99001"], "")


def test_bulletin_holds_from_its_beginning_until_it_expires(dsn: str, conn: Connection) -> None:
    sunk(dsn, [bulletin(0, "A", hours=2), bulletin(0, "B", hours=5, effective_at=at(180))])
    assert {minutes: in_force(conn, minutes) for minutes in (0, 1, 119, 121, 179, 181, 301)} == {
        0: [], 1: ["A-0"], 119: ["A-0"], 121: [], 179: [], 181: ["B-0"], 301: []}


def test_newest_message_stands_and_a_cancel_ends_it_also_in_the_past(dsn: str, conn: Connection) -> None:
    cancel = bulletin(120, "A", msg_type="cancel")
    sunk(dsn, [bulletin(0, "A"), bulletin(60, "A", 4, msg_type="update"), cancel])
    assert [in_force(conn, minutes) for minutes in (30, 90, 150)] == [["A-0"], ["A-60"], []]


def test_what_was_learnt_late_is_not_in_what_was_known(dsn: str, conn: Connection) -> None:
    sunk(dsn, [bulletin(0, "A")])
    sunk(dsn, [bulletin(60, "A", msg_type="cancel")], seconds=3600)
    assert in_force(conn, 90, NOW + timedelta(seconds=10)) == ["A-0"]
    assert in_force(conn, 90) == []


def test_tests_are_left_out_and_exercises_are_marked(dsn: str, conn: Connection) -> None:
    sunk(dsn, [bulletin(0, "T", status="test"), bulletin(0, "E", status="exercise"), bulletin(0, "S", status="exercise", simulated=True)])
    found = bulletins(conn, BASE + timedelta(minutes=1), LATER)["features"]
    assert {f["properties"]["id"]: f["properties"]["mark"] for f in found} == {"E": "exercise", "S": "simulated"}


def test_gravest_is_drawn_last(dsn: str, conn: Connection) -> None:
    sunk(dsn, [bulletin(0, "C", 4), bulletin(0, "A", 1), bulletin(5, "B", 3)])
    assert in_force(conn, 10) == ["A-0", "B-5", "C-0"]


def test_nothing_in_force_is_an_empty_collection(conn: Connection) -> None:
    assert bulletins(conn, NOW, NOW) == {"type": "FeatureCollection", "features": []}


def test_event_with_an_area_that_crosses_itself_is_refused() -> None:
    crossed = SHAPE.replace("[106.2,9.7]", "[106.2,9.7],[106.1,9.4]")
    with pytest.raises(InvalidEvent, match="'geometry' is no area: Self-intersection"):
        decoder(STREAM)(message(bulletin(0, "A", geometry=crossed)), NOW)
