"""Where what a source tells fits into a subject's life. Pure; the stream's own table of transitions decides.

A source shows states and some moments. Facts whose moments it tells are woven between what was published; a fact that must have happened in
between, or whose moment it does not tell, is dated as late as it can have been and says so:

    moment "observed"     nobody says when: it was so when the source was asked
    moment "at_latest"    it came before a told moment, nobody says when
    moment "adjusted"     told too late to fit before what was published: moved behind that; `told_at` keeps the source's moment
    history "unknown"     a fact that follows from the state, though no source told it
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from operator import eq
from typing import Any, NamedTuple

from ioc.pull.engine.contract import Fact, Step
from ioc.streams.engine.contract import Projection
from ioc.streams.engine.fold import permitted

Data = dict[str, Any]


class Told(NamedTuple):
    """A fact whose moment the source tells. `enters`: states in which it would say nothing new; `key`: what it is remembered by."""

    key: str
    fact: str
    at: datetime
    data: Data
    enters: frozenset[str] = frozenset()


class Placed(NamedTuple):
    """A fact in its place."""

    fact: str
    at: datetime
    data: Data


class Life(NamedTuple):
    """The rules of a subject's life. `bridges`: facts that may be inferred, best first; `bridge`: what is said with one."""

    projection: Projection
    bridges: tuple[str, ...]
    bridge: Callable[[str], Data]

    def after(self, name: str, fact: str) -> str | None:
        return permitted(self.projection, name, fact)


def walked(life: Life, steps: Iterable[Step]) -> Iterator[tuple[Step, str, str | None]]:
    """What was published in its order, each with the state it found and the one it led to; None where it was not permitted."""
    name = ""
    for step in sorted(steps, key=lambda s: (s.at, s.number)):
        to = life.after(name, step.fact)
        yield step, name, to
        name = name if to is None else to


def end_state(life: Life, steps: Iterable[Step]) -> str:
    """State after what was published."""
    name = ""
    for _, before, to in walked(life, steps):
        name = before if to is None else to
    return name


def numbered(placed: Iterable[Placed], steps: Sequence[Step]) -> list[Fact]:
    """Facts in their place behind the steps that were published."""
    return [Fact(p.fact, p.at, number, p.data) for number, p in enumerate(placed, start=len(steps) + 1)]


def place(life: Life, steps: Sequence[Step], told: Sequence[Told], targets: Mapping[str, str], observed_at: datetime) -> list[Placed]:
    """Facts to publish, in order, so that the life holds all that is told and ends in one of the target states.

    `targets`: state → fact that enters it, the one to be reached first; empty where the source does not say the state.
    """
    ordered = sorted(told, key=lambda t: t.at)
    found = _woven(life, steps, ordered)
    if found is None:
        found = _appended(life, steps, ordered)
    name, placed = found
    if targets and name not in targets:
        last = max([observed_at, *(s.at for s in steps), *(p.at for p in placed)])
        routes = (_route(life, name, partial(eq, state)) for state in targets)
        # Where no route leads, the source contradicts the life cycle: that is listed on the subject, it is not ours to mend.
        facts = next((route for route in routes if route), [next(iter(targets.values()))])
        first_sight = {} if steps else {"history": "unknown"}
        placed += [Placed(f, last, life.bridge(f) | {"moment": "observed", "history": "unknown"}) for f in facts[:-1]]
        placed.append(Placed(facts[-1], last, life.bridge(facts[-1]) | {"moment": "observed"} | first_sight))
    return placed


def _woven(life: Life, steps: Sequence[Step], told: Sequence[Told]) -> tuple[str, list[Placed]] | None:
    """All at the moments told; None where that would forbid what was published, or what is told has no place."""
    forbidden = {step.number for step, _, to in walked(life, steps) if to is None}
    name, placed = "", list[Placed]()
    rows = [(s.at, 0, s.number, s) for s in steps] + [(t.at, 1, n, t) for n, t in enumerate(told)]
    for at, _, _, item in sorted(rows, key=lambda row: row[:3]):
        if isinstance(item, Step):
            to = life.after(name, item.fact)
            if to is None and item.number not in forbidden:
                return None
            name = name if to is None else to
            continue
        if name in item.enters:
            continue
        entered = _enter(life, name, item, at)
        if entered is None:
            return None
        name = entered[0]
        placed += entered[1]
    return name, placed


def _appended(life: Life, steps: Sequence[Step], told: Sequence[Told]) -> tuple[str, list[Placed]]:
    """All behind what was published; what even then has no place is the source's contradiction and keeps its moment."""
    floor = max((s.at for s in steps), default=None)
    name, placed = end_state(life, steps), list[Placed]()
    for item in told:
        if name in item.enters:
            continue
        late = floor is not None and item.at < floor
        at = floor if late and floor is not None else item.at
        moved = item._replace(data=item.data | {"moment": "adjusted", "told_at": item.at.isoformat()}) if late else item
        entered = _enter(life, name, moved, at)
        if entered is None:
            # Behind everything it is one irregularity; among the rest it could forbid what came after it.
            placed.append(Placed(item.fact, at, moved.data))
        else:
            name = entered[0]
            placed += entered[1]
    return name, placed


def _enter(life: Life, name: str, item: Told, at: datetime) -> tuple[str, list[Placed]] | None:
    route = _route(life, name, lambda n: life.after(n, item.fact) is not None)
    if route is None:
        return None
    placed = [Placed(f, at, life.bridge(f) | {"moment": "at_latest", "history": "unknown"}) for f in route]
    for fact in (*route, item.fact):
        to = life.after(name, fact)
        assert to is not None
        name = to
    return name, [*placed, Placed(item.fact, at, item.data)]


def _route(life: Life, start: str, arrived: Callable[[str], bool]) -> list[str] | None:
    """The shortest row of facts that leads from a state to one that is wanted; of equals the one whose facts stand first."""
    seen, ways = {start}, deque([(start, list[str]())])
    while ways:
        name, way = ways.popleft()
        if arrived(name):
            return way
        for fact in life.bridges:
            to = life.after(name, fact)
            if to is not None and to not in seen:
                seen.add(to)
                ways.append((to, [*way, fact]))
    return None
