"""Which few kinds make up most: the share of each, the largest on top, on the share that all down to it make up together."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from ioc.panels.engine.drawing import COLOURS, INK, RULE, Look, clean, layout, rows_down, short

ROOM = 165
"""Percent of the axis: behind a bar of 100% stands its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """`counts` lie over `rows`, the largest first; `total`: of all, also of those that are not shown. Behind a bar: count and share together."""

    title: str
    rows: Sequence[str]
    counts: Sequence[float]
    total: float
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not self.counts or not self.total
        made = layout(look, nothing=nothing)
        made |= {"barmode": "overlay", "bargap": 0.25}
        made["margin"]["t"] = 44
        rows_down(made, dtick=1)
        made["xaxis"] |= {"gridcolor": RULE, "range": [0, ROOM], "showticklabels": False, "tickvals": [0, 50, 100]}
        if nothing:
            return {"data": [], "layout": made}
        rows, together = clean(short(self.rows)), [100 * n / self.total for n in accumulate(self.counts)]
        texts = [f"{n:g} · {self._percent(share)}" for n, share in zip(self.counts, together, strict=True)]
        return {"data": [
            {"type": "bar", "orientation": "h", "y": rows, "x": together, "marker": {"color": COLOURS["base"]}, "text": texts,
             "textposition": "outside", "textangle": 0, "textfont": {"color": INK}, "cliponaxis": False},
            {"type": "bar", "orientation": "h", "y": rows, "x": [100 * n / self.total for n in self.counts], "marker": {"color": COLOURS["in"]}},
        ], "layout": made}

    @staticmethod
    def _percent(share: float) -> str:
        """Never 100% while something is missing."""
        return "99%" if 99 <= share < 100 - 1e-9 else f"{share:.0f}%"
