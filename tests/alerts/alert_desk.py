"""Alerts for tests: raised as the engine's events, brought in by the sink's own machinery."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ioc.db.connect import connect
from ioc.streams.engine.batch import BatchWriter, Reader
from ioc.streams.engine.event import Event
from ioc.streams.engine.registry import streams
from tests.integration.streams_wire import NOW, Wire, message
from tests.rules import RULES

SOURCE = "/test/alerts"


def told(fact: str, at: datetime, subject: str = "A-1", **data: Any) -> Wire:
    """An event of the engine about one alert."""
    return {"specversion": "1.0", "id": f"{subject}-{fact}-{at.isoformat()}", "source": SOURCE, "type": f"vn.ioc.alert.{fact}.v1", "subject": subject,
            "time": at.isoformat(), "simulated": "true", "data": data}


def raising(subject: str = "A-1", at: datetime = NOW, **data: Any) -> Wire:
    """An alert that is raised: overdue dossiers of a ward, severity 3, where nothing else is said."""
    given = {"rule_id": "OS-01", "severity": 3, "dedup_key": f"OS-01/{subject}", "basis": "NĐ 118/2025/NĐ-CP", "unit_code": "99001",
             "unit_valid_on": "2025-07-01", "org_code": "X99.9001", "value": 5.0, "cases": 12}
    return told("raised", at, subject, **given | data)


def bring(dsn: str, wires: Iterable[Wire], now: datetime = NOW - timedelta(seconds=1)) -> None:
    """Store events as the engine would, in one batch that the centre learns `now`."""
    with connect(dsn, application="test", autocommit=True) as conn:
        reader = Reader(streams(), refuse_simulated=False)
        items = [reader.read(message(wire), now) for wire in wires]
        assert [i.meaning for i in items if not isinstance(i.meaning, Event)] == []
        BatchWriter(conn, {"alert": streams()["alert"]}, RULES).write(items, now)
