"""Rates of several places as bars against a target: who is under it, and by how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.drawing import COLOURS, INK, RULE, Look, clean, layout, mark_line, rows_down, short


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """`values` in percent, the first on top; `texts`: what stands behind the bars. `target`: a dashed line; bars under it are in another colour.

    `target_text`: names the line.
    """

    title: str
    names: Sequence[str]
    values: Sequence[float]
    texts: Sequence[str]
    target: float | None = None
    target_text: str = ""
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        made = layout(look, nothing=not self.values)
        made["margin"] |= {"t": 44, "r": 88}
        rows_down(made, dtick=1)
        made["xaxis"] |= {"gridcolor": RULE, "range": [0, 100], "showticklabels": False}
        if self.target is not None and self.values:
            made["shapes"] = [mark_line("x", self.target)]
            made["annotations"].append({"text": clean([self.target_text])[0], "xref": "x", "x": self.target, "yref": "paper", "y": 1,
                                        "yanchor": "bottom", "showarrow": False, "font": {"color": COLOURS["warn"]}})
        colours = [COLOURS["bad" if self.target is not None and value < self.target else "in"] for value in self.values]
        return {"data": [{
            "type": "bar", "orientation": "h", "y": clean(short(self.names)), "x": list(self.values), "marker": {"color": colours},
            "text": clean(self.texts), "textposition": "outside", "textangle": 0,
            "constraintext": "none", "textfont": {"color": INK}, "cliponaxis": False, "hoverinfo": "skip",
        }], "layout": made}
