"""A simulated 2023, brought through the sink, as the wall shows it on the last evening of the year."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.moment import asked_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.contract import Snapshot
from ioc.panels.engine.registry import panels
from ioc.profiles import load_profile
from ioc.profiles.scenarios import scenario
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from simulators.engine.contract import scenario_of
from simulators.engine.encode import encode
from simulators.engine.registry import registered
from tests.conftest import fresh_database
from tests.integration.streams_db import drain, make_sink, one
from tests.integration.streams_wire import NOW
from tests.integration.web_story import counts, values

SCALE = 0.005
PROFILE = load_profile("soc_trang")
SCRIPT = scenario("soc_trang", "soc-trang-2023")


@pytest.fixture(scope="module")
def conn(postgres: str) -> Iterator[Connection]:
    """A database that holds the year at a two-hundredth."""
    broker = MemoryBroker()
    told = scenario_of(PROFILE, "1", SCRIPT.start, scale=SCALE, year=SCRIPT.year)
    for batch in registered()["dossier"].simulate(Random(1), iter((SCRIPT.start, SCRIPT.end)), told):
        for record in (encode(event, streams()["dossier"]) for event in batch):
            broker.send(record.topic, record.key, record.value, record.headers)
    with fresh_database(postgres) as dsn:
        drain(make_sink(dsn, broker.source(), clock=FrozenClock(NOW)))
        with connect(dsn, application="test", autocommit=True) as made:
            yield made


def shown(conn: Connection, at: str) -> Snapshot:
    return build(conn, panels()["one_stop"], asked_moment(NOW, at=at, known=None), PROFILE)


def year_to_date(conn: Connection, at: str) -> dict[str, Any]:
    (row,) = shown(conn, at).tables["year_to_date"]
    return row


def test_the_year_to_date_of_the_last_day_is_the_year(conn: Connection) -> None:
    year = SCRIPT.year
    assert year
    received, resolved, late, really_late = (round(n * SCALE) for n in (year.received, year.resolved, year.late, year.really_late))
    assert year_to_date(conn, "2023-12-31") == {
        "year": 2023, "received": received, "resolved": resolved, "in_time": resolved - late, "late": late, "really_late": really_late,
        "delivery_unknown": 0, "withdrawn": 0, "stopped": 0, "carried_in": 0, "open": received - resolved,
        "in_time_pct": round(100 * (resolved - late) / resolved, 2), "computed": ["carried_in", "open", "in_time_pct"]}


def test_the_numbers_of_the_panel_say_the_same(conn: Connection) -> None:
    snapshot, year = shown(conn, "2023-12-31"), year_to_date(conn, "2023-12-31")
    assert values(snapshot, "open", "received_year", "resolved_year", "late_year", "really_late_year") == {
        "open": year["open"], **{f"{key}_year": year[key] for key in ("received", "resolved", "late", "really_late")}}
    assert counts(snapshot.numbers["in_time_year"]) == (year["in_time"], year["resolved"])
    assert snapshot.simulated


def test_no_dossier_of_the_year_breaks_a_rule_or_is_lost(conn: Connection) -> None:
    assert one(conn, "select count(*) from irregularity") == 0
    assert one(conn, "select count(*) from dead_letter") == 0


def test_the_first_day_begins_with_nothing_carried_in(conn: Connection) -> None:
    first = year_to_date(conn, "2023-01-02")
    assert (first["received"], first["open"], first["carried_in"], first["in_time_pct"]) == (0, 0, 0, None)


def test_what_is_open_is_carried_into_the_next_year(conn: Connection) -> None:
    later = year_to_date(conn, (SCRIPT.end + timedelta(days=1)).date().isoformat())
    assert (later["year"], later["received"]) == (2024, 0)
    assert later["carried_in"] == later["open"] == year_to_date(conn, "2023-12-31")["open"]
