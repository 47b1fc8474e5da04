"""CAP over HTTP: who may read the centre's alerts, who may send bulletins, and what each is answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from ioc.alerts.cap_text import CAP_TYPE, Issuer
from ioc.alerts.register import load_alerts
from ioc.api.access import Access, access
from ioc.api.answers import add_answers
from ioc.api.ask import Database
from ioc.api.bulletins import MAX_BODY, Office, add_bulletins, mail
from ioc.api.cap import Bureau, Readers, add_cap
from ioc.api.courier import Courier
from ioc.api.guard import Guard
from ioc.api.identity import Identities
from ioc.api.intake import Patience
from ioc.api.keys import KeyRing, add_key, revoke_key
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.profiles import load_profile
from tests.alerts.alert_desk import bring, raising, told
from tests.alerts.cap_messages import SQUARE, area, cap, geocode, info
from tests.alerts.test_cap_out import check
from tests.integration.cast import NAME, cookie
from tests.integration.intake_desk import Broker
from tests.integration.streams_db import drain, make_sink, rows
from tests.integration.streams_wire import NOW
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL

FEED, POST = "/cap/alerts.atom", "/cap/bulletins"


@dataclass
class House:
    """A served process with CAP alone, and its database."""

    base: str
    dsn: str
    conn: Connection
    clock: FrozenClock
    broker: Broker

    def key(self, *streams: str, **given: Any) -> dict[str, str]:
        """Header of a new key, known to the process at once."""
        _, text = add_key(self.conn, given.pop("source", "/test"), streams, self.clock.now(), **given)
        self.clock.advance(6)
        return {"Authorization": f"Bearer {text}"}

    def get(self, path: str, **headers: str) -> Answer:
        sent: dict[str, Any] = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.base, path, **sent)

    def post(self, body: bytes, kind: str = CAP_TYPE, **headers: str) -> Answer:
        sent: dict[str, Any] = {"Content-Type": kind, **headers}
        return ask(self.base, POST, method="POST", body=body, **sent)


@pytest.fixture
def house(dsn: str) -> Iterator[House]:
    clock, broker, server, database = FrozenClock(NOW), Broker(), FastAPI(), Database(dsn)
    profile, courier, ring = load_profile(FICTIONAL), Courier(broker.connect), KeyRing(database, clock)
    identities = Identities(database, clock, timedelta(minutes=30))
    add_answers(server)
    issuer = Issuer(sender="vn.99.ioc", profile=profile, register=load_alerts(profile))
    add_cap(server, Bureau(database, clock, Readers(identities=identities, cookies=NAME, ring=ring), issuer))
    add_bulletins(server, Office(ring=ring, courier=courier, database=database, mail=mail(profile, clock), patience=Patience(5.0, 0.5)))
    database.open()
    with connect(dsn, application="test", autocommit=True) as conn, serving(Guard(server, access=_access(), identities=identities, cookies=NAME)) as base:
        yield House(base, dsn, conn, clock, broker)
    courier.close()
    database.close()


def _access() -> Access:
    return access({}, {}, [], "/api/schemas/")


@pytest.fixture
def alerted(house: House) -> House:
    """With one grave alert of two messages, whose id has a slash and letters with tone marks."""
    bring(house.dsn, [raising("OS-01/Xã 1", NOW - timedelta(hours=3), unit_code="99001"),
                      told("worsened", NOW - timedelta(hours=2), "OS-01/Xã 1", severity=4)])
    return house


def test_program_with_a_key_reads_the_feed_and_what_it_links_to(alerted: House) -> None:
    key = alerted.key("alert")
    answer = alerted.get(FEED, **key)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    links = [part.split(b'"')[0].decode() for part in answer.body.split(b'href="')[2:]]
    assert len(links) == 2
    for link in links:
        found = alerted.get(link, **key)
        assert (found.status, found.headers["content-type"]) == (200, "application/cap+xml; charset=utf-8")
        assert check(found.body) is not None


def test_key_for_another_stream_reads_nothing(alerted: House) -> None:
    answer = alerted.get(FEED, **alerted.key("environment"))
    assert answer.status == 403
    assert "not for 'alert'" in answer.json["error"]


def test_nobody_reads_nothing_and_is_told_what_to_bring(alerted: House) -> None:
    for headers in ({}, {"Authorization": "Bearer ioc_0123456789_x"}, {"X-API-Key": "x"}, {"Cookie": f"{NAME.name('session')}=nonsense"}):
        answer = alerted.get(FEED, **headers)
        assert (answer.status, "www-authenticate" in answer.headers) == (401, True)


def test_revoked_key_reads_nothing(alerted: House) -> None:
    key = alerted.key("alert")
    revoke_key(alerted.conn, key["Authorization"].split("_")[1], NOW)
    alerted.clock.advance(6)
    assert alerted.get(FEED, **key).status == 403


@pytest.mark.parametrize(("role", "status"), [("operator", 200), ("leader", 200), ("auditor", 403), ("presenter", 403)])
def test_person_reads_by_the_right_to_read_alerts(alerted: House, role: str, status: int) -> None:
    assert alerted.get(FEED, Cookie=cookie(alerted.conn, role, [role], NOW)).status == status


def test_caller_that_has_it_already_gets_nothing_again(alerted: House) -> None:
    key = alerted.key("alert")
    for path in (FEED, "/cap/alerts/OS-01/X%C3%A3%201/1.xml"):
        first = alerted.get(path, **key)
        tag, date = first.headers["etag"], first.headers["last-modified"]
        assert date.endswith("GMT")
        for shown in ({"If-None-Match": tag}, {"If-None-Match": f'"x", W/{tag}'}, {"If-Modified-Since": date}):
            again = alerted.get(path, **key, **shown)
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        for shown in ({"If-None-Match": '"x"', "If-Modified-Since": date}, {"If-Modified-Since": "yesterday"}):
            assert alerted.get(path, **key, **shown).status == 200


def test_feed_changes_when_an_alert_does(alerted: House) -> None:
    key = alerted.key("alert")
    tag = alerted.get(FEED, **key).headers["etag"]
    bring(alerted.dsn, [told("resolved", NOW - timedelta(minutes=1), "OS-01/Xã 1")])
    answer = alerted.get(FEED, If_None_Match=tag, **key)
    assert answer.status == 200
    assert b"Cancel" in answer.body


@pytest.mark.parametrize("path", ["/cap/alerts/OS-01/X%C3%A3%201/3.xml", "/cap/alerts/OS-01/X%C3%A3%201/1", "/cap/alerts/nothing/1.xml",
                                  "/cap/alerts/OS-01/X%C3%A3%201/0x1.xml", "/cap/alerts//1.xml"])
def test_message_that_is_not_there_is_not_found(alerted: House, path: str) -> None:
    assert alerted.get(path, **alerted.key("alert")).status == 404


def test_nul_in_an_address_is_a_bad_request(alerted: House) -> None:
    assert alerted.get("/cap/alerts/a%00b/1.xml", **alerted.key("alert")).status == 400


def test_bulletin_is_taken_and_reaches_the_database_by_kafka(house: House) -> None:
    key = house.key("environment", source="/vn/99/kttv")
    answer = house.post(cap(info(area(f"<polygon>{SQUARE}</polygon>", geocode("99004")))), **key)
    assert answer.status == 202
    assert answer.json == {"accepted": 1, "identifier": "BT-1", "bulletin": "BT-1", "msg_type": "alert", "status": "actual", "risk_level": 3,
                           "expires_at": "2026-11-21T17:00:00+00:00", "units": ["99004"], "drawn": True, "known_already": False, "remarks": []}
    drain(make_sink(house.dsn, house.broker.source()))
    assert rows(house.conn, "select subject, source, risk_level from environment_event") == [("BT-1", "/vn/99/kttv/cap", 3)]


def test_delivery_again_is_taken_and_changes_nothing(house: House) -> None:
    key, body = house.key("environment"), cap(info())
    house.post(body, **key)
    drain(make_sink(house.dsn, house.broker.source()))
    answer = house.post(body, **key)
    assert (answer.status, answer.json["known_already"], len(house.broker.records)) == (202, True, 1)


def test_message_that_cannot_be_used_is_told_why(house: House) -> None:
    answer = house.post(cap(info(severity="Unknown")), **house.key("environment"))
    assert answer.status == 422
    assert answer.json["error"].startswith("<severity> is 'Unknown': write Minor")
    assert house.broker.records == []


@pytest.mark.parametrize("body", [b"<alert>" * 10_000, b"\0", cap(info()).replace(b"BT", b"B\0T"), b'<!DOCTYPE a [<!ENTITY a "x">]><a>&a;</a>'])
def test_hostile_xml_is_told_why(house: House, body: bytes) -> None:
    assert house.post(body, **house.key("environment")).status == 422


def test_bulletin_needs_a_key_for_the_environment(house: House) -> None:
    assert house.post(cap(info())).status == 401
    assert house.post(cap(info()), **house.key("alert")).status == 403
    assert house.post(cap(info()), Cookie=cookie(house.conn, "op", ["operator"], NOW)).status == 401


def test_other_content_and_other_methods_are_refused(house: House) -> None:
    key = house.key("environment")
    assert house.post(cap(info()), "application/json", **key).status == 415
    assert house.post(b" " * (MAX_BODY + 1), **key).status == 413
    assert house.get(POST, **key).headers["allow"] == "POST"


def test_broker_that_is_away_asks_to_send_again(house: House) -> None:
    house.broker.away = True
    answer = house.post(cap(info()), **house.key("environment"))
    assert (answer.status, "retry-after" in answer.headers) == (503, True)


def test_simulated_mark_of_an_alert_is_in_the_feed(alerted: House) -> None:
    body = alerted.get(FEED, **alerted.key("alert")).body.decode()
    assert "[mô phỏng]" in body
    assert "Exercise" in body
