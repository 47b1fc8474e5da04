"""Figures of indicators that somebody told, out of a query that answers one row per place and indicator."""

from collections.abc import Iterator
from typing import Literal

from ioc.kpi.engine.contract import Kpi

Better = Literal["up", "down", ""]


def share(key: str, query: str, *, label: str, formula: str, basis: str, better: Better = "up") -> Iterator[Kpi]:
    """An indicator's fraction, and beside it the figure as its source printed it."""
    yield Kpi(key=key, label=label, formula=formula, unit="%", basis=basis, query=query, of=key, over=("numerator",), under=("denominator",),
              scale=100, is_stock=True, adds_up=False, better=better)
    yield Kpi(key=f"{key}_told", label=f"{label}, số công bố", formula="như nguồn công bố", unit="%", basis=basis, query=query, of=key,
              over=("told",), is_stock=True, adds_up=False, better=better)


def count(key: str, query: str, *, label: str, unit: str, basis: str) -> Kpi:
    """An indicator that is one number."""
    return Kpi(key=key, label=label, formula="số liệu kỳ mới nhất đã báo cáo", unit=unit, basis=basis, query=query, of=key, over=("value",),
               is_stock=True, adds_up=False)
