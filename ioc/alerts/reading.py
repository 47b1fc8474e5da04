"""From a rule's watch to readings: the things found, put together as the rule groups them, counted at each of its levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from ioc.alerts.rule import Group, Rule
from ioc.alerts.watch import Watch
from ioc.calendar.working import WorkingCalendar
from ioc.clock import start_of
from ioc.db.connect import Connection
from ioc.moment import Moment

MOST_ITEMS = 200
"""Things behind one alert that are listed, the worst first; how many there are is counted whole."""

_KEYS: Mapping[Group, str] = {
    "each": "w.item",
    "unit": "coalesce(nullif(w.unit_code, ''), w.org_code)",
    "agency": "w.org_code",
    "site": "w.site",
    "province": "''",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stands behind one possible alert. `value`: the worst; `cases`: things that hold the lowest level; `raised`, `held`: things per level
    of the rule, in its order; `unknown`: none of its values is known.
    """

    subject: str
    unit_code: str
    org_code: str
    value: float | None
    cases: int
    raised: tuple[int, ...]
    held: tuple[int, ...]
    unknown: bool = False
    since_at: datetime | None = None
    figures: Mapping[str, Any] | None = None
    items: tuple[str, ...] = field(default=())


def readings(conn: Connection, rule: Rule, watch: Watch, moment: Moment, calendar: WorkingCalendar) -> list[Reading]:
    """What the rule finds at a moment; nothing where all is well."""
    given = parameters(rule, moment, calendar)
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_statement(rule, watch).encode(), given).fetchall()
    return [_reading(row, len(rule.levels), rule.sign) for row in rows]


def parameters(rule: Rule, moment: Moment, calendar: WorkingCalendar) -> dict[str, Any]:
    """Parameters of the rule's query: the moment's, its own, and the moments that its spans of working time reach back to."""
    spans = {name: value for name, value in rule.parameters.items() if name.endswith(("_working_h", "_working_d"))}
    back = {f"{name}_ago": _ago(calendar, moment, name, float(value)) for name, value in spans.items()}
    levels = {f"ioc_{word}_{n}": rule.sign * bound for n, level in enumerate(rule.levels)
              for word, bound in (("raise", float(level.raise_)), ("held", level.held_from))}
    return {**moment.parameters(calendar), **rule.parameters, **back, **levels, "ioc_sign": rule.sign}


def _ago(calendar: WorkingCalendar, moment: Moment, name: str, n: float) -> datetime:
    if name.endswith("_working_h"):
        return calendar.add_working_seconds(moment.at, -3600 * n)
    return start_of(calendar.next_working_day(moment.day, -int(n))) if n else start_of(moment.day)


def _statement(rule: Rule, watch: Watch) -> str:
    lowest = min(range(len(rule.levels)), key=lambda n: rule.sign * rule.levels[n].held_from)
    counts = "".join(f", count(*) filter (where w.worse >= %(ioc_{word}_{n})s) as {word}_{n}"
                     for n in range(len(rule.levels)) for word in ("raise", "held"))
    concerned, worst_first = f"w.worse >= %(ioc_held_{lowest})s", "order by w.worse desc nulls last, w.item"
    return (
        f"with found as materialized ({watch.sql.rstrip().removesuffix(';')}\n) select {_KEYS[rule.group]} as subject, "
        f"coalesce((array_agg(w.unit_code {worst_first}))[1], '') as unit_code, coalesce((array_agg(w.org_code {worst_first}))[1], '') as org_code, "
        f"max(w.worse) as worse, count(*) filter (where {concerned}) as cases, bool_and(w.worse is null) as unknown, "
        f"min(w.since_at) filter (where {concerned}) as since_at, (array_agg(w.figures {worst_first}))[1] as figures, "
        f"(array_agg(w.item {worst_first}) filter (where {concerned}))[1:{MOST_ITEMS}] as items{counts} "
        "from (select f.item, f.unit_code, f.org_code, f.site, f.value * %(ioc_sign)s::float8 as worse, f.since_at, f.figures from found as f) "
        f"as w group by 1 having count(*) filter (where {concerned}) > 0 or bool_and(w.worse is null) order by 1")


def _reading(row: Mapping[str, Any], levels: int, sign: int) -> Reading:
    value = None if row["worse"] is None else sign * row["worse"]
    return Reading(
        subject=row["subject"] or "", unit_code=row["unit_code"], org_code=row["org_code"], value=value, cases=row["cases"],
        raised=tuple(row[f"raise_{n}"] for n in range(levels)), held=tuple(row[f"held_{n}"] for n in range(levels)),
        unknown=bool(row["unknown"]), since_at=row["since_at"], figures=row["figures"], items=tuple(row["items"] or ()))


def behind(found: Sequence[Reading], subject: str) -> Reading | None:
    """The reading of one subject."""
    return next((r for r in found if r.subject == subject), None)


