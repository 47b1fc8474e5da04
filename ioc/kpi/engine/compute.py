"""From the database to figures: a section's queries over a period, for a moment, added up to the scope that is asked for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg.rows import dict_row

from ioc.calendar.periods import Period, elapsed
from ioc.db.connect import Connection, reading
from ioc.indicators.closed import adjustments, closing
from ioc.indicators.ledgers import LEDGERS
from ioc.kpi.engine.contract import FEW, Figure, Kpi, Scope, Section
from ioc.moment import Moment
from ioc.places.register import Register
from ioc.profiles import Profile

Place = tuple[str, str]
"""(unit_code, org_code); '' = all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: figures of a period up to a moment, for the province or by unit or agency.

    `boundaries`: 'now' adds old units up to those of today, 'then' leaves each figure to the unit that it belonged to.
    """

    period: Period
    moment: Moment
    scope: Scope = "province"
    boundaries: str = "now"


def compute(conn: Connection, section: Section, question: Question, profile: Profile, register: Register,
            only: Collection[str] | None = None) -> list[Figure]:
    """Figures of a section, read in one transaction so that they belong together. `only`: keys of those that are wanted; None = all."""
    period = elapsed(question.period, question.moment.day)
    kpis = [kpi for key, kpi in section.kpis.items() if only is None or key in only]
    with reading(conn):
        rows = {name: _rows(conn, section.sql[name], question, period, profile, whole=not _by_day(section, name)) for name in {k.query for k in kpis}}
        simulated = _is_simulated(conn, section.streams)
        closed, changed = _closed(conn, section.streams, question.moment, period)
    common = [flag for flag, so in (("simulated", simulated), ("unfinished", period.last_day < question.period.last_day), ("closed", closed)) if so]
    if profile.calendar.unconfirmed(period.first_day, period.last_day):
        common.append("calendar_unconfirmed")
    found: list[Figure] = []
    for kpi in kpis:
        sums, marks = _summed(kpi, rows[kpi.query], question, register)
        for place in sums:
            marks[place] |= {"adjusted"} if any((place[0], column) in changed for column in (*kpi.over, *kpi.under)) else set()
        found += [_figure(section, kpi, place, columns, question, period, (*common, *sorted(marks[place])))
                  for place, columns in sorted(sums.items())]
    return found


def _by_day(section: Section, query: str) -> bool:
    return all(k.adds_up and k.by_day and not k.is_stock for k in section.kpis.values() if k.query == query)


def parameters(moment: Moment, period: Period, profile: Profile) -> dict[str, Any]:
    """Parameters of every query: those of the moment and the period; `province`: codes that stand for the whole."""
    whole = ["", *sorted({u.code for u in profile.units if u.level == "province"})]
    return moment.period_parameters(profile.calendar, period) | {"province": whole}


def _rows(conn: Connection, sql: str, question: Question, period: Period, profile: Profile, *,
          whole: bool) -> list[tuple[date, Mapping[str, Any]]]:
    """Rows with the first day of the stretch they belong to: within one, no unit begins or ends, so a code means one unit.

    `whole`: what is no sum of its days is asked of the whole period.
    """
    found: list[tuple[date, Mapping[str, Any]]] = []
    stretches = [period] if whole or question.scope != "unit" or question.boundaries == "then" else list(_stretches(period, profile))
    for stretch in stretches:
        with conn.cursor(row_factory=dict_row) as cursor:
            answered = cursor.execute(sql.encode(), parameters(question.moment, stretch, profile)).fetchall()
        found += [(stretch.first_day, row) for row in answered]
    return found


def _stretches(period: Period, profile: Profile) -> Iterator[Period]:
    cuts = sorted({u.valid_from for u in profile.units if period.first_day < u.valid_from <= period.last_day})
    firsts = [period.first_day, *cuts]
    lasts = [*(day - timedelta(days=1) for day in cuts), period.last_day]
    for first, last in zip(firsts, lasts, strict=True):
        yield Period(period.kind, first, last)


def _summed(kpi: Kpi, rows: Iterable[tuple[date, Mapping[str, Any]]], question: Question,
            register: Register) -> tuple[dict[Place, dict[str, float | None]], dict[Place, set[str]]]:
    """Columns of a figure per place, and the flags of its rows: a query's own column `flags`, and what no unit of today holds."""
    sums: dict[Place, dict[str, float | None]] = {("", ""): {}} if question.scope == "province" else {}
    marks: dict[Place, set[str]] = defaultdict(set)
    names = {*kpi.over, *kpi.under, *kpi.counts}
    day = question.moment.day
    for first_day, row in _of_scope(kpi, rows, question):
        unit, org = row.get("unit_code") or "", row.get("org_code") or ""
        place = {"province": ("", ""), "unit": (unit, ""), "agency": (unit, org)}[question.scope]
        if question.scope == "unit" and question.boundaries == "now" and unit and kpi.adds_up and not kpi.is_stock:
            today = register.as_today(unit, first_day, day) if register.at(unit, first_day) else unit
            place = (today or unit, "")
            marks[place] |= {"unplaced"} if today is None else set()
        columns = sums.setdefault(place, {})
        if kpi.of and row["indicator_id"] != kpi.of:
            continue
        if any(row[name] is not None for name in names):
            marks[place] |= set((row.get("flags") or "").split())
        for name in names:
            if row[name] is not None:
                columns[name] = float(row[name]) + (columns.get(name) or 0)
    return sums, marks


def _of_scope(kpi: Kpi, rows: Iterable[tuple[date, Mapping[str, Any]]], question: Question) -> Iterator[tuple[date, Mapping[str, Any]]]:
    # What does not add up comes once for the whole, once per unit, and of agencies only where these are asked for.
    for first_day, row in rows:
        of_agency, of_province = bool(row.get("org_code")), row["unit_code"] is None
        asked = question.scope == "agency" if of_agency else of_province == (question.scope == "province")
        if kpi.adds_up or asked:
            yield first_day, row


def _figure(section: Section, kpi: Kpi, place: Place, columns: Mapping[str, float | None], question: Question, period: Period,  # noqa: PLR0913, PLR0917
            flags: Sequence[str]) -> Figure:
    numerator, denominator = _total(columns, kpi.over), _total(columns, kpi.under) if kpi.under else None
    cases = _total(columns, kpi.counts or kpi.under) if kpi.counts or kpi.under else None
    value, earned = valued(kpi, numerator, denominator, cases)
    return Figure(
        key=f"{section.key}.{kpi.key}", value=value, unit=kpi.unit, at=question.moment.at, known=question.moment.known, sources=section.streams,
        unit_code=place[0], org_code=place[1], numerator=numerator if kpi.under else None, denominator=denominator,
        cases=None if cases is None else round(cases), first_day=None if kpi.is_stock else period.first_day,
        last_day=None if kpi.is_stock else period.last_day, flags=(*flags, *earned),
    )


def valued(kpi: Kpi, numerator: float | None, denominator: float | None, cases: float | None) -> tuple[float | None, tuple[str, ...]]:
    """A figure's value of its sums, and the flags that it earns by them."""
    if kpi.under:
        value = kpi.scale * numerator / denominator if denominator and numerator is not None else None
    else:
        # A count of nothing is 0; a median or an extreme of nothing is not known.
        value = numerator if numerator is not None or not kpi.adds_up else 0.0
    if value is None:
        return None, ("no_base",)
    return value, ("few",) if kpi.under and cases is not None and cases < FEW else ()


def _total(columns: Mapping[str, float | None], names: Sequence[str]) -> float | None:
    known = [value for name in names if (value := columns.get(name)) is not None]
    return sum(known) if known else None


def _is_simulated(conn: Connection, streams: Sequence[str]) -> bool:
    row = conn.execute("select coalesce(bool_or(simulated), false) from source_state where stream = any(%s)", (list(streams),)).fetchone()
    return bool(row and row[0])


def _closed(conn: Connection, streams: Sequence[str], moment: Moment, period: Period) -> tuple[bool, set[tuple[str, str]]]:
    """Whether just this period was closed by what was known, and which counts (unit, column) came out otherwise since.

    Only the province's own periods are closed, and only those that have ended: the present has none.
    """
    if moment.live or moment.jurisdiction:
        return False, set()
    newest = (closing(conn, stream, period.first_day, period.last_day, moment.known) for stream in streams if stream in LEDGERS)
    found = [word for word in newest if word and word.action == "closed"]
    return bool(found), {(a.unit_code, a.measure) for word in found for a in adjustments(conn, word)}
