"""Ranks over the years, the first on top: who rose, who fell, and out of how many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ioc.panels.engine.drawing import CLEAR, COLOURS, RAMP, RULE, Look, Role, clean, layout

ROLES: tuple[Role, ...] = ("in", "out", "warn", "quiet", "bad", "base")
SYMBOLS = ("circle", "square", "hexagon", "diamond", "pentagon", "octagon")
"""Lines are told apart by their marks too, not by their colours alone; each has room for a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A rank of a year. `out_of`: of how many, None where the source does not say."""

    year: int
    rank: int
    out_of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What is ranked, year by year in the order of time."""

    name: str
    places: Sequence[Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """The rank stands in the mark, under the year out of how many. Each rank that occurs is a step of its own, so that near ones do not cover
    each other: who is higher is seen, by how much is read.

    A line breaks where a year is missing, and where the number of those ranked changed: places out of 63 and out of 34 are not one scale.
    """

    title: str
    ranked: Sequence[Ranked]
    guests: bool = False

    def figure(self, look: Look) -> dict[str, Any]:
        places = [place for ranked in self.ranked for place in ranked.places]
        steps = {rank: n for n, rank in enumerate(sorted({place.rank for place in places}))}
        made = layout(look, nothing=not places, legend=bool(places))
        made["margin"] |= {"t": 96, "b": 16}
        if places:
            years = sorted({place.year for place in places})
            made["xaxis"] |= {"type": "linear", "tickvals": years, "ticktext": [_under(year, places) for year in years], "tickangle": 0,
                              "range": [years[0] - 0.5, years[-1] + 0.5]}
            made["yaxis"] |= {"range": [len(steps), -1], "showticklabels": False, "tickvals": [*steps.values()], "gridcolor": RULE}
        return {"data": [_trace(n, ranked, steps) for n, ranked in enumerate(self.ranked) if ranked.places], "layout": made}


def _under(year: int, places: Sequence[Place]) -> str:
    told = sorted({place.out_of for place in places if place.year == year and place.out_of})
    return f"{year}<br>/{', '.join(str(n) for n in told)}" if told else str(year)


def _trace(n: int, ranked: Ranked, steps: Mapping[int, int]) -> dict[str, Any]:
    points = list(_broken(ranked.places))
    colour = COLOURS[ROLES[n % len(ROLES)]]
    return {
        "type": "scatter", "mode": "lines+markers+text", "name": clean([ranked.name])[0], "connectgaps": False, "cliponaxis": False,
        "x": [p.year if p else None for p in points], "y": [steps[p.rank] if p else None for p in points],
        "text": [str(p.rank) if p else "" for p in points], "textposition": "middle center", "textfont": {"color": RAMP[0]}, "hoverinfo": "skip",
        "line": {"color": colour, "width": 4}, "marker": {"symbol": SYMBOLS[n % len(SYMBOLS)], "size": 30, "color": colour, "line": {"color": CLEAR}},
    }


def _broken(places: Sequence[Place]) -> Iterator[Place | None]:
    before: Place | None = None
    for place in places:
        if before is not None and (place.year != before.year + 1 or place.out_of != before.out_of):
            yield None
        yield place
        before = place
