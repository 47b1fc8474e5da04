"""What was reached of several plans, one under the other: a bar in percent of the plan, the pace as an upright mark, the plan as a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.drawing import CLEAR, COLOURS, INK, MUTED, Look, Role, clean, layout

FULL_PCT = 100.0
_ROOM = 2.0
"""Width of the picture in widths of its longest bar: the texts stand in a column behind it."""
_MARK_HEIGHT = 0.6
"""Of a row."""
_NAME = 34
"""Letters of a name that have room in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """One plan: `reached_pct` of it, beside `pace_pct` that would be reached by now; None = not known. `text` stands behind it."""

    name: str
    reached_pct: float | None
    pace_pct: float | None = None
    text: str = ""
    role: Role = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """`plan`, `pace`: what the line and the marks are called in the legend. The first row is on top."""

    title: str
    rows: Sequence[Bullet]
    plan: str
    pace: str = ""
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not any(row.reached_pct is not None for row in self.rows)
        marked = [row for row in self.rows if row.pace_pct is not None]
        made = layout(look, nothing=nothing, legend=not nothing)
        made |= {"bargap": 0.45}
        most = max((v for row in self.rows for v in (row.reached_pct, row.pace_pct) if v is not None), default=0)
        end = max(FULL_PCT, most)
        made["xaxis"] |= {"range": [0, end * _ROOM], "showticklabels": False, "gridcolor": CLEAR}
        made["yaxis"] |= {"range": [len(self.rows) - 0.5, -0.5], "gridcolor": CLEAR, "tickvals": list(range(len(self.rows))),
                          "tickfont": {"color": INK},
                          "ticktext": clean([row.name if len(row.name) <= _NAME else f"{row.name[:_NAME - 1]}…" for row in self.rows])}
        if nothing:
            return {"data": [], "layout": made}
        traces = [self._bars(), self._texts(end), self._line()]
        return {"data": [*traces, self._marks(marked)] if marked else traces, "layout": made}

    def _bars(self) -> dict[str, Any]:
        return {"type": "bar", "orientation": "h", "x": [row.reached_pct for row in self.rows], "y": list(range(len(self.rows))),
                "marker": {"color": [COLOURS[row.role] for row in self.rows]},
                "showlegend": False, "hoverinfo": "skip"}

    def _texts(self, end: float) -> dict[str, Any]:
        return {"type": "scatter", "mode": "text", "x": [end * 1.02] * len(self.rows), "y": list(range(len(self.rows))),
                "text": clean([row.text for row in self.rows]), "textposition": "middle right", "textfont": {"color": INK},
                "cliponaxis": False, "showlegend": False, "hoverinfo": "skip"}

    def _line(self) -> dict[str, Any]:
        return {"type": "scatter", "mode": "lines", "name": clean([self.plan])[0], "x": [FULL_PCT, FULL_PCT], "y": [-0.5, len(self.rows) - 0.5],
                "line": {"color": MUTED, "width": 3}, "hoverinfo": "skip"}

    def _marks(self, marked: Sequence[Bullet]) -> dict[str, Any]:
        """Upright strokes, each a piece of one broken line, so that they are as high as the rows on any screen."""
        at = {id(row): n for n, row in enumerate(self.rows)}
        x = [v for row in marked for v in (row.pace_pct, row.pace_pct, None)]
        y = [v for row in marked for v in (at[id(row)] - _MARK_HEIGHT / 2, at[id(row)] + _MARK_HEIGHT / 2, None)]
        return {"type": "scatter", "mode": "lines", "name": clean([self.pace])[0], "x": x, "y": y, "connectgaps": False,
                "line": {"color": COLOURS["warn"], "width": 5}, "hoverinfo": "skip"}
