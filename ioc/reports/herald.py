"""The citizen hears: each public change of a report filed here goes out on a topic and by webhook, for the app, Zalo and SMS gateways.

At least once, in the order of the changes; a change that another one follows within a second may be left out. Nothing of it tells who reported,
where, or in which words.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID, uuid5

import msgspec
import psycopg
from psycopg.rows import dict_row

from ioc.clock import Clock, local_day
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.db.queries import named
from ioc.errors import UnavailableError
from ioc.profiles import Profile
from ioc.relay import outbox
from ioc.reports.intake_rules import load_intake_rules
from ioc.reports.states import STATES
from ioc.streams.engine.envelope import write_headers
from ioc.streams.engine.making import Draft, make, whole
from ioc.streams.engine.outage import Outage
from ioc.words import words

log = logging.getLogger(__name__)

TOPIC = outbox.PUBLIC_TOPIC
TYPE = "vn.ioc.report_public.changed.v1"
EVERY_S = 1.0
MOST = 200
CLOSES_EVERY = timedelta(minutes=1)
_SPACE = UUID("a3a7a0a4-4a31-5e0c-8a5d-8d4d3c3b7f52")


class Herald:
    """`connect` opens an autocommit connection and raises UnavailableError while there is none; `source`: CloudEvents source of what it tells."""

    def __init__(self, connect: Callable[[], Connection], clock: Clock, profile: Profile, source: str) -> None:
        self._connect = connect
        self._clock = clock
        self._profile = profile
        self._source = source
        self._reopen_within = load_intake_rules(profile).reopen_within
        self._closed_at: datetime | None = None
        self._conn: Connection | None = None
        self._outage = Outage(log, "citizens wait to be told", "citizens are told again")

    def run(self, stop: threading.Event) -> None:
        """Look each second until told to stop."""
        try:
            while not stop.is_set():
                try:
                    more = self.step()
                    self._outage.ended()
                except (UnavailableError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                    self._outage.began(error)
                    self._drop()
                    more = False
                if not more:
                    stop.wait(EVERY_S)
        finally:
            self._drop()

    def step(self) -> bool:
        """Tell what is owed and close what has ended; answers whether there may be more."""
        if self._conn is None:
            self._conn = self._connect()
        conn = self._conn
        with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
            owed = cursor.execute(_sql()["owed"], {"most": MOST}).fetchall()
            is_exercise = bool(owed) and mark(conn) == "exercise"
            for row in owed:
                if (row["state"], row["due_at"]) != (row["told_state"], row["told_due_at"]):
                    self._tell(conn, row, is_exercise=is_exercise)
            cursor.execute(_sql()["paid"], {"subjects": [row["subject"] for row in owed]})
        if self._closed_at is None or self._clock.real() - self._closed_at >= CLOSES_EVERY:
            self._close(conn)
            self._closed_at = self._clock.real()
        return len(owed) == MOST

    def _tell(self, conn: Connection, row: Mapping[str, Any], *, is_exercise: bool) -> None:
        event_id = str(uuid5(_SPACE, f"{row['subject']} {row['version']} {row['state']} {row['due_at']}"))
        simulated = row["simulated"] or is_exercise
        headers = write_headers(event_id=event_id, source=self._source, type_=TYPE, subject=row["subject"], time=row["last_at"], simulated=simulated)
        data = self._told(row)
        at, key = self._clock.real(), row["subject"].encode()
        outbox.put(conn, outbox.Post(channel="kafka", target=TOPIC, key=key, headers=headers, body=msgspec.json.encode(data)), at)
        outbox.put_for_webhooks(conn, TOPIC, event_id, key, whole(headers, data), at)
        conn.execute(_sql()["told"], {"subject": row["subject"], "state": row["state"], "due_at": row["due_at"]})

    def _told(self, row: Mapping[str, Any]) -> dict[str, Any]:
        day, profile = local_day(row["last_at"]), self._profile
        agency = profile.owner_name("", row["org_code"], day, "vi") if row["org_code"] else None
        state = STATES.get(row["state"], row["state"])
        told = {
            "report": row["subject"], "jurisdiction": row["jurisdiction"], "category": row["category"],
            "category_name": profile.category_name(row["category"], "vi"), "channel": row["channel"], "filed_by": row["actor"],
            "state": row["state"], "state_name": words("vi")(state), "state_name_en": words("en")(state),
            "agency": agency, "expected_at": _written(row["due_at"]), "reason": row["reason_code"],
            "part_of": row["parent_id"] if row["state"] == "merged" else None}
        return {name: value for name, value in told.items() if value not in (None, "")}

    def _close(self, conn: Connection) -> None:
        """End what nobody can reopen any more; its event goes to Kafka like a citizen's."""
        now = self._clock.now()
        with conn.transaction(), conn.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(_sql()["closing"], {"before": now - self._reopen_within, "at": now, "most": MOST}).fetchall()
            is_exercise = bool(found) and mark(conn) == "exercise"
            for row in found:
                event_id = str(uuid5(_SPACE, f"{row['subject']} {row['version']} closed"))
                data = {name: _written(row[name]) for name in ("jurisdiction", "org_code", "unit_code", "unit_valid_on") if row[name]}
                draft = Draft(stream="report", fact="closed", subject=row["subject"], event_id=event_id, source=self._source, at=now,
                              data={**data, "actor_role": "system"}, simulated=is_exercise or row["simulated"])
                made = make(draft, now, refuse_simulated=not is_exercise)
                outbox.put_event(conn, made.item.message, event_id, made.envelope, self._clock.real())

    def _drop(self) -> None:
        if self._conn is not None:
            self._conn.close()
        self._conn = None


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@cache
def _sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("herald.sql")).items()}
