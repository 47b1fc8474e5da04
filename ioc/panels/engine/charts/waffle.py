"""A whole as small squares, one for each of its parts: how many there are of each kind is seen from afar."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ioc.panels.engine.drawing import CLEAR, Look, clean, layout

SQUARES = 2000
"""More cannot be told apart on a wall, and the picture would be heavy: then one square stands for several parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Parts of one kind. `text`: how many there are, as the reader sees it. `colour`: of the palette."""

    name: str
    text: str
    count: int
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waffle:
    """`kinds` follow each other in columns, from the left; the legend names each with its number."""

    title: str
    kinds: Sequence[Kind]
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        kinds = [kind for kind in self.kinds if kind.count > 0]
        made = layout(look, nothing=not kinds, legend=bool(kinds))
        made |= {"bargap": 0}
        made["margin"]["t"] = 96  # the legend takes two lines
        made["legend"] |= {"itemclick": False, "itemdoubleclick": False}
        for axis in ("xaxis", "yaxis"):
            made[axis] |= {"visible": False, "automargin": False}
        made["yaxis"]["autorange"] = "reversed"
        return {"data": [_grid(kinds), *(_entry(kind) for kind in kinds)] if kinds else [], "layout": made}


def _grid(kinds: Sequence[Kind]) -> dict[str, Any]:
    each = ceil(sum(kind.count for kind in kinds) / SQUARES)
    cells = [n for n, kind in enumerate(kinds) for _ in range(ceil(kind.count / each))]
    rows = max(1, round((len(cells) / 2.2) ** 0.5))  # the picture is about twice as wide as high
    grid = [[cells[at] if at < len(cells) else None for at in range(row, rows * ceil(len(cells) / rows), rows)] for row in range(rows)]
    top = max(1, len(kinds) - 1)
    scale = [[edge, kind.colour] for n, kind in enumerate(kinds) for edge in (max(0, (n - 0.5) / top), min(1, (n + 0.5) / top))]
    scale = [*scale, [1, kinds[0].colour]] if len(kinds) == 1 else scale
    return {"type": "heatmap", "z": grid, "zmin": 0, "zmax": top, "colorscale": scale, "showscale": False, "xgap": 1, "ygap": 1,
            "hoverinfo": "skip", "hoverongaps": False, "showlegend": False}


def _entry(kind: Kind) -> dict[str, Any]:
    """A legend's line: a matrix has none of its own."""
    return {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "name": f"{clean([kind.name])[0]}: {kind.text}",
            "marker": {"symbol": "square", "size": 18, "color": kind.colour, "line": {"color": CLEAR}}, "hoverinfo": "skip", "showlegend": True}
