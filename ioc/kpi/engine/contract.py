"""The contract of a figure (KPI). `registry.py` checks it when the program starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec

Scope = Literal["province", "unit", "agency"]
FEW = 30
"""Under so many cases a rate is shown as counts, without colour and rank (domain notes §0.8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """What a figure means and how it is made of a query's columns.

    `over`, `under`: columns whose sums are numerator and denominator; no `under` = a count or an amount. `scale`: 100 for percent.
    `query`: its name in the panel's .sql. A query answers one row per (unit_code, org_code), to be added up; where sums would be
    wrong (medians, extremes) it answers one row per scope itself and `adds_up` is false: unit_code null = the whole province.
    `by_day`: a period's figure is the sum of its days' (an opening balance, or "used at least once", is not).
    `of`: an indicator; only the rows whose column `indicator_id` names it are the figure's, the others just say of which places there is anything.
    A column `flags` (words with blanks between) marks the figures that a row goes into.
    `is_stock`: true at the moment, whatever the period. `counts`: columns that say of how many cases it is made, where `under` does not.
    `casualties`: it counts the dead, the injured or the sick, of whom a screen is told no small number (domain notes §0.16).
    `better`: which direction is good. `basis`: law, published formula, seed fact or 'thiết kế'.
    """

    key: str
    label: str
    formula: str
    unit: str
    basis: str
    query: str
    of: str = ""
    over: tuple[str, ...]
    under: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    scale: float = 1
    is_stock: bool = False
    adds_up: bool = True
    by_day: bool = True
    casualties: bool = False
    better: Literal["up", "down", ""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The figures of one panel: `streams` they are made of, `kpis` by key, `sql` by query name."""

    key: str
    streams: tuple[str, ...]
    kpis: Mapping[str, Kpi]
    sql: Mapping[str, str]


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure of one scope. `value` is None where there is nothing to divide by or nothing was told.

    `unit_code`, `org_code`: '' = the whole province. `first_day`, `last_day`: the period, its part up to `at`; None for a stock.
    `at`, `known`: events before `at`, as far as the centre knew them at `known`. `sources`: the streams it is made of.
    `flags`: see `FLAGS`.
    """

    key: str
    value: float | None
    unit: str
    at: datetime
    known: datetime
    sources: tuple[str, ...]
    unit_code: str = ""
    org_code: str = ""
    numerator: float | None = None
    denominator: float | None = None
    cases: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    flags: tuple[str, ...] = ()


FLAGS: Mapping[str, str] = {
    "few": f"ít hơn {FEW} trường hợp: xem số lượng, không so sánh",
    "no_base": "không có số liệu để tính",
    "unfinished": "kỳ chưa kết thúc",
    "closed": "kỳ đã chốt số liệu",
    "adjusted": "có điều chỉnh sau khi chốt",
    "calendar_unconfirmed": "lịch làm việc của năm chưa được xác nhận",
    "simulated": "có dữ liệu mô phỏng",
    "published_differs": "số công bố khác số tính từ tử và mẫu",
    "manual": "nhập tay",
    "unplaced": "một phần không quy được về địa bàn hiện nay",
}
"""Quality flags and what they say, in Vietnamese."""
