"""What the engine tells: an alert's events, stored by the sink's own machinery and promised to Kafka, webhooks and letters in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from ioc.alerting.books import SQL
from ioc.alerts.register import Register
from ioc.alerts.rule import Rule
from ioc.alerts.wording import SEVERITIES, Found, figures_of, sentence, title
from ioc.audit import ledger
from ioc.clock import TICK, Clock, local_day
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.profiles import Profile
from ioc.relay import outbox
from ioc.streams.engine.batch import BatchWriter, Item, Reader
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.event import DeadLetter, Message
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import Rules
from ioc.words import LANGUAGES, words

ACTOR = "system:alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One fact about one alert. `state`: fields of the payload; `not_before`: the alert's last moment, after which this one lies."""

    alert_id: str
    fact: str
    at: datetime
    state: Mapping[str, Any]
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Who is to be written to about an alert: roles, for a severity, in a unit (`unit_code`; of an agency without one the agency's code)."""

    rule: Rule
    severity: int
    roles: Sequence[str]
    unit_code: str
    found: Found


class Post:
    """Of one connection. `source`: CloudEvents source of the alerts, e.g. /vn/92/ioc/alerts."""

    def __init__(self, conn: Connection, clock: Clock, profile: Profile, register: Register, rules: Rules, source: str) -> None:
        self._conn = conn
        self._clock = clock
        self._profile = profile
        self._register = register
        self._source = source
        self._stream: Stream = streams()["alert"]
        self._writer = BatchWriter(conn, {"alert": self._stream}, rules)
        self._is_exercise = mark(conn) == "exercise"

    def tell(self, tellings: Sequence[Telling], letters: Sequence[Letter] = ()) -> None:
        """Store facts and promise to tell them; the transaction is the caller's. What was told before is not told again."""
        if not tellings:
            return
        written = [self._written(telling) for telling in tellings]
        stored = self._writer.store([item for item, _ in written], self._clock.now())
        self._writer.tell(stored)
        new, real = {event.id for event in stored.new}, self._clock.real()
        for item, envelope in written:
            if not isinstance(item.meaning, DeadLetter) and item.meaning.id in new:
                outbox.put_event(self._conn, item.message, item.meaning.id, envelope, real)
        for letter in letters:
            self._write(letter, real)
        ledger.append_all(self._conn, [_entry(t, real) for t in tellings if event_id(t) in new])

    def _written(self, telling: Telling) -> tuple[Item, bytes]:
        at = telling.at if telling.not_before is None else max(telling.at, telling.not_before + TICK)
        headers = write_headers(event_id=event_id(telling), source=self._source, type_=self._stream.type_of(telling.fact), subject=telling.alert_id,
                                time=at, simulated=self._is_exercise)
        data = {name: value for name, value in telling.state.items() if value is not None}
        message = Message(topic=self._stream.topic, partition=-1, offset=-1, timestamp_ms=int(at.timestamp() * 1000),
                          key=telling.alert_id.encode(), headers=headers, value=msgspec.json.encode(data))
        item = _reader().read(message, self._clock.now())
        assert not isinstance(item.meaning, DeadLetter), item.meaning.detail
        attributes = {name.removeprefix("ce_"): value.decode() for name, value in headers if name.startswith("ce_")}
        return item, msgspec.json.encode({**attributes, "datacontenttype": "application/json", "data": data})

    def _write(self, letter: Letter, at: datetime) -> None:
        given = {"roles": list(letter.roles), "severity": letter.severity, "unit": letter.unit_code}
        addresses = [address for (address,) in self._conn.execute(SQL["recipients"], given)]
        if not addresses:
            return
        text = words(LANGUAGES[0])
        day = local_day(self._clock.now())
        mark_ = "[mô phỏng] " if self._is_exercise else ""
        subject = f"{mark_}{text(SEVERITIES[letter.severity])}: {title(letter.rule, text)}"[:outbox.MAX_SUBJECT]
        body = f"{sentence(letter.rule, text, self._profile, day, letter.found)}\n\n{text('Căn cứ: {basis}', basis=letter.rule.basis)}"
        for address in addresses:
            outbox.put_mail(self._conn, address, subject, f"{mark_}{body}", at)


def event_id(telling: Telling) -> str:
    """The same for the same fact of the same alert at the same moment, whoever tells it."""
    content = f"{telling.alert_id}\0{telling.fact}\0{telling.at.isoformat()}"
    return str(UUID(bytes=hashlib.sha256(content.encode()).digest()[:16]))


def alert_number(rule: str, subject: str, at: datetime) -> str:
    """An alert's own number: its day, and what tells it from all others."""
    digest = hashlib.sha256(f"{rule}\0{subject}\0{at.isoformat()}".encode()).hexdigest()
    return f"CB-{local_day(at):%Y%m%d}-{digest[:10]}"


def found_of(state: Mapping[str, Any], item: str = "") -> Found:
    """What fills a text, from an alert's payload."""
    return Found(unit_code=state.get("unit_code") or "", org_code=state.get("org_code") or "", value=state.get("value"), cases=state.get("cases"),
                 figures=figures_of(state.get("figures")), item=item)


def _entry(telling: Telling, at: datetime) -> ledger.Entry:
    told = {name: telling.state.get(name) for name in ("rule_id", "severity", "subject_ref", "value", "cases", "told_role", "reason_code")}
    return ledger.Entry(actor=ACTOR, action=f"alert.{telling.fact}", subject=f"alert:{telling.alert_id}", at=at,
                        after={name: value for name, value in told.items() if value is not None})


@cache
def _reader() -> Reader:
    return Reader(streams(), refuse_simulated=False)
