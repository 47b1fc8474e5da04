"""What the morning page is made of, as the database knows it at a moment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.alerts.board import EVERYTHING, Alert, counts, open_alerts
from ioc.brief.figures import Choice, asked, before, wanted
from ioc.calendar.periods import Period
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.kpi.engine.compute import Question, compute
from ioc.kpi.engine.contract import Figure
from ioc.kpi.engine.registry import sections
from ioc.moment import Moment
from ioc.panels.engine.freshness import Freshness, Heard, freshness
from ioc.people.principal import Scope
from ioc.places.register import Register as Places
from ioc.profiles import Profile

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.brief").joinpath("brief.sql")).items()}


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """Overdue tasks of one agency."""

    owner_org: str
    overdue: int
    oldest_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One figure now, what it is compared with, and what it is a part of; None = there is none. `period`: the days it is of."""

    choice: Choice
    period: Period
    now: Figure
    then: Figure | None
    of: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the page tells. `open_counts`: open alerts by (severity, state). `tasks` None = not within the reader's reach."""

    moment: Moment
    alerts: Sequence[Alert]
    open_counts: Mapping[tuple[int, str], int]
    figures: Sequence[Told]
    tasks: Sequence[Late] | None
    sources: Sequence[Freshness]
    heard: frozenset[str]
    simulated: bool


def gather(conn: Connection, moment: Moment, profile: Profile, places: Places, *, shown: Iterable[str], scope: Scope = EVERYTHING) -> Facts:
    """The facts of a moment. `shown`: sections within the reader's reach; `scope`: alerts within it."""
    keys = frozenset(shown)
    parameters = moment.parameters(profile.calendar) | {"live": moment.live, "scope": Jsonb(scope.parameters()["scope"])}
    alerts, open_counts = _alerts(conn, moment, scope, parameters)
    heard = _rows(conn, "heard", Heard, parameters)
    figures = _figures(conn, wanted(keys), moment, profile, places)
    streams = {contract.stream for contract in profile.file.sources}
    return Facts(
        moment=moment, alerts=alerts, open_counts=open_counts, figures=figures,
        tasks=_rows(conn, "late_tasks", Late, parameters) if "documents_tasks" in keys else None,
        sources=freshness(profile, sorted(streams), heard, min(moment.at, moment.known)), heard=frozenset(h.stream for h in heard),
        simulated=any(h.simulated for h in heard) or any(a.simulated for a in alerts),
    )


def _alerts(conn: Connection, moment: Moment, scope: Scope, parameters: Mapping[str, Any]) -> tuple[list[Alert], Mapping[tuple[int, str], int]]:
    if moment.live:
        return open_alerts(conn, scope), counts(conn, scope)
    found = _rows(conn, "open_then", Alert, parameters)
    return found, Counter((a.severity, a.state) for a in found)


def _figures(conn: Connection, choices: Sequence[Choice], moment: Moment, profile: Profile, places: Places) -> list[Told]:
    known: dict[tuple[str, Period, Moment], Mapping[str, Figure]] = {}

    def of(choice: Choice, period: Period, at: Moment) -> Mapping[str, Figure]:
        # One computation answers all figures of a section for the same days; what stands now is the same for any.
        asked_of = (choice.section, period, at)
        if asked_of not in known:
            found = compute(conn, sections()[choice.section], Question(period=period, moment=at), profile, places)
            known[asked_of] = {figure.key: figure for figure in found}
        return known[asked_of]

    told = []
    for choice in choices:
        period = asked(choice.span, moment, profile.calendar)
        earlier = before(choice.span, moment, profile.calendar)
        found = of(choice, period, moment)
        told.append(Told(choice=choice, period=period, now=found[choice.key], of=found.get(choice.of),
                         then=of(choice, *earlier)[choice.key] if earlier else None))
    return told


def _rows(conn: Connection, name: str, row: type[Any], parameters: Mapping[str, Any]) -> list[Any]:
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(_SQL[name], parameters).fetchall()
