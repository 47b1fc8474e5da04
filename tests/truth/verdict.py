"""The program's figures against the oracle's, and what a stream's tables hold."""

from collections.abc import Iterable
from math import isclose
from typing import Any

from ioc.db.connect import Connection
from ioc.kpi.engine.compute import compute
from ioc.kpi.engine.contract import Figure, Kpi
from ioc.kpi.engine.registry import sections
from ioc.places.register import load_register
from ioc.streams.engine.registry import streams
from tests.integration.streams_db import rows, tables_of
from tests.oracle import PROFILE
from tests.truth.expected import Made
from tests.truth.questions import Asked
from tests.truth.sections import SECTIONS

REGISTER = load_register(PROFILE)


def differences(conn: Connection, name: str, asked: Asked) -> list[str]:
    """A sentence for each figure that is not the oracle's. A unit of which nothing is said has what nothing makes."""
    section = sections()[name]
    due = SECTIONS[name](asked.view)
    assert {key for key, _ in due} == section.kpis.keys(), "the oracle knows every figure of the section, and no other"
    whole = asked.question.scope == "province"
    found = {(f.key.split(".")[1], "*" if whole else f.unit_code): f for f in compute(conn, section, asked.question, PROFILE, REGISTER)}
    wanted = {(key, unit): made for (key, unit), made in due.items() if (unit == "*") == whole}
    return [f"{key} of {unit}: {got}, but {want} by the events; {asked.question}" for key, unit in sorted(found.keys() | wanted.keys())
            if not _equal(got := _made(section.kpis[key], found.get((key, unit))), want := _plain(section.kpis[key], wanted.get((key, unit))))]


def _equal(got: tuple[float | None, ...], want: tuple[float | None, ...]) -> bool:
    # Counts are whole; only a quotient or what lies between two values may differ in its last digits.
    return all(a == b if a is None or b is None else isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(got, want, strict=True))


def _made(kpi: Kpi, figure: Figure | None) -> tuple[float | None, ...]:
    return _plain(kpi, Made(figure.value, figure.numerator, figure.denominator) if figure else None)


def _plain(kpi: Kpi, made: Made | None) -> tuple[float | None, ...]:
    """(value, over, under); nothing counted is 0, nothing divided is no value."""
    value, over, under = made or Made(None)
    if not kpi.under:
        return (value or 0 if kpi.adds_up else value,)
    return value, over or 0, under or 0


def stored(conn: Connection, names: Iterable[str]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that a stream's events have made, as JSON; counts of 0 are as good as none."""
    tables: dict[str, list[tuple[Any, ...]]] = {}
    for name in names:
        projection = streams()[name].projection
        assert projection is not None
        daily = projection.daily
        for table in tables_of(streams()[name])[1:]:
            some = " or ".join(f"{measure} <> 0" for measure in daily.measures) if daily and table == daily.table else "true"
            tables[table] = sorted(rows(conn, f"select to_jsonb(t)::text from {table} t where {some}"))
    return tables
