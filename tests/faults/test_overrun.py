"""The embedded broker forgets what is too much for it without a word: the sink sees the gap, and the wall shows it."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.moment import now_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.registry import panels
from ioc.profiles import load_profile
from ioc.streams.engine.kafka import KafkaPublisher
from tests.conftest import fresh_database
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import binary, event
from tests.integration.streams_world import World
from tests.real.child import Child

pytestmark = pytest.mark.faults

EVENTS = 1500
NOTE = "đầy " * 1500


@pytest.fixture
def overrun(postgres: str, tmp_path: Path) -> Iterator[World]:
    """An embedded broker that was sent some 10 MB to one partition before any sink was there."""
    child = Child("embedded broker", [sys.executable, "-u", "-m", "ioc", "embedded-broker"], tmp_path / "broker.log")
    address = child.wait_for(lambda: re.search(r"^(\S+:\d+)$", child.log.read_text(), re.MULTILINE), timeout_s=30)[1]
    with fresh_database(postgres) as dsn:
        world = World(address, dsn, tmp_path, api_version="2.0")
        publisher = KafkaPublisher(world.settings)
        for n in range(EVENTS):
            headers, value = binary(event("report", "submitted", subject=f"PA-{n}", note=NOTE))
            publisher.send("ioc.report", b"one partition", value, headers)
        publisher.close()
        yield world
    child.kill()


def gap_on_the_wall(conn: Connection) -> list[tuple[str, str, int]]:
    snapshot = build(conn, panels()["citizen_reports"], now_moment(SystemClock().now()), load_profile("soc_trang"))
    return [(a.kind, a.topic, a.count) for a in snapshot.attention]


def test_overrun_of_the_embedded_broker_is_a_gap_that_the_wall_shows(overrun: World) -> None:
    with connect(overrun.dsn, application="test", autocommit=True) as conn, overrun.sinks(1) as (sink,):
        sink.wait_for(lambda: one(conn, f"select count(*) from report_state where subject = 'PA-{EVENTS - 1}'") or None, timeout_s=60)
        ((from_offset, to_offset),) = rows(conn, "select from_offset, to_offset from stream_gap")
        stored = one(conn, "select count(*) from report_event")
        assert from_offset == 0 < to_offset
        assert stored == EVENTS - to_offset
        assert gap_on_the_wall(conn) == [("gap", "ioc.report", to_offset)]
