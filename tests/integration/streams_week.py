"""Ten days of all streams, and what every panel's queries answer about them."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import pytest
from psycopg.rows import tuple_row

from ioc.db.connect import Connection
from ioc.moment import Moment, asked_moment, now_moment
from ioc.panels.engine.registry import panels
from ioc.streams.engine.registry import streams
from tests import oracle
from tests.integration.streams_db import ENGINE_TABLES, tables_of
from tests.integration.streams_wire import NOW, Wire, event, life
from tests.rules import RULES

START = datetime(2026, 11, 11, 2, tzinfo=UTC)
LATE = event("camera", "occupancy", -8000, subject="cam-9", id_="late", waiting=40)
QUERIES = sorted((key, name) for key, panel in panels().items() for name in panel.sql)
MOMENTS = {
    "now": now_moment(NOW),
    "imported": now_moment(NOW, "chicago"),
    "past": asked_moment(NOW, at="2026-11-15", known=None),
    "as known then": asked_moment(NOW, at="2026-11-20T12:00", known="2026-11-20T12:00"),
    "as known now": asked_moment(NOW, at="2026-11-20T12:00", known="2026-11-21T15:00:00+07:00"),
}


class Asked(NamedTuple):
    panel: str
    query: str
    moment: str


ASKED = [pytest.param(Asked(panel, query, moment), id=f"{panel}-{query}-{moment}") for panel, query in QUERIES for moment in MOMENTS]


def ten_days() -> list[Wire]:
    """Dossiers, reports and camera counts from START on."""
    random = Random(11)
    wires = [wire for day in range(10) for stream in ("dossier", "report") for n in range(6)
             for wire in _moved(life(random, stream, f"d{day}-{n}", 12, oracle.TRANSITIONS[stream]), START + timedelta(days=day))]
    wires += [{**wire, "data": {**wire["data"], "jurisdiction": "chicago"}, "id": f"c{wire['id']}", "subject": f"c{wire['subject']}"}
              for wire in wires if ".report." in wire["type"]]
    for hour in range(10 * 24):
        for camera in range(3):
            wires.append(event("camera", "occupancy", hour * 60 - 13_000, subject=f"cam-{camera}", waiting=random.randrange(30)))
            wires.append(event("camera", "status", hour * 60 - 13_001, subject=f"cam-{camera}", online=random.random() < 0.9))
    # Told minutes before one of the moments that are asked for: conditions hold for ten.
    wires += [event("camera", "status", 235, subject=f"cam-{n}", id_=f"look-{n}", online=n == 0, condition=told) for n, told in enumerate(("ok", "frozen"))]
    return wires


def _moved(wires: list[Wire], to: datetime) -> list[Wire]:
    first = datetime.fromisoformat(min(wire["time"] for wire in wires))
    return [{**wire, "time": (datetime.fromisoformat(wire["time"]) - first + to).isoformat()} for wire in wires]


def answer(conn: Connection, asked: Asked) -> list[tuple[Any, ...]]:
    """Rows of one panel query; their columns must be the row class's fields."""
    panel = panels()[asked.panel]
    moment: Moment = MOMENTS[asked.moment]
    parameters: Mapping[str, Any] = moment.parameters(RULES.calendar)
    with conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(panel.sql[asked.query].encode(), parameters)
        assert [c.name for c in cursor.description or ()] == [f.name for f in dataclasses.fields(panel.spec.rows[asked.query])]
        return cursor.fetchall()


def tables() -> list[str]:
    """Tables that the sink fills."""
    return [*ENGINE_TABLES, "sink_pulse", *(table for stream in streams().values() for table in tables_of(stream))]
