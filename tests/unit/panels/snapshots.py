"""Snapshots made by hand, without a database: every panel as it is when nothing has happened yet."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, get_type_hints

from ioc.moment import now_moment
from ioc.panels.engine.contract import Snapshot
from ioc.panels.engine.freshness import Heard, freshness
from ioc.panels.engine.registry import panels
from ioc.panels.engine.take import untaken
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
"""Friday, 10:30 local."""

# Queries that always answer with a row; all others may answer with none.
_ALWAYS: dict[str, tuple[dict[str, Any], ...]] = {
    "yesterday": ({},), "day_facts": ({},), "year": ({},), "uptime": ({},), "traffic": ({},), "halts": ({},), "pulse": ({},),
    "periods": tuple({"period": period} for period in ("today", "month", "year")),
}


def zero(row: type[Any], **given: Any) -> Any:
    """A row with 0 in every count."""
    hints = get_type_hints(row)
    return row(**{f.name: 0 if hints[f.name] is int else None for f in fields(row)} | given)


def snapshot_of(key: str, *, heard_at: datetime | None = NOW, **changes: Any) -> Snapshot:
    """A panel's snapshot at NOW with nothing in it, its sources last heard at `heard_at`."""
    panel, moment = panels()[key], now_moment(NOW)
    rows = {name: [zero(row, **given) for given in _ALWAYS.get(name, ())] for name, row in panel.spec.rows.items()}
    figures = panel.snapshot(rows, moment, PROFILE)
    empty = untaken(panel.spec.takes, moment)
    heard = [] if heard_at is None else [
        Heard(stream=c.stream, source=c.source, last_occurred_at=heard_at, last_recorded_at=heard_at, simulated=True) for c in PROFILE.file.sources]
    given: dict[str, Any] = {
        "panel": key, "at": NOW, "known": NOW, "jurisdiction": "", "as_of": heard_at, "simulated": True, "numbers": {**empty.numbers, **figures.numbers},
        "tables": {**empty.tables, **figures.tables}, "features": figures.features, "sources": freshness(PROFILE, panel.spec.streams, heard, NOW), "attention": [],
    }
    return Snapshot(**given | changes)
