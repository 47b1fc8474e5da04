"""A matrix whose cells are the darker, the less there is: hour × weekday, source × hour, urgency × age."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.drawing import COLOURS, FONT_PX, INK, MUTED, NAMES_TOLD, RAMP, Look, clean, layout, rows_down

FEW = 6
"""Up to so many rows or columns each has its name in full, and lying; of more, plotly leaves names out where they would touch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """`values`: per row (first on top) one value per column, None = not known (a hole, never a dark cell). `texts`: what stands in the cells.

    `alarm`: from this value on a cell is in the colour of what is bad, and its text says so too. `most`: value of the lightest cell, the
    largest where it is None.
    """

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float | None]]
    texts: Sequence[Sequence[str]] = ()
    alarm: float | None = None
    most: float | None = None
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        known = [v for row in self.values for v in row if v is not None]
        made = layout(look, nothing=not known)
        rows_down(made)
        made["xaxis"] |= {"type": "category", "side": "bottom"}
        if len(self.rows) <= FEW:
            made["yaxis"]["dtick"] = 1
        if len(self.columns) <= FEW:
            made["xaxis"] |= {"dtick": 1, "tickangle": 0, "tickfont": {"color": MUTED, "size": FONT_PX - 3}}  # words, each as wide as its column
        else:
            made["xaxis"]["nticks"] = NAMES_TOLD
        most = self.most or max(known, default=1) or 1
        return {"data": [{
            "type": "heatmap", "x": clean(self.columns), "y": clean(self.rows), "z": [list(row) for row in self.values], "zmin": 0, "zmax": most,
            "colorscale": self._scale(most), "showscale": False, "xgap": 3, "ygap": 3, "hoverongaps": False,
            "text": [clean(row) for row in self.texts] or None, "texttemplate": "%{text}" if self.texts else None,
            "textfont": {"color": INK, "size": FONT_PX}, "hovertemplate": "%{y} · %{x}: %{z}<extra></extra>",
        }], "layout": made}

    def _scale(self, most: float) -> list[list[Any]]:
        ramp = RAMP[:-1]  # text stands on it
        if self.alarm is None or self.alarm > most:
            return [[n / (len(ramp) - 1), colour] for n, colour in enumerate(ramp)]
        turn = max(1e-6, min(self.alarm / most, 1) - 1e-6)
        below = [[turn * n / (len(ramp) - 1), colour] for n, colour in enumerate(ramp)]
        return [*below, [turn + 1e-9, COLOURS["bad"]], [1, COLOURS["bad"]]]
