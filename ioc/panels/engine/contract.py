"""The contract of a panel: queries + snapshot + render + spec. `registry.py` checks it when the program starts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import msgspec

from ioc.clock import day_closed
from ioc.db.connect import Connection
from ioc.moment import Moment
from ioc.panels.engine.drawing import Drawing
from ioc.panels.engine.freshness import Freshness
from ioc.panels.engine.number import Definition, Number, rate
from ioc.panels.engine.take import Take
from ioc.profiles import Profile
from ioc.words import Words


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the panel's streams that needs a person: a gap or a paused partition."""

    kind: Literal["gap", "pause"]
    topic: str
    partition: int
    count: int
    since: datetime


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A panel's figures at one moment: what `/api/panels/<key>.json` gives and what `render` draws.

    `tables`: name → rows of plain values. `features`: GeoJSON features for the panel's map. `as_of`: how far the data reach.
    """

    panel: str
    at: datetime
    known: datetime
    jurisdiction: str
    as_of: datetime | None
    simulated: bool
    numbers: dict[str, Number]
    tables: dict[str, list[dict[str, Any]]]
    sources: list[Freshness]
    attention: list[Attention]
    features: list[dict[str, Any]] = msgspec.field(default_factory=list)

    @property
    def day(self) -> date:
        """Local day that the snapshot closes."""
        return day_closed(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a panel's `snapshot` answers; the engine adds moment, sources, attention, and the numbers and tables of the spec's `takes`.

    `features`: GeoJSON features whose `id` is the subject; the engine replaces it before anyone sees it (`build.py`). Properties: `kind` (what
    lives there: report, camera, station, incident, point, facility, site), `state` (open, due, late, done, offline), `unit_code`, and what
    the panel's own `point` words. `targets`: values to be reached, by number, where they come from the data.
    """

    numbers: dict[str, Number]
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    features: list[dict[str, Any]] = field(default_factory=list)
    targets: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a list: `key` in the table's rows; numbers stand right."""

    key: str
    label: str
    number: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table of texts, the first row the one to be read first. `guests`: it names no unit, no camera, no casualties."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, str]]
    guests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shading:
    """Units of the map in shades: `values` by unit code, the more the lighter; `texts` say them. `most`: the lightest, None = the largest."""

    title: str
    values: Mapping[str, float]
    texts: Mapping[str, str]
    most: float | None = None


class Shown(NamedTuple):
    """A number on a panel's own page. `beside`: target and comparison in words; `turn`: whether it is better or worse than that."""

    key: str
    label: str
    text: str
    formula: str
    beside: str = ""
    turn: Literal["better", "worse", ""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What `render` answers, in words: a card of one number, one comparison, one sentence; the rest for the panel's own page.

    `trend` draws the comparison's arrow, `turn` says whether that is good. `guest_sentence`: the sentence for guests of the house, who are shown
    no unit by name, no camera, no casualties; '' = the sentence names none. `of`: the number that the headline shows.
    """

    headline: str
    headline_unit: str
    comparison: str
    sentence: str
    numbers: Sequence[Shown]
    charts: Mapping[str, Drawing]
    of: str = ""
    lists: Sequence[Listing] = ()
    shading: Shading | None = None
    trend: Literal["up", "down", "flat", ""] = ""
    turn: Literal["better", "worse", ""] = ""
    guest_sentence: str = ""


__all__ = ["Attention", "Column", "Definition", "Face", "Figures", "Listing", "Number", "Panel", "Rows", "Shading", "Shown", "Snapshot", "Spec",
           "Take", "rate"]

Rows = Mapping[str, Sequence[Any]]
"""Query name → rows of the class that the spec names for it."""

Asked = Callable[[Connection, Moment, Profile], Sequence[Any]]
"""Rows that another room makes of several queries of its own (`_trial766.py`), so that a panel never computes them a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a panel is. `rows`: query name (in the .sql file) → frozen dataclass of its rows. `charts`: names, the first is the card's.

    `short`: its title where there is little room, 30 letters at most.

    `takes`: numbers taken from the catalogue of figures; `definitions`: of the panel's own numbers. `asked`: name → rows of another room.
    `slow`: queries whose answer may be some seconds old on a live wall (`kept.py`), as those of `asked` may: histories, matrices over weeks.
    """

    key: str
    number: int
    title: str
    streams: tuple[str, ...]
    rows: Mapping[str, type[Any]]
    definitions: Mapping[str, Definition]
    charts: tuple[str, ...]
    takes: Mapping[str, Take] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    slow: tuple[str, ...] = ()
    short: str = ""
    has_map: bool = False
    takes_jurisdiction: bool = False


Point = Callable[[Mapping[str, Any], Words, Profile, date], tuple[str, str]]
"""(a feature's properties, …, day) → its name and a line about it, for the map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel file, loaded: its spec, its SQL by name and its pure functions. `definitions`: of all its numbers, also those taken."""

    spec: Spec
    sql: Mapping[str, str]
    snapshot: Callable[[Rows, Moment, Profile], Figures]
    render: Callable[[Snapshot, Words, Profile], Face]
    point: Point
    definitions: Mapping[str, Definition]
