"""Bars against marks: how full each hospital is, how bad the air of each station; the value in words behind each bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.charts.bands import Mark
from ioc.panels.engine.drawing import CLEAR, COLOURS, FONT_PX, INK, Look, Role, clean, layout, mark_line

LEAST_ROWS = 4
"""Fewer bars leave room below them: one alone would fill the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """Horizontal bars, the first on top. `values`: None = not known, no bar. `texts`: what each says; `tones`: a role for each.

    `marks`: values that lines mark across all bars. `most`: where the scale ends, the largest value or mark where it is None.
    `colours`: instead of `tones`, where a law gives them.
    """

    title: str
    names: Sequence[str]
    values: Sequence[float | None]
    texts: Sequence[str]
    tones: Sequence[Role] = ()
    marks: Sequence[Mark] = ()
    most: float | None = None
    colours: Sequence[str] = ()
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not any(v is not None for v in self.values)
        made = layout(look, nothing=nothing)
        if nothing:
            return {"data": [], "layout": made}
        most = self.most or max([v for v in self.values if v is not None] + [m.value for m in self.marks]) or 1
        made["margin"] |= {"t": 30 if look.simulated else 12, "b": 30 if self.marks else 8}
        made["margin"]["r"] = 16 + round(max(map(len, self.texts), default=0) * 0.62 * FONT_PX)
        made["bargap"] = 0.35
        made["yaxis"] |= {"range": [max(len(self.names), LEAST_ROWS) - 0.5, -0.5], "type": "category", "gridcolor": CLEAR}
        made["xaxis"] |= {"range": [0, most], "showticklabels": False}
        made["shapes"] = [mark_line("x", m.value, m.role) for m in self.marks]
        made["annotations"] += [{"text": clean([m.text])[0], "xref": "x", "x": m.value, "xanchor": "left" if n else "right", "yref": "paper", "y": 0,
                                 "yanchor": "top", "showarrow": False, "font": {"color": COLOURS[m.role]}} for n, m in enumerate(self.marks)]
        made["annotations"] += [{"text": text, "xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "yref": "y", "y": name, "showarrow": False,
                                 "font": {"color": INK}} for name, text in zip(clean(self.names), clean(self.texts), strict=True)]
        return {"data": [self._bars()], "layout": made}

    def _bars(self) -> dict[str, Any]:
        colours = list(self.colours) or [COLOURS[tone] for tone in self.tones] or COLOURS["in"]
        return {"type": "bar", "orientation": "h", "x": list(self.values), "y": clean(self.names),
                "marker": {"color": colours, "line": {"color": INK, "width": 1}}, "hovertemplate": "%{y}: %{x}<extra></extra>"}
