"""Decisions over HTTP: who asks is the guard's word, and every refusal is one sentence."""

from collections.abc import Iterator

import orjson
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from ioc.api.ask import Database
from ioc.api.decisions import add_decisions
from ioc.db.connect import Connection
from ioc.people.principal import Grant
from tests.integration.decisions_desk import OFFICE, OPERATOR, person, report
from tests.integration.streams_db import one, rows
from tests.integration.web_server import Answer, ask, serving

PEOPLE = {"operator": OPERATOR, "elsewhere": person(Grant(role="focal_point", agencies=frozenset({"SXD"}))), "presenter": person("presenter")}


class Door:
    """Stands where the guard stands: who asks is named in a header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["ioc.principal"] = PEOPLE.get(dict(scope["headers"]).get(b"x-test", b"").decode())
        await self._app(scope, receive, send)


@pytest.fixture
def base(dsn: str) -> Iterator[str]:
    database, server = Database(dsn), FastAPI()
    add_decisions(server, database, OFFICE)
    database.open()
    with serving(Door(server)) as address:
        yield address
    database.close()


def post(base: str, body: object, *, who: str = "operator", key: str = "key-000001", path: str = "report/PA-1") -> Answer:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    headers = {"x-test": who, "content-type": "application/json"} | ({"idempotency-key": key} if key else {})
    return ask(base, f"/api/decisions/{path}", method="POST", body=raw, **headers)


def test_decision_is_answered_with_the_new_state_and_again_the_same(base: str, dsn: str) -> None:
    report(dsn)
    first = post(base, {"fact": "verified", "version": 1, "data": {"priority": 2}})
    assert (first.status, first.json["state"], first.json["version"]) == (200, "verified", 2)
    assert post(base, {"fact": "verified", "version": 1, "data": {"priority": 2}}, key='"key-000001"').json == first.json


def test_second_person_gets_what_changed(base: str, dsn: str) -> None:
    report(dsn)
    post(base, {"fact": "verified", "version": 1})
    found = post(base, {"fact": "rejected", "version": 1, "reason": "a joke"}, key="key-000002")
    assert (found.status, found.json["state"], found.json["version"]) == (409, "verified", 2)
    assert [(c["fact"], c["by"]) for c in found.json["changes"]] == [("verified", "Person 12")]


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("presenter", 403), ("nobody", 401)])
def test_who_may_not_is_told_so_in_one_sentence(base: str, dsn: str, conn: Connection, who: str, status: int) -> None:
    report(dsn, "verified", "assigned", to_org="STC")
    found = post(base, {"fact": "accepted", "version": 1}, who=who)
    assert (found.status, list(found.json)) == (status, ["error"])
    assert one(conn, "select count(*) from decision_key") == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"fact": "verified"}', b'{"fact": "verified", "version": "1"}', b'{"fact": "\xff", "version": 1}',
                                  b'{"fact": "verified", "version": 1, "who": "me"}', b'{"fact": "verified", "version": 1, "data": {"org_code": "X"}}',
                                  b'{"fact": "verified", "version": 1, "reason": "\\u0000"}', b"[" * 60_000,
                                  b'{"fact": "verified", "version": 99999999999999999999}'])
def test_body_that_is_no_decision_is_refused(base: str, dsn: str, conn: Connection, body: bytes) -> None:
    report(dsn)
    assert post(base, body).status == 400
    assert rows(conn, "select version from report_state") == [(1,)]


def test_click_without_a_key_is_refused(base: str, dsn: str) -> None:
    report(dsn)
    assert "Idempotency-Key" in post(base, {"fact": "verified", "version": 1}, key="").json["error"]


def test_body_too_large_is_refused(base: str) -> None:
    assert post(base, b"x" * 70_000).status == 413


def test_subject_may_hold_any_sign(base: str, dsn: str) -> None:
    report(dsn, subject="M1/a đ")
    assert post(base, {"fact": "verified", "version": 1}, path="report/M1%2Fa%20%C4%91").status == 200
    assert post(base, {"fact": "verified", "version": 1}, path="report/%00", key="key-000009").status == 400
