"""A rate and the counts behind it, month by month: the rate above, the counts below, on one line of time, never on two scales in one picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.drawing import CLEAR, COLOURS, RULE, Look, clean, layout, mark_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """`rates` in percent and `counts` lie over `months`, None where nothing is known. `target`: the rate to be reached."""

    title: str
    months: Sequence[str]
    rates: Sequence[float | None]
    rate_name: str
    counts: Sequence[float | None]
    count_name: str
    target: float | None = None
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        nothing = not any(v is not None for v in (*self.rates, *self.counts))
        made = layout(look, nothing=nothing, legend=not nothing)
        made["bargap"] = 0.25
        made["xaxis"] |= {"type": "category", "anchor": "y2", "nticks": 7}
        made["yaxis2"] = {**made["yaxis"], "domain": [0, 0.38], "rangemode": "tozero", "nticks": 2}
        made["yaxis"] |= {"domain": [0.5, 1], "range": self._range(), "ticksuffix": "%", "nticks": 3}
        if self.target is not None and not nothing:
            made["shapes"] = [mark_line("y", self.target)]
        made["xaxis"]["gridcolor"], made["yaxis2"]["gridcolor"] = CLEAR, RULE
        months = clean(self.months)
        return {"data": [
            {"type": "scatter", "mode": "lines+markers", "name": clean([self.rate_name])[0], "x": months, "y": list(self.rates), "connectgaps": False,
             "line": {"color": COLOURS["out"], "width": 3}, "marker": {"color": COLOURS["out"], "size": 9}},
            {"type": "bar", "name": clean([self.count_name])[0], "x": months, "y": list(self.counts), "yaxis": "y2",
             "marker": {"color": COLOURS["in"]}},
        ], "layout": made}

    def _range(self) -> list[float]:
        """From a little below the least, so that 99,8 and 99,2 can be told apart; a rate may be cut, a count never."""
        least = min((v for v in (*self.rates, self.target) if v is not None), default=0)
        return [max(0, least - max(1, (100 - least) / 4)), 100.5]
