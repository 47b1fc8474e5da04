"""Where points were lost: what each group reached of its maximum, and the way down from what could be reached to the score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ioc.panels.engine.drawing import CLEAR, COLOURS, INK, RULE, Look, clean, layout, rows_down, short


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Points of a group: `reached` and `lost` of those that could be computed, `unknown` where figures are missing. `text`: in words."""

    name: str
    reached: float
    lost: float
    unknown: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Bars from 0 to each group's maximum: reached, lost, and hatched what is not known. No legend: it would take a third of a small picture."""

    title: str
    parts: Sequence[Part]
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        made = layout(look, nothing=not self.parts)
        made |= {"barmode": "stack", "bargap": 0.3}
        made["margin"] |= {"t": 44, "r": 96}
        rows_down(made, tickfont={"color": INK}, dtick=1)
        made["xaxis"] |= {"gridcolor": RULE, "rangemode": "tozero", "showticklabels": False}
        values = ([p.reached for p in self.parts], [p.lost for p in self.parts], [p.unknown for p in self.parts])
        fills = ({"color": COLOURS["out"]}, {"color": COLOURS["bad"]}, {"color": CLEAR, "pattern": {"shape": "/", "fgcolor": COLOURS["quiet"]}})
        names = clean(short([p.name for p in self.parts]))
        traces: list[dict[str, Any]] = [{"type": "bar", "orientation": "h", "y": names, "x": shown, "marker": fill, "hoverinfo": "skip"}
                                        for shown, fill in zip(values, fills, strict=True)]
        # The text stands behind the whole bar, so it belongs to the last trace, also where that one is empty.
        traces[-1] |= {"text": clean([p.text for p in self.parts]), "textposition": "outside", "textfont": {"color": INK}, "cliponaxis": False,
                       "constraintext": "none"}
        return {"data": traces if self.parts else [], "layout": made}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the way down. `kind`: 'whole' begins, 'lost' goes down, 'left' is what remains."""

    name: str
    points: float
    kind: Literal["whole", "lost", "left"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """Steps from the top: all that could be reached, what was lost for which reason, what remains."""

    title: str
    steps: Sequence[Step]
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        made = layout(look, nothing=not self.steps)
        made["margin"] |= {"t": 44, "r": 88}
        rows_down(made, tickfont={"color": INK}, dtick=1)
        made["xaxis"] |= {"gridcolor": RULE, "rangemode": "tozero", "showticklabels": False}
        trace = {
            "type": "waterfall", "orientation": "h", "y": clean(short([s.name for s in self.steps], 18)), "text": clean([s.text for s in self.steps]),
            "x": [s.points if s.kind == "whole" else -s.points if s.kind == "lost" else None for s in self.steps],
            "measure": ["absolute" if s.kind == "whole" else "total" if s.kind == "left" else "relative" for s in self.steps],
            "textposition": "outside", "textfont": {"color": INK}, "hoverinfo": "skip", "cliponaxis": False, "constraintext": "none",
            "decreasing": {"marker": {"color": COLOURS["bad"]}}, "totals": {"marker": {"color": COLOURS["out"]}},
            "connector": {"line": {"color": COLOURS["base"], "width": 1}},
        }
        return {"data": [trace] if self.steps else [], "layout": made}
