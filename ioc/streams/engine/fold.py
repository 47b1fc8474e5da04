"""The fold: a subject's events in event time → its state, its intervals, its irregularities. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from ioc.streams.engine.contract import ANY, SAME, Projection
from ioc.streams.engine.event import Event

View = tuple[Any, ...]
"""Values of a projection's `history` fields, in its order."""


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


def initial(projection: Projection) -> Folded:
    """The state of a subject of which nothing is known."""
    return Folded("", projection.state(), [], [])


def fold(projection: Projection, start: Folded, events: Iterable[Event[Any]]) -> Folded:
    """Apply events, already in order, to a start state; `changes` and `irregularities` are of these events alone."""
    name, state = start.name, start.state
    seen = view(projection, name, state) if name else None
    changes: list[tuple[datetime, View]] = []
    irregularities: list[Irregularity] = []
    for event in events:
        to = permitted(projection, name, event.fact)
        if to is None:
            irregularities.append(Irregularity(event, f"'{event.fact}' cannot follow '{name or 'nothing'}'"))
            continue
        name, state = to, projection.apply(state, event)
        now = view(projection, name, state)
        if projection.history and name and now != seen:
            if changes and changes[-1][0] == event.occurred_at:
                changes.pop()
            changes.append((event.occurred_at, now))
            seen = now
    return Folded(name, state, _merged(changes, view(projection, start.name, start.state) if start.name else None), irregularities)


def permitted(projection: Projection, name: str, fact: str) -> str | None:
    """State after a fact, or None where the transition table forbids it."""
    if projection.mode == "latest":
        return "observed"
    moves = projection.transitions[fact]
    to = moves[name] if name in moves else (moves.get(ANY) if name else None)
    return name if to == SAME else to


def view(projection: Projection, name: str, state: msgspec.Struct) -> View:
    """What history keeps of a state."""
    return tuple(name if f == "state" else getattr(state, f) for f in projection.history)


def _merged(changes: list[tuple[datetime, View]], before: View | None) -> list[tuple[datetime, View]]:
    # Changes within one moment may cancel out: A → B → A leaves no interval of its own.
    out: list[tuple[datetime, View]] = []
    for change in changes:
        if change[1] != before:
            out.append(change)
            before = change[1]
    return out
