"""What the rules say of a report over HTTP: its urgency, its agency, its likely duplicates; and who is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI

from ioc.api.answers import add_answers
from ioc.api.ask import Database
from ioc.api.desk import Desk
from ioc.api.identity import Identities
from ioc.api.weighed import PREFIX, add_weighed, scales
from ioc.clock import FrozenClock
from ioc.db.connect import Connection
from ioc.people.principal import Grant, Principal
from ioc.people.seals import Seals
from ioc.profiles import load_profile
from ioc.reports.filing import Door, Filing, file
from tests.integration.cast import NAME
from tests.integration.decisions_desk import LEAD, OPERATOR, decided, decision, owed_is_read, person
from tests.integration.streams_db import rows, sunk
from tests.integration.streams_wire import NOW, event
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL

PROFILE = load_profile(FICTIONAL)
SEALS = Seals([b"k" * 32])
LAT, LON = -20.1742, 85.1456
HOLE = Filing(category="TR-ROAD", channel="web", text="Ổ gà sâu, hôm qua có người té xe", actor="form", key="click-0001", lon_deg=LON, lat_deg=LAT,
              address="12 Trăng Lên")
FAR = 0.03


def filed(dsn: str, conn: Connection, *filings: Filing, hours: float = 0) -> list[str]:
    """Codes of reports that came so many hours before NOW, through Kafka and the sink."""
    door = Door(clock=FrozenClock(NOW - timedelta(hours=hours)), seals=SEALS, source="/vn/99/ioc/intake")
    known = len(rows(conn, "select from report_filing"))
    codes = [file(conn, replace(filing, key=f"click-{known + n:04}"), door).subject for n, filing in enumerate(filings)]
    owed_is_read(dsn, conn)
    conn.execute("delete from outbox")
    return codes


@contextmanager
def served(dsn: str, who: Principal | None) -> Iterator[str]:
    """A web process in which everybody is `who`."""
    server, database, clock = FastAPI(), Database(dsn), FrozenClock(NOW)
    add_answers(server)
    desk = Desk(database=database, clock=clock, profile=PROFILE, identities=Identities(database, clock, timedelta(minutes=30)), cookies=NAME,
                seals=lambda: SEALS)
    add_weighed(server, desk, scales(PROFILE))

    async def signed_in(scope: Any, receive: Any, send: Any) -> None:
        await server(scope | ({"ioc.principal": who} if who else {}), receive, send)

    database.open()
    try:
        with serving(signed_in) as base:
            yield base
    finally:
        database.close()


def weighed(dsn: str, subject: str, who: Principal = OPERATOR) -> Answer:
    with served(dsn, who) as base:
        return ask(base, f"{PREFIX}{quote(subject, safe='')}/weighed.json")


def suggested(dsn: str, subject: str, who: Principal = OPERATOR) -> list[str]:
    return [one["subject"] for one in weighed(dsn, subject, who).json["duplicates"]]


def test_same_hole_told_again_is_suggested_with_its_reasons(dsn: str, conn: Connection) -> None:
    again = replace(HOLE, text="o ga sau lam, nguoi ta te xe hom qua", lat_deg=LAT + 0.0003, address="trang len")
    other = replace(HOLE, category="EN-NOISE", text="Karaoke ồn suốt đêm", lat_deg=LAT + 0.003, address="")
    first, second, _ = filed(dsn, conn, HOLE, again, other)
    answer = weighed(dsn, second)
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    (found,) = answer.json["duplicates"]
    assert (found["subject"], found["state"], found["distance_m"]) == (first, "submitted", 33)
    assert 0.2 <= found["score"] <= 1
    assert {"cách 33 m", "cách nhau 0 phút", "cùng đường"} <= set(found["reasons"])
    assert any("từ giống nhau" in reason for reason in found["reasons"])


def test_report_without_a_place_is_found_by_its_words(dsn: str, conn: Connection) -> None:
    nowhere = replace(HOLE, lon_deg=None, lat_deg=None, text="hôm qua có người té xe vì ổ gà sâu trước tiệm")
    usual = [replace(HOLE, text=f"Đèn đường tắt mấy đêm {n}", lat_deg=LAT + FAR + n * 0.01, address="", category="TR-LIGHT") for n in range(9)]
    first, second, *_ = filed(dsn, conn, HOLE, nowhere, *usual)
    (found,) = weighed(dsn, second).json["duplicates"]
    assert (found["subject"], found["distance_m"]) == (first, None)
    assert suggested(dsn, first) == [second]


def test_rejected_and_other_jurisdictions_are_never_suggested(dsn: str, conn: Connection) -> None:
    first, second, _ = filed(dsn, conn, HOLE, HOLE, replace(HOLE, jurisdiction="chicago"))
    assert suggested(dsn, second) == [first]
    decided(conn, decision("rejected", subject=first, reason="đùa", reason_code="spam"))
    assert suggested(dsn, second) == []
    assert suggested(dsn, first) == [second]


def test_what_is_merged_leads_to_the_report_it_went_into_and_never_to_itself(dsn: str, conn: Connection) -> None:
    first, second, third = filed(dsn, conn, HOLE, HOLE, HOLE)
    decided(conn, decision("merged", subject=second, reason="cùng một chỗ", parent_id=first))
    assert suggested(dsn, third) == [first]
    assert suggested(dsn, first) == [third]
    assert suggested(dsn, second) == [third]


def test_at_most_five_are_suggested_and_none_of_last_month(dsn: str, conn: Connection) -> None:
    old = filed(dsn, conn, HOLE, hours=24 * 30)[0]
    *_, last = filed(dsn, conn, *[HOLE] * 8)
    found = suggested(dsn, last)
    assert len(found) == 5
    assert old not in found


def test_suggestions_end_where_the_persons_reach_ends(dsn: str, conn: Connection) -> None:
    first, second = filed(dsn, conn, HOLE, replace(HOLE, category="EM-HOLE"))
    roads = person(Grant(role="operator", fields=frozenset({"EM-HOLE"})))
    assert suggested(dsn, second) == [first]
    assert suggested(dsn, second, roads) == []
    assert weighed(dsn, first, roads).status == 404


@pytest.mark.parametrize(("who", "status"), [(person("auditor"), 403), (person(Grant(role="focal_point", agencies=frozenset({"X"}))), 403)])
def test_rules_are_told_to_those_who_decide(dsn: str, conn: Connection, who: Principal, status: int) -> None:
    (first,) = filed(dsn, conn, HOLE)
    assert weighed(dsn, first, who).status == status
    assert weighed(dsn, "PA-NONE").status == 404


def test_urgency_rises_with_merged_reports_and_words_of_danger_until_a_person_chooses(dsn: str, conn: Connection) -> None:
    first, *others = filed(dsn, conn, replace(HOLE, text="Hố sâu, nước đọng, sợ dien giat", lat_deg=LAT + FAR), *[HOLE] * 5)
    assert weighed(dsn, first).json["priority"]["value"] == 2
    for other in others:
        decided(conn, decision("merged", subject=other, reason="cùng một chỗ", parent_id=first))
    found = weighed(dsn, first).json["priority"]
    assert (found["value"], found["is_rule"]) == (1, True)
    assert "5 phản ánh đã gộp vào" in found["reasons"]
    decided(conn, decision("verified", subject=first, priority=4), LEAD)
    assert weighed(dsn, first).json["priority"] | {"reasons": []} == {"value": 4, "is_rule": False, "reasons": []}


def test_school_near_by_makes_it_more_urgent(dsn: str, conn: Connection) -> None:
    near, far = filed(dsn, conn, replace(HOLE, lat_deg=-20.1701, lon_deg=85.147), replace(HOLE, lat_deg=LAT + FAR))
    found = weighed(dsn, near).json["priority"]
    assert (found["value"], found["reasons"][1]) == (2, "cách Trường Tiểu học Sao Khuê 11 m")
    assert weighed(dsn, far).json["priority"]["value"] == 3


def test_agencies_follow_the_unit_of_the_report_and_none_are_told_for_elsewhere(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("report", "submitted", subject="PA-1", category="TR-ROAD", unit_code="99004"),
               event("report", "submitted", subject="x:1", category="TR-ROAD", unit_code="99004", jurisdiction="x")])
    found = weighed(dsn, "PA-1").json["routing"]
    assert [one["org"] for one in found] == ["X99.05", "X99.9004"]
    assert all(one["name"] and one["why"] for one in found)
    assert weighed(dsn, "x:1").json["routing"] == []
