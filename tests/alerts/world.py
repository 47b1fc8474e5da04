"""A province for the rules' examples: events come in by the sink's own machinery, the engine looks, alerts are read from the database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from ioc.alerting.engine import Engine, Session
from ioc.alerts.board import Alert, open_alerts
from ioc.alerts.register import Register, load_alerts
from ioc.alerts.rule import Rule
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.indicators.asked import load_asked
from ioc.indicators.catalogue import load_catalogue
from ioc.live.due import store_due
from ioc.live.promises import store_promises, working_times
from ioc.places.stations import load_stations, store_stations
from ioc.profiles import Profile, load_profile
from ioc.streams.engine.batch import BatchWriter, Reader
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.event import DeadLetter, Message
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import rules_of

SOURCE = "/vn/92/ioc/alerts"
START = datetime(2026, 11, 9, 0, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event. `source`: '' = the one that the profile promises for the stream."""

    stream: str
    fact: str
    subject: str
    at: datetime
    data: Mapping[str, Any]
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What raises a rule and what clears it. `looks`: further looks before `raised_at`; `changed`: fields of the rule that are otherwise here;
    `silent`: streams whose source does not speak.
    """

    raising: Sequence[Told]
    raised_at: datetime
    severity: int
    subject: str
    clearing: Sequence[Told]
    cleared_at: datetime
    looks: Sequence[datetime] = ()
    changed: Mapping[str, Any] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


@cache
def soc_trang() -> Profile:
    return load_profile("soc_trang")


@cache
def register() -> Register:
    return load_alerts(soc_trang())


def prepare(conn: Connection) -> None:
    """Bring into a database what `ioc live` brings: stations, promises, working times; of the figures due by hand those of one indicator, so that
    other rules' examples are not told of the rest.
    """
    profile = soc_trang()
    store_stations(conn, load_stations(profile))
    store_promises(conn, profile, working_times(profile.calendar, date(2025, 1, 1), date(2027, 6, 30)))
    store_due(conn, [due for due in load_asked(profile, load_catalogue("soc_trang")).between(date(2026, 10, 1), date(2026, 11, 30))
                     if due.indicator.id == "par_plan"])


def only(*rules: Rule) -> Register:
    """A register of these rules alone."""
    known = register()
    return Register(rules={rule.id: rule for rule in rules}, severities=known.severities, sound=known.sound, close_after_h=known.close_after_h)


def store_at_once(conn: Connection, told: Sequence[Told]) -> None:
    """Events of one moment, in one batch."""
    reader, writer = Reader(streams(), refuse_simulated=False), BatchWriter(conn, streams(), rules_of(soc_trang()))
    writer.write([reader.read(message(event), event.at) for event in told], told[-1].at)


def store(conn: Connection, told: Iterable[Told]) -> None:
    """Events through decoding and the sink's writer, each recorded when it happened."""
    reader, writer = Reader(streams(), refuse_simulated=False), BatchWriter(conn, streams(), rules_of(soc_trang()))
    for event in told:
        item = reader.read(message(event), event.at)
        assert not isinstance(item.meaning, DeadLetter), f"{event.stream}.{event.fact} {event.subject}: {item.meaning.detail}"
        writer.write([item], event.at)


def message(event: Told) -> Message:
    """An event as it lies in Kafka."""
    stream = streams()[event.stream]
    source = event.source or next(s.source for s in soc_trang().file.sources if s.stream == event.stream)
    number = f"{event.subject}/{event.fact}/{event.at.isoformat()}"
    headers = write_headers(event_id=number, source=source, type_=stream.type_of(event.fact), subject=event.subject, time=event.at, simulated=True)
    return Message(topic=stream.topic, partition=0, offset=0, timestamp_ms=int(event.at.timestamp() * 1000), key=event.subject.encode(),
                   headers=headers, value=msgspec.json.encode(event.data))


class World:
    """One engine on one connection, with a clock that the test moves."""

    def __init__(self, conn: Connection, rules: Register, at: datetime = START) -> None:
        self.conn = conn
        self.clock = FrozenClock(at)
        self.silent: frozenset[str] = frozenset()
        profile = soc_trang()
        engine = Engine(_never, self.clock, profile, rules, rules_of(profile), source=SOURCE)
        self._session: Session = engine.session(conn)

    def tell(self, *told: Told) -> None:
        store(self.conn, told)

    def look(self, at: datetime) -> int:
        """Let the engine look at a moment; all promised sources have just spoken but those that are silent."""
        self.clock.at = at
        self.breathe()
        return self._session.turn(set(streams()))

    def breathe(self) -> None:
        """Let every promised source be heard of now, without an event."""
        self.conn.cursor().executemany(
            "insert into source_state as s (stream, source, events, repeats, simulated, last_occurred_at, last_recorded_at) "
            "values (%(stream)s, %(source)s, 0, 0, true, %(at)s, %(at)s) on conflict (stream, source) do update "
            "set last_occurred_at = greatest(s.last_occurred_at, excluded.last_occurred_at), "
            "last_recorded_at = greatest(s.last_recorded_at, excluded.last_recorded_at)",
            [{"stream": s.stream, "source": s.source, "at": self.clock.at} for s in soc_trang().file.sources if s.stream not in self.silent])

    def open(self) -> list[Alert]:
        return open_alerts(self.conn)

    def facts(self, alert_id: str) -> list[str]:
        """What was told of an alert, oldest first."""
        rows = self.conn.execute("select type from alert_event where subject = %s order by occurred_at, recorded_at", (alert_id,)).fetchall()
        return [type_.split(".")[-2] for (type_,) in rows]


def after(at: datetime, **span: float) -> datetime:
    return at + timedelta(**span)


def _never() -> Connection:
    raise AssertionError
