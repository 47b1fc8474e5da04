"""Nothing that arrives stops the sink, nothing that fails around it loses an event or doubles one."""

import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError
from ioc.streams.engine.broker import Partition
from ioc.streams.engine.memory import MemoryBroker, MemorySource
from tests import oracle
from tests.integration.streams_db import drain, make_sink, one, picture, rows, sunk
from tests.integration.streams_wire import Headers, Wire, binary, event, garbage, life, publish

REFUSED = "create function refuse() returns trigger language plpgsql as $$ begin if new.channel = 'bad' then " \
          "raise exception 'no such thing' using errcode = '{}'; end if; return new; end $$; " \
          "create trigger refuse before insert on dossier_event for each row execute function refuse()"
KILL = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'test-sink' and datname = current_database()"


class ForgetfulSource(MemorySource):
    """A source whose broker is away at its first commits."""

    away = 1

    def commit(self, positions: Mapping[Partition, int]) -> None:
        if self.away:
            self.away -= 1
            raise UnavailableError("the broker is away")
        super().commit(positions)


def stories(seed: int = 5) -> list[Wire]:
    random = Random(seed)
    return [wire for n in range(6) for wire in life(random, "dossier", f"S{n}", 10, oracle.TRANSITIONS["dossier"])]


def send(broker: MemoryBroker, wire: Wire, **attributes: Any) -> None:
    headers, value = binary(wire)
    broker.send("ioc.dossier", b"k", attributes.get("value", value), attributes.get("headers", headers))


def reasons(conn: Connection) -> list[str]:
    return [row[0] for row in rows(conn, "select reason from dead_letter order by letter_id")]


def test_all_kinds_of_garbage_become_dead_letters_and_what_follows_is_read(dsn: str, conn: Connection) -> None:
    broker, random = MemoryBroker(), Random(1)
    for number in range(200):
        topic, key, headers, value = garbage(random, number)
        broker.send(topic, key, value, headers)
        publish(broker, [event("dossier", "submitted", number, subject=f"S{number}")])
    drain(make_sink(dsn, broker.source(), batch=30))
    assert len(reasons(conn)) == 200
    assert one(conn, "select count(*) from dossier_state") == 200


@pytest.mark.parametrize("data", [
    {"due_at": "9999-12-31T23:59:59Z"}, {"due_at": "0001-01-01T00:00:00+07:00"}, {"channel": "a\0"}, {"extra": "\0"}, {"step_no": 10**30},
])
def test_value_beyond_what_can_be_held_is_one_dead_letter_and_its_subject_goes_on(dsn: str, conn: Connection, data: dict[str, Any]) -> None:
    good = [event("dossier", "received"), event("dossier", "transferred", 10), event("dossier", "result_ready", 20)]
    sunk(dsn, [good[0], event("dossier", "corrected", 5, **data), *good[1:]])
    assert picture(conn) == oracle.picture(good)
    assert len(reasons(conn)) == 1


@pytest.mark.parametrize(("key", "headers"), [(b"\xff\0", []), (None, [("a\0đ", b"\xff\0")]), (b"", [("x", None), ("x", b"")])])
def test_dead_letter_keeps_any_bytes(dsn: str, conn: Connection, key: bytes | None, headers: Headers) -> None:
    broker = MemoryBroker()
    broker.send("ioc.dossier", key, b"\x00\xff", headers)
    drain(make_sink(dsn, broker.source()))
    assert rows(conn, "select key, value, reason from dead_letter") == [(key, b"\x00\xff", "no_cloudevent")]


@pytest.mark.parametrize("error", ["22023", "23514"])
@pytest.mark.parametrize("batch", [1, 7, 100])
def test_row_that_the_database_refuses_is_found_among_the_others(dsn: str, conn: Connection, error: str, batch: int) -> None:
    conn.execute(REFUSED.format(error).encode())
    wires = stories()
    bad = event("dossier", "corrected", subject="S1", id_="bad", channel="bad")
    sunk(dsn, [*wires[:17], bad, *wires[17:]], batch=batch)
    assert rows(conn, "select message_offset, reason, detail from dead_letter") == [(17, "refused", "the database refuses the data: no such thing")]
    assert picture(conn) == oracle.picture(wires)


def test_nothing_is_lost_when_the_broker_is_away_while_a_batch_is_divided(dsn: str, conn: Connection) -> None:
    conn.execute(REFUSED.format("22023").encode())
    wires, broker = stories(), MemoryBroker()
    publish(broker, [*wires, event("dossier", "corrected", id_="bad", channel="bad")])
    drain(make_sink(dsn, ForgetfulSource(broker)))
    assert picture(conn) == oracle.picture(wires)
    assert broker.committed == {("ioc.dossier", 0): len(wires) + 1}


def test_database_born_real_refuses_simulated_events(dsn: str, conn: Connection) -> None:
    conn.execute("update database_mark set kind = 'real'")
    sunk(dsn, [event("dossier", "submitted"), event("dossier", "submitted", subject="S2", simulated=True)])
    assert rows(conn, "select subject from dossier_event") == [("S1",)]
    assert reasons(conn) == ["simulated"]


def test_connections_cut_between_batches_lose_nothing(dsn: str, conn: Connection) -> None:
    wires, broker = stories(), MemoryBroker()
    publish(broker, wires)
    sink = make_sink(dsn, broker.source(), batch=12)
    while sink.step(threading.Event()):
        conn.execute(KILL.encode())
    assert picture(conn) == oracle.picture(wires)


def test_connection_cut_within_a_transaction_loses_nothing(dsn: str, conn: Connection) -> None:
    wires, broker = stories(), MemoryBroker()
    publish(broker, wires)
    waiting = "select count(*) from pg_stat_activity where application_name = 'test-sink' and wait_event_type = 'Lock'"
    with connect(dsn, application="blocker") as blocker, ThreadPoolExecutor(1) as threads:
        blocker.execute("lock table sink_position in exclusive mode")
        work = threads.submit(drain, make_sink(dsn, broker.source()))
        while not one(conn, waiting):
            assert not work.done()
        conn.execute(KILL.encode())
        blocker.rollback()
        work.result(timeout=20)
    assert picture(conn) == oracle.picture(wires)
    assert one(conn, "select sum(repeats)::int from source_state") == 0


def test_sink_that_never_found_its_database_ends_when_told_to() -> None:
    stop = threading.Event()

    def nowhere() -> Connection:
        stop.set()
        raise UnavailableError("the database does not answer")

    sink = make_sink("", MemoryBroker().source())
    sink._connect = nowhere
    sink.run(stop)


def test_two_sinks_on_the_same_subjects_never_block_each_other_for_good(dsn: str, conn: Connection) -> None:
    wires, brokers = stories(), [MemoryBroker(), MemoryBroker()]
    for n, wire in enumerate(wires):
        publish(brokers[n % 2], [wire])
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda b: drain(make_sink(dsn, b.source(), batch=3)), brokers, timeout=60))
    assert picture(conn) == oracle.picture(wires)


def test_value_that_is_unlike_json_is_kept_to_the_byte(dsn: str, conn: Connection) -> None:
    broker, value = MemoryBroker(), json.dumps({"a": "\ud800"}).encode() + b"\xed\xa0\x80\x00"
    send(broker, event("dossier", "submitted"), value=value)
    drain(make_sink(dsn, broker.source()))
    assert one(conn, "select value from dead_letter") == value
