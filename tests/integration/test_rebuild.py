"""Folding everything again: the same rows where nothing changed, the right ones where something did."""

from random import Random
from typing import Any

import pytest

from ioc.db.connect import Connection
from ioc.streams.engine import rebuild
from ioc.streams.engine.registry import streams
from tests import oracle
from tests.integration.streams_db import picture, rows, sunk
from tests.integration.streams_wire import NOW, Wire, event, life
from tests.rules import RULES

TABLES = ("dossier_state", "dossier_history", "report_state", "report_history", "irregularity")


def stories(seed: int) -> list[Wire]:
    random = Random(seed)
    return [wire for stream in ("dossier", "report") for n in range(8) for wire in life(random, stream, f"S{n}", 9, oracle.TRANSITIONS[stream])]


def stored(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    # As JSON, since 'infinity' is no moment of Python's.
    return {table: sorted(rows(conn, f"select to_jsonb(t)::text from {table} t")) for table in TABLES}


@pytest.mark.parametrize("seed", range(3))
def test_rebuild_reproduces_every_row_and_recount_finds_no_difference(dsn: str, conn: Connection, seed: int) -> None:
    wires = stories(seed)
    Random(seed).shuffle(wires)
    for n in range(0, len(wires), 20):
        sunk(dsn, wires[n : n + 20], seconds=n)
    before, counts = stored(conn), picture(conn).daily
    for name in ("dossier", "report"):
        assert list(rebuild.recount(conn, streams()[name], RULES)) == []
        assert rebuild.rebuild(conn, streams()[name], RULES, NOW).changed == 0
    after = stored(conn)
    assert picture(conn).daily == counts
    assert {table: before[table] == after[table] for table in TABLES} == dict.fromkeys(TABLES, True)


@pytest.mark.parametrize(("damage", "table"), [
    ("update dossier_state set outcome = 'late' where subject = 'S1'", "dossier_state"),
    ("delete from dossier_state where subject = 'S1'", "dossier_state"),
    ("update dossier_daily set received = received + 1", "dossier_daily"),
    ("delete from dossier_daily", "dossier_daily"),
    ("delete from dossier_history", "dossier_history"),
])
def test_recount_names_what_is_not_as_the_events_say_and_rebuild_mends_it(dsn: str, conn: Connection, damage: str, table: str) -> None:
    wires = stories(7)
    sunk(dsn, wires)
    conn.execute(damage.encode())
    found = list(rebuild.recount(conn, streams()["dossier"], RULES))
    assert {d.table for d in found} == {table}
    rebuild.rebuild(conn, streams()["dossier"], RULES, NOW)
    assert picture(conn) == oracle.picture(wires)


def test_state_without_events_is_named(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("dossier", "submitted")])
    conn.execute("create temp table copied as select * from dossier_state")
    conn.execute("update copied set subject = 'ghost'")
    conn.execute("insert into dossier_state select * from copied")
    assert [d.key for d in rebuild.recount(conn, streams()["dossier"], RULES)] == ["ghost"]


def test_rebuild_takes_out_a_state_without_events_and_keeps_what_was_known_of_it(dsn: str, conn: Connection) -> None:
    wires, stream = [event("dossier", "submitted")], streams()["dossier"]
    sunk(dsn, [*wires, event("dossier", "submitted", subject="ghost")])
    conn.execute("delete from dossier_event where subject = 'ghost'")
    assert rebuild.rebuild(conn, stream, RULES, NOW) == (1, 1)
    assert list(rebuild.recount(conn, stream, RULES)) == []
    assert picture(conn) == oracle.picture(wires)
    assert rows(conn, "select known_to > known_from, known_to < 'infinity' from dossier_history where subject = 'ghost'") == [(True, True)]


def test_stamp_asks_for_a_rebuild_only_where_events_were_folded_otherwise(dsn: str, conn: Connection) -> None:
    found = {name: streams()[name] for name in ("dossier", "report")}
    sunk(dsn, [event("dossier", "submitted")])
    conn.execute("delete from fold_stamp")
    assert rebuild.stale(conn, found, RULES, NOW) == ["dossier"]
    rebuild.rebuild(conn, found["dossier"], RULES, NOW)
    assert rebuild.stale(conn, found, RULES, NOW) == []
