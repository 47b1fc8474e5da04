"""A reporter's contact over HTTP: who gets which answer, and that the line stands before the value leaves."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from ioc.api.ask import Database
from ioc.api.contacts import BODY_LIMIT, add_contacts
from ioc.audit.ledger import lines
from ioc.db.connect import Connection
from ioc.people.principal import Principal
from ioc.people.seals import Seals
from tests.integration.contacts_desk import NEW, ONE, PERSON, SEALS, clock, kept, ledger, person, submitted
from tests.integration.web_server import ask, eventually, serving

SHOWN = "/api/contacts/report/PA-1"
SEEN = f"{SHOWN}/reveal"
JSON: dict[str, Any] = {"Content-Type": "application/json"}
WHY = '{"reason": "gọi lại"}'.encode()


@contextmanager
def desk(dsn: str, who: Principal | None, seals: Seals = SEALS) -> Iterator[str]:
    """A web process in which everybody is `who`."""
    server, database = FastAPI(), Database(dsn)
    add_contacts(server, database, lambda: seals, clock())

    async def signed_in(scope: Any, receive: Any, send: Any) -> None:
        await server(scope | ({"ioc.principal": who} if who else {}), receive, send)

    database.open()
    try:
        with serving(signed_in) as base:
            yield base
    finally:
        database.close()


def test_contact_is_masked_until_it_is_asked_for_with_a_reason(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    with desk(dsn, person()) as base:
        shown = ask(base, SHOWN)
        seen = ask(base, SEEN, method="POST", body=WHY, **JSON)
    assert (shown.status, shown.json["telephone"], shown.headers["cache-control"]) == (200, "09•• ••• 123", "no-store")
    assert (seen.status, seen.json, seen.headers["cache-control"]) == (200, PERSON, "no-store")
    line = lines(conn, limit=1)[0]
    assert (line.action, line.actor, line.reason, line.address) == ("contact.seen", "person:12", "gọi lại", "127.0.0.1")


@pytest.mark.parametrize(("who", "status"), [
    (None, 403), (person("auditor"), 403), (person("focal_point", units=frozenset({"U1"})), 403), (person(units=frozenset({"U2"})), 404),
])
def test_contact_is_not_for_others(dsn: str, conn: Connection, who: Principal | None, status: int) -> None:
    submitted(dsn, ONE)
    kept(conn)
    with desk(dsn, who) as base:
        answer = ask(base, SEEN, method="POST", body=WHY, **JSON)
    assert answer.status == status
    assert "error" in answer.json
    assert ledger(conn, "contact.seen") == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"reason": ""}', b'{"reason": " "}', b'{"reason": 1}', b'{"reason": "x", "as": "y"}', b"\xff",
                                  b'{"reason": "' + b"x" * BODY_LIMIT + b'"}'])
def test_look_without_a_reason_is_refused(dsn: str, conn: Connection, body: bytes) -> None:
    submitted(dsn, ONE)
    kept(conn)
    with desk(dsn, person()) as base:
        assert ask(base, SEEN, method="POST", body=body, **JSON).status == 400
    assert ledger(conn, "contact.seen") == []


def test_line_stands_also_when_the_answer_reaches_nobody(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    with desk(dsn, person()) as base:
        with socket.create_connection((urlsplit(base).hostname, urlsplit(base).port)) as gone:
            gone.sendall(f"POST {SEEN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(WHY)}\r\n\r\n".encode() + WHY)
        assert eventually(lambda: ledger(conn, "contact.seen"))


def test_wrong_key_shows_nothing_and_says_why(dsn: str, conn: Connection) -> None:
    submitted(dsn, ONE)
    kept(conn)
    with desk(dsn, person(), Seals([NEW])) as base:
        answer = ask(base, SEEN, method="POST", body=WHY, **JSON)
    assert (answer.status, ledger(conn, "contact.seen")) == (500, [])
    assert "put the old key back at its end; nothing was shown" in answer.json["error"]


def test_subject_with_a_slash_or_a_colon_is_found(dsn: str, conn: Connection) -> None:
    odd = ONE._replace(id="chicago:a/b")
    submitted(dsn, odd)
    kept(conn, odd)
    with desk(dsn, person()) as base:
        assert ask(base, "/api/contacts/report/chicago%3Aa%2Fb/reveal", method="POST", body=WHY, **JSON).json == PERSON
        assert ask(base, "/api/contacts/report/chicago:a/b").json["name"] == "N. V. Ổ."


def test_subject_that_is_not_there_has_nothing_masked(dsn: str) -> None:
    with desk(dsn, person()) as base:
        assert (ask(base, SHOWN).json, ask(base, SEEN, method="POST", body=WHY, **JSON).status) == ({}, 404)
