"""Numbered SQL migrations: forward only, checksummed, one transaction each."""

import hashlib
import logging
import re
from importlib import resources
from typing import NamedTuple

import psycopg

from ioc.db import timescale
from ioc.db.connect import Connection
from ioc.db.roles import apply_roles
from ioc.errors import ConfigurationError

log = logging.getLogger(__name__)

_LOCK = 4_711_001
_FILE = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_BLOCK = re.compile(r"^-- ioc:", re.MULTILINE)


class Migration(NamedTuple):
    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Shipped migrations in order."""
    found = [
        Migration(int(match[1]), file.name, file.read_text(encoding="utf-8"))
        for file in resources.files("ioc.db").joinpath("migrations").iterdir()
        if (match := _FILE.match(file.name))
    ]
    return sorted(found)


def migrate(conn: Connection, *, kind: str) -> list[str]:
    """Bring the schema up to date; answers the names of the migrations that ran.

    Args:
        conn: an autocommit connection of the schema's owner.
        kind: birth mark of a database that has none yet, 'exercise' or 'real'.

    Raises:
        ConfigurationError: an applied migration differs from the shipped one, or the database is newer than the program.

    """
    conn.execute("select pg_advisory_lock(%s)", (_LOCK,))
    try:
        is_timescale = timescale.prepare(conn)
        conn.execute("create table if not exists migration (number int primary key, name text not null, "
                     "checksum text not null, applied_at timestamptz not null default now())")
        done = [_apply(conn, m, timescale_=is_timescale) for m in _pending(conn)]
        conn.execute("insert into database_mark (kind) select %s where not exists (select 1 from database_mark)", (kind,))
        _set_roles(conn)
    finally:
        conn.execute("select pg_advisory_unlock(%s)", (_LOCK,))
    return done


def _set_roles(conn: Connection) -> None:
    # An installation whose one role may make no others goes on as it is: that is the administrator's choice, not a failed migration.
    try:
        for sentence in apply_roles(conn):
            log.debug(sentence)
    except ConfigurationError as error:
        log.warning("each process can do everything: %s", error)


def _pending(conn: Connection) -> list[Migration]:
    applied: dict[int, str] = dict(conn.execute("select number, checksum from migration").fetchall())
    shipped = migrations()
    for m in shipped:
        if m.number in applied and applied[m.number] != m.checksum:
            raise ConfigurationError(f"migration {m.name} was applied in another version: restore the shipped file, add a new migration")
    if unknown := set(applied) - {m.number for m in shipped}:
        raise ConfigurationError(f"the database has migration {max(unknown)}, this program ends at {shipped[-1].number}: use a newer program")
    return [m for m in shipped if m.number not in applied]


def _apply(conn: Connection, migration: Migration, *, timescale_: bool) -> str:
    with conn.transaction():
        for statement in statements(migration.text, timescale_=timescale_):
            conn.execute(statement)
        conn.execute("insert into migration (number, name, checksum) values (%s, %s, %s)",
                     (migration.number, migration.name, migration.checksum))
    log.info("migrated %s", migration.name)
    return migration.name


def statements(text: str, *, timescale_: bool) -> list[str]:
    """SQL of a migration with its directives translated. A directive's statement ends at the first `;`."""
    head, *blocks = _BLOCK.split(text)
    out = [head] if head.strip() else []
    for block in blocks:
        line, _, rest = block.partition("\n")
        directive = "-- ioc:" + line
        if line.startswith("aggregate"):
            statement, _, rest = rest.partition(";")
            out.extend(timescale.translate(directive, statement, timescale=timescale_))
        else:
            out.extend(timescale.translate(directive, "", timescale=timescale_))
        if rest.strip():
            out.append(rest)
    return out


def mark(conn: Connection) -> str:
    """Birth mark of the database: 'exercise' or 'real'."""
    try:
        row = conn.execute("select kind from database_mark").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    if row is None:
        raise ConfigurationError("the database has no birth mark: run `ioc migrate`")
    return str(row[0])
