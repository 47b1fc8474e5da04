"""What handling a report costs: keys, the machine's time, the time of looking. For the program's makers, never a target of people."""

from datetime import datetime, timedelta
from importlib import resources
from typing import Annotated

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import NotFoundError
from ioc.people.principal import Principal
from ioc.people.roles import Permission

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.shift").joinpath("measures.sql")).items()}
KEPT = timedelta(days=90)
FEWEST = 5
"""People from whom on all together are shown: among fewer, one's own share could be subtracted."""


class Measure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One act upon one report, as the page measured it. Bounds: no act takes a thousand keys, ten minutes of the machine or four hours of looking."""

    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    act: Annotated[str, msgspec.Meta(pattern="^[a-z_]{1,40}$")]
    keys: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    machine_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)]
    reading_ms: Annotated[int, msgspec.Meta(ge=0, le=14_400_000)]


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """Of `reports` reports; None = nothing was measured. `people`: how many were measured at all."""

    reports: int
    keys_median: float | None
    keys_p95: float | None
    machine_median_s: float | None
    machine_p95_s: float | None
    reading_median_s: float | None
    people: int | None


def keep(conn: Connection, measure: Measure, who: Principal, at: datetime) -> None:
    """Keep a measure, and forget those that are old.

    Raises:
        NotFoundError: no such report that the person may read.

    """
    scope = Jsonb(who.scope(Permission.REPORTS_READ).parameters()["scope"])
    with conn.transaction():
        forget(conn, at)
        given = msgspec.structs.asdict(measure) | {"subject": measure.subject.replace("\0", ""), "at": at, "actor": who.actor, "scope": scope}
        if conn.execute(_SQL["keep"], given).fetchone() is None:
            raise NotFoundError(f"there is no report {measure.subject} that you could have handled")


def forget(conn: Connection, at: datetime) -> None:
    conn.execute(_SQL["forget"], {"before": at - KEPT})


def costs(conn: Connection, at: datetime, *, actor: str | None = None) -> Costs:
    """Costs of the last 90 days, of one person or of all."""
    with conn.cursor(row_factory=class_row(Costs)) as cursor:
        found = cursor.execute(_SQL["costs"], {"since": at - KEPT, "actor": actor}).fetchone()
    assert found
    return found
