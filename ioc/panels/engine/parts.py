"""What a panel takes from the catalogue of figures, for one unit or agency: the same figures as the province's, of its rows alone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ioc.db.connect import Connection
from ioc.kpi.engine.compute import valued
from ioc.kpi.engine.contract import Figure, Kpi, Scope
from ioc.moment import Moment
from ioc.panels.engine.number import Number
from ioc.panels.engine.take import Group, Take, number_of, question
from ioc.profiles import Profile

Holds = Callable[[Figure], bool]
"""Whether a figure's place belongs to somebody."""
COMMON = frozenset({"simulated", "unfinished", "closed", "calendar_unconfirmed"})
"""Flags that all places of a figure have."""
EARNED = frozenset({"few", "no_base"})
"""Flags that a place has by its own sums."""


class Part(NamedTuple):
    """Figures of one take by place: `now`, and `then` of what they are compared with."""

    now: Sequence[Figure]
    then: Sequence[Figure]


def parts(conn: Connection, takes: Mapping[str, Take], scope: Scope, moment: Moment, profile: Profile) -> Mapping[str, Part]:
    """Figures of all places by the takes' names; one question for all takes of a section, a period and a moment."""
    wanted: dict[Group, set[str]] = defaultdict(set)
    for t in takes.values():
        section, _, key = t.of.partition(".")
        for against in {"", t.against}:
            wanted[Group(section, t.period, scope, against)].add(key)
    found = {group: question(conn, group, keys, moment, profile)() for group, keys in wanted.items()}

    def of(t: Take, against: str) -> list[Figure]:
        return [f for group, figures in found.items() if (group.section, group.period, group.against) == (t.of.partition(".")[0], t.period, against)
                for f in figures if f.key == t.of]

    return {name: Part(of(t, ""), of(t, t.against) if t.against else []) for name, t in takes.items()}


def numbers(takes: Mapping[str, Take], found: Mapping[str, Part], holds: Holds, moment: Moment) -> Mapping[str, Number]:
    """The numbers of what belongs to somebody, of the takes that are known by place; none where nothing of the panel belongs to them.

    Of what others count and they do not, they have 0; a rate of nothing has no value; what nobody told of them is left out.
    """
    mine = {name: tuple(_joined(takes[name].kpi, [f for f in figures if holds(f)]) for figures in part) for name, part in found.items()}
    if not any(now for now, _ in mine.values()):
        return {}
    told: dict[str, Number] = {}
    counts = any(now and not takes[name].kpi.of for name, (now, _) in mine.items())  # who only has indicators counts nothing else there
    for name, both in mine.items():
        if any(f.unit_code or f.org_code for f in found[name].now):
            t = takes[name]
            made = number_of(t, moment, [one or (_nothing(t.kpi, others) if counts else None) for one, others in zip(both, found[name], strict=True)])
            told |= {name: made} if (made.value, made.denominator, made.cases) != (None, None, None) else {}
    return told


def _nothing(kpi: Kpi, others: Sequence[Figure]) -> Figure | None:
    if kpi.under or not kpi.adds_up or not others:
        return None
    return msgspec.structs.replace(others[0], value=0.0, cases=None, flags=tuple(flag for flag in others[0].flags if flag in COMMON))


def _joined(kpi: Kpi, figures: Sequence[Figure]) -> Figure | None:
    """Figures of several places as one: a rate of their sums."""
    if len(figures) <= 1 or not kpi.adds_up:
        return figures[0] if len(figures) == 1 else None
    first, cases = figures[0], _sum(f.cases for f in figures)
    over, under = _sum(f.numerator for f in figures), _sum(f.denominator for f in figures)
    value, earned = valued(kpi, over if kpi.under else _sum(f.value for f in figures), under, cases)
    flags = {flag for f in figures for flag in f.flags} - EARNED | {*earned}
    return msgspec.structs.replace(first, value=value, numerator=over, denominator=under, cases=None if cases is None else int(cases),
                                   flags=tuple(sorted(flags)))


def _sum(values: Iterable[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None
