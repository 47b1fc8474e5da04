"""The whole sink on a native TimescaleDB, where IOC_TEST_TIMESCALE_DSN names one (its maintenance database)."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest

from ioc.clock import start_of
from ioc.db import timescale
from ioc.db.connect import Connection, connect
from ioc.streams.engine.memory import MemoryBroker
from tests import oracle
from tests.conftest import fresh_database
from tests.integration.streams_db import drain, make_sink, one, picture, rows, sunk
from tests.integration.streams_week import ASKED, Asked, answer, ten_days
from tests.integration.streams_wire import BASE, NOW, Wire, event, publish

pytestmark = pytest.mark.timescale
MAINTENANCE = os.environ.get("IOC_TEST_TIMESCALE_DSN", "")  # noqa: TID251 (the tests' own setting)
if not MAINTENANCE:
    pytest.skip("the whole module: IOC_TEST_TIMESCALE_DSN names no native TimescaleDB", allow_module_level=True)


@pytest.fixture(scope="module")
def native() -> Iterator[str]:
    """A new, migrated database on the given server; all tests of the module use it one after the other."""
    with fresh_database(MAINTENANCE) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def filled(native: str) -> Iterator[Connection]:
    """Connection to it after two sinks have read ten days of events in any order, each a part, some both."""
    wires = told()
    Random(2).shuffle(wires)
    brokers = [MemoryBroker(), MemoryBroker()]
    publish(brokers[0], wires[: len(wires) * 2 // 3])
    publish(brokers[1], wires[len(wires) // 3 :])
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda broker: drain(make_sink(native, broker.source(), batch=500)), brokers))
    with connect(native, application="test", autocommit=True) as conn:
        yield conn


def told() -> list[Wire]:
    return ten_days()


def lives() -> list[Wire]:
    return [wire for wire in told() if ".camera." not in wire["type"]]


def test_figures_equal_the_oracle(filled: Connection) -> None:
    assert timescale.is_timescale(filled)
    assert picture(filled) == oracle.picture(lives())


@pytest.mark.parametrize("asked", ASKED)
def test_query_runs(filled: Connection, asked: Asked) -> None:
    answer(filled, asked)


def test_late_rows_below_the_watermark_are_seen_after_their_refresh(native: str, filled: Connection) -> None:
    hourly = "select coalesce(sum(occupancy_n), 0)::int from camera_hourly where camera_id = 'cam-late'"
    timescale.refresh(filled, "camera_hourly", BASE - timedelta(days=12), NOW)
    sunk(native, [event("camera", "occupancy", -8000, subject="cam-late")])
    assert one(filled, hourly) == 0
    ((from_at, to_at),) = rows(filled, "select from_at, to_at from late_range order by recorded_at desc, from_at desc limit 1")
    timescale.refresh(filled, "camera_hourly", from_at - timedelta(hours=1), to_at + timedelta(hours=1))
    assert one(filled, hourly) == 1


def test_late_events_of_compressed_chunks_change_the_figures(native: str, filled: Connection) -> None:
    assert timescale.compress_until(filled, "dossier_event", start_of(NOW.date())) > 0
    late = [{**wire, "id": f"late-{n}"} for n, wire in enumerate(lives()) if ".dossier.apology_issued" in wire["type"]]
    assert late
    sunk(native, late)
    assert picture(filled) == oracle.picture([*lives(), *late])
