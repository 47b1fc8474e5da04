"""The contract of a stream and of its projection. `registry.py` checks it when the program starts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import msgspec

from ioc.streams.engine.event import Event
from ioc.streams.engine.rules import Rules

ANY = "*"
SAME = "="

Transitions = Mapping[str, Mapping[str, str]]
"""fact → {state before → state after}; ANY stands for every state, SAME for no change. `""` is 'not known yet'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one subject adds to one row of a daily rollup: +1 in each of `measures`, and sums (seconds, VND) in `amounts`."""

    day: date
    key: tuple[str, ...]
    measures: tuple[str, ...] = ()
    amounts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """A daily rollup kept by delta. `table`'s primary key is (day, as_of_day, *key); absent key parts are ''.

    `day` is the day of what is counted, `as_of_day` the day (in event time) on which that count became so: a figure as of the end
    of day D is the sum over `as_of_day <= D`, exact whatever was corrected or moved to another unit later.
    """

    table: str
    key: tuple[str, ...]
    measures: tuple[str, ...]
    contributions: Callable[[str, Any], Iterable[Contribution]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """A pure fold `state, event → state` over a subject's events in event time.

    `state` is a frozen msgspec struct, all fields with defaults: the columns of `table` beside the engine's own.
    `apply(state, event, rules)` sees only permitted events and must not look at anything else; `rules` hold the province's calendar and
    terms. `transitions` decides what is permitted. Facts in `observations` are stored and counted but do not concern the state: they
    are neither folded nor read again. `version` counts up whenever `apply`, `contributions` or the transitions change their meaning: states
    made by another one ask for `ioc rebuild`.
    `history` names the state's fields whose change starts a new interval in `<table minus _state>_history`;
    empty = no history kept. `open_states` are the states that count as unfinished.
    `mode` 'latest' is for observations (a camera's last picture): apply must then be indifferent to order, nothing is folded again.
    """

    table: str
    state: type[msgspec.Struct]
    apply: Callable[[Any, Event[Any], Rules], Any]
    transitions: Transitions = field(default_factory=dict)
    observations: frozenset[str] = frozenset()
    open_states: frozenset[str] = frozenset()
    history: tuple[str, ...] = ()
    daily: Daily | None = None
    mode: Literal["fold", "latest"] = "fold"
    version: int = 1

    @property
    def history_table(self) -> str:
        return self.table.removesuffix("_state") + "_history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Schema + topic + table + identity + (optional) projection.

    Several streams may share a topic: the event's type says which is meant.
    `schema`'s fields are the JSON's keys and the table's columns. `facts` gives for each fact (the `<fact>` of
    `vn.ioc.<name>.<fact>.v1`) the fields it must carry; their order is the life-cycle rank that breaks ties.
    `check` is the pure handler: raises InvalidEvent for what the schema cannot say. `placed`: an event that tells lon_deg and lat_deg but no
    unit_code gets the unit in which it lies, by the official boundaries of its day.
    """

    name: str
    topic: str
    table: str
    schema: type[msgspec.Struct]
    facts: Mapping[str, tuple[str, ...]]
    subject: str
    projection: Projection | None = None
    check: Callable[[str, Any], None] | None = None
    aggregates: tuple[str, ...] = ()
    placed: bool = False

    def type_of(self, fact: str) -> str:
        return f"vn.ioc.{self.name}.{fact}.v1"
