"""A small file that people edit: each row with its line, each mistake with file, line and remedy."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.abc import Traversable

from ioc.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a file."""

    file: str
    number: int
    cells: dict[str, str]

    def wrong(self, what: str) -> ConfigurationError:
        return ConfigurationError(f"{self.file}, line {self.number}: {what}")

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.cells[column])
        except ValueError:
            raise self.wrong(f"{column} '{self.cells[column]}' is no date: write it like 2026-01-31") from None


def lines(folder: Traversable, file: str, columns: tuple[str, ...]) -> Iterator[Line]:
    """Rows of a CSV file with exactly these columns; empty lines are passed over.

    Raises:
        ConfigurationError: a file that is missing or not UTF-8, other columns, too few or too many cells.

    """
    reader = csv.reader(_text(folder, file).splitlines())
    if tuple(next(reader, ())) != columns:
        raise ConfigurationError(f"{file}, line 1: the columns must be {','.join(columns)}, separated by commas")
    for cells in reader:
        if not cells:
            continue
        line = Line(file=file, number=reader.line_num, cells={name: cell.strip() for name, cell in zip(columns, cells, strict=False)})
        if len(cells) != len(columns):
            raise line.wrong(f"{len(cells)} cells instead of {len(columns)}: put a text that holds a comma into double quotes")
        yield line


def _text(folder: Traversable, file: str) -> str:
    try:
        return folder.joinpath(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from None
