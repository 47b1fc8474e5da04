"""Đối chiếu: our daily counts against what the sources say they counted, unit by unit, with the codes that explain a difference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from ioc.clock import LOCAL, end_of, local_day, start_of
from ioc.db.connect import Connection
from ioc.indicators import ledgers, totals

Why = Literal["unknown_here", "other_unit_here", "not_counted_here", "not_told"]

WHY = {
    "unknown_here": "nguồn có, hệ thống chưa nhận được",
    "other_unit_here": "nguồn có, hệ thống tính cho đơn vị khác",
    "not_counted_here": "nguồn có, hệ thống không tính vào ngày này",
    "not_told": "hệ thống có, nguồn không có",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """A code that stands on one side only. `unit_code`: where it is counted here, None where it is not."""

    subject: str
    why: Why
    unit_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A unit's measure that differs. `told` is None where the sources told of other units, not of this one."""

    unit_code: str
    measure: str
    told: int | None
    ours: int
    clues: tuple[Clue, ...] = ()

    @property
    def gap(self) -> int:
        """Ours minus theirs."""
        return self.ours - (self.told or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A stream's day against its sources. `told_at`: the newest telling, None where no source told; `compared`: how many totals were."""

    stream: str
    day: date
    sources: tuple[str, ...]
    told_at: datetime | None
    compared: int
    unknown_measures: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def gap(self) -> int:
        """How many subjects the worst measure is off, over all units; one missing dossier that shows in three measures is one."""
        by_measure: dict[str, list[int]] = {}
        for found in self.differences:
            by_measure.setdefault(found.measure, []).append(abs(found.gap))
        return max((sum(gaps) for gaps in by_measure.values()), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    source: str
    unit_code: str
    measure: str
    value: int
    told_at: datetime


def reconcile(conn: Connection, day: date, *, source: str | None = None) -> tuple[Reconciliation, ...]:
    """Compare a day's counts of each stream with the newest tellings of its sources.

    Daily counts are not kept by source: where several sources tell of one unit, their sum is compared. Ours are taken as they stood at the end
    of the last whole day before the telling, so that a dossier that moved to another unit later is no difference.
    `source`: only what this source told of.
    """
    return tuple(_stream(conn, stream, day, source) for stream in ledgers.LEDGERS)


def verdict(found: Reconciliation) -> str:
    """The comparison in words, for the card."""
    if found.told_at is None:
        return "nguồn chưa gửi số đối chiếu"
    if not found.compared:
        return "số đối chiếu của nguồn không so sánh được"
    if not found.differences:
        return f"khớp nguồn {found.told_at.astimezone(LOCAL):%H:%M}"
    return f"lệch {found.gap} {ledgers.LEDGERS[found.stream].noun} so với nguồn"


def _stream(conn: Connection, stream: str, day: date, source: str | None) -> Reconciliation:
    rows = conn.execute(totals.QUERIES["told"].encode(), {"stream": stream, "day": day}).fetchall()
    told = [_Told(source=row[0], unit_code=row[1], measure=row[2], value=row[3], told_at=row[4]) for row in rows]
    wanted = {(t.unit_code, t.measure) for t in told if source in {None, t.source}}
    told = [t for t in told if (t.unit_code, t.measure) in wanted]
    known = [t for t in told if t.measure in ledgers.LEDGERS[stream].measures]
    ours = {as_of: ledgers.figures(conn, stream, day, day, as_of) for as_of in {_as_of([t], day) for t in known}}
    groups = _grouped(known)
    differences = [found for (unit_code, measure), group in groups.items()
                   if (found := _difference(unit_code, measure, group, ours[_as_of(group, day)]))]
    if source is None:
        differences += _untold(known, ours, day)
    return Reconciliation(
        stream=stream, day=day, sources=tuple(sorted({t.source for t in told})), told_at=max((t.told_at for t in told), default=None),
        compared=len(groups), unknown_measures=tuple(sorted({t.measure for t in told} - {t.measure for t in known})),
        differences=tuple(_explained(conn, stream, day, found, groups.get((found.unit_code, found.measure), []))
                          for found in sorted(differences, key=lambda d: (d.measure, d.unit_code))),
    )


def _as_of(told: Iterable[_Told], day: date) -> date:
    return max(day, *(local_day(t.told_at) - timedelta(days=1) for t in told))


def _grouped(told: Iterable[_Told]) -> dict[tuple[str, str], list[_Told]]:
    found: dict[tuple[str, str], list[_Told]] = {}
    for t in told:
        found.setdefault((t.unit_code, t.measure), []).append(t)
    return found


def _difference(unit_code: str, measure: str, told: Iterable[_Told], ours: ledgers.Figures) -> Difference | None:
    here = ours.get(unit_code, {}).get(measure, 0) if unit_code else ledgers.total(ours, measure)
    theirs = sum(t.value for t in told)
    return None if here == theirs else Difference(unit_code=unit_code, measure=measure, told=theirs, ours=here)


def _untold(told: list[_Told], ours: Mapping[date, ledgers.Figures], day: date) -> list[Difference]:
    """Units of which we count something while the sources told of others only."""
    found = []
    for measure in {t.measure for t in told if t.unit_code}:
        units = {t.unit_code for t in told if t.measure == measure}
        here = ours[_as_of([t for t in told if t.measure == measure], day)]
        found += [Difference(unit_code=code, measure=measure, told=None, ours=by_measure[measure]) for code, by_measure in here.items()
                  if code and by_measure.get(measure) and code not in units]
    return found


def _explained(conn: Connection, stream: str, day: date, found: Difference, told: list[_Told]) -> Difference:
    if found.measure not in ledgers.LEDGERS[stream].listed:
        return found
    theirs = {subject for t in told for (subject,) in conn.execute(totals.QUERIES["told_subjects"].encode(), {
        "stream": stream, "day": day, "source": t.source, "unit_code": t.unit_code, "measure": t.measure, "told_at": t.told_at})}
    if not theirs:
        return found
    rows = conn.execute(ledgers.QUERIES[f"{stream}_subjects"].encode(), {
        "told": sorted(theirs), "unit_code": found.unit_code, "measure": found.measure, "from_at": start_of(day), "to_at": end_of(day)}).fetchall()
    clues = [Clue(subject=subject, why="unknown_here") for subject in theirs - {row[0] for row in rows}]
    for subject, unit_code, is_counted in rows:
        if is_counted and subject not in theirs:
            clues.append(Clue(subject=subject, why="not_told", unit_code=unit_code))
        elif not is_counted:
            why: Why = "other_unit_here" if found.unit_code not in {"", unit_code} else "not_counted_here"
            clues.append(Clue(subject=subject, why=why, unit_code=unit_code))
    return Difference(unit_code=found.unit_code, measure=found.measure, told=found.told, ours=found.ours,
                      clues=tuple(sorted(clues, key=lambda clue: clue.subject)))
