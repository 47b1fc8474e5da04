"""Steps of which each holds a part of the one before it: where the most is lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.drawing import INK, RAMP, Look, clean, layout, rows_down


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """`values`: None = nobody counted it, so the step stands empty. `texts`: what stands in the steps, number and share."""

    title: str
    steps: Sequence[str]
    values: Sequence[float | None]
    texts: Sequence[str]
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        made = layout(look, nothing=all(v is None for v in self.values))
        made["margin"]["t"] = 44
        rows_down(made, tickfont={"color": INK})
        most = max((v for v in self.values if v is not None), default=0) or 1
        made["xaxis"] |= {"visible": False, "range": [-0.52 * most, 1.5 * most]}  # a narrow step's text stands on its right
        shades = [RAMP[min(n + 1, len(RAMP) - 2)] for n in range(len(self.steps))][::-1]
        return {"data": [{
            "type": "funnel", "orientation": "h", "y": clean(self.steps), "x": list(self.values), "text": clean(self.texts),
            "textposition": "auto", "textinfo": "text", "insidetextfont": {"color": INK}, "outsidetextfont": {"color": INK},
            "marker": {"color": shades}, "connector": {"fillcolor": RAMP[0], "line": {"width": 0}}, "hoverinfo": "skip", "cliponaxis": False,
            "constraintext": "none",
        }], "layout": made}
