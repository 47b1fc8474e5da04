"""A small province told event by event, through the sink, so that what panels show can be counted by hand."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from ioc.clock import Clock, FrozenClock
from ioc.db.connect import Connection, connect
from ioc.moment import asked_moment
from ioc.panels.engine.build import build
from ioc.panels.engine.contract import Number, Snapshot
from ioc.panels.engine.registry import panels
from ioc.profiles import load_profile
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from ioc.streams.engine.sink import Sink
from tests.integration.panel_stories import tell_all
from tests.profiles import FICTIONAL
from tests.rules import RULES

PROFILE = load_profile(FICTIONAL)
NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
"""Friday, 10:30 local: the offices are open."""

SOURCES = {c.stream: c.source for c in PROFILE.file.sources}
_REQUIRED: dict[str, dict[str, Any]] = {
    "dossier": {"org_code": "X99.9001", "unit_code": "99001", "unit_valid_on": "2025-07-01"},
    "report": {"unit_code": "99004", "unit_valid_on": "2025-07-01", "category": "TR-ROAD", "channel": "app"},
    "camera": {"unit_code": "99001", "unit_valid_on": "2025-07-01"},
}


def ago(**span: float) -> datetime:
    """A moment before NOW, e.g. ago(hours=3)."""
    return NOW - timedelta(**span)


class Story:
    """Tells events to a sink; each `hear` stores what was told, as learnt at a moment of its own clock or of another one."""

    def __init__(self, dsn: str, clock: Clock | None = None) -> None:
        self.clock = FrozenClock(NOW)
        self.broker = MemoryBroker()
        self._numbers = count(1)
        self._sink = Sink(self.broker.source(), lambda: connect(dsn, application="story"), clock or self.clock, RULES)

    def tell(self, stream: str, fact: str, subject: str, at: datetime, *, source: str = "", **data: Any) -> None:
        """Publish one simulated event."""
        headers = write_headers(event_id=f"e{next(self._numbers)}", source=source or SOURCES[stream], type_=streams()[stream].type_of(fact),
                                subject=subject, time=at, simulated=True)
        value = {**_REQUIRED.get(stream, {}), **{k: v.isoformat() if isinstance(v, datetime) else v for k, v in data.items()}}
        self.broker.send(streams()[stream].topic, subject.encode(), json.dumps(value).encode(), headers)

    def hear(self, at: datetime = NOW) -> None:
        """Let the sink store all that was told, as learnt at `at`."""
        self.clock.at = at
        while self.step(threading.Event()):
            pass

    def step(self, stop: threading.Event) -> int:
        """One step of the sink; answers how many messages it took."""
        return self._sink.step(stop)

    def dossier(self, subject: str, received: datetime, due: datetime, **data: Any) -> None:
        """A dossier that is received; `ready` and `delivered` give it a result."""
        ready, delivered = data.pop("ready", None), data.pop("delivered", None)
        self.tell("dossier", "received", subject, received, due_at=due, **data)
        if ready:
            self.tell("dossier", "step_started", subject, received + timedelta(minutes=1), step_no=1, **data)
            self.tell("dossier", "result_ready", subject, ready, delivered_at=delivered, **data)

    def report(self, subject: str, submitted: datetime, due: datetime | None = None, **data: Any) -> None:
        """A report that is submitted; `resolved` and `rating` bring it to an end."""
        resolved, rating = data.pop("resolved", None), data.pop("rating", None)
        self.tell("report", "submitted", subject, submitted, due_at=due, **data)
        if resolved:
            for n, fact in enumerate(("verified", "assigned", "accepted"), start=1):
                self.tell("report", fact, subject, submitted + timedelta(minutes=n), to_org="X99.9004", **data)
            self.tell("report", "resolved", subject, resolved, **data)
        if rating:
            self.tell("report", "rated", subject, resolved + timedelta(minutes=1), rating=rating, **data)

    def camera(self, subject: str, at: datetime, *, online: bool = True, waiting: int | None = None, staff: int = 1, **data: Any) -> None:
        """A camera that says whether it sees, and how many people wait."""
        data = {"point_id": "OS-99001", **data}
        self.tell("camera", "status", subject, at, online=online, **data)
        if waiting is not None:
            self.tell("camera", "occupancy", subject, at, waiting=waiting, staff_present=staff, **data)


@contextmanager
def told(dsn: str) -> Iterator[tuple[Story, Connection]]:
    """A story on a database, and a connection to look at what became of it."""
    with connect(dsn, application="test", autocommit=True) as conn:
        yield Story(dsn), conn


def seen(conn: Connection, key: str, *, now: datetime = NOW, at: str | None = None, known: str | None = None, jurisdiction: str = "") -> Snapshot:
    """A panel's snapshot as a request would ask for it."""
    return build(conn, panels()[key], asked_moment(now, at=at, known=known, jurisdiction=jurisdiction), PROFILE)


def values(snapshot: Snapshot, *keys: str) -> dict[str, float | None]:
    """Values of some numbers, or of all."""
    return {key: number.value for key, number in snapshot.numbers.items() if not keys or key in keys}


def counts(number: Number) -> tuple[float | None, float | None]:
    """What a rate was made of."""
    return number.numerator, number.denominator


def every_kind(story: Story, prefix: str = "S") -> None:
    """At least one row for every query of every panel."""
    story.dossier(f"{prefix}-open", ago(days=3), ago(days=2))
    story.dossier(f"{prefix}-done", ago(days=2), NOW + timedelta(days=1), ready=ago(hours=1), delivered=ago(hours=1))
    story.dossier(f"{prefix}-yesterday", ago(days=4), ago(days=3), ready=ago(days=1), delivered=ago(days=1))
    story.report(f"{prefix}-r-open", ago(days=2), ago(days=1, hours=2), lon_deg=85.1453, lat_deg=-20.1751)
    story.report(f"{prefix}-r-done", ago(days=2), ago(hours=1), resolved=ago(hours=2), rating=3, lon_deg=85.1501, lat_deg=-20.1702)
    story.report(f"{prefix}-r-foreign", ago(days=5), resolved=ago(days=4), jurisdiction="chicago", unit_code="", lon_deg=-87.6, lat_deg=41.8)
    for at in (ago(days=1), ago(minutes=90), ago(minutes=1)):
        story.camera(f"{prefix}-cam", at, waiting=16)
        story.tell("camera", "traffic_count", f"{prefix}-road", at, vehicles=40, interval_s=60)
    tell_all(story, prefix)
    story.hear()
