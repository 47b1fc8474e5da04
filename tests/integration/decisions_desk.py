"""A desk to decide at: reports that came through the sink, persons with roles, and what a decision left behind."""

import base64
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.decisions.decide import Office, decide
from ioc.decisions.decision import Decided, Decision
from ioc.people.principal import Grant, Principal
from ioc.streams.engine.memory import MemoryBroker
from tests.integration.streams_db import drain, make_sink, rows, sunk
from tests.integration.streams_wire import NOW, Wire, event
from tests.rules import RULES

SOURCE = "/vn/92/ioc/decisions"
OFFICE = Office(clock=FrozenClock(NOW), rules=RULES, source=SOURCE)
TABLES = ("event_identity", "report_event", "report_history", "report_daily", "audit_line", "outbox", "decision_key", "dead_letter")
_keys = count(1)


def person(*grants: Grant | str, number: str = "12") -> Principal:
    """A person with roles, of which those given by name alone are not limited."""
    return Principal(kind="person", id=number, name=f"Person {number}", grants=tuple(Grant(role=g) if isinstance(g, str) else g for g in grants))


OPERATOR = person("operator")
LEAD = person("shift_lead", number="13")


def report(dsn: str, *facts: str, subject: str = "PA-1", **data: Any) -> None:
    """A report that has come so far, a fact a minute."""
    told: Sequence[Wire] = [event("report", fact, n, subject=subject, category="TR-ROAD", **data) for n, fact in enumerate(("submitted", *facts))]
    sunk(dsn, told, seconds=-60)


def decision(fact: str, version: int = 1, *, stream: str = "report", subject: str = "PA-1", key: str = "", reason: str = "",
             **data: Any) -> Decision:
    """A decision with a key of its own where none is given."""
    return Decision(stream=stream, subject=subject, fact=fact, version=version, data=data, reason=reason, key=key or f"key-{next(_keys):08}")


def decided(conn: Connection, made: Decision, who: Principal = OPERATOR, office: Office = OFFICE) -> Decided:
    return decide(conn, made, who, office, address="192.0.2.7")


def counted(conn: Connection) -> list[int]:
    """Rows of everything that a decision writes, and the state's version."""
    return [*(n for table in TABLES for (n,) in rows(conn, f"select count(*) from {table}")),
            *(n for (n,) in rows(conn, "select version from report_state order by subject"))]


def publish_owed(conn: Connection, broker: MemoryBroker) -> None:
    """Bring what the outbox owes Kafka to a broker, as the relay would."""
    for target, key, headers, body in rows(conn, "select target, key, headers, body from outbox where channel = 'kafka' order by place"):
        broker.send(target, bytes(key), bytes(body), [(name, base64.b64decode(value)) for name, value in headers])


def sink_reads(dsn: str, broker: MemoryBroker, at: datetime = NOW) -> None:
    """A sink reads all that a broker has, and learns it at a moment."""
    drain(make_sink(dsn, broker.source(), clock=FrozenClock(at)))


def owed_is_read(dsn: str, conn: Connection, at: datetime = NOW) -> None:
    """What the outbox owes Kafka goes through a broker into the sink."""
    broker = MemoryBroker()
    publish_owed(conn, broker)
    sink_reads(dsn, broker, at)
