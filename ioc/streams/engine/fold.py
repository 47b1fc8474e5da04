"""The fold: a subject's events in event time → its state, its intervals, its irregularities, what it adds to the counts. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from ioc.clock import local_day
from ioc.streams.engine.contract import ANY, SAME, Contribution, Projection
from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

View = tuple[Any, ...]
"""Values of a projection's `history` fields, in its order."""

Counts = dict[tuple[Any, ...], dict[str, int]]
"""(day, as_of_day, *key) of a daily rollup → measure → difference."""


class Irregularity(NamedTuple):
    """A transition that the table forbids: skipped, listed, judged again at the next fold."""

    event: Event[Any]
    reason: str


class Folded(NamedTuple):
    """Result of a fold. `changes`: (moment, view) where a new interval starts; one per moment, ascending."""

    name: str
    state: Any
    changes: list[tuple[datetime, View]]
    irregularities: list[Irregularity]
    counts: Counts


def initial(projection: Projection) -> Folded:
    """The state of a subject of which nothing is known."""
    return begun("", projection.state())


def begun(name: str, state: Any) -> Folded:
    """A state from which a fold goes on."""
    return Folded(name, state, [], [], {})


def fold(projection: Projection, start: Folded, events: Iterable[Event[Any]], rules: Rules) -> Folded:
    """Apply events, already in order, to a start state; changes, irregularities and counts are of these events alone."""
    name, state = start.name, start.state
    seen = first = view(projection, name, state) if name else None
    changes: list[tuple[datetime, View]] = []
    irregularities: list[Irregularity] = []
    tally = _Tally(projection, name, state)
    for event in events:
        to = permitted(projection, name, event.fact)
        if to is None:
            irregularities.append(Irregularity(event, f"'{event.fact}' cannot follow '{name or 'nothing'}'"))
            continue
        before, state, name = (name, state), projection.apply(state, event, rules), to
        if (name, state) == before:
            continue
        tally.note(name, state, event.occurred_at)
        now = view(projection, name, state)
        if projection.history and name and now != seen:
            if changes and changes[-1][0] == event.occurred_at:
                changes.pop()
            changes.append((event.occurred_at, now))
            seen = now
    return Folded(name, state, _merged(changes, first), irregularities, tally.counts)


class _Tally:
    """Differences in the daily counts, each on the day on which it came about."""

    def __init__(self, projection: Projection, name: str, state: Any) -> None:
        self._contributions = projection.daily.contributions if projection.daily else None
        self._standing = self._of(name, state)
        self.counts: Counts = {}

    def _of(self, name: str, state: Any) -> list[Contribution]:
        return list(self._contributions(name, state)) if self._contributions and name else []

    def note(self, name: str, state: Any, at: datetime) -> None:
        if self._contributions is None:
            return
        now = self._of(name, state)
        if now != self._standing:
            as_of = local_day(at)
            self._add(-1, self._standing, as_of)
            self._add(1, now, as_of)
            self._standing = now

    def _add(self, sign: int, contributions: Sequence[Contribution], as_of: date) -> None:
        for c in contributions:
            row = self.counts.setdefault((c.day, as_of, *c.key), defaultdict(int))
            for measure in c.measures:
                row[measure] += sign
            for measure, amount in c.amounts:
                row[measure] += sign * amount


def permitted(projection: Projection, name: str, fact: str) -> str | None:
    """State after a fact, or None where the transition table forbids it."""
    if projection.mode == "latest":
        return "observed"
    moves = projection.transitions[fact]
    to = moves[name] if name in moves else (moves.get(ANY) if name else None)
    return name if to == SAME else to


def view(projection: Projection, name: str, state: msgspec.Struct) -> View:
    """What history keeps of a state."""
    place, values = _reader(projection.history)
    seen = values(state)
    return seen if place is None else (*seen[:place], name, *seen[place:])


@cache
def _reader(history: tuple[str, ...]) -> tuple[int | None, Callable[[object], View]]:
    """Where in a view the state's name stands, and what reads the other fields: one call for all is ten times faster than one each."""
    fields = [f for f in history if f != "state"]
    place = history.index("state") if "state" in history else None
    if len(fields) > 1:
        return place, attrgetter(*fields)
    return place, lambda state: tuple(getattr(state, f) for f in fields)


def _merged(changes: list[tuple[datetime, View]], before: View | None) -> list[tuple[datetime, View]]:
    # Changes within one moment may cancel out: A → B → A leaves no interval of its own.
    out: list[tuple[datetime, View]] = []
    for change in changes:
        if change[1] != before:
            out.append(change)
            before = change[1]
    return out
