"""What all charts have in common: palette, letters, the mark of simulation, the words for nothing. Kinds stand in chart.py and charts/."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, Protocol

Role = Literal["in", "out", "bad", "warn", "quiet", "base"]

# Okabe–Ito hues, lightened for a dark ground; they differ in lightness too, so they hold for colour-blind eyes.
COLOURS: dict[Role, str] = {"in": "#56b4e9", "out": "#2fbf95", "bad": "#ff7a45", "warn": "#f0c648", "quiet": "#8fa3bf", "base": "#5a6b85"}
RAMP = ("#16212f", "#1d3c5a", "#27598a", "#3b7ab8", "#62a3dc", "#a9d3f5")
"""Shades of one hue from little to much, for matrices and maps; lightness alone tells them apart."""
FONT_PX = 18
"""Text size on 1080 lines (1.7 % of the height); the live page scales it with the screen."""
NAMES_TOLD = 8
"""Names below many columns; plotly counts pixels of letters that have not grown with the screen yet."""
INK, MUTED, RULE, CLEAR = "#e8eef7", "#a9b8cc", "#2b3a4d", "rgba(0,0,0,0)"
DASHES: dict[Role, str] = {"in": "solid", "out": "dot", "bad": "solid", "warn": "dash", "quiet": "dash", "base": "dot"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Words that every picture carries: the mark of simulation ('' = none; an export keeps it), and what it says where there is nothing."""

    simulated: str
    empty: str


class Drawing(Protocol):
    """A chart as data. `guests`: it names no unit, shows no camera and no casualties, so guests of the house may see it."""

    @property
    def title(self) -> str: ...
    @property
    def guests(self) -> bool: ...
    def figure(self, look: Look) -> dict[str, Any]:
        """A plotly figure as a plain dict: figure objects cost four times as much and carry 6 kB of template each (docs/why.md)."""
        ...


def clean(texts: Sequence[str]) -> list[str]:
    """Texts that plotly may draw: it reads tags, and a word from outside could bring a link onto the wall."""
    return [escape(text, quote=False) for text in texts]


def layout(look: Look, *, nothing: bool = False, legend: bool = False) -> dict[str, Any]:
    """The layout that every chart begins with; axes are still, without title and grid but the value's."""
    made: dict[str, Any] = {
        "uirevision": "keep",
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"family": "Be Vietnam Pro, sans-serif", "color": INK, "size": FONT_PX},
        "margin": {"l": 8, "r": 30 if look.simulated else 12, "t": 44 if legend else 12, "b": 8},
        "showlegend": legend,
        # Names on the left leave a picture little room, and within it a legend falls into a column: one that begins left of it, however little, is
        # given the whole width, and plotly keeps it inside.
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": -0.001, "xanchor": "left", "font": {"color": INK}},
        "xaxis": {"automargin": True, "gridcolor": CLEAR, "zeroline": False, "tickfont": {"color": MUTED}, "fixedrange": True},
        "yaxis": {"automargin": True, "gridcolor": RULE, "zeroline": False, "tickfont": {"color": MUTED}, "fixedrange": True},
        "annotations": [note(look.empty, 0.5)] if nothing else [],
    }
    if look.simulated:
        # Upright on the right edge: the legend lies above, the axis below, and an export carries it.
        made["annotations"].append({**note(look.simulated, 0), "name": "simulated", "x": 1, "xanchor": "left", "xshift": 4, "yanchor": "bottom",
                                    "textangle": -90})
    if nothing:
        made["xaxis"]["visible"] = made["yaxis"]["visible"] = False
    return made


def rows_down(made: dict[str, Any], **axis: Any) -> None:
    """Lay a chart on its side: names on the left, the first on top. `axis`: what the names' axis has beside that."""
    made["yaxis"] |= {"autorange": "reversed", "type": "category", "gridcolor": CLEAR, **axis}


def mark_line(axis: Literal["x", "y"], at: float, role: Role = "warn") -> dict[str, Any]:
    """A dashed line right across the picture at a value of an axis."""
    other = "y" if axis == "x" else "x"
    return {"type": "line", f"{axis}ref": axis, f"{axis}0": at, f"{axis}1": at, f"{other}ref": "paper", f"{other}0": 0, f"{other}1": 1,
            "line": {"color": COLOURS[role], "width": 2, "dash": "dash"}}


def note(text: str, y: float) -> dict[str, Any]:
    """A line of text in the middle of the picture, at a height between 0 and 1."""
    return {"text": text, "xref": "paper", "yref": "paper", "x": 0.5, "y": y, "showarrow": False, "font": {"color": MUTED}}


def short(names: Sequence[str], most: int = 22) -> list[str]:
    """Names that have room beside bars: the middle of a long one gives way, unless two would then read the same."""
    cut = [name if len(name) <= most else f"{name[:most // 2 - 1].rstrip()}…{name[-most // 2:].lstrip()}" for name in names]
    return [mine if cut.count(mine) == 1 else name for name, mine in zip(names, cut, strict=True)]
