"""SQL access: a read-only view of the province's choice of database, read in pages by its key."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, NoSuchTableError

from ioc.errors import ConfigurationError, UnavailableError
from ioc.pull.engine.config import ViewAccess
from ioc.pull.engine.contract import Cursor, Page, Raw

_DRIVERS = {"mysql": "mysql+pymysql:// and the package pymysql", "mariadb": "mariadb+pymysql:// and the package pymysql",
            "oracle": "oracle+oracledb:// and the package oracledb", "mssql": "mssql+pymssql:// and the package pymssql",
            "postgresql": "postgresql+psycopg://"}
_READ_ONLY = {"mysql": "set transaction read only", "mariadb": "set transaction read only", "oracle": "set transaction read only",
              "postgresql": "set transaction read only", "sqlite": "pragma query_only = on"}


class View:
    """A source behind a view. `required`, `columns`: what the adapter must and may have, compared without case."""

    def __init__(self, access: ViewAccess, url: str, required: Sequence[str], columns: Sequence[str]) -> None:
        self._access, self._required, self._columns = access, required, columns
        self._engine = _engine(url)
        self._table: sa.Table | None = None

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Rows by change and key, from a little before the last run's end; the whole view by its key where it says no change."""
        try:
            yield from self._pages(cursor)
        except DBAPIError as error:
            raise UnavailableError(f"the view {self._access.view} cannot be read: {str(error.orig).splitlines()[0]}") from error

    def close(self) -> None:
        self._engine.dispose()

    def _pages(self, cursor: Cursor) -> Iterator[Page]:
        if self._table is None:
            self._table = self._reflected()
        after = self._start(cursor)
        while rows := self._rows(self._table, after):
            last = rows[-1]
            after = {name: last[name] for name in (self._access.changed, self._access.key) if name}
            yield Page(rows, {"changed": _frozen(last[self._access.changed])} if self._access.changed else None)

    def _start(self, cursor: Cursor) -> dict[str, Any]:
        if not self._access.changed or "changed" not in cursor:
            return {}
        changed = _thawed(cursor["changed"])
        return {self._access.changed: changed - timedelta(seconds=self._access.overlap_s) if isinstance(changed, datetime) else changed}

    def _rows(self, table: sa.Table, after: Mapping[str, Any]) -> list[Raw]:
        key = table.c[self._access.key]
        changed = table.c[self._access.changed] if self._access.changed else None
        query = sa.select(table).order_by(*([changed, key] if changed is not None else [key])).limit(self._access.page_size)
        if changed is not None:
            query = query.where(changed.is_not(None))
        if changed is not None and self._access.changed in after:
            value = after[self._access.changed]
            later = changed >= value if self._access.key not in after else (changed > value) | ((changed == value) & (key > after[self._access.key]))
            query = query.where(later)
        elif self._access.key in after:
            query = query.where(key > after[self._access.key])
        with self._engine.connect() as conn:
            if statement := _READ_ONLY.get(self._engine.dialect.name):
                conn.execute(sa.text(statement))
            return [{str(name): value for name, value in row.items()} for row in conn.execute(query).mappings()]

    def _reflected(self) -> sa.Table:
        schema, _, name = self._access.view.rpartition(".")
        try:
            found = {column["name"]: column["type"] for column in sa.inspect(self._engine).get_columns(name, schema or None)}
        except NoSuchTableError:
            raise ConfigurationError(f"there is no view {self._access.view} that this user may read") from None
        folded = {column.casefold() for column in found}
        own = {self._access.key, self._access.changed} - {""}
        if missing := [c for c in self._required if c.casefold() not in folded] + sorted(own - set(found)):
            raise ConfigurationError(f"the view {self._access.view} lacks {', '.join(missing)}: it has {', '.join(found)}")
        wanted = {column.casefold() for column in self._columns}
        kept = [sa.Column(c, kind) for c, kind in found.items() if c.casefold() in wanted or c in own]
        return sa.Table(name, sa.MetaData(), *kept, schema=schema or None)


def _engine(url: str) -> sa.Engine:
    try:
        return sa.create_engine(url, pool_pre_ping=True)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        name = url.partition(":")[0].partition("+")[0]
        missing = error.name if isinstance(error, ModuleNotFoundError) else url.partition(":")[0]
        raise ConfigurationError(f"no driver for '{name}' is installed ({missing}): use {_DRIVERS.get(name, 'a SQLAlchemy dialect')}, "
                                 "installed beside this program") from None
    except ArgumentError:
        raise ConfigurationError("the view's address is no SQLAlchemy URL: write e.g. postgresql+psycopg://user:password@host/database") from None


def _frozen(value: object) -> object:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return value if isinstance(value, int | str) else str(value)


def _thawed(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
