"""The console of alerts over HTTP: who sees which alert, what stands behind it for whom, and lists that are not sent twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from ioc.api.app import create_app
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.people import sessions
from ioc.people.accounts import By, add_person
from ioc.people.principal import Grant
from ioc.settings import Settings
from tests.alerts.alert_desk import bring, raising, told
from tests.integration.cast import NAME, PASSWORD
from tests.integration.streams_db import one, rows
from tests.integration.web_server import Answer, ask, serving
from tests.profiles import FICTIONAL

CLOCK = SystemClock()
HERE = frozenset({"99001"})


class House(NamedTuple):
    """A served web process on a database."""

    base: str
    conn: Connection
    dsn: str

    def get(self, path: str, who: str, **headers: str) -> Answer:
        return ask(self.base, path, method="GET", body=None, Cookie=who, **headers)

    def alerts(self, who: str, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/api/alerts.json{query}", who).json["alerts"]
        return found

    def post(self, subject: str, body: bytes, who: str, key: str = "click-0001") -> Answer:
        headers = {"content-type": "application/json", "idempotency-key": key}
        return ask(self.base, f"/api/decisions/{subject}", method="POST", body=body, Cookie=who, **headers)


@pytest.fixture
def house(dsn: str) -> Iterator[House]:
    app = create_app(Settings(database=dsn, profile=FICTIONAL), CLOCK)
    with connect(dsn, application="test", autocommit=True) as conn, serving(app) as base:
        yield House(base, conn, dsn)


def ago(**span: float) -> datetime:
    return CLOCK.now() - timedelta(**span)


def signed_in(house: House, login: str, *grants: Grant | str) -> str:
    """Cookie of a person with these roles."""
    by = By(actor="system:test", at=CLOCK.now())
    given = [Grant(role=g) if isinstance(g, str) else g for g in grants]
    person = add_person(house.conn, login, login.title(), given, by, password=PASSWORD)[0]
    return f"{NAME.name('session')}={sessions.begin(house.conn, person, by)}"


def raised(house: House, subject: str = "A-1", **data: Any) -> None:
    bring(house.dsn, [raising(subject, ago(minutes=30), **data)], ago(minutes=29))


def test_list_has_the_line_of_an_alert(house: House) -> None:
    raised(house)
    who = signed_in(house, "op", "operator")
    (line,) = house.alerts(who)
    assert {name: line[name] for name in ("id", "version", "state", "severity", "rule", "cases", "mine", "live", "hand")} == {
        "id": "A-1", "version": 1, "state": "raised", "severity": 3, "rule": "OS-01", "cases": 12, "mine": False, "live": False, "hand": ""}
    assert line["place"] == "Phường Hải Đăng Mới"
    assert "phuong hai dang moi" in line["key"]


def test_list_that_says_the_same_is_not_sent_again(house: House) -> None:
    raised(house)
    who = signed_in(house, "op", "operator")
    tag = house.get("/api/alerts.json", who).headers["etag"]
    again = house.get("/api/alerts.json", who, **{"If-None-Match": tag})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert float(again.headers["ioc-now"]) == pytest.approx(CLOCK.now().timestamp(), abs=5)
    raised(house, "A-2")
    assert house.get("/api/alerts.json", who, **{"If-None-Match": tag}).status == 200


def test_tag_of_one_person_is_not_anothers(house: House) -> None:
    raised(house)
    tag = house.get("/api/alerts.json", signed_in(house, "op", "operator")).headers["etag"]
    assert house.get("/api/alerts.json", signed_in(house, "lead", "shift_lead"), **{"If-None-Match": tag}).status == 200


def test_condition_that_is_found_again_changes_no_line(house: House) -> None:
    raised(house)
    house.conn.execute("insert into alert_condition (rule_id, dedup_subject, unit_code, org_code, level, alert_id, seen_at) "
                       "values ('OS-01', '99001', '99001', '', 3, 'A-1', now())")
    who = signed_in(house, "op", "operator")
    found = house.get("/api/alerts.json", who)
    house.conn.execute("update alert_condition set seen_at = now() + interval '10 s'")
    assert house.get("/api/alerts.json", who, **{"If-None-Match": found.headers["etag"]}).status == 304
    assert found.json["alerts"][0]["live"] is True


def test_person_of_one_place_sees_its_alerts_alone(house: House) -> None:
    raised(house)
    raised(house, "A-2", unit_code="99004", org_code="X99.9004")
    who = signed_in(house, "command", Grant(role="incident_command", units=HERE))
    assert [line["id"] for line in house.alerts(who)] == ["A-1"]
    assert house.get("/api/alert.json?id=A-2", who).status == house.get("/api/alert/behind.json?id=A-2", who).status == 404
    assert house.get("/api/alert.json?id=A-1", who).status == 200


def test_list_says_who_has_taken_an_alert(house: House) -> None:
    raised(house)
    mine, other = signed_in(house, "op", "operator"), signed_in(house, "lead", "shift_lead")
    assert house.post("alert/A-1", b'{"fact": "acknowledged", "version": 1}', mine).status == 200
    assert [(line["hand"], line["mine"]) for who in (mine, other) for line in house.alerts(who)] == [("Op", True), ("Op", False)]


def test_second_person_is_told_who_was_faster(house: House) -> None:
    raised(house)
    mine, other = signed_in(house, "op", "operator"), signed_in(house, "lead", "shift_lead")
    house.post("alert/A-1", b'{"fact": "acknowledged", "version": 1}', mine)
    found = house.post("alert/A-1", b'{"fact": "resolved", "version": 1, "data": {"reason_code": "fixed"}}', other)
    assert (found.status, found.json["version"], [(c["fact"], c["by"]) for c in found.json["changes"]]) == (409, 2, [("acknowledged", "Op")])


def test_details_tell_what_became_of_an_alert(house: House) -> None:
    raised(house, severity=3)
    who = signed_in(house, "op", "operator")
    house.post("alert/A-1", b'{"fact": "resolved", "version": 1, "data": {"reason_code": "fixed"}, "reason": "water is back"}', who)
    found = house.get("/api/alert.json?id=A-1", who).json
    assert [(e["fact"], e["by"], e["role"], e["reason"], e["note"]) for e in found["events"]] == [
        ("raised", "", "", "", ""), ("resolved", "Op", "Trực ban, điều phối viên", "fixed", "water is back")]
    assert found["cap"] == "/cap/alerts/A-1/1.xml"
    assert found["levels"][0]["text"].startswith("từ ")


def test_slight_alert_has_no_cap_message(house: House) -> None:
    raised(house, severity=2)
    assert house.get("/api/alert.json?id=A-1", signed_in(house, "op", "operator")).json["cap"] == ""


def test_resolved_alert_is_listed_while_it_can_be_opened_again(house: House) -> None:
    raised(house)
    raised(house, "A-2")
    bring(house.dsn, [told("resolved", ago(minutes=5)), told("resolved", ago(minutes=4), "A-2"), told("closed", ago(minutes=3), "A-2")], ago(minutes=3))
    who = signed_in(house, "op", "operator")
    assert (house.alerts(who), [line["id"] for line in house.alerts(who, "?ended=1")]) == ([], ["A-1"])


def test_rule_that_is_unknown_is_named_by_its_number(house: House) -> None:
    raised(house, rule_id="XX-99")
    who = signed_in(house, "op", "operator")
    (line,) = house.alerts(who)
    assert (line["title"], line["panel"]) == ("XX-99", "")
    assert house.get("/api/alert/behind.json?id=A-1", who).json == {"state": "off", "n": None, "items": None}


def test_page_shows_no_acts_to_who_may_not_act(house: House) -> None:
    reader, actor = signed_in(house, "boss", "leader"), signed_in(house, "op", "operator")
    pages = [house.get("/console/alerts", who).body.decode() for who in (reader, actor)]
    assert ['id="suppressed"' in page for page in pages] == [False, True]
    assert ['id="task"' in page for page in pages] == [True, False]


def test_rules_page_tells_how_each_rule_stands(house: House) -> None:
    house.conn.execute("insert into alert_rule (rule_id, evaluated_at, state, note, took_ms, open_count) "
                       "values ('CR-01', now(), 'held', 'source is silent', 12.4, 7)")
    page = house.get("/console/alerts/rules", signed_in(house, "boss", "leader")).body.decode()
    assert "Tạm dừng: nguồn im lặng" in page
    assert "source is silent" in page
    assert "Chưa đánh giá lần nào" in page


def test_names_of_an_alert_are_data_in_a_page(house: House) -> None:
    raised(house, "A-<b>1")
    who = signed_in(house, "boss", "leader")
    found = house.get("/console/tasks/new?alert=A-%3Cb%3E1", who).body.decode()
    assert "A-&lt;b&gt;1" in found
    assert "A-<b>1" not in found
    assert one(house.conn, "select count(*) from task_state") == 0
    assert rows(house.conn, "select subject from alert_state") == [("A-<b>1",)]
