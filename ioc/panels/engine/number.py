"""One figure on a panel, and what it means."""

from dataclasses import dataclass
from datetime import date, datetime

import msgspec


class Number(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure. A rate has numerator and denominator and its value in percent, None where the denominator is 0.

    `of`: its key in the catalogue of figures, '' for one of the panel's own; `first_day`, `last_day`: its period, None for a stock.
    `then`: what it is compared with, which `against` names: 'yesterday' (the same time), 'before' (the period before), 'year' (the year before).
    `target`: what is to be reached. `better`: which way is good. `flags`: see `ioc/kpi/engine/contract.py`.
    """

    value: float | None
    unit: str
    as_of: datetime
    numerator: float | None = None
    denominator: float | None = None
    cases: int | None = None
    of: str = ""
    first_day: date | None = None
    last_day: date | None = None
    then: float | None = None
    then_cases: int | None = None
    against: str = ""
    target: float | None = None
    better: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a number means: its name, formula and basis, in Vietnamese (translated by the locale).

    `rows`: name of the snapshot's table whose rows stand behind it. `guests`: guests of the house may see it (no casualties, no unit's failing).
    `casualties`: it counts the dead, the injured or the sick: `casualties.py`.
    """

    label: str
    formula: str
    basis: str
    rows: str = ""
    guests: bool = True
    casualties: bool = False


def rate(numerator: float, denominator: float, at: datetime) -> Number:
    """A percentage that keeps what it was made of; no value where there is nothing to divide by."""
    value = round(100 * numerator / denominator, 4) if denominator else None
    return Number(value=value, unit="%", as_of=at, numerator=numerator, denominator=denominator)
