"""From the database to a snapshot: the panel's own queries, how fresh its sources are, what needs attention."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from psycopg.rows import class_row, dict_row

from ioc.db.connect import Connection, reading
from ioc.db.queries import named
from ioc.moment import Moment
from ioc.panels.engine.contract import Attention, Number, Panel, Snapshot
from ioc.panels.engine.freshness import Freshness, Heard, freshness
from ioc.panels.engine.kept import Kept
from ioc.panels.engine.take import Asking, ask, take
from ioc.profiles import Profile

_MAP_KEY = secrets.token_bytes(16)
_TIME_MACHINE_REACH = timedelta(days=7)


@cache
def _sql() -> dict[str, str]:
    return named(resources.files("ioc.panels.engine").joinpath("engine.sql"))


def build(conn: Connection, panel: Panel, moment: Moment, profile: Profile, kept: Kept | None = None) -> Snapshot:
    """A panel's snapshot at a moment, read in one transaction, so that its numbers belong together.

    `kept`: answers of just now to costly questions, for the present alone; None = everything is asked.
    """
    kept = kept if moment.live else None
    with reading(conn):
        rows = {name: _answer(conn, panel, name, moment, profile, kept) for name in (*panel.spec.rows, *panel.spec.asked)}
        taken = take(conn, panel.spec.takes, moment, profile, _asking(kept, panel, moment))
        heard = _heard(conn, panel.spec.streams, moment)
        attention = _attention(conn, panel.spec.streams) if moment.live else []
    figures = panel.snapshot(rows, moment, profile)
    sources = freshness(profile, panel.spec.streams, heard, moment.known) if not moment.jurisdiction else []
    return Snapshot(
        panel=panel.spec.key, at=moment.at, known=moment.known, jurisdiction=moment.jurisdiction, as_of=_as_of(sources, moment),
        simulated=any(h.simulated for h in heard) and not moment.jurisdiction,
        numbers={**_targeted(taken.numbers, figures.targets), **figures.numbers}, tables={**taken.tables, **figures.tables},
        features=[_anonymous(f) for f in figures.features], sources=sources, attention=attention,
    )


def sources_of(conn: Connection, panel: Panel, moment: Moment, profile: Profile) -> list[Freshness]:
    """How the sources of a panel's streams stand."""
    return freshness(profile, panel.spec.streams, _heard(conn, panel.spec.streams, moment), moment.known)


def _answer(conn: Connection, panel: Panel, name: str, moment: Moment, profile: Profile, kept: Kept | None) -> Sequence[Any]:
    def asked() -> Sequence[Any]:
        if name in panel.spec.asked:
            return panel.spec.asked[name](conn, moment, profile)
        return _rows(conn, panel.sql[name], panel.spec.rows[name], moment.parameters(profile.calendar))

    return kept.ask((panel.spec.key, name), moment.at, asked) if kept and name in (*panel.spec.slow, *panel.spec.asked) else asked()


def _asking(kept: Kept | None, panel: Panel, moment: Moment) -> Asking:
    return (lambda group, question: kept.ask((panel.spec.key, group), moment.at, question)) if kept else ask


def _targeted(numbers: Mapping[str, Number], targets: Mapping[str, float]) -> dict[str, Number]:
    return {name: msgspec.structs.replace(n, target=targets[name]) if name in targets else n for name, n in numbers.items()}


def _anonymous(feature: dict[str, Any]) -> dict[str, Any]:
    """A feature whose id says nothing: codes can be guessed, so it is keyed by what only this process knows, for as long as it runs."""
    public = hashlib.blake2b(str(feature["id"]).encode(), digest_size=6, key=_MAP_KEY).hexdigest()
    return {**feature, "id": public, "properties": {**feature["properties"], "id": public}}


def _as_of(sources: Sequence[Freshness], moment: Moment) -> datetime | None:
    """How far the data reach: for the present, as far as the source that was silent longest; for the past, the moment itself."""
    if not moment.live and not moment.time_machine:
        return moment.at
    heard = [s.heard_at for s in sources if s.heard_at]
    return min(heard) if heard else None


def _rows(conn: Connection, sql: str, row: type[Any], parameters: Mapping[str, Any]) -> Sequence[Any]:
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(sql.encode(), parameters).fetchall()


def _heard(conn: Connection, streams: Iterable[str], moment: Moment) -> list[Heard]:
    if not moment.time_machine:
        found = _dicts(conn, _sql()["heard"], {"streams": list(streams)})
        return [Heard(**row) for row in found]
    return [Heard(**row) for stream in streams for row in _heard_then(conn, stream, moment)]


def _heard_then(conn: Connection, stream: str, moment: Moment) -> list[dict[str, Any]]:
    # What the wall knew then: sources_state holds only the present, so the events of the last days are asked.
    return _dicts(
        conn,
        f"select %(stream)s::text as stream, source, max(occurred_at) as last_occurred_at, max(recorded_at) as last_recorded_at, "
        f"bool_or(simulated) as simulated from {stream}_event "
        "where occurred_at >= %(since)s and occurred_at < %(at)s and recorded_at <= %(known)s group by source",
        {"stream": stream, "since": moment.at - _TIME_MACHINE_REACH, "at": moment.at, "known": moment.known},
    )


def _attention(conn: Connection, streams: Iterable[str]) -> list[Attention]:
    topics = {"topics": [f"ioc.{stream}" for stream in streams]}
    found = [Attention(kind="gap", **row) for row in _dicts(conn, _sql()["attention_gaps"], topics)]
    return found + [Attention(kind="pause", **row) for row in _dicts(conn, _sql()["attention_pauses"], topics)]


def _dicts(conn: Connection, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql.encode(), parameters).fetchall()
