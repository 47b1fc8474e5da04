"""The common kinds: lines over time, bars, stacked bars, and ranks with the first on top."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ioc.panels.engine.drawing import COLOURS, DASHES, NAMES_TOLD, RULE, Look, Role, clean, layout, mark_line, rows_down, short


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line or set of bars; `values` lie over the chart's `x`, None where nothing is known."""

    name: str
    role: Role
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`x` are texts: ISO dates or moments for 'time', categories for 'bars', 'stack' and 'ranks' (horizontal, first on top).

    `target`: a value that a dashed line marks. `guests`: see `Drawing`.
    """

    kind: Literal["time", "bars", "stack", "ranks"]
    title: str
    x: Sequence[str]
    series: Sequence[Series]
    target: float | None = None
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not any(v is not None for s in self.series for v in s.values)
        made = layout(look, nothing=nothing, legend=len(self.series) > 1)
        made |= {"barmode": "stack" if self.kind == "stack" else "group", "bargap": 0.25}
        made["yaxis"]["rangemode"] = "tozero"
        if max((v for s in self.series for v in s.values if v is not None), default=0) <= 5:
            made["xaxis" if self.kind == "ranks" else "yaxis"]["dtick"] = 1  # half a dossier is no tick
        if self.kind == "ranks":
            rows_down(made)
            made["xaxis"] |= {"gridcolor": RULE, "rangemode": "tozero", "showticklabels": False}
            made["margin"]["r"] = 56  # room for the numbers behind the bars
        elif self.kind == "time":
            made["xaxis"]["nticks"] = 6  # plotly counts pixels, but on a 4K wall the letters have grown with them
        else:
            made["xaxis"]["type"] = "category"
            if len(self.x) > NAMES_TOLD:  # some of them, upright: plotly would turn them all
                made["xaxis"] |= {"tickangle": 0, "dtick": math.ceil(len(self.x) / NAMES_TOLD)}
        if self.target is not None and not nothing:
            made["shapes"] = [mark_line("x" if self.kind == "ranks" else "y", self.target)]
        return {"data": [self._trace(s) for s in self.series], "layout": made}

    def _trace(self, series: Series) -> dict[str, Any]:
        colour = COLOURS[series.role]
        x, y, name = clean(short(self.x) if self.kind == "ranks" else self.x), list(series.values), clean([series.name])[0]
        if self.kind == "time":
            return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "connectgaps": False,
                    "line": {"color": colour, "width": 3, "dash": DASHES[series.role]}}
        if self.kind == "ranks":
            return {"type": "bar", "orientation": "h", "name": name, "x": y, "y": x, "marker": {"color": colour},
                    "texttemplate": "%{x:,.6~g}", "textposition": "outside", "textangle": 0,
                    "cliponaxis": False, "constraintext": "none"}
        return {"type": "bar", "name": name, "x": x, "y": y, "marker": {"color": colour}}
