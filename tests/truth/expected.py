"""What the figures must be: the raw events that were known, each subject's told from its beginning, and counting with the fingers.

It borrows nothing from the engine but the transition tables, and the calendar; no figure's formula is read from the code that is tested.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ioc.clock import end_of, local_day, start_of
from tests import oracle
from tests.oracle import CALENDAR, Fields, Wire
from tests.truth import folds

Counts = Counter[tuple[str, str]]
"""(unit, measure) → how many."""


class Made(NamedTuple):
    """A figure's value and what it is made of; a figure that divides nothing has no parts."""

    value: float | None
    over: float | None = None
    under: float | None = None


Figures = dict[tuple[str, str], Made]
"""(key, unit) → figure; unit '*' is the province."""


class Formula(NamedTuple):
    """Sums of measures over sums of measures; no `under` = the sum itself."""

    over: tuple[str, ...]
    under: tuple[str, ...] = ()
    scale: float = 1


def same(*measures: str) -> dict[str, Formula]:
    """Figures that are counts of what they are called."""
    return {measure: Formula((measure,)) for measure in measures}


@dataclass(frozen=True)
class View:
    """The events that a question is about: those before `at`, as known at `known`; its days are `first` to `last`."""

    heard: Sequence[tuple[datetime, Wire]]
    at: datetime
    known: datetime
    first: date
    last: date

    def before(self, at: datetime) -> list[Wire]:
        """Known events before a moment."""
        return [wire for recorded_at, wire in self.heard if recorded_at <= self.known and datetime.fromisoformat(wire["time"]) < at]

    def subjects(self, stream: str, at: datetime | None = None) -> list[Fields]:
        """How each subject of a stream stands at a moment, that of the question where none is given."""
        stories: dict[str, list[Wire]] = {}
        for wire in self.before(at or self.at):
            if oracle.stream_of(wire) == stream:
                stories.setdefault(wire["subject"], []).append(wire)
        tell = oracle.told if stream in oracle.TRANSITIONS else folds.told
        return [fields for story in stories.values() if (fields := tell(stream, story))["state"]]

    def holds(self, moment: datetime | None) -> bool:
        """Whether a moment lies in the days asked for."""
        return moment is not None and self.first <= local_day(moment) <= self.last

    @property
    def since(self) -> datetime:
        return start_of(self.first)

    @property
    def until(self) -> datetime:
        return min(end_of(self.last), self.at)

    @property
    def day(self) -> date:
        """The day that the moment closes."""
        return local_day(self.at - timedelta(microseconds=1))


def by_formula(formulas: Mapping[str, Formula], counts: Counts) -> Figures:
    """The figures that counts make, for the province and for each unit."""
    found: Figures = {}
    for unit in {"*", *(unit for unit, _ in counts)}:
        n = Counter({"": 0})
        for (of, measure), many in counts.items():
            if unit in {"*", of}:
                n[measure] += many
        for key, formula in formulas.items():
            over, under = sum(n[m] for m in formula.over), sum(n[m] for m in formula.under)
            whole = Made(over) if not formula.under else Made(formula.scale * over / under if under else None, over, under)
            found[key, unit] = whole
    return found


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value that a share of the sorted values lies below, between two of them in proportion; None of none."""
    ordered, place = sorted(values), share * (len(values) - 1)
    if not ordered:
        return None
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def add(counts: Counts, unit: str, told: Mapping[str, Any]) -> None:
    """Add what is true of one subject, one each, or numbers as they are."""
    for measure, n in told.items():
        counts[unit, measure] += int(n or 0)


def days_overdue(view: View, due_at: datetime) -> int:
    """Working days since a deadline passed, the running one counted as one."""
    return max(1, CALENDAR.working_days_between(local_day(due_at - timedelta(microseconds=1)), view.day))
