"""Which row of a file is which unit: by the column of codes or names that fits the register best, never by a guess."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd

from ioc.errors import InputError
from ioc.places.names import bare, written_out
from ioc.places.register import Register
from ioc.profiles.units import Unit


@dataclass(frozen=True, kw_only=True)
class Match:
    """Rows found for units: `rows` are sure; what stands in the other fields is not, and is left out or refused."""

    column: str
    by: str
    rows: dict[str, int]
    missing: tuple[Unit, ...]
    duplicate: dict[str, tuple[int, ...]]
    renamed: dict[str, str]
    """Units found by code whose row bears another name: the code meant other ground at the file's time."""
    foreign: int
    """Rows of no unit of the register, such as the neighbouring province's."""


def match(frame: gpd.GeoDataFrame, units: Sequence[Unit], register: Register, column: str | None = None) -> Match:
    """Find each unit's row.

    Raises:
        InputError: no column (or not the one asked for) holds codes or names of these units.

    """
    texts = {str(name): [_text(v) for v in frame[name]] for name in frame.columns if name != frame.geometry.name}
    if column is not None and column not in texts:
        raise InputError(f"the file has no column '{column}': it has {', '.join(texts)}")
    parents = {u.code: register.at(u.parent_code, u.valid_from) for u in units}
    found = [(by, name, finding(texts, name, units, parents)) for name in (texts if column is None else [column])
             for by, finding in (("code", _by_code), ("name", _by_name))]
    by, name, codes = max(found, key=lambda f: (len(set(f[2].values())), f[0] == "code"), default=("", "", {}))
    if not codes:
        raise InputError(f"no column holds codes or names of the {len(units)} units of that day: the file has {', '.join(texts) or 'no columns'}")
    return _judged(texts, units, name, by, codes)


def _judged(texts: dict[str, list[str]], units: Sequence[Unit], column: str, by: str, codes: dict[int, str]) -> Match:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, code in codes.items():
        rows[code].append(row)
    known = {u.code: u for u in units}
    renamed = _renamed(texts, column, {code: r[0] for code, r in rows.items()}, known) if by == "code" else {}
    return Match(
        column=column, by=by, rows={code: r[0] for code, r in rows.items() if len(r) == 1 and code not in renamed},
        missing=tuple(u for u in units if u.code not in rows), duplicate={code: tuple(r) for code, r in rows.items() if len(r) > 1},
        renamed=renamed, foreign=len(texts[column]) - len(codes))


def _by_code(texts: dict[str, list[str]], column: str, units: Sequence[Unit], parents: dict[str, Unit | None]) -> dict[int, str]:
    del parents
    known, width = {u.code for u in units}, max(len(u.code) for u in units)
    return {row: text.zfill(width) for row, text in enumerate(texts[column]) if text.zfill(width) in known}


def _by_name(texts: dict[str, list[str]], column: str, units: Sequence[Unit], parents: dict[str, Unit | None]) -> dict[int, str]:
    full: dict[str, list[Unit]] = defaultdict(list)
    short: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        full[written_out(unit.name)].append(unit)
        short[bare(unit.name)].append(unit)
    found: dict[int, str] = {}
    for row, text in enumerate(texts[column]):
        key = written_out(text)
        called = full.get(key) or short.get(key) or []
        if len(called) > 1:  # "Phường 1" stands in three districts: only the row's own district says which
            beside = {bare(texts[other][row]) for other in texts if other != column}
            called = [u for u in called if (parent := parents[u.code]) is not None and bare(parent.name) in beside]
        if len(called) == 1:
            found[row] = called[0].code
    return found


def _renamed(texts: dict[str, list[str]], column: str, rows: dict[str, int], known: dict[str, Unit]) -> dict[str, str]:
    """Names that a row bears instead of its unit's; nothing where the file has no column of names."""
    names = [name for name in texts if name != column and len({t for t in texts[name] if any(c.isalpha() for c in t)}) * 2 > len(rows)]
    wanted = {code: bare(known[code].name) for code in rows}
    best = max(names, key=lambda name: sum(bare(texts[name][row]) == wanted[code] for code, row in rows.items()), default=None)
    if best is None:
        return {}
    return {code: texts[best][row] for code, row in rows.items() if bare(texts[best][row]) != wanted[code]}


def _text(value: object) -> str:
    """A cell as text: numbers of codes come as 31507, 31507.0 or '31507'."""
    if value is None or value != value:  # noqa: PLR0124 (NaN is the one value that differs from itself)
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
