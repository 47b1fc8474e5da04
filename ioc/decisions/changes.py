"""What came between the version that a person saw and the one that stands."""

from datetime import datetime
from importlib import resources

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.decisions.decision import Decision
from ioc.decisions.record import Standing
from ioc.decisions.verdicts import Change, ConflictError
from ioc.streams.engine.contract import Stream

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.decisions").joinpath("keys.sql")).items()}
SHOWN = 50


def conflict(conn: Connection, stream: Stream, decision: Decision, standing: Standing) -> ConflictError:
    """The error that says who was faster, with what, and when."""
    changes = _since(conn, stream, decision, standing)
    last = f": last '{changes[-1].fact}' by {changes[-1].by}" if changes else ""
    return ConflictError(f"{stream.name} {decision.subject} has changed since version {decision.version}{last}; look at it again",
                         state=standing.state, version=standing.version, changes=changes)


def _since(conn: Connection, stream: Stream, decision: Decision, standing: Standing) -> list[Change]:
    # Each version but a rebuild's comes of the events recorded at one moment: the last so many moments hold all that came since, at times more.
    versions = standing.version - decision.version
    facts = {stream.type_of(fact): fact for fact in stream.facts}
    rows: list[tuple[str, str, datetime, str]] = conn.execute(
        "select type, event_id, occurred_at, source from (select type, event_id, occurred_at, source, recorded_at, "
        f"dense_rank() over (order by recorded_at desc) as back from {stream.table} "
        "where subject = %(subject)s and occurred_at >= %(first_at)s) as told "
        "where back <= %(versions)s order by recorded_at desc, occurred_at desc limit %(most)s",
        {"subject": decision.subject, "first_at": standing.first_at, "versions": versions, "most": SHOWN}).fetchall()
    names: dict[str, str] = dict(conn.execute(_SQL["names"], {"events": [row[1] for row in rows]}).fetchall())
    return [Change(fact=facts.get(type_, type_), at=at, by=names.get(number, source)) for type_, number, at, source in reversed(rows)]
