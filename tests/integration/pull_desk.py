"""A pulled source, the database and a broker in memory, for the tests of `ioc pull`."""

import threading
from datetime import UTC, datetime
from typing import Any

from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.profiles import load_profile
from ioc.pull.engine.config import FolderAccess, RestAccess, SourceConfig, ViewAccess
from ioc.pull.engine.run import Totals
from ioc.pull.engine.wiring import pull
from ioc.streams.engine.decode import decoder
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from tests.unit.pull.test_dvcqg import RECEIVED

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PROFILE = load_profile("soc_trang")


def dossier(number: int, **changes: Any) -> dict[str, Any]:
    return RECEIVED | {"MaHoSo": f"000.00.04.H51-261102-{number:04d}"} | changes


class Desk:
    """A source, the database and a broker in memory; time stands still until it is moved."""

    def __init__(self, dsn: str, access: RestAccess | ViewAccess | FolderAccess, adapter: str = "dvcqg") -> None:
        self.dsn, self.broker, self.clock = dsn, MemoryBroker(), FrozenClock(NOW)
        self.source = SourceConfig(name="one-stop", kind="pull", adapter=adapter, source="/vn/92/one-stop", access=access)
        self.secrets = {"TOKEN": "Bearer 1"}

    def pull(self, broker: MemoryBroker | None = None, *, retry: bool = False) -> Totals:
        return pull(self.source, PROFILE, self.secrets.get, lambda: connect(self.dsn, application="test", autocommit=True),
                    lambda: broker or self.broker, self.clock, threading.Event(), retry=retry)

    def published(self, broker: MemoryBroker | None = None) -> list[tuple[str, str]]:
        """(id, fact) in order; each must be an event that the sink accepts."""
        found = []
        for log in (broker or self.broker).logs.values():
            decode = decoder(*(s for s in streams().values() if s.topic == log[0].topic))
            found += [(event.id, event.fact) for event in (decode(message, NOW) for message in log)]
        return found

    def facts(self) -> list[str]:
        return [fact for _, fact in self.published()]


def cursor(conn: Connection) -> Any:
    row = conn.execute("select cursor from pull_cursor").fetchone()
    return row[0] if row else None
