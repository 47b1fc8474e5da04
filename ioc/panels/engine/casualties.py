"""Of the dead, the injured and the sick, fewer than five are told on a screen as '<5', in words as in numbers (domain notes §0.16)."""

from collections.abc import Iterator, Mapping
from typing import Any

from ioc.panels.engine.contract import Panel

FEW = 5
_TOLD_TOGETHER = (("value", "numerator", "cases"), ("then", "then_cases"))
"""Each of them would give the others away."""


def is_few(value: float | None) -> bool:
    return value is not None and 0 < value < FEW


def without_few(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure of casualties as JSON, as a screen is told it: null and the flag 'few' where it would count them on one hand."""
    hidden = [name for names in _TOLD_TOGETHER if any(is_few(figure.get(name)) for name in names) for name in names if name in figure]
    flags = [*dict.fromkeys((*figure["flags"], "few"))] if hidden else figure["flags"]
    return {**figure, **dict.fromkeys(hidden), "flags": flags}


def for_screens(panel: Panel, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """A panel's snapshot as JSON without few casualties, neither in its numbers nor in the tables behind them."""
    counted = {name for name in snapshot["numbers"] if panel.definitions[name].casualties}
    numbers = {name: without_few(n) if name in counted else n for name, n in snapshot["numbers"].items()}
    behind = {table for name in counted for table in _tables(panel, name)}
    tables = {name: [_row(row) for row in rows] if name in behind else rows for name, rows in snapshot["tables"].items()}
    return {**snapshot, "numbers": numbers, "tables": tables}


def _tables(panel: Panel, name: str) -> Iterator[str]:
    yield f"by:{name}"
    if panel.definitions[name].rows:
        yield panel.definitions[name].rows


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in which nothing can be told from a count of casualties: every small number is one."""
    hidden = [name for name, value in row.items() if isinstance(value, int | float) and not isinstance(value, bool) and is_few(value)]
    return {**row, **dict.fromkeys(hidden)} | ({"few": True} if hidden else {})
