"""What needs a person: paused partitions, gaps, dead letters and their way back; and what tells the rest of the centre."""

import threading
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest

from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError
from ioc.streams.engine import attention
from ioc.streams.engine.batch import CHANNEL
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.post import LetterPost
from ioc.streams.engine.sink import Sink
from tests import oracle
from tests.integration.streams_db import drain, make_sink, one, picture, rows, sunk
from tests.integration.streams_wire import BASE, NOW, Wire, binary, event, publish
from tests.rules import RULES

GOOD_KEY, BAD_KEY = b"B", b"A"  # partitions 0 and 1 of two


def spoil(broker: MemoryBroker, count: int) -> None:
    for n in range(count):
        broker.send("ioc.dossier", BAD_KEY, b"bad %d" % n, [])


def dossiers(prefix: str, count: int) -> list[Wire]:
    return [event("dossier", "submitted", subject=f"{prefix}{n}") for n in range(count)]


def send(broker: MemoryBroker, key: bytes, wires: list[Wire]) -> None:
    for wire in wires:
        headers, value = binary(wire)
        broker.send("ioc.dossier", key, value, headers)


def half_bad() -> tuple[MemoryBroker, list[Wire], list[Wire]]:
    broker, before, after = MemoryBroker(partitions=2), dossiers("good", 700), dossiers("after", 90)
    send(broker, GOOD_KEY, before)
    spoil(broker, 501)
    send(broker, BAD_KEY, after)
    return broker, before, after


@pytest.mark.parametrize("batch", [100, 5000])
def test_breaker_pauses_only_the_bad_partition_and_leaves_the_rest_at_the_broker(dsn: str, conn: Connection, batch: int) -> None:
    broker, before, _ = half_bad()
    drain(make_sink(dsn, broker.source(), batch=batch))
    assert rows(conn, "select topic, partition, at_offset from partition_pause where resumed_at is null") == [("ioc.dossier", 1, 501)]
    assert picture(conn) == oracle.picture(before)
    assert broker.committed == {("ioc.dossier", 0): 700, ("ioc.dossier", 1): 501}


def test_paused_partition_stays_paused_for_another_sink(dsn: str, conn: Connection) -> None:
    broker, before, _ = half_bad()
    drain(make_sink(dsn, broker.source()))
    drain(make_sink(dsn, broker.source()))
    assert picture(conn) == oracle.picture(before)
    assert one(conn, "select count(*) from partition_pause") == 1


def test_rest_of_a_paused_partition_comes_after_resume(dsn: str, conn: Connection) -> None:
    broker, before, after = half_bad()
    clock = FrozenClock(NOW)
    sink = make_sink(dsn, broker.source(), clock=clock)
    drain(sink)
    assert attention.resume(conn, "ioc.dossier", 1, NOW)
    assert not attention.resume(conn, "ioc.dossier", 1, NOW)
    clock.advance(3)
    drain(sink)
    assert picture(conn) == oracle.picture(before + after)
    assert one(conn, "select count(*) from dead_letter") == 501


def test_gap_is_stored_once_and_reading_goes_on(dsn: str, conn: Connection) -> None:
    broker, wires = MemoryBroker(), dossiers("S", 10)
    publish(broker, wires)
    broker.forget(("ioc.dossier", 0), 4)
    for _ in range(2):
        source = broker.source()
        source.positions = {}
        drain(make_sink(dsn, source))
    assert rows(conn, "select topic, partition, from_offset, to_offset from stream_gap") == [("ioc.dossier", 0, 0, 4)]
    assert picture(conn) == oracle.picture(wires[4:])


def test_dead_letter_delivered_again_is_the_same_letter(dsn: str, conn: Connection) -> None:
    broker = MemoryBroker()
    spoil(broker, 3)
    for _ in range(2):
        source = broker.source()
        source.positions = {}
        drain(make_sink(dsn, source))
    assert one(conn, "select count(*) from dead_letter") == 3


def test_dead_letter_is_published_once_with_its_origin(dsn: str, conn: Connection) -> None:
    broker, outbox = MemoryBroker(), MemoryBroker()
    spoil(broker, 1)
    drain(make_sink(dsn, broker.source()))
    post = LetterPost(lambda: connect(dsn, application="test"), lambda: outbox, FrozenClock(NOW))
    for _ in range(3):
        post.step()
    (letter,) = outbox.logs[attention.DEAD_LETTER_TOPIC, 0]
    headers = dict(letter.headers)
    assert (letter.key, letter.value) == (BAD_KEY, b"bad 0")
    assert (headers["ioc_topic"], headers["ioc_offset"], headers["ioc_reason"]) == (b"ioc.dossier", b"0", b"no_cloudevent")


class Steps(threading.Event):
    """A stop that comes after some waits; each of them does something instead of waiting."""

    def __init__(self, steps: int, act: Callable[[], object]) -> None:
        super().__init__()
        self.left = steps
        self.act = act

    def wait(self, timeout: float | None = None) -> bool:
        self.left -= 1
        self.act()
        return self.left < 0


class Opened:
    """Connections that give up soon where something is locked, and what became of them."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.found: list[Connection] = []

    def __call__(self) -> Connection:
        self.found.append(connect(self.dsn, application="test"))
        self.found[-1].execute("set lock_timeout = '20ms'")
        self.found[-1].commit()
        return self.found[-1]


def test_post_keeps_its_sound_connection_while_the_broker_is_away(dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    def away() -> MemoryBroker:
        raise UnavailableError("no broker")

    opened = Opened(dsn)
    LetterPost(opened, away, FrozenClock(NOW)).run(Steps(5, lambda: None))
    assert [conn.closed for conn in opened.found] == [False]
    assert caplog.messages == ["dead letters wait for their topic: no broker"]


def test_post_closes_the_connection_that_an_error_of_the_database_ended(dsn: str, conn: Connection, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    opened = Opened(dsn)
    conn.autocommit = False
    conn.execute("lock table dead_letter")
    LetterPost(opened, MemoryBroker, FrozenClock(NOW)).run(Steps(3, lambda: conn.rollback() if opened.found else None))
    assert [found.closed for found in opened.found] == [True, False]
    assert [text.partition(":")[0] for text in caplog.messages] == ["dead letters wait for their topic", "dead letters reach their topic again"]


def test_sink_closes_a_connection_that_it_could_not_begin_with(dsn: str, conn: Connection) -> None:
    opened, broker = Opened(dsn), MemoryBroker()
    conn.autocommit = False
    conn.execute("lock table database_mark")
    Sink(broker.source(), opened, FrozenClock(NOW), RULES).step(Steps(9, conn.rollback))
    assert [found.closed for found in opened.found] == [True, False]


def test_letter_stays_owed_while_the_broker_is_away_and_the_post_goes_on(dsn: str, conn: Connection) -> None:
    class Away(MemoryBroker):
        def flush(self) -> None:
            raise UnavailableError("no broker")

    broker, outbox, found = MemoryBroker(), MemoryBroker(), [Away()]
    spoil(broker, 1)
    drain(make_sink(dsn, broker.source()))
    failing = LetterPost(lambda: connect(dsn, application="test"), lambda: found[-1], FrozenClock(NOW))
    with pytest.raises(UnavailableError):
        failing.step()
    assert one(conn, "select count(*) from dead_letter where published_at is null") == 1
    LetterPost(lambda: connect(dsn, application="test"), lambda: outbox, FrozenClock(NOW)).step()
    assert len(outbox.logs[attention.DEAD_LETTER_TOPIC, 0]) == one(conn, "select count(*) from dead_letter where published_at is not null") == 1


def test_corrected_dead_letter_becomes_its_event_when_replayed(dsn: str, conn: Connection) -> None:
    broker, wire = MemoryBroker(), event("dossier", "submitted")
    headers, value = binary(wire)
    broker.send("ioc.dossier", b"S1", value.replace(b"U1", b'U1"'), headers)
    drain(make_sink(dsn, broker.source()))
    (letter,) = attention.letters(conn)
    attention.replay(conn, broker, letter, NOW, value=value)
    drain(make_sink(dsn, broker.source()))
    assert picture(conn) == oracle.picture([wire])
    replayed = attention.letter(conn, letter.letter_id)
    assert replayed is not None
    assert replayed.replayed_at == NOW


def test_letters_are_listed_newest_first_and_by_reason(dsn: str, conn: Connection) -> None:
    broker = MemoryBroker()
    spoil(broker, 2)
    broker.send("ioc.dossier", b"k", None, [])
    drain(make_sink(dsn, broker.source()))
    assert [letter.reason for letter in attention.letters(conn)] == ["no_data", "no_cloudevent", "no_cloudevent"]
    assert [letter.offset for letter in attention.letters(conn, reason="no_cloudevent", limit=1)] == [1]
    assert attention.letter(conn, 99) is None


def test_batch_tells_which_streams_changed_and_a_repeat_tells_nothing(dsn: str, conn: Connection) -> None:
    conn.execute(psycopg.sql.SQL("listen {}").format(psycopg.sql.Identifier(CHANNEL)))
    sunk(dsn, [event("dossier", "submitted"), event("camera", "status", 500)])
    told = [n.payload for n in conn.notifies(timeout=5, stop_after=2)]
    sunk(dsn, [event("dossier", "submitted")])
    assert told == ["camera", "dossier"]
    assert list(conn.notifies(timeout=0.1)) == []


def test_rows_below_the_watermark_leave_their_range_for_the_aggregates(dsn: str, conn: Connection) -> None:
    fresh = (NOW - timedelta(minutes=119) - BASE).total_seconds() / 60
    sunk(dsn, [event("camera", "status", fresh), event("dossier", "submitted", 5)])
    assert rows(conn, "select 1 from late_range") == []
    sunk(dsn, [event("camera", "status", 5), event("camera", "status", 90), event("camera", "status", fresh, subject="S2")])
    assert rows(conn, "select stream, from_at, to_at, recorded_at from late_range") == [
        ("camera", BASE + timedelta(minutes=5), BASE + timedelta(minutes=90), NOW)]


def test_source_is_remembered_with_its_newest_moment_and_its_repeats(dsn: str, conn: Connection) -> None:
    wires = [event("dossier", "received", 30), event("dossier", "submitted", 10)]
    sunk(dsn, wires)
    sunk(dsn, [*wires, wires[0]], seconds=60)
    assert rows(conn, "select source, events, repeats, last_occurred_at, last_recorded_at from source_state") == [
        ("/test/a", 2, 3, BASE + timedelta(minutes=30), NOW + timedelta(minutes=1))]


def test_position_in_the_database_follows_the_batches(dsn: str, conn: Connection) -> None:
    sunk(dsn, dossiers("S", 5), batch=2)
    assert rows(conn, "select topic, partition, next_offset from sink_position") == [("ioc.dossier", 0, 5)]


def test_cameras_state_is_its_newest_observation_in_any_order(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("camera", "occupancy", minute, waiting=minute) for minute in (3, 9, 1)], batch=1)
    assert rows(conn, "select state, waiting, first_at, last_at, version from camera_state") == [
        ("observed", 9, BASE + timedelta(minutes=1), BASE + timedelta(minutes=9), 3)]
