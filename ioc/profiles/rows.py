"""The CSV files of a profile folder: one row is one line, and each mistake is named with file, line and reason."""

import csv
from collections.abc import Callable, Iterable
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ioc.errors import ConfigurationError, InputError

Item = TypeVar("Item")
Row = TypeVar("Row", bound=msgspec.Struct)


def profile_folder(name: str) -> Traversable:
    """Folder of a shipped profile by name, or of one by path."""
    return resources.files("ioc.profiles").joinpath(name) if "/" not in name else Path(name)


def read_rows(folder: Traversable, name: str, read: Callable[[dict[str, str]], Item], *, optional: bool = False) -> tuple[Item, ...]:
    """What `read` makes of each row of a CSV file; with `optional`, nothing where there is no such file.

    Raises:
        ConfigurationError: a file that is missing or not UTF-8, or a row that cannot be used, with the line and reason.

    """
    if optional and not folder.joinpath(name).is_file():
        return ()
    rows: list[Item] = []
    try:
        lines = folder.joinpath(name).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name} cannot be read: {error}") from None
    reader = csv.DictReader(lines, strict=True)
    try:
        for number, raw in enumerate(reader, start=2):
            if reader.line_num != number:
                raise ConfigurationError(f"{name}, line {number}: an empty line or a text over two lines: one row is one line")
            if None in raw or None in raw.values():
                raise ConfigurationError(f"{name}, line {number}: line 1 has {len(reader.fieldnames or ())} columns, "
                                         "this line has another number of columns: quote a text with a comma")
            rows.append(read(raw))
    except (msgspec.ValidationError, csv.Error, InputError, KeyError) as error:
        raise ConfigurationError(f"{name}, line {len(rows) + 2}: {error}") from None
    return tuple(rows)


def read_structs(folder: Traversable, name: str, kind: type[Row], *, optional: bool = False) -> tuple[Row, ...]:
    """Rows of a CSV file whose columns are a class's fields; an empty cell is a field's default, where it has one."""
    defaults = {f.encode_name for f in msgspec.structs.fields(kind) if not f.required}
    return read_rows(folder, name, lambda raw: msgspec.convert(
        {k: v for k, v in _present(raw).items() if v != "" or k not in defaults}, kind, strict=False), optional=optional)


def _present(raw: dict[str, str]) -> dict[str, Any]:
    return {key: (None if key == "valid_to" and not value else value) for key, value in raw.items()}


def check_once(file: str, codes: Iterable[str]) -> None:
    """Refuse a code that two rows of a file have.

    Raises:
        ConfigurationError: names the second line.

    """
    seen: set[str] = set()
    for line, code in enumerate(codes, start=2):
        if code in seen:
            raise ConfigurationError(f"{file}, line {line}: the code {code} stands twice: take one of the two lines out")
        seen.add(code)
