"""Plain PostgreSQL says when it holds more than it is meant for."""

import pytest

from ioc.db import timescale
from ioc.db.connect import Connection


def test_plain_database_within_its_measure_is_left_in_peace(conn: Connection) -> None:
    assert timescale.advice(conn) is None


def test_plain_database_beyond_its_measure_names_the_remedy(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    conn.execute("create table much_event as select generate_series(1, 1000) as n")
    conn.execute("analyze much_event")
    monkeypatch.setattr(timescale, "PLAIN_EVENTS", 999)
    assert "about 1,000 events; it is meant for 999" in (timescale.advice(conn) or "")
    assert "Move to TimescaleDB" in (timescale.advice(conn) or "")
