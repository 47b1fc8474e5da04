"""What a program may read again of what it filed itself: the place and the words as it told them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from psycopg.rows import dict_row

from ioc.contacts.fields import TEXT
from ioc.contacts.vault import Subject, about
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.people.seals import Seals
from ioc.reports.telling import first_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A report as its own sender told it. `description`: '' once the words are deleted; place in WGS 84 degrees."""

    description: str
    address: str
    lon_deg: float | None
    lat_deg: float | None


def own(conn: Connection, seals: Seals, actor: str, subjects: Sequence[str]) -> dict[str, Own]:
    """Those of these reports that `actor` filed, by code."""
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(sql()["own"], {"actor": actor, "subjects": list(subjects)}).fetchall()
    return {row["subject"]: Own(description=_description(seals, row["subject"], row["sealed"], row["attributes"]), address=row["address"] or "",
                                lon_deg=row["lon_deg"], lat_deg=row["lat_deg"]) for row in found}


def filed_under(conn: Connection, actor: str, key: str, since: datetime) -> bool:
    """Whether this sender filed under this key since a moment."""
    return conn.execute(sql()["filed_under"], {"actor": actor, "key": key, "since": since}).fetchone() is not None


def _description(seals: Seals, subject: str, sealed: bytes | None, attributes: dict[str, str]) -> str:
    if sealed is None:
        return ""
    lines = first_words(seals.open(bytes(sealed), about=about(Subject("report", subject), TEXT)).decode()).split("\n")
    # Below the text stands a line for each answer in words.
    return "\n".join(lines[:len(lines) - sum(not value for value in attributes.values())])


@cache
def sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("own.sql")).items()}
