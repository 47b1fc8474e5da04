"""Which unit took over which one's ground: succession.csv of a profile, and what must hold of it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from importlib.abc import Traversable
from math import isclose
from typing import Annotated

import msgspec

from ioc.errors import ConfigurationError
from ioc.profiles.rows import read_structs
from ioc.profiles.units import Unit

Key = tuple[str, date]
"""A unit in its time: code and first day."""

FILE = "succession.csv"


class Succession(msgspec.Struct, frozen=True, kw_only=True):
    """On `effective_on`, `share` of a unit's ground and people (0–1) went to another unit."""

    from_code: str
    from_valid_from: date
    to_code: str
    to_valid_from: date
    share: Annotated[float, msgspec.Meta(gt=0, le=1)]
    effective_on: date
    legal_basis: str

    @property
    def origin(self) -> Key:
        return self.from_code, self.from_valid_from

    @property
    def heir(self) -> Key:
        return self.to_code, self.to_valid_from


def read_succession(folder: Traversable) -> tuple[Succession, ...]:
    """Rows of succession.csv in a profile's folder; none where it has no such file.

    Raises:
        ConfigurationError: a malformed row, with the file, line and reason.

    """
    return read_structs(folder, FILE, Succession, optional=True)


def check_succession(units: Sequence[Unit], rows: Sequence[Succession]) -> None:
    """Every row joins two known units of one level on the day one ends and the other begins; a unit's shares make a whole.

    Raises:
        ConfigurationError: a row that does not hold, with the file, line and remedy.

    """
    known = {u.key: u for u in units}
    lines: dict[Key, list[int]] = defaultdict(list)
    for line, row in enumerate(rows, start=2):
        _check_row(f"{FILE}, line {line}", row, known)
        if any(rows[other - 2].heir == row.heir for other in lines[row.origin]):
            raise ConfigurationError(f"{FILE}, line {line}: {row.from_code} goes to {row.to_code} twice: take one of the two lines out")
        lines[row.origin].append(line)
    for origin, held in lines.items():
        whole = sum(rows[line - 2].share for line in held)
        if not isclose(whole, 1, abs_tol=1e-6):
            raise ConfigurationError(f"{FILE}, line {held[-1]}: the shares of {origin[0]} of {origin[1]} make {whole:g}, not 1: mend or add its rows")


def _check_row(place: str, row: Succession, known: dict[Key, Unit]) -> None:
    for key, columns in ((row.origin, "from_code, from_valid_from"), (row.heir, "to_code, to_valid_from")):
        if key not in known:
            raise ConfigurationError(f"{place}: units.csv has no unit {key[0]} that begins on {key[1]}: mend {columns}, or add the unit")
    origin, heir = known[row.origin], known[row.heir]
    if origin.valid_to != row.effective_on or heir.valid_from != row.effective_on:
        raise ConfigurationError(f"{place}: effective_on is {row.effective_on}, but {origin.code} ends on {origin.valid_to} and {heir.code} "
                                 f"begins on {heir.valid_from}: the three days must be one")
    if origin.level != heir.level:
        raise ConfigurationError(f"{place}: {origin.code} is a {origin.level}, {heir.code} a {heir.level}: only units of one level follow each other")
