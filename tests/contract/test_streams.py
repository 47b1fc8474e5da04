"""What every stream must keep, whichever it is: a file that exists is tested."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from ioc.db.connect import Connection, connect
from ioc.streams.engine.contract import ANY, SAME, Projection, Stream
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.registry import streams
from ioc.streams.engine.states import read_events, state_columns
from ioc.streams.engine.store import ENVELOPE_COLUMNS, event_columns
from tests.conftest import fresh_database
from tests.integration.streams_db import rows, sunk
from tests.integration.streams_wire import NOW, message

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(streams())
PROJECTED = [name for name in NAMES if streams()[name].projection]
FOLDED = [name for name in PROJECTED if streams()[name].projection.mode == "fold"]  # type: ignore[union-attr]
FITTING = {
    "StrType": {"text"}, "IntType": {"smallint", "integer", "bigint"}, "FloatType": {"double precision"}, "BoolType": {"boolean"},
    "DateType": {"date"}, "DateTimeType": {"timestamp with time zone"}, "ListType": {"ARRAY"},
    "LiteralType": {"text"},
}
HOLDS = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


class Column(NamedTuple):
    type: str
    nullable: bool


@pytest.fixture(scope="module")
def base(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, connect(dsn, application="test", autocommit=True) as conn:
        yield conn


def table(conn: Connection, name: str) -> dict[str, Column]:
    found = rows(conn, "select column_name, data_type, is_nullable = 'YES' from information_schema.columns where table_name = %s", name)
    return {row[0]: Column(row[1], row[2]) for row in found}


def projection_of(name: str) -> Projection:
    projection = streams()[name].projection
    assert projection is not None
    return projection


def golden(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return found


def misfits(struct: type[msgspec.Struct], columns: dict[str, Column]) -> list[str]:
    """Fields whose column has another type, is too small, or is nullable where the field is not (or the other way round)."""
    info = msgspec.inspect.type_info(struct)
    assert isinstance(info, msgspec.inspect.StructType)
    return [f.name for f in info.fields if not fits(f.type, columns[f.name])]


def fits(type_: Any, column: Column) -> bool:
    kinds = list(getattr(type_, "types", (type_,)))
    optional = any(isinstance(kind, msgspec.inspect.NoneType) for kind in kinds)
    (kind,) = [k for k in kinds if not isinstance(k, msgspec.inspect.NoneType)]
    limit = getattr(kind, "le", None)
    small = isinstance(kind, msgspec.inspect.IntType) and limit is not None and limit > HOLDS[column.type]
    return column.type in FITTING[type(kind).__name__] and optional == column.nullable and not small


@pytest.mark.parametrize("name", NAMES)
def test_schema_fields_are_the_event_tables_columns(base: Connection, name: str) -> None:
    stream, columns = streams()[name], table(base, streams()[name].table)
    assert set(event_columns(stream)) == set(columns)
    assert misfits(stream.schema, columns) == []


@pytest.mark.parametrize("name", NAMES)
def test_json_key_is_renamed_only_where_the_engine_has_the_column(name: str) -> None:
    fields = msgspec.structs.fields(streams()[name].schema)
    assert {f.encode_name for f in fields if f.encode_name != f.name} == {"recorded_at"} & set(ENVELOPE_COLUMNS)
    assert all(f.name == f"source_{f.encode_name}" for f in fields if f.encode_name != f.name)


@pytest.mark.parametrize("name", PROJECTED)
def test_state_fields_are_the_state_tables_columns(base: Connection, name: str) -> None:
    projection, columns = projection_of(name), table(base, projection_of(name).table)
    assert set(state_columns(projection)) == set(columns)
    assert misfits(projection.state, columns) == []


@pytest.mark.parametrize("name", [n for n in PROJECTED if projection_of(n).history])
def test_history_fields_are_the_history_tables_columns(base: Connection, name: str) -> None:
    projection, columns = projection_of(name), table(base, projection_of(name).history_table)
    assert set(columns) == {"subject", "from_at", "to_at", "known_from", "known_to", "is_open", *projection.history}
    state = table(base, projection.table)
    assert {f: columns[f] for f in projection.history} == {f: state[f] for f in projection.history}


@pytest.mark.parametrize("name", [n for n in PROJECTED if projection_of(n).daily])
def test_daily_key_and_measures_are_the_rollups_columns(base: Connection, name: str) -> None:
    daily = projection_of(name).daily
    assert daily is not None
    assert set(table(base, daily.table)) == {"day", "as_of_day", *daily.key, *daily.measures}
    key = rows(base, "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) "
                     "where i.indrelid = %s::regclass and i.indisprimary", daily.table)
    assert {row[0] for row in key} == {"day", "as_of_day", *daily.key}


@pytest.mark.parametrize("name", [n for n in PROJECTED if projection_of(n).open_states])
def test_open_states_are_the_partial_indexs(base: Connection, name: str) -> None:
    projection = projection_of(name)
    (predicate,) = rows(base, "select pg_get_expr(indpred, indrelid) from pg_index where indexrelid = %s::regclass", f"{projection.table}_open")
    assert set(re.findall(r"'(\w+)'", predicate[0])) == projection.open_states


@pytest.mark.parametrize("name", FOLDED)
def test_every_fact_has_a_transition_and_every_state_a_way_in(name: str) -> None:
    projection = projection_of(name)
    assert list(projection.transitions) == [fact for fact in streams()[name].facts if fact not in projection.observations]
    assert all(projection.transitions.values())
    targets = {to for moves in projection.transitions.values() for to in moves.values()} - {SAME}
    starts = {start for moves in projection.transitions.values() for start in moves} - {ANY, ""}
    assert starts | projection.open_states <= targets


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_has_a_golden_message_and_every_field_is_in_one(name: str) -> None:
    stream = streams()[name]
    assert list(golden(name)) == list(stream.facts)
    used = {key for wire in golden(name).values() for key in wire["data"]}
    assert used == {f.encode_name for f in msgspec.structs.fields(stream.schema)}


@pytest.mark.parametrize(("name", "fact"), [(name, fact) for name in NAMES for fact in streams()[name].facts])
def test_golden_message_says_the_same_after_decoding(name: str, fact: str) -> None:
    wire = golden(name)[fact]
    event = decoder(streams()[name])(message(wire), NOW)
    assert (event.fact, event.subject, event.source, event.id, event.rest) == (fact, wire["subject"], wire["source"], wire["id"], None)
    written = msgspec.to_builtins(event.data)
    assert {key: written[key] for key in wire["data"]} == wire["data"]


@pytest.mark.parametrize("name", NAMES)
def test_golden_messages_come_back_from_the_database_as_they_went_in(dsn: str, conn: Connection, name: str) -> None:
    stream: Stream = streams()[name]
    wires = list(golden(name).values())
    sunk(dsn, wires)
    skipped = stream.projection.observations if stream.projection else frozenset()
    expected = [e for e in (decoder(stream)(message(wire), NOW) for wire in wires) if e.fact not in skipped]
    found = read_events(conn, stream, [wires[0]["subject"]], min(e.occurred_at for e in expected))
    assert [(e.identity, e.fact, e.rank, e.occurred_at, e.data) for e in found[wires[0]["subject"]]] == [
        (e.identity, e.fact, e.rank, e.occurred_at, e.data) for e in sorted(expected, key=lambda e: e.order)]
