"""How far the sink has come, read from its database."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

import psycopg

from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError

log = logging.getLogger(__name__)

_WRITTEN = "select topic, sum(next_offset)::bigint from sink_position group by topic"
_HEARD = "select stream, max(last_occurred_at) from source_state where simulated group by stream"


class Standing:
    """Asks a database that may be away; None is 'not known now'."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._conn: Connection | None = None

    def written(self) -> Mapping[str, int] | None:
        """Topic → messages ever written."""
        rows = self._rows(_WRITTEN)
        return None if rows is None else dict(rows)

    def heard(self) -> Mapping[str, datetime] | None:
        """Stream → newest simulated event time the database holds."""
        rows = self._rows(_HEARD)
        return None if rows is None else dict(rows)

    def close(self) -> None:
        if self._conn:
            self._conn.close()

    def _rows(self, statement: LiteralString) -> list[tuple[str, Any]] | None:
        try:
            if self._conn is None:
                self._conn = connect(self._dsn, application="ioc-simulators", autocommit=True)
            return [(name, value) for name, value in self._conn.execute(statement)]
        except (UnavailableError, psycopg.Error) as error:
            log.info("the database does not answer yet: %s", error)
            self.close()
            self._conn = None
            return None
