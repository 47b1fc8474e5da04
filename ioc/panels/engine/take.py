"""Figures that a panel takes from the catalogue of figures (`ioc/kpi`), so that wall, API and reports can never differ."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from ioc.calendar.periods import Kind, Period, elapsed, period_of, previous, same_period_last_year
from ioc.clock import end_of
from ioc.db.connect import Connection
from ioc.errors import ContractError
from ioc.kpi.engine.compute import Question, compute
from ioc.kpi.engine.contract import Figure, Kpi, Scope
from ioc.kpi.engine.registry import sections
from ioc.moment import AHEAD, Moment
from ioc.panels.engine.number import Definition, Number
from ioc.places.register import Register, load_register
from ioc.profiles import Profile

Against = Literal["", "yesterday", "before", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One figure. `of`: its key in the catalogue, e.g. 'documents_tasks.tasks_overdue'; `period`: up to the moment shown, nothing for a stock.

    `against`: what it is compared with (`Number.then`): the same time yesterday, the same part of the period before, of the year before.
    `by`: also per unit or agency, as the table 'by:<name>' with rows unit_code, org_code, value, numerator, denominator, cases.
    `target`: the value to be reached, where a law or a plan of the house gives one. `guests`: see `Definition`.
    `label`: its name on the panel where the figure's own does not say the period, '' = its own.
    """

    of: str
    period: Kind = "day"
    against: Against = ""
    by: Literal["", "unit", "agency"] = ""
    target: float | None = None
    guests: bool = True
    label: str = ""

    @property
    def kpi(self) -> Kpi:
        """The figure's own definition.

        Raises:
            ContractError: the catalogue has no such figure.

        """
        section, _, key = self.of.partition(".")
        if section not in sections() or key not in sections()[section].kpis:
            raise ContractError(f"there is no figure '{self.of}': `ioc kpi` lists them")
        return sections()[section].kpis[key]

    @property
    def definition(self) -> Definition:
        kpi = self.kpi
        return Definition(label=self.label or kpi.label, formula=kpi.formula, basis=kpi.basis, guests=self.guests,
                          casualties=kpi.casualties)


def definitions_of(takes: Mapping[str, Take], own: Mapping[str, Definition] | None = None) -> dict[str, Definition]:
    """What all numbers of a panel mean: those taken, and its own."""
    return {**{name: taken.definition for name, taken in takes.items()}, **(own or {})}


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that are computed together: of one section, over one period, for one scope, as of now or of what they are compared with."""

    section: str
    period: Kind
    scope: Scope
    against: Against


@dataclass(frozen=True, slots=True, eq=False)
class ByIdentity:
    """A profile as a key: it holds tables, which cannot be hashed, and is never changed."""

    it: Profile

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.it is self.it


Asking = Callable[[Group, Callable[[], Sequence[Figure]]], Sequence[Figure]]
"""Answers a group's figures, by asking the database or from what was asked just before (`kept.py`)."""


def ask(_: Group, question: Callable[[], Sequence[Figure]]) -> Sequence[Figure]:
    """Always the database."""
    return question()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken: numbers by name, and tables 'by:<name>'."""

    numbers: Mapping[str, Number]
    tables: Mapping[str, list[dict[str, Any]]]


def take(conn: Connection, takes: Mapping[str, Take], moment: Moment, profile: Profile, asking: Asking = ask) -> Taken:
    """Numbers and tables of a panel's takes at a moment."""
    wanted: dict[Group, set[str]] = defaultdict(set)
    for t in takes.values():
        section, _, key = t.of.partition(".")
        for group in _groups(t, section):
            wanted[group].add(key)
    found = {group: {(f.key, f.unit_code, f.org_code): f for f in asking(group, question(conn, group, keys, moment, profile))}
             for group, keys in wanted.items()}
    numbers, tables = {}, {}
    for name, t in takes.items():
        section = t.of.partition(".")[0]
        numbers[name] = number_of(t, moment, [found[g].get((t.of, "", "")) for g in _groups(t, section) if g.scope == "province"])
        if t.by:
            tables[f"by:{name}"] = [_row(f) for (of, _, _), f in found[Group(section, t.period, t.by, "")].items() if of == t.of]
    return Taken(numbers=numbers, tables=tables)


def untaken(takes: Mapping[str, Take], moment: Moment) -> Taken:
    """The same where nothing is known."""
    numbers = {name: number_of(t, moment, []) for name, t in takes.items()}
    return Taken(numbers=numbers, tables={f"by:{name}": [] for name, t in takes.items() if t.by})


def _groups(t: Take, section: str) -> list[Group]:
    made = [Group(section, t.period, "province", "")]
    if t.against:
        made.append(Group(section, t.period, "province", t.against))
    if t.by:
        made.append(Group(section, t.period, t.by, ""))
    return made


@lru_cache(maxsize=8)
def _register_of(profile: ByIdentity) -> Register:
    return load_register(profile.it)


def question(conn: Connection, group: Group, keys: set[str], moment: Moment, profile: Profile) -> Callable[[], Sequence[Figure]]:
    """What answers a group's figures, asked when it is called; of a time that nobody counted there are none."""
    def answer() -> Sequence[Figure]:
        then, period = _then(group, moment, profile)
        section = sections()[group.section]
        found = compute(conn, section, Question(period=period, moment=then, scope=group.scope), profile, _register_of(ByIdentity(profile)), only=keys)
        if not group.against or all(f.value for f in found) or _heard_by(conn, section.streams, min(end_of(period.last_day), then.at), then):
            return found
        return [f for f in found if f.value]  # nobody counted then: that is no 0

    return answer


def _heard_by(conn: Connection, streams: Sequence[str], end: datetime, moment: Moment) -> bool:
    """Whether anything that figures of these streams are made of had happened by then."""
    asked = " or ".join(f"exists (select from {stream}_event where occurred_at < %(end)s and recorded_at <= %(known)s)" for stream in streams)
    row = conn.execute(f"select {asked}", {"end": end, "known": moment.known + AHEAD}).fetchone()
    return bool(row and row[0])


def _then(group: Group, moment: Moment, profile: Profile) -> tuple[Moment, Period]:
    period = elapsed(period_of(group.period, moment.day, profile.periods), moment.day)
    if group.against == "yesterday":
        then = replace(moment, at=moment.at - timedelta(days=1), live=False)
        return then, period_of(group.period, then.day, profile.periods)
    if group.against == "before":
        return moment, previous(period)
    return moment, same_period_last_year(period) if group.against == "year" else period


def number_of(t: Take, moment: Moment, found: Sequence[Figure | None]) -> Number:
    """A take's number of its figures: the present one, and what it is compared with."""
    now, then = (*found, None, None)[:2]
    kpi = t.kpi
    return Number(
        value=now.value if now else None, unit=kpi.unit, as_of=now.at if now else moment.at, of=t.of, better=kpi.better,
        numerator=now.numerator if now else None, denominator=now.denominator if now else None, cases=now.cases if now else None,
        first_day=now.first_day if now else None, last_day=now.last_day if now else None, flags=now.flags if now else ("no_base",),
        then=then.value if then else None, then_cases=then.cases if then else None, against=t.against, target=t.target)


def _row(figure: Figure) -> dict[str, Any]:
    return {"unit_code": figure.unit_code, "org_code": figure.org_code, "value": figure.value, "numerator": figure.numerator,
            "denominator": figure.denominator, "cases": figure.cases}
