"""Small multiples: one strip per station or disease over a shared time, each with the lines and the band that it is read against."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ioc.panels.engine.drawing import COLOURS, FONT_PX, INK, MUTED, RAMP, Look, Role, clean, layout

GAP = 0.12
"""Share of a strip's height that stays free above it."""
HEADROOM = 1.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A value that a line marks across a strip, and its name there ('' = the title says it)."""

    value: float
    text: str = ""
    role: Role = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """One line over time. `said`: its newest value in words, on the right, in the colour of `tone`.

    `marks`: lines to be read against, what lies above the highest is shaded. `band`: (lowest, highest) of what is usual, over the same `x`.
    `spans`: (moment, least, greatest) that was forecast. `quiet`: it is silent or stands still: grey and dashed, never as if it were calm.
    """

    name: str
    x: Sequence[str]
    y: Sequence[float | None]
    said: str = ""
    tone: Role = "in"
    marks: Sequence[Mark] = ()
    band: tuple[Sequence[float | None], Sequence[float | None]] | None = None
    spans: Sequence[tuple[str, float, float]] = ()
    quiet: bool = False

    @property
    def values(self) -> list[float]:
        """All that must have room."""
        known = [v for v in (*self.y, *(self.band[1] if self.band else ())) if v is not None]
        return known + [m.value for m in self.marks] + [v for _, low, high in self.spans for v in (low, high)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Strips, the first on top. `shared`: all are drawn to one scale, so that heights can be compared; else each to its own."""

    title: str
    strips: Sequence[Strip] = field(default_factory=tuple)
    shared: bool = True
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not any(v is not None for s in self.strips for v in s.y)
        made = layout(look, nothing=nothing)
        if nothing:
            return {"data": [], "layout": made}
        most = max((v for s in self.strips for v in s.values), default=1)
        made["margin"] |= {"t": 30 if look.simulated else 12, "r": 24 + round(max(len(s.said) for s in self.strips) * 0.62 * FONT_PX)}
        made["xaxis"] |= {"anchor": "y" if len(self.strips) == 1 else f"y{len(self.strips)}", "nticks": 4, "tickangle": 0, "tickformat": "%d/%m"}
        made["shapes"] = []
        data: list[dict[str, Any]] = []
        for n, strip in enumerate(self.strips):
            top = (most if self.shared else max(strip.values, default=1)) * HEADROOM or 1
            made[f"yaxis{n + 1 if n else ''}"] = self._axis(n, strip, made["yaxis"], top)
            data += _traces(strip, _axis_name(n))
            made["shapes"] += _shapes(strip, _axis_name(n), top)
            made["annotations"] += [*self._names(n), _said(strip, self._middle(n))]
        return {"data": data, "layout": made}

    def _domain(self, n: int) -> list[float]:
        height = 1 / len(self.strips)
        return [1 - (n + 1) * height, 1 - (n + GAP) * height]

    def _middle(self, n: int) -> float:
        return sum(self._domain(n)) / 2

    def _axis(self, n: int, strip: Strip, like: dict[str, Any], top: float) -> dict[str, Any]:
        low = min((v for s in (self.strips if self.shared else [strip]) for v in s.values), default=0)
        floor = min(0.0, low * HEADROOM)
        return {**like, "domain": self._domain(n), "range": [floor, top], "showgrid": False, "tickmode": "array",
                "tickvals": [(floor + top) / 2], "ticktext": clean([strip.name]), "tickfont": {"color": MUTED if strip.quiet else INK}}

    def _names(self, n: int) -> list[dict[str, Any]]:
        """Names of a strip's marks, unless the strip above it has the same."""
        above = {(m.value, m.text) for s in self.strips[max(0, n - 1):n] for m in s.marks} if self.shared else set()
        own = [m for m in self.strips[n].marks if m.text and (m.value, m.text) not in above]
        return [{"text": clean([m.text])[0], "xref": "paper", "x": 0, "xanchor": "left", "xshift": 2 * FONT_PX * k, "yref": _axis_name(n),
                 "y": m.value, "yanchor": "bottom", "showarrow": False, "font": {"color": COLOURS[m.role]}} for k, m in enumerate(own)]


def _axis_name(n: int) -> str:
    return f"y{n + 1}" if n else "y"


def _said(strip: Strip, y: float) -> dict[str, Any]:
    return {"text": clean([strip.said])[0], "xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "yref": "paper", "y": y, "yanchor": "middle",
            "showarrow": False, "font": {"color": MUTED if strip.quiet else COLOURS[strip.tone]}}


def _traces(strip: Strip, axis: str) -> list[dict[str, Any]]:
    x = clean(strip.x)
    made: list[dict[str, Any]] = []
    if strip.band:
        edge = {"type": "scatter", "mode": "lines", "x": x, "yaxis": axis, "connectgaps": False}
        low, high = ([*values] for values in strip.band)
        made += [{**edge, "y": low, "line": {"color": COLOURS["base"], "width": 1}},
                 {**edge, "y": high, "line": {"color": COLOURS["warn"], "width": 2, "dash": "dash"}, "fill": "tonexty", "fillcolor": RAMP[1]}]
    if strip.spans:
        times = [t for when, _, _ in strip.spans for t in (*clean([when]), *clean([when]), None)]
        made.append({"type": "scatter", "mode": "lines+markers", "x": times, "y": [v for _, low, high in strip.spans for v in (low, high, None)],
                     "yaxis": axis, "connectgaps": False, "line": {"color": COLOURS["quiet"], "width": 4},
                     "marker": {"color": COLOURS["quiet"], "symbol": "diamond", "size": 8}})
    colour, dash = (COLOURS["base"], "dot") if strip.quiet else (COLOURS["in"], "solid")
    made.append({"type": "scatter", "mode": "lines+markers", "name": clean([strip.name])[0], "x": x, "y": list(strip.y), "yaxis": axis,
                 "line": {"color": colour, "width": 3, "dash": dash}, "marker": {"color": colour, "size": 4}, "connectgaps": False})
    return made


def _shapes(strip: Strip, axis: str, top: float) -> list[dict[str, Any]]:
    across = {"xref": "paper", "x0": 0, "x1": 1, "yref": axis, "layer": "below"}
    lines = [{**across, "type": "line", "y0": m.value, "y1": m.value, "line": {"color": COLOURS[m.role], "width": 2, "dash": "dash"}}
             for m in strip.marks]
    highest = max(strip.marks, key=lambda m: m.value, default=None)
    if highest is None:
        return lines
    return [{**across, "type": "rect", "y0": highest.value, "y1": top, "line": {"width": 0}, "fillcolor": COLOURS[highest.role], "opacity": 0.12},
            *lines]
