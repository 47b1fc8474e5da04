"""The contract of a panel: queries + snapshot + render + spec. `registry.py` checks it when the program starts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from ioc.clock import day_closed
from ioc.moment import Moment
from ioc.panels.engine.chart import Chart
from ioc.panels.engine.freshness import Freshness
from ioc.profiles import Profile
from ioc.words import Words

Unit = Literal["dossiers", "reports", "people", "vehicles", "cameras", "points", "%", "minutes", "days"]


class Number(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure. A rate has numerator and denominator and its value in percent, None where the denominator is 0."""

    value: float | None
    unit: Unit
    as_of: datetime
    numerator: float | None = None
    denominator: float | None = None


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
    """What a panel's `snapshot` answers; the engine adds moment, sources and attention.

    `features`: GeoJSON points whose `id` is the subject; the engine replaces it before anyone sees it (`build.py`).
    """

    numbers: dict[str, Number]
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    features: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a list: `key` in the table's rows; numbers stand right."""

    key: str
    label: str
    number: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What `render` answers, in words: a card of one number, one comparison, one sentence; the rest for the panel's own page.

    `numbers`: (label, text, note). `lists`: (title, columns, rows of texts). `trend` draws the comparison's arrow, `turn` says
    whether that is good.
    """

    headline: str
    headline_unit: str
    comparison: str
    sentence: str
    numbers: Sequence[tuple[str, str, str]]
    charts: Mapping[str, Chart]
    lists: Sequence[tuple[str, Sequence[Column], Sequence[Mapping[str, str]]]] = ()
    trend: Literal["up", "down", "flat", ""] = ""
    turn: Literal["better", "worse", ""] = ""


Rows = Mapping[str, Sequence[Any]]
"""Query name → rows of the class that the spec names for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a number means: its name, formula and basis, in Vietnamese (translated by the locale)."""

    label: str
    formula: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What a panel is. `rows`: query name (in the .sql file) → frozen dataclass of its rows. `charts`: names, the first is the card's."""

    key: str
    number: int
    title: str
    streams: tuple[str, ...]
    rows: Mapping[str, type[Any]]
    definitions: Mapping[str, Definition]
    charts: tuple[str, ...]
    has_map: bool = False
    takes_jurisdiction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel file, loaded: its spec, its SQL by name and its two pure functions."""

    spec: Spec
    sql: Mapping[str, str]
    snapshot: Callable[[Rows, Moment, Profile], Figures]
    render: Callable[[Snapshot, Words, Profile], Face]


def rate(numerator: float, denominator: float, at: datetime) -> Number:
    """A percentage that keeps what it was made of; no value where there is nothing to divide by."""
    value = round(100 * numerator / denominator, 4) if denominator else None
    return Number(value=value, unit="%", as_of=at, numerator=numerator, denominator=denominator)
