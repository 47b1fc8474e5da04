"""What was once known stays known: history has two times, and neither is ever rewritten."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.streams.engine.memory import MemoryBroker
from tests import oracle
from tests.integration.streams_db import history, make_sink, one, picture, rows, sunk
from tests.integration.streams_wire import NOW, Wire, event, publish

ALL = "select subject, from_at, known_from, known_to::text from dossier_history order by 2, 3"


def told(*facts: str) -> list[Wire]:
    return [event("dossier", fact, n * 10) for n, fact in enumerate(facts)]


LIFE = told("submitted", "received", "transferred", "result_ready", "result_returned")


def test_late_event_leaves_what_was_known_before_it(dsn: str, conn: Connection) -> None:
    sunk(dsn, [*LIFE[:2], *LIFE[3:]])
    before = history(conn, "dossier")
    sunk(dsn, [LIFE[2]], seconds=60)
    assert set(history(conn, "dossier", NOW + timedelta(seconds=59))) == set(before) == oracle.picture([*LIFE[:2], *LIFE[3:]]).history
    assert set(history(conn, "dossier", NOW + timedelta(seconds=60))) == oracle.picture(LIFE).history


def test_every_moment_of_knowledge_gives_the_picture_of_what_had_come_by_then(dsn: str, conn: Connection) -> None:
    arrival = [LIFE[4], LIFE[1], LIFE[3], LIFE[0], LIFE[2]]
    for n, wire in enumerate(arrival):
        sunk(dsn, [wire], seconds=n)
    for n in range(len(arrival)):
        assert set(history(conn, "dossier", NOW + timedelta(seconds=n))) == oracle.picture(arrival[: n + 1]).history


def outcomes(intervals: list[tuple[Any, ...]]) -> set[str | None]:
    place = 4 + oracle.HISTORY["dossier"].index("outcome")
    return {row[place] for row in intervals}


def test_correction_after_the_result_is_restated_and_the_old_judgement_kept(dsn: str, conn: Connection) -> None:
    sunk(dsn, LIFE[:4])
    sunk(dsn, [event("dossier", "corrected", 25, due_at="2026-11-20T01:26:00Z")], seconds=60)
    assert outcomes(history(conn, "dossier")) == {None, "late"}
    assert outcomes(history(conn, "dossier", NOW)) == {None, "on_time"}


@pytest.mark.parametrize("batch", [1, 2, 9])
def test_changes_within_one_moment_leave_the_same_intervals_whatever_the_batch(dsn: str, conn: Connection, batch: int) -> None:
    wires = [*LIFE[:3], event("dossier", "suspended", 50), event("dossier", "resumed", 50)]
    sunk(dsn, wires, batch=batch)
    assert picture(conn) == oracle.picture(wires)


def test_reason_of_an_irregularity_does_not_depend_on_the_order_of_arrival(dsn: str, conn: Connection) -> None:
    sunk(dsn, [LIFE[3]])
    assert one(conn, "select reason from irregularity where known_to = 'infinity'") == "'result_ready' cannot follow 'nothing'"
    sunk(dsn, [LIFE[1]], seconds=60)
    assert one(conn, "select reason from irregularity where known_to = 'infinity'") == "'result_ready' cannot follow 'received'"


def test_irregularity_ends_when_its_predecessor_comes(dsn: str, conn: Connection) -> None:
    sunk(dsn, [LIFE[1], LIFE[3]])
    assert one(conn, "select reason from irregularity where known_to = 'infinity'") == "'result_ready' cannot follow 'received'"
    sunk(dsn, [LIFE[2]], seconds=60)
    assert rows(conn, "select known_from, known_to from irregularity") == [(NOW, NOW + timedelta(seconds=60))]


def test_repeats_and_irregular_events_add_no_interval(dsn: str, conn: Connection) -> None:
    sunk(dsn, LIFE)
    before = rows(conn, ALL)
    sunk(dsn, [*LIFE, event("dossier", "suspended", 99)], seconds=60)
    assert rows(conn, ALL) == before


def test_intervals_known_at_one_moment_never_overlap(dsn: str, conn: Connection) -> None:
    for n, wire in enumerate(reversed(LIFE)):
        sunk(dsn, [wire], seconds=n)
    overlaps = one(conn, "select count(*) from dossier_history a join dossier_history b on a.subject = b.subject and a.ctid < b.ctid "
                         "and tstzrange(a.from_at, a.to_at) && tstzrange(b.from_at, b.to_at) "
                         "and tstzrange(a.known_from, a.known_to) && tstzrange(b.known_from, b.known_to)")
    assert overlaps == 0


def test_simulated_events_mark_what_they_touch(dsn: str, conn: Connection) -> None:
    sunk(dsn, [LIFE[0], event("dossier", "submitted", subject="S2", source="/test/b", simulated=True), event("dossier", "received", 1, subject="S2")])
    assert rows(conn, "select subject, simulated from dossier_state order by 1") == [("S1", False), ("S2", True)]
    assert rows(conn, "select source, simulated from source_state order by 1") == [("/test/a", False), ("/test/b", True)]
    assert rows(conn, "select source, simulated from dossier_event order by simulated desc limit 1") == [("/test/b", True)]


def test_moment_of_recording_is_the_batch_and_not_the_event(dsn: str, conn: Connection) -> None:
    broker, clock = MemoryBroker(), FrozenClock(NOW)
    sink = make_sink(dsn, broker.source(), clock=clock)
    for n, wire in enumerate(LIFE[:2]):
        publish(broker, [wire])
        sink.step(threading.Event())
        clock.advance(n + 1)
    assert rows(conn, "select recorded_at from dossier_event order by occurred_at") == [(NOW,), (NOW + timedelta(seconds=1),)]
