"""What came and what went per period, above and below one line, and what is left of it as a mark: enterprises per month."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.chart import Series
from ioc.panels.engine.drawing import CLEAR, COLOURS, INK, MUTED, Look, Role, clean, layout

_HATCH: dict[Role, str] = {"in": "", "out": "/", "bad": "x", "warn": "\\", "quiet": ".", "base": "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """`came` and `went` lie over the periods `x`, all of them counts from 0 up; `net`: what the difference is called in the legend."""

    title: str
    x: Sequence[str]
    came: Sequence[Series]
    went: Sequence[Series]
    net: str
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not any(v is not None for s in (*self.came, *self.went) for v in s.values)
        made = layout(look, nothing=nothing, legend=not nothing)
        made |= {"barmode": "relative", "bargap": 0.3}
        made["xaxis"]["type"] = "category"
        made["yaxis"] |= {"gridcolor": CLEAR, "zeroline": True, "zerolinecolor": MUTED, "nticks": 5}
        bars = [*(_bars(self.x, s, 1) for s in self.came), *(_bars(self.x, s, -1) for s in self.went)]
        return {"data": [] if nothing else [*bars, self._net()], "layout": made}

    def _net(self) -> dict[str, Any]:
        sums = [_sum([s.values[n] for s in self.came], [s.values[n] for s in self.went]) for n in range(len(self.x))]
        return {"type": "scatter", "mode": "markers+text", "name": clean([self.net])[0], "x": clean(self.x), "y": sums,
                "text": [None if v is None else f"{v:+g}" for v in sums], "textposition": "top center", "textfont": {"color": INK},
                "marker": {"color": INK, "symbol": "diamond", "size": 12}, "cliponaxis": False}


def _bars(x: Sequence[str], series: Series, sign: int) -> dict[str, Any]:
    pattern = {"shape": _HATCH[series.role], "size": 8, "solidity": 0.2}
    return {"type": "bar", "name": clean([series.name])[0], "x": clean(x), "y": [None if v is None else sign * v for v in series.values],
            "marker": {"color": COLOURS[series.role], **({"pattern": pattern} if pattern["shape"] else {})}}


def _sum(came: Sequence[float | None], went: Sequence[float | None]) -> float | None:
    """Null where one of them is not known."""
    if any(v is None for v in (*came, *went)):
        return None
    return sum(v or 0 for v in came) - sum(v or 0 for v in went)
