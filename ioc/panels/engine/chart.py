"""Charts as data: a panel says what it compares and in which role; colours, fonts and plotly stand here alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

Role = Literal["in", "out", "bad", "warn", "quiet", "base"]

# Okabe–Ito hues, lightened for a dark ground; they differ in lightness too, so they hold for colour-blind eyes.
COLOURS: dict[Role, str] = {"in": "#56b4e9", "out": "#2fbf95", "bad": "#ff7a45", "warn": "#f0c648", "quiet": "#8fa3bf", "base": "#5a6b85"}
FONT_PX = 18
"""Text size on 1080 lines (1.7 % of the height); the live page scales it with the screen."""
_INK, _MUTED, _RULE = "#e8eef7", "#a9b8cc", "#2b3a4d"
_DASHES: dict[Role, str] = {"in": "solid", "out": "dot", "bad": "solid", "warn": "dash", "quiet": "dash", "base": "dot"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line or set of bars; `values` lie over the chart's `x`, None where nothing is known."""

    name: str
    role: Role
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`x` are texts: ISO dates or moments for 'time', categories for 'bars', 'stack' and 'ranks' (horizontal, first on top)."""

    kind: Literal["time", "bars", "stack", "ranks"]
    title: str
    x: Sequence[str]
    series: Sequence[Series]
    note: str = ""


def figure(chart: Chart, *, simulated: str, empty: str) -> dict[str, Any]:
    """A plotly figure as a plain dict: figure objects cost four times as much and carry 6 kB of template each (docs/why.md).

    Args:
        chart: what to draw.
        simulated: the words of the simulation mark, '' for none; it stands inside the picture, so an export carries it.
        empty: what to say where there is nothing to draw.

    """
    nothing = not any(v is not None for s in chart.series for v in s.values)
    layout: dict[str, Any] = {
        "uirevision": "keep",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "Be Vietnam Pro, sans-serif", "color": _INK, "size": FONT_PX},
        "margin": {"l": 8, "r": 12, "t": 44, "b": 8},
        "showlegend": len(chart.series) > 1,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"color": _INK}},
        "barmode": "stack" if chart.kind == "stack" else "group",
        "bargap": 0.25,
        "xaxis": {"automargin": True, "gridcolor": "rgba(0,0,0,0)", "zeroline": False, "tickfont": {"color": _MUTED}, "fixedrange": True},
        "yaxis": {"automargin": True, "gridcolor": _RULE, "zeroline": False, "tickfont": {"color": _MUTED}, "rangemode": "tozero",
                  "fixedrange": True},
        "annotations": [_note(empty, 0.5)] if nothing else [],
    }
    if simulated:
        layout["annotations"].append({**_note(simulated, 1.02), "x": 1, "xanchor": "right", "yanchor": "bottom"})
    if max((v for s in chart.series for v in s.values if v is not None), default=0) <= 5:
        layout["xaxis" if chart.kind == "ranks" else "yaxis"]["dtick"] = 1  # half a dossier is no tick
    if chart.kind == "ranks":
        layout["yaxis"] |= {"autorange": "reversed", "gridcolor": "rgba(0,0,0,0)", "type": "category"}
        layout["xaxis"] |= {"gridcolor": _RULE, "rangemode": "tozero", "showticklabels": False}
        layout["margin"]["r"] = 56  # room for the numbers behind the bars
    elif chart.kind == "time":
        layout["xaxis"]["nticks"] = 6  # plotly counts pixels, but on a 4K wall the letters have grown with them
    else:
        layout["xaxis"]["type"] = "category"
    if nothing:
        layout["xaxis"]["visible"] = layout["yaxis"]["visible"] = False
    return {"data": [_trace(chart, s) for s in chart.series], "layout": layout}


def _note(text: str, y: float) -> dict[str, Any]:
    return {"text": text, "xref": "paper", "yref": "paper", "x": 0.5, "y": y, "showarrow": False, "font": {"color": _MUTED}}


def _trace(chart: Chart, series: Series) -> dict[str, Any]:
    # plotly reads tags in texts: a category that came from outside could bring a link onto the wall.
    colour = COLOURS[series.role]
    x, y, name = [escape(text, quote=False) for text in chart.x], list(series.values), escape(series.name, quote=False)
    if chart.kind == "time":
        return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, "connectgaps": False,
                "line": {"color": colour, "width": 3, "dash": _DASHES[series.role]}}
    if chart.kind == "ranks":
        return {"type": "bar", "orientation": "h", "name": name, "x": y, "y": x, "marker": {"color": colour},
                "text": [None if v is None else f"{v:g}" for v in y], "textposition": "outside", "textangle": 0,
                "cliponaxis": False}
    return {"type": "bar", "name": name, "x": x, "y": y, "marker": {"color": colour}}
