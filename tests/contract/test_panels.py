"""What every panel must keep, whichever it is: a file that exists is tested."""

import ast
import typing
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from pathlib import Path
from types import UnionType
from typing import Any

import msgspec
import pytest
from psycopg.rows import dict_row

from ioc.db.connect import Connection
from ioc.live.frames import encode
from ioc.moment import Moment, asked_moment, now_moment
from ioc.panels.engine.card import props
from ioc.panels.engine.contract import Face, Snapshot
from ioc.panels.engine.registry import panels
from ioc.words import LANGUAGES, words
from tests.conftest import fresh_database
from tests.integration.web_story import NOW, PROFILE, ago, every_kind, seen, told
from tests.rules import RULES

KEYS = sorted(panels())
QUERIES = [(key, query) for key in KEYS for query in panels()[key].spec.rows]
MOMENTS = [now_moment(NOW), asked_moment(NOW, at="2026-11-19", known=None), asked_moment(NOW, at="2026-11-19", known="2026-11-19")]
OIDS: dict[type, set[int]] = {bool: {16}, int: {20, 21, 23}, float: {700, 701}, str: {25, 1043}, date: {1082}, datetime: {1184}}


@pytest.fixture(scope="module")
def empty(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (_, conn):
        yield conn


@pytest.fixture(scope="module")
def filled(postgres: str) -> Iterator[Connection]:
    with fresh_database(postgres) as dsn, told(dsn) as (story, conn):
        every_kind(story)
        yield conn


def _accepted(annotation: Any) -> set[int]:
    parts = typing.get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    return set().union(*(OIDS[part] for part in parts if part is not type(None)))


def _asked(conn: Connection, key: str, query: str, moment: Moment) -> tuple[dict[str, int], list[dict[str, Any]]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        cursor.execute(panels()[key].sql[query].encode(), moment.parameters(RULES.calendar))
        assert cursor.description
        return {column.name: column.type_code for column in cursor.description}, cursor.fetchall()


@pytest.mark.parametrize(("key", "query"), QUERIES)
def test_columns_and_types_of_a_query_are_those_of_its_rows(empty: Connection, key: str, query: str) -> None:
    found, _ = _asked(empty, key, query, MOMENTS[0])
    hints = typing.get_type_hints(panels()[key].spec.rows[query])
    assert list(found) == [f.name for f in fields(panels()[key].spec.rows[query])]
    assert [name for name, oid in found.items() if oid not in _accepted(hints[name])] == []


@pytest.mark.parametrize(("key", "query"), QUERIES)
def test_rows_of_a_query_fit_their_class(filled: Connection, key: str, query: str) -> None:
    rows = [row for moment in MOMENTS for row in _asked(filled, key, query, moment)[1]]
    assert rows
    assert [msgspec.convert(row, panels()[key].spec.rows[query]) for row in rows]


@pytest.mark.parametrize("moment", MOMENTS, ids=["now", "past", "known then"])
@pytest.mark.parametrize(("key", "query"), QUERIES)
def test_query_can_be_asked_of_an_empty_database(empty: Connection, key: str, query: str, moment: Moment) -> None:
    assert len(_asked(empty, key, query, moment)[1]) <= 3


def _face(snapshot: Snapshot, language: str) -> Face:
    return panels()[snapshot.panel].render(snapshot, words(language), PROFILE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_panel_renders_without_a_row(empty: Connection, key: str, language: str) -> None:
    snapshot = seen(empty, key)
    face = _face(snapshot, language)
    assert face.headline in {"0", "—"}
    assert {s.state for s in snapshot.sources} == {"none"}
    assert set(face.charts) == set(panels()[key].spec.charts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_panel_renders_one_row(dsn: str, key: str, language: str) -> None:
    with told(dsn) as (story, conn):
        story.dossier("one", ago(days=3), ago(days=2))
        story.report("one", ago(days=3), ago(days=2))
        story.camera("one", ago(minutes=1), waiting=1)
        story.hear()
        assert _face(seen(conn, key), language).headline


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_panel_of_a_dead_source_says_so(filled: Connection, key: str, language: str) -> None:
    snapshot = seen(filled, key, now=NOW + timedelta(days=100))  # the slowest promise is one of days
    given = props(panels()[key], snapshot, words(language), PROFILE)
    assert given[f"card--{key}"]["data-state"] == "dead"
    assert words(language)("Mất nguồn") in encode(given[f"{key}--foot"]).decode()


@pytest.mark.parametrize("key", KEYS)
def test_every_number_has_a_definition_and_every_definition_a_number(empty: Connection, key: str) -> None:
    assert set(seen(empty, key).numbers) == set(panels()[key].definitions)


@pytest.mark.parametrize("key", KEYS)
def test_rate_keeps_what_it_was_made_of(empty: Connection, filled: Connection, key: str) -> None:
    for snapshot in (seen(empty, key), seen(filled, key)):
        for number in (n for n in snapshot.numbers.values() if not n.of):  # of those taken the catalogue's tests know
            assert (number.unit == "%") == (number.denominator is not None) == (number.numerator is not None)
            assert number.unit != "%" or (number.value is None) == (number.denominator == 0)
            assert number.numerator is None or number.denominator is None or 0 <= number.numerator <= number.denominator


def _imports(key: str) -> set[str]:
    tree = ast.parse(Path(f"ioc/panels/{key}.py").read_text(encoding="utf-8"))
    named = {f"{node.module}.{alias.name}" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return named | {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}


@pytest.mark.parametrize("key", KEYS)
def test_panel_imports_no_clock_and_nothing_that_reads_or_writes(key: str) -> None:
    allowed = ("collections", "dataclasses", "datetime", "hashlib", "math", "typing", "ioc.calendar.deadlines.", "ioc.moment.Moment", "ioc.panels.engine.", "ioc.panels._", "ioc.profiles.Profile", "ioc.words.Words")
    pure = {"ioc.clock.LOCAL", "ioc.clock.start_of", "ioc.clock.end_of", "ioc.clock.local_day", "ioc.places.distance.metres", "ioc.words.SMALL_SAMPLE"}
    assert sorted(name for name in _imports(key) if not name.startswith(allowed) and name not in pure) == []

