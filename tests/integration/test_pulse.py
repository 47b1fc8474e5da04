"""How the sinks get on: said by each, and told to every screen as the reason why its figures are not fresh."""

import asyncio
import threading
from datetime import timedelta

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect_async
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.pulse import BEHIND, FEW, KEPT, SILENT, Course, Pulse, beat, latest
from tests.integration.streams_db import make_sink, rows
from tests.integration.streams_wire import NOW

SECOND = timedelta(seconds=1)


def heard(conn: Connection) -> Pulse:
    async def ask() -> Pulse:
        async with await connect_async(conn.info.dsn, application="test") as asking:
            return await latest(asking)

    return asyncio.run(ask())


def test_no_sink_ever_means_that_nothing_is_known(conn: Connection) -> None:
    assert heard(conn).away(NOW) == {}


def test_sink_says_that_it_runs(conn: Connection) -> None:
    make_sink(conn.info.dsn, MemoryBroker().source()).step(threading.Event())
    assert heard(conn) == Pulse(beat_at=NOW, caught_up_at=NOW, waiting=0, broker_away_at=None)
    assert heard(conn).away(NOW + SILENT) == {}


def test_sink_that_stopped_is_told_with_its_age(conn: Connection) -> None:
    beat(conn, "a", Course(caught_up_at=NOW), NOW)
    assert heard(conn).away(NOW + SILENT + SECOND) == {"sink": 21.0}


def test_sink_that_does_not_catch_up_is_behind_after_a_minute(conn: Connection) -> None:
    course, clock = Course(caught_up_at=NOW), NOW
    for _ in range(35):
        clock += 2 * SECOND
        course = course.seen(FEW + 1, clock)
        beat(conn, "a", course, clock)
    assert heard(conn).away(clock) == {"behind": 70.0}
    assert heard(conn).away(clock)["behind"] > BEHIND.total_seconds()
    beat(conn, "a", course.seen(FEW, clock), clock)
    assert heard(conn).away(clock) == {}


def test_one_of_two_sinks_that_is_behind_is_enough_and_one_that_ended_does_not_count(conn: Connection) -> None:
    beat(conn, "well", Course(caught_up_at=NOW), NOW)
    beat(conn, "slow", Course(caught_up_at=NOW - 2 * BEHIND, waiting=9000), NOW)
    beat(conn, "ended", Course(caught_up_at=NOW - 20 * BEHIND, waiting=9), NOW - 2 * SILENT)
    assert (heard(conn).away(NOW), heard(conn).waiting) == ({"behind": 120.0}, 9000)


def test_broker_is_away_when_no_sink_reaches_it(conn: Connection) -> None:
    lost = Course(caught_up_at=NOW).seen(None, NOW + SECOND)
    assert lost.seen(None, NOW + 5 * SECOND).broker_away_at == NOW + SECOND
    beat(conn, "a", lost, NOW + 5 * SECOND)
    assert heard(conn).away(NOW + 5 * SECOND) == {"broker": 4.0}
    beat(conn, "b", Course(caught_up_at=NOW), NOW + 5 * SECOND)
    assert heard(conn).away(NOW + 5 * SECOND) == {}
    assert lost.seen(0, NOW + 6 * SECOND).broker_away_at is None


def test_sink_says_that_its_broker_is_away(conn: Connection) -> None:
    broker = MemoryBroker()
    broker.answers = False
    make_sink(conn.info.dsn, broker.source()).step(threading.Event())
    assert heard(conn).broker_away_at == NOW


def test_unread_messages_are_counted_without_those_of_a_paused_partition() -> None:
    broker = MemoryBroker(partitions=2)
    for key in (b"A", b"B", b"B"):
        broker.send("ioc.dossier", key, b"x", [])
    source = broker.source()
    assert source.waiting() == 3
    source.pause(("ioc.dossier", sum(b"A") % 2))
    assert source.waiting() == 2
    source.poll(timeout_s=0, most=1)
    assert source.waiting() == 1


@pytest.mark.parametrize(("age", "kept"), [(KEPT - SECOND, 2), (KEPT + SECOND, 1)])
def test_row_of_a_sink_that_ended_goes_after_an_hour(conn: Connection, age: timedelta, kept: int) -> None:
    beat(conn, "old", Course(caught_up_at=NOW), NOW)
    clock = FrozenClock(NOW + age)
    beat(conn, "new", Course(caught_up_at=clock.real()), clock.real())
    assert len(rows(conn, "select sink from sink_pulse")) == kept
