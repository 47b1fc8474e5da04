"""A table that a person filled in, from .xlsx or .csv: rows of cells that know their address, and errors that name it."""

import csv
import unicodedata
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from ioc.errors import InputError
from ioc.indicators.columns import Cell, Row

MOST_ROWS = 20_000
MOST_COLUMNS = 30
MOST_BYTES = 20_000_000
MOST_UNPACKED = 200_000_000
ERRORS_TITLE = "Lỗi"
"""Title of the column that says what was wrong; it is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The filled rows of a file. `sheet` is empty for CSV; `header` maps fields to the titles used."""

    sheet: str
    header: Mapping[str, str]
    rows: Sequence[Row]


def read_table(file: Path, titles: Mapping[str, str], required: Sequence[str]) -> Table:
    """Rows of a file whose first row names fields by their id or by their title.

    Args:
        file: .xlsx or .csv (UTF-8, `;` or `,` or tab between cells).
        titles: field → title.
        required: fields that must have a column.

    Raises:
        InputError: the file cannot be read, its header is not that of the template, or no row is filled.

    """
    try:
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise InputError(f"{file.name} has {size} bytes, at most {MOST_BYTES} are read: split it")
        if file.suffix.lower() == ".csv":
            sheet, grid = "", _csv_grid(file)
        elif file.suffix.lower() == ".xlsx":
            sheet, grid = _xlsx_grid(file)
        else:
            raise InputError(f"{file.name} is neither .xlsx nor .csv: save it as one of them")
    except OSError as error:
        raise InputError(f"{file.name} cannot be read: {error.strerror}") from None
    return _table(file.name, sheet, grid, titles, required)


def _csv_grid(file: Path) -> list[list[Cell]]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} is not UTF-8 (byte {error.start}): save it as 'CSV UTF-8'") from None
    first = text.partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    try:
        return [[_text_cell(column, number, value) for column, value in enumerate(values, start=1)]
                for number, values in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1)]
    except csv.Error as error:
        raise InputError(f"{file.name} is no CSV ({error}): save it again from the spreadsheet") from None


def _text_cell(column: int, number: int, value: str) -> Cell:
    return Cell(address=f"{get_column_letter(column)}{number}", value=value.strip() or None)


def _xlsx_grid(file: Path) -> tuple[str, list[list[Cell]]]:
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise InputError(f"{file.name} unpacks to more than {MOST_UNPACKED} bytes: delete sheets that are not needed")
        # Once for the values that were computed, once to see where formulas stand.
        with file.open("rb") as values, file.open("rb") as formulas, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of features that openpyxl does not write back
            computed = load_workbook(values, read_only=True, data_only=True)
            written = load_workbook(formulas, read_only=True, data_only=False)
            names = [sheet.title for sheet in computed.worksheets]
            if not names:
                raise InputError(f"{file.name} has no sheet")
            pairs = zip(_sheet_rows(computed.worksheets[0]), _sheet_rows(written.worksheets[0]), strict=True)
            return names[0], [[_sheet_cell(n, column, *pair) for column, pair in enumerate(zip(a, b, strict=True), start=1)]
                              for n, (a, b) in enumerate(pairs, start=1)]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError) as error:
        raise InputError(f"{file.name} is no workbook that can be read ({error}): save it again as .xlsx") from None


def _sheet_rows(sheet: Any) -> list[tuple[Any, ...]]:
    sheet.reset_dimensions()
    return list(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS))


def _sheet_cell(number: int, column: int, computed: Any, written: Any) -> Cell:
    address = f"{get_column_letter(column)}{number}"
    value = computed.value
    if isinstance(value, str):
        value = value.strip() or None
    if getattr(written, "data_type", "") == "f" and value is None:
        return Cell(address=address, value=str(written.value), trouble="the formula was never computed: open the file in a spreadsheet and save it, "
                    "or type the value")
    if getattr(computed, "data_type", "") == "e":
        return Cell(address=address, value=str(value), trouble=f"the spreadsheet says {value}: mend the formula or type the value")
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in str(getattr(computed, "number_format", "")):
        return Cell(address=address, value=float(round(value * 100, 10)), percent=True)  # 99,79% is stored as 0.9979
    return Cell(address=address, value=value if isinstance(value, str | int | float | date | None) else str(value))


def _table(name: str, sheet: str, grid: Sequence[Sequence[Cell]], titles: Mapping[str, str], required: Sequence[str]) -> Table:
    filled = [(n, cells) for n, cells in enumerate(grid, start=1) if n > 1 and any(cell.value is not None for cell in cells)]
    if filled and filled[-1][0] > MOST_ROWS + 1:
        raise InputError(f"{name} has more than {MOST_ROWS} rows: split it")
    columns, width = _header(name, grid[0] if grid else (), titles)
    if missing := [titles[field] for field in required if field not in columns]:
        raise InputError(f"{name} lacks the columns {', '.join(missing)}: fill in the template (--template)")
    if not filled:
        raise InputError(f"{name} has no filled row: fill in at least row 2")
    return Table(sheet=sheet, header={field: str(grid[0][place].value) for field, place in columns.items()},
                 rows=[_row(n, cells, columns, width) for n, cells in filled])


def _header(name: str, cells: Sequence[Cell], titles: Mapping[str, str]) -> tuple[dict[str, int], int]:
    known = {_key(title): field for field, title in titles.items()} | {field: field for field in titles}
    columns: dict[str, int] = {}
    named = [(place, cell) for place, cell in enumerate(cells) if cell.value is not None]
    for place, cell in named:
        if _key(str(cell.value)) == _key(ERRORS_TITLE):
            continue
        field = known.get(_key(str(cell.value)))
        if field is None:
            raise InputError(f"{name}, {cell.address}: no column is called '{cell.value}'; known are {', '.join(titles.values())}")
        if field in columns:
            raise InputError(f"{name}, {cell.address}: the column '{cell.value}' stands twice")
        columns[field] = place
    return columns, max((place for place, _ in named), default=0) + 1


def _key(title: str) -> str:
    return " ".join(unicodedata.normalize("NFC", title).casefold().split())


def _row(number: int, cells: Sequence[Cell], columns: Mapping[str, int], width: int) -> Row:
    found = {field: cells[place] if place < len(cells) else Cell(address=f"{get_column_letter(place + 1)}{number}", value=None)
             for field, place in columns.items()}
    beyond = next((cell for cell in cells[width:] if cell.value is not None), None)
    if beyond:
        first = min(columns, key=lambda field: columns[field])
        found[first] = Cell(address=beyond.address, value=found[first].value, trouble=(
            "stands right of the last column: a number with a decimal comma needs quotes, or `;` between the cells"))
    return Row(number=number, cells=found)
