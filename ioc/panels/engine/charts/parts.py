"""What a whole is made of, one bar per whole: five groups of tasks per agency, points of a conference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.chart import Series
from ioc.panels.engine.drawing import COLOURS, RAMP, RULE, Look, Role, clean, layout, rows_down

DARK = RAMP[0]
"""Letters on the bars: the bars are light."""
_HATCH: dict[Role, str] = {"in": "", "out": "", "bad": "x", "warn": "/", "quiet": ".", "base": "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Horizontal bars, the first row on top, cut into `parts` whose values lie over `rows`; a part is told by its hatching and number too."""

    title: str
    rows: Sequence[str]
    parts: Sequence[Series]
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not any(v is not None for part in self.parts for v in part.values)
        there = [part for part in self.parts if any(part.values)] or self.parts[:1]  # what no row has needs no word in the legend
        made = layout(look, nothing=nothing, legend=not nothing)
        made |= {"barmode": "stack", "bargap": 0.3}
        rows_down(made, dtick=1)
        made["xaxis"] |= {"gridcolor": RULE, "rangemode": "tozero", "nticks": 5}
        made["legend"]["traceorder"] = "normal"
        if max((sum(part.values[n] or 0 for part in self.parts) for n in range(len(self.rows))), default=0) <= 5:
            made["xaxis"]["dtick"] = 1
        return {"data": [self._trace(part) for part in there], "layout": made}

    def _trace(self, part: Series) -> dict[str, Any]:
        pattern = {"shape": _HATCH[part.role], "fillmode": "overlay", "fgcolor": DARK, "fgopacity": 0.35, "size": 7, "solidity": 0.25}
        return {
            "type": "bar", "orientation": "h", "name": clean([part.name])[0], "x": list(part.values), "y": clean(self.rows),
            "marker": {"color": COLOURS[part.role], **({"pattern": pattern} if pattern["shape"] else {})},
            "text": [f"{v:g}" if v else None for v in part.values], "textposition": "inside", "insidetextanchor": "middle", "textangle": 0,
            "textfont": {"color": DARK}, "constraintext": "none",
        }
