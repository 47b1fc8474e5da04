"""What stands behind a panel's number: its rows by unit and agency, whether they add up to it, and how it went before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal

from ioc.calendar.periods import Kind, period_of, previous
from ioc.clock import end_of
from ioc.db.connect import Connection, reading
from ioc.db.queries import named
from ioc.indicators.ledgers import LEDGERS
from ioc.indicators.reconcile import Reconciliation, reconcile
from ioc.moment import Moment
from ioc.panels.engine.build import build
from ioc.panels.engine.contract import Number, Panel, Snapshot
from ioc.panels.engine.take import Take, take
from ioc.profiles import Profile

DAYS, MONTHS, BUILT_DAYS = 30, 13, 14
"""How far a history reaches: of what is counted by day, of what is counted by longer periods, of a panel's own number, whose panel is built anew."""
Sum = Literal["agrees", "differs", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table behind a number. `by`: unit, agency, or '' for one of the panel's own. `total`: what its rows come to, None = they do not add up."""

    by: Literal["unit", "agency", ""]
    rows: Sequence[Mapping[str, Any]]
    total: float | None = None
    total_under: float | None = None
    sum: Sum = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A number and all that explains it, read in one transaction. `control`: days of its streams against their sources' own counts."""

    snapshot: Snapshot
    number: Number
    tables: Sequence[Rows]
    control: Sequence[Reconciliation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A number of before: of a day, or of a month by its last day."""

    day: date
    number: Number


@cache
def _sql() -> Mapping[str, str]:
    return named(resources.files("ioc.api").joinpath("figure_page.sql"))


def behind(conn: Connection, panel: Panel, name: str, moment: Moment, profile: Profile) -> Behind:
    """A panel's number at a moment."""
    with reading(conn):
        snapshot = build(conn, panel, moment, profile)
        number = snapshot.numbers[name]
        known = panel.spec.takes.get(name)
        tables = list(_taken_rows(conn, known, number, moment, profile)) if known else list(_own_rows(panel, name, snapshot))
        control = () if moment.time_machine or moment.jurisdiction else _control(conn, panel, moment)
    return Behind(snapshot=snapshot, number=number, tables=tables, control=control)


def _taken_rows(conn: Connection, known: Take, number: Number, moment: Moment, profile: Profile) -> Iterator[Rows]:
    asked = {by: replace(known, by=by, against="") for by in ("unit", "agency")}
    tables = take(conn, asked, moment, profile).tables
    if any(row["unit_code"] for row in tables["by:unit"]):
        yield _summed(known, number, "unit", tables["by:unit"])
    if any(row["org_code"] for row in tables["by:agency"]):
        yield _summed(known, number, "agency", tables["by:agency"])


def _summed(known: Take, number: Number, by: Literal["unit", "agency"], rows: Sequence[Mapping[str, Any]]) -> Rows:
    """The rows with their sum: of a rate, of what it is made of."""
    told = [row for row in rows if row["value"] is not None or row["denominator"]]
    if not known.kpi.adds_up:
        return Rows(by=by, rows=told)
    if known.kpi.under:
        over, under = _total(rows, "numerator"), _total(rows, "denominator")
        same = _same(over, number.numerator) and _same(under, number.denominator)
        return Rows(by=by, rows=told, total=over, total_under=under, sum="agrees" if same else "differs")
    total = _total(rows, "value")
    return Rows(by=by, rows=told, total=total, sum="agrees" if _same(total, number.value) else "differs")


def _own_rows(panel: Panel, name: str, snapshot: Snapshot) -> Iterator[Rows]:
    """The snapshot's table that the number's definition names; it adds up where a column has the number's name."""
    table = panel.definitions[name].rows
    if not table:
        return
    rows, number = snapshot.tables.get(table, []), snapshot.numbers[name]
    if number.denominator is None and rows and all(isinstance(row.get(name), int | float) for row in rows):
        total = _total(rows, name)
        yield Rows(by="", rows=rows, total=total, sum="agrees" if _same(total, number.value) else "differs")
    else:
        yield Rows(by="", rows=rows)


def _total(rows: Sequence[Mapping[str, Any]], column: str) -> float:
    return sum(row[column] or 0 for row in rows)


def _same(one: float | None, other: float | None) -> bool:
    return abs((one or 0) - (other or 0)) <= 1e-6 * max(1.0, abs(other or 0))


def _control(conn: Connection, panel: Panel, moment: Moment) -> Sequence[Reconciliation]:
    streams = [stream for stream in panel.spec.streams if stream in LEDGERS]
    if not streams:
        return ()
    row = conn.execute(_sql()["told_day"].encode(), {
        "streams": streams, "day": moment.day, "month_ago": moment.day - timedelta(days=30)}).fetchone()
    day: date | None = row[0] if row else None
    return [found for found in reconcile(conn, day) if found.stream in streams] if day else ()


def history(conn: Connection, panel: Panel, name: str, moment: Moment, profile: Profile, first_day: date | None) -> list[Point]:
    """The number at the ends of the periods before, the moment's own last; nothing from before anything was known."""
    known = panel.spec.takes.get(name)
    with reading(conn):
        if known is None:
            days = _days(moment, BUILT_DAYS, first_day)
            own = replace(panel, spec=replace(panel.spec, takes={}))
            return [Point(day=day, number=build(conn, own, _ended(moment, day), profile).numbers[name]) for day in days]
        kind = _kind(known)
        days = _days(moment, DAYS, first_day) if kind == "day" else _months(kind, moment, profile, first_day)
        asked = {name: replace(known, period=kind, against="", by="")}
        return [Point(day=day, number=take(conn, asked, _ended(moment, day), profile).numbers[name]) for day in days]


def _kind(known: Take) -> Kind:
    if known.kpi.is_stock or known.period in {"day", "week"}:
        return "day"
    return "reporting_month" if known.period.startswith("reporting") else "month"


def _ended(moment: Moment, day: date) -> Moment:
    """The same moment at the end of a day before its own."""
    return moment if day == moment.day else replace(moment, at=end_of(day), live=False)


def _days(moment: Moment, most: int, first_day: date | None) -> list[date]:
    days = [moment.day - timedelta(days=n) for n in range(most - 1, -1, -1)]
    return [day for day in days if first_day is None or day >= first_day]


def _months(kind: Kind, moment: Moment, profile: Profile, first_day: date | None) -> list[date]:
    """The last day of each month, of the present one the moment's own."""
    period = period_of(kind, moment.day, profile.periods)
    days = [moment.day]
    for _ in range(MONTHS - 1):
        period = previous(period)
        days.append(period.last_day)
    return [day for day in reversed(days) if first_day is None or day >= first_day]
