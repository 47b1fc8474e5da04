"""The list of what a person's agencies have to enter: each figure with its state and its deadline, and who is late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from ioc.calendar.deadlines import days_overdue
from ioc.clock import local_day
from ioc.db.connect import Connection
from ioc.indicators.asked import Asked, Figure
from ioc.indicators.period import parse_period
from ioc.manual.drafts import Draft, Told, newest, told
from ioc.people.principal import Scope

State = Literal["missing", "waiting", "returned", "approved", "told"]
STATES: dict[State, str] = {
    "missing": "Chưa nhập", "returned": "Bị trả lại", "waiting": "Chờ duyệt", "approved": "Đã duyệt", "told": "Đã có số liệu",
}
"""State → its word. `told`: it came by file or from a system, nobody has to enter it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One figure. `told`: as the panels have it; `late_days`: working days past the deadline, 0 where it is told or not yet late."""

    figure: Figure
    draft: Draft | None
    told: Told | None
    state: State
    late_days: int
    due_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """An agency with figures that nobody has told past their deadline; of these `waiting` were entered and wait for approval."""

    agency: str
    figures: int
    waiting: int
    worst_days: int


def listed(conn: Connection, asked: Asked, scope: Scope, now: datetime) -> list[Listed]:
    """Figures within reach: those asked for, and others of which a draft is open; the longest due first."""
    due = {f.subject: f for f in asked.due(local_day(now)) if scope.covers(unit=f.unit_code, agency=f.agency, field=f.indicator.panel)}
    drafts = newest(conn, list(due), scope)
    due |= {d.subject: figure for d in drafts.values() if d.subject not in due and (figure := figure_of(d, asked))}
    known = told(conn, list(due))
    rows = (_listed(f, drafts.get(f.subject), known.get(f.subject), asked, now) for f in due.values())
    return sorted(rows, key=lambda row: (row.figure.due_at, row.figure.subject))


def late(rows: Iterable[Listed]) -> list[Late]:
    """Agencies that are late, the one with most figures first."""
    found: dict[str, list[Listed]] = {}
    for row in rows:
        if row.late_days:
            found.setdefault(row.figure.agency, []).append(row)
    made = (Late(agency=agency, figures=len(of), waiting=sum(r.state == "waiting" for r in of), worst_days=max(r.late_days for r in of))
            for agency, of in found.items())
    return sorted(made, key=lambda x: (-x.figures, -x.worst_days, x.agency))


def figure_at(asked: Asked, subject: str, drafts: Sequence[Draft], today: date) -> Figure | None:
    """The figure of a subject: asked for now, or with drafts from when it was. None = neither."""
    found = next((f for f in asked.due(today) if f.subject == subject), None)
    return found or (figure_of(drafts[0], asked) if drafts else None)


def figure_of(draft: Draft, asked: Asked) -> Figure | None:
    """The figure that a draft was made of; due when its period ended where nobody asks for it any more. None = no such indicator any more."""
    indicator, period = asked.catalogue.indicators.get(draft.indicator_id), parse_period(draft.period)
    if indicator is None:
        return None
    return Figure(indicator=indicator, org_code=draft.org_code, unit_code=draft.unit_code, agency=draft.agency, period=period,
                  due_at=asked.profile.calendar.closing(period.last_day))


def _listed(figure: Figure, draft: Draft | None, known: Told | None, asked: Asked, now: datetime) -> Listed:
    state: State = "told" if known else "missing"
    if draft:
        state = "waiting" if draft.state == "waiting" else "returned" if draft.state == "returned" else "approved"
    is_out = known is not None or state == "approved"
    return Listed(figure=figure, draft=draft, told=known, state=state,
                  late_days=0 if is_out else days_overdue(asked.profile.calendar, figure.due_at, now),
                  due_today=not is_out and now <= figure.due_at and local_day(figure.due_at) == local_day(now))
