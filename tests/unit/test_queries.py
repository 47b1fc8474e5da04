"""Named SQL statements of a file."""

from pathlib import Path

import pytest

from ioc.db.queries import named
from ioc.errors import ContractError


def written(folder: Path, text: str) -> Path:
    file = folder / "panel.sql"
    file.write_text(text, encoding="utf-8")
    return file


def test_statements_are_found_by_name_with_their_comments(tmp_path: Path) -> None:
    found = named(written(tmp_path, "-- A head.\n-- name: one\n-- One row.\nselect 1;\n\n-- name: two\nselect 2"))
    assert found == {"one": "-- One row.\nselect 1;", "two": "select 2"}


def test_sql_before_the_first_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"panel\.sql: SQL stands before the first"):
        named(written(tmp_path, "select 0;\n-- name: one\nselect 1"))


def test_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"panel\.sql: the name one stands twice"):
        named(written(tmp_path, "-- name: one\nselect 1;\n-- name: one\nselect 2"))


def test_name_without_statement_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"panel\.sql: one has no statement"):
        named(written(tmp_path, "-- name: one\n-- only words\n"))
