"""Lines of the ledger for tests."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from ioc.audit.ledger import Entry, append_all
from ioc.db.connect import Connection

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def entry(n: int = 1, **changed: Any) -> Entry:
    """The n-th decision of a day: one person in three, a minute after the one before."""
    made = Entry(actor=f"person:{n % 3}", action="report.verified", subject=f"report:PA-{n}", at=AT + timedelta(minutes=n),
                 before={"state": "new"}, after={"state": "verified", "n": n})
    return dataclasses.replace(made, **changed)


def written(conn: Connection, count: int) -> None:
    """A ledger with so many lines after its first."""
    append_all(conn, (entry(n) for n in range(1, count + 1)))
