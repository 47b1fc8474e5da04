"""An Open311 server for tests: served behind the guard, with a key, and a broker and sink that its reports go through."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from fastapi import FastAPI

from ioc.api.access import Access, Door
from ioc.api.answers import add_answers
from ioc.api.ask import Database
from ioc.api.geo_report import LIMITS, PLACE, Office, add_geo_report
from ioc.api.guard import Guard
from ioc.api.hardening import Rates
from ioc.api.identity import Identities
from ioc.api.keys import KeyRing, add_key
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.people.seals import Seals
from ioc.profiles import load_profile
from tests.integration.cast import NAME
from tests.integration.decisions_desk import owed_is_read
from tests.integration.streams_wire import NOW
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL

FORM = "application/x-www-form-urlencoded"
HOLE = {"service_code": "TR-ROAD", "lat": "-20.1751", "long": "85.1453", "description": "Ổ gà sâu trước chợ"}


@dataclass
class Desk:
    """A served Open311 server, the key that its app has, and its database."""

    base: str
    dsn: str
    conn: Connection
    clock: FrozenClock
    key: str
    key_id: str

    def get(self, path: str, query: Mapping[str, str] | str = "", **headers: str) -> Answer:
        asked = query if isinstance(query, str) else urlencode(query)
        return ask(self.base, f"{PLACE}{path}" + (f"?{asked}" if asked else ""), **_named(headers))

    def post(self, fields: Mapping[str, str] | Sequence[tuple[str, str]], path: str = "requests.json", **headers: str) -> Answer:
        """A request filed with the desk's key."""
        given = [("api_key", self.key), *(fields.items() if isinstance(fields, Mapping) else fields)]
        return self.send(urlencode(given).encode(), FORM, path, **headers)

    def send(self, body: bytes, kind: str, path: str = "requests.json", **headers: str) -> Answer:
        return ask(self.base, f"{PLACE}{path}", method="POST", body=body, **{"Content-Type": kind, **_named(headers)})

    def filed(self, **changes: str) -> str:
        """The code of a new request, after it went through Kafka and the sink."""
        found = self.post({**HOLE, **changes})
        assert found.status == 200, found.body
        self.arrive()
        return str(found.json[0]["service_request_id"])

    def arrive(self) -> None:
        owed_is_read(self.dsn, self.conn)
        self.conn.execute("delete from outbox")

    def new_key(self, *streams: str, **given: Any) -> str:
        _, text = add_key(self.conn, "/test", streams or ["report"], self.clock.now(), **given)
        self.clock.advance(6)
        return text


@contextmanager
def desk(dsn: str, *, most: float = 100_000) -> Iterator[Desk]:
    """A server for the length of a block, of which one address may ask `most` times at once."""
    clock, server, database = FrozenClock(NOW), FastAPI(), Database(dsn)
    add_answers(server)
    ring, seals = KeyRing(database, clock), Seals([b"k" * 32])
    add_geo_report(server, Office(database=database, clock=clock, profile=load_profile(FICTIONAL), ring=ring, seals=lambda: seals,
                                  source="/vn/99/ioc/intake", readers=Rates(per_s=1, most=most)))
    guard = Guard(server, access=Access(exact={}, prefixes={PLACE: Door.OWN}), identities=Identities(database, clock, timedelta(minutes=30)), cookies=NAME,
                  limits=LIMITS)
    database.open()
    with connect(dsn, application="test", autocommit=True) as conn:
        key, text = add_key(conn, "/test", ["report"], NOW)
        with serving(guard) as base:
            yield Desk(base, dsn, conn, clock, text, key.key_id)
    database.close()


def said(answer: Answer) -> str:
    """The sentence of a refusal, in either form, whose code is the answer's status."""
    if answer.headers["content-type"].startswith("text/xml"):
        error = ET.fromstring(answer.body).find("error")  # noqa: S314 (our own answer)
        assert error is not None
        assert error.findtext("code") == str(answer.status)
        return str(error.findtext("description"))
    (found,) = answer.json
    assert found["code"] == answer.status
    return str(found["description"])


def _named(headers: Mapping[str, str]) -> dict[str, Any]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
