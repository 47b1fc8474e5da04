"""How sources spoke hour by hour, judged by what each promised (`engine/freshness.py`): the grid of panel 7."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ioc.moment import Moment
from ioc.panels.engine.freshness import LATE
from ioc.profiles import Profile

HOURS = 24
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HoursRow:
    stream: str
    source: str
    hour: datetime
    events: int
    first_at: datetime
    last_at: datetime
    delay_p95_s: float | None


@dataclass(frozen=True, slots=True)
class HeardRow:
    stream: str
    source: str
    occurred_at: datetime
    heard_at: datetime


def first_hour(moment: Moment) -> datetime:
    """Begin of the first of the 24 hours; the last is the one that runs."""
    return moment.instant.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR


def grid(rows: Sequence[HoursRow], heard: Sequence[HeardRow], moment: Moment, profile: Profile) -> list[dict[str, Any]]:
    """One row per promised source and hour: events, the share of what was promised (at most 1), and whether that was too little.

    `state`: 'heard', 'late' (silent for LATE times its promise, or fewer than a LATE-th of the promised events), 'quiet' (nothing came, nothing was
    due), 'unknown' (the source was never heard).
    """
    told: dict[tuple[str, str], dict[datetime, HoursRow]] = {}
    for r in rows:
        told.setdefault((r.stream, r.source), {})[r.hour] = r
    newest = {(h.stream, h.source): h.occurred_at for h in heard}
    begins = first_hour(moment)
    found: list[dict[str, Any]] = []
    for promised in profile.file.sources:
        key = (promised.stream, promised.source)
        by_hour, promise = told.get(key, {}), _Promise(profile, promised.expected_s, promised.expected_closed_s)
        # How long a source was silent before the window nobody asked, unless it has been silent ever since: at least since the window began.
        last = min(newest.get(key, begins), begins) if by_hour or key in newest else None
        for n in range(HOURS):
            hour = begins + n * HOUR
            cell = _cell(by_hour.get(hour), last, (hour, min(hour + HOUR, moment.at)), promise)
            found.append({"stream": promised.stream, "source": promised.source, "hour": hour, **cell})
            last = by_hour[hour].last_at if hour in by_hour else last
    return found


@dataclass(frozen=True, slots=True)
class _Promise:
    profile: Profile
    open_s: float
    closed_s: float

    def holds_s(self, since: datetime, until: datetime) -> float:
        """Seconds promised between events: the closer promise only where the stretch lies in working time, its middle too."""
        middle = since + (until - since) / 2
        return self.open_s if all(self.profile.is_open(at) for at in (since, middle, until)) else self.closed_s


def _cell(row: HoursRow | None, last: datetime | None, span: tuple[datetime, datetime], promise: _Promise) -> dict[str, Any]:
    begins, ends = span
    if last is None:
        return {"events": 0, "share": None, "state": "unknown"}
    silences = [(last, row.first_at), (row.last_at, ends)] if row else [(last, ends)]
    promised = (ends - begins).total_seconds() / promise.holds_s(begins, ends)
    events = row.events if row else 0
    late = any((until - since).total_seconds() >= LATE * promise.holds_s(since, until) for since, until in silences)
    if late or (row and LATE * events < promised - LATE):
        return {"events": events, "share": None, "state": "late"}
    return {"events": events, "share": min(1.0, events / max(promised, 1.0)) if row else None, "state": "heard" if row else "quiet"}


def cell_value(cell: Mapping[str, Any]) -> float | None:
    """Value of a heat's cell: 2 = too little (the alarm), up to 1 = what came, None = nothing was due or nobody knows."""
    return 2.0 if cell["state"] == "late" else cell["share"]
