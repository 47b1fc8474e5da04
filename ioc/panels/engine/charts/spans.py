"""How long something usually takes and how long at worst: from the median to the time that nine in ten keep, a row a kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.drawing import COLOURS, RULE, Look, clean, layout, rows_down, short


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """`usual` (a disc) and `most` (a lozenge) lie over `rows`, the first on top, None where nothing is known; a bar joins the two.

    The title says what the two shapes are: beside long names there is no room for a legend.
    """

    title: str
    rows: Sequence[str]
    usual: Sequence[float | None]
    most: Sequence[float | None]
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not any(v is not None for v in (*self.usual, *self.most))
        made = layout(look, nothing=nothing)
        made["margin"] |= {"t": 44, "r": 24}
        rows_down(made, dtick=1)
        made["xaxis"] |= {"gridcolor": RULE, "rangemode": "tozero", "nticks": 4, "tickangle": 0}
        made["shapes"] = [
            {"type": "line", "x0": usual, "x1": most, "y0": n, "y1": n, "layer": "below", "line": {"color": COLOURS["base"], "width": 6}}
            for n, (usual, most) in enumerate(zip(self.usual, self.most, strict=True)) if usual is not None and most is not None]
        rows = clean(short(self.rows))
        return {"data": [
            {"type": "scatter", "mode": "markers", "x": list(values), "y": rows, "cliponaxis": False,
             "marker": {"color": colour, "size": 16, "symbol": symbol}}
            for values, colour, symbol in ((self.usual, COLOURS["in"], "circle"), (self.most, COLOURS["warn"], "diamond"))
        ], "layout": made}
