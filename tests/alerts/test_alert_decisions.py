"""Decisions about alerts: each act, what it leaves behind, who may, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ioc.audit.ledger import lines
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.decisions import decide as deciding
from ioc.decisions.acts import RESOLVED_BY, SUPPRESSED_FOR
from ioc.decisions.decision import Decided
from ioc.decisions.verdicts import ConflictError, KeyUsedError, NotPermittedError
from ioc.errors import ForbiddenError, InputError, NotFoundError, UnavailableError
from ioc.people.principal import Grant, Principal
from tests.alerts.alert_desk import bring, raising, told
from tests.integration.decisions_desk import LEAD, OFFICE, OPERATOR, decided, decision, person
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import NOW

HOUR = timedelta(hours=1)
BEFORE = NOW - HOUR
UNTIL = (NOW + HOUR).isoformat()
SILENT: dict[str, Any] = {"reason_code": "known_fault", "until_at": UNTIL, "reason": "line is cut"}
COMMAND = person(Grant(role="incident_command", units=frozenset({"99004"})), number="14")


def act(conn: Connection, fact: str, version: int, who: Principal = OPERATOR, **data: Any) -> Decided:
    return decided(conn, decision(fact, version, stream="alert", subject="A-1", **data), who)


def history(conn: Connection) -> list[str]:
    return [state for (state,) in rows(conn, "select state from alert_history where subject = 'A-1' and known_to = 'infinity' order by from_at")]


def test_acknowledged_alert_has_who_and_when(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    assert act(conn, "acknowledged", 1).state == "acknowledged"
    assert rows(conn, "select state, version, acknowledged_at, ack_s, acted, severity from alert_state") == [("acknowledged", 2, NOW, 3600, True, 3)]
    assert rows(conn, "select actor_role, unit_code, org_code from alert_event where type like '%%.acknowledged.%%'") == [("operator", "99001", "X99.9001")]
    assert history(conn) == ["raised", "acknowledged"]
    (line,) = lines(conn, limit=1)
    assert (line.actor, line.action, line.subject) == ("person:12", "alert.acknowledged", "alert:A-1")
    assert one(conn, "select target from outbox") == "ioc.alert"


def test_assigned_alert_has_an_owner(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    act(conn, "acknowledged", 1)
    assert act(conn, "assigned", 2, owner_org="X99.05", reason="road is theirs").state == "assigned"
    assert rows(conn, "select owner_org, assigned_at from alert_state") == [("X99.05", NOW + timedelta(microseconds=1))]
    assert one(conn, "select note from alert_event where type like '%%.assigned.%%'") == "road is theirs"


def test_suppressed_alert_keeps_reason_and_end_and_comes_back_anew(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    assert act(conn, "suppressed", 1, **SILENT).state == "suppressed"
    assert rows(conn, "select until_at, reason_code, note from alert_state") == [(NOW + HOUR, "known_fault", "line is cut")]
    assert act(conn, "unsuppressed", 2).state == "raised"
    assert one(conn, "select until_at from alert_state") is None


def test_resolved_alert_is_closed_or_opened_again(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    assert act(conn, "resolved", 1, reason_code="fixed", reason="water is back").state == "resolved"
    assert rows(conn, "select resolve_s, resolved_alone, reason_code, note from alert_state") == [(3600, False, "fixed", "water is back")]
    assert act(conn, "reopened", 2, reason="it is off again").state == "raised"
    assert rows(conn, "select resolved_at, reopened_count from alert_state") == [(None, 1)]
    act(conn, "resolved", 3, reason_code="false_alarm")
    assert act(conn, "closed", 4).state == "closed"
    assert one(conn, "select sum(resolved) from alert_daily") == 1
    assert history(conn) == ["raised", "resolved", "raised", "resolved", "closed"]


@pytest.mark.parametrize(("facts", "fact", "data"), [
    ((), "assigned", {"owner_org": "X99.05"}),
    ((), "unsuppressed", {}),
    ((), "closed", {}),
    ((), "reopened", {"reason": "again"}),
    (("acknowledged",), "acknowledged", {}),
    (("resolved",), "acknowledged", {}),
    (("resolved",), "suppressed", SILENT),
    (("resolved", "closed"), "reopened", {"reason": "again"}),
])
def test_act_that_cannot_follow_is_refused_and_leaves_nothing(dsn: str, conn: Connection, facts: tuple[str, ...], fact: str, data: dict[str, Any]) -> None:
    bring(dsn, [raising(at=BEFORE), *(told(f, BEFORE + n * timedelta(minutes=1), actor_role="operator") for n, f in enumerate(facts, 1))])
    before = rows(conn, "select state, version from alert_state")
    with pytest.raises(NotPermittedError, match="cannot follow"):
        act(conn, fact, 1, **data)
    assert rows(conn, "select state, version from alert_state") == before
    assert one(conn, "select count(*) from decision_key") == 0


@pytest.mark.parametrize(("fact", "data", "text"), [
    ("suppressed", {**SILENT, "reason": " "}, "needs a reason"),
    ("suppressed", {**SILENT, "reason_code": "tired"}, "planned_work, known_fault, duplicate, test, other"),
    ("suppressed", {**SILENT, "reason_code": None}, "'reason_code' says which it is"),
    ("suppressed", {**SILENT, "until_at": NOW.isoformat()}, "must lie ahead"),
    ("suppressed", {**SILENT, "until_at": (NOW + 7 * 24 * HOUR + timedelta(seconds=1)).isoformat()}, "by 7 days at most"),
    ("suppressed", {**SILENT, "until_at": "2026-11-21T20:00:00"}, "with its zone"),
    ("suppressed", {**SILENT, "until_at": "tomorrow"}, "with its zone"),
    ("suppressed", {**SILENT, "until_at": 5}, "with its zone"),
    ("suppressed", {"reason_code": "test", "reason": "a test"}, "with its zone"),
    ("resolved", {"reason": "done"}, "fixed, false_alarm, handed_over, other"),
    ("resolved", {"reason_code": "fixed", "severity": 1}, "'severity' is not told"),
    ("raised", {}, "only its source tells that"),
    ("worsened", {}, "only its source tells that"),
    ("escalated", {}, "only its source tells that"),
])
def test_act_that_makes_no_sense_says_why(dsn: str, conn: Connection, fact: str, data: dict[str, Any], text: str) -> None:
    bring(dsn, [raising(at=BEFORE)])
    with pytest.raises(InputError) as found:
        act(conn, fact, 1, **data)
    assert text in str(found.value)
    assert rows(conn, "select state, version from alert_state") == [("raised", 1)]


@pytest.mark.parametrize("code", SUPPRESSED_FOR)
def test_seven_days_are_not_too_long(dsn: str, conn: Connection, code: str) -> None:
    bring(dsn, [raising(at=BEFORE)])
    assert act(conn, "suppressed", 1, reason_code=code, until_at=(NOW + 7 * 24 * HOUR).isoformat(), reason="works").state == "suppressed"


@pytest.mark.parametrize("code", RESOLVED_BY)
def test_every_code_resolves(dsn: str, conn: Connection, code: str) -> None:
    bring(dsn, [raising(at=BEFORE)])
    assert act(conn, "resolved", 1, reason_code=code).state == "resolved"


@pytest.mark.parametrize(("fact", "data"), [("suppressed", SILENT), ("resolved", {"reason_code": "fixed"})])
def test_grave_alert_is_silenced_by_a_lead_alone(dsn: str, conn: Connection, fact: str, data: dict[str, Any]) -> None:
    bring(dsn, [raising(at=BEFORE, severity=4)])
    with pytest.raises(ForbiddenError, match="alerts_close_4"):
        act(conn, fact, 1, **data)
    assert act(conn, fact, 1, LEAD, **data).state == fact
    assert one(conn, f"select actor_role from alert_event where type like '%%.{fact}.%%'") == "shift_lead"


def test_grave_alert_is_closed_by_a_lead_alone(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE, severity=4), told("resolved", BEFORE + timedelta(minutes=1))])
    with pytest.raises(ForbiddenError, match="alerts_close_4"):
        act(conn, "closed", 1)
    assert act(conn, "closed", 1, LEAD).state == "closed"


def test_alert_that_worsened_meanwhile_is_grave_when_it_is_decided(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    bring(dsn, [told("worsened", NOW - timedelta(minutes=1), severity=4, value=9.0)], NOW)
    with pytest.raises(ConflictError) as found:
        act(conn, "resolved", 1, reason_code="fixed")
    assert [c.fact for c in found.value.changes] == ["worsened"]
    with pytest.raises(ForbiddenError):
        act(conn, "resolved", 2, reason_code="fixed")
    assert act(conn, "acknowledged", 2).state == "acknowledged"


def test_lead_of_one_place_does_not_silence_a_grave_alert_of_another(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE, severity=4)])
    both = person("operator", Grant(role="shift_lead", units=frozenset({"99004"})))
    with pytest.raises(ForbiddenError):
        act(conn, "resolved", 1, both, reason_code="fixed")


@pytest.mark.parametrize("who", [person("leader"), person("administrator"), person("focal_point"), Principal(kind="screen", id="3", name="wall")])
def test_act_without_the_permission_is_refused(dsn: str, conn: Connection, who: Principal) -> None:
    bring(dsn, [raising(at=BEFORE)])
    with pytest.raises(ForbiddenError, match="alerts_act"):
        act(conn, "acknowledged", 1, who)


def test_alert_out_of_reach_is_as_if_it_were_not_there(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    with pytest.raises(NotFoundError, match="there is no alert A-1"):
        act(conn, "acknowledged", 1, COMMAND)


def test_reach_goes_by_whom_the_alert_was_given_to(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    mine, theirs = (person(Grant(role="incident_command", agencies=frozenset({code}))) for code in ("X99.9001", "X99.05"))
    act(conn, "acknowledged", 1, mine)
    act(conn, "assigned", 2, owner_org="X99.05")
    with pytest.raises(NotFoundError):
        act(conn, "resolved", 3, mine, reason_code="fixed")
    assert act(conn, "resolved", 3, theirs, reason_code="fixed").state == "resolved"


def test_second_person_is_told_who_was_faster(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    act(conn, "acknowledged", 1, LEAD)
    with pytest.raises(ConflictError) as found:
        act(conn, "resolved", 1, reason_code="fixed")
    assert [(c.fact, c.by) for c in found.value.changes] == [("acknowledged", "Person 13")]


def test_same_click_counts_once_even_after_the_moment_it_names(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    made = decision("suppressed", 1, stream="alert", subject="A-1", key="click-0001", **SILENT)
    first = decided(conn, made)
    assert decided(conn, made, office=replace(OFFICE, clock=FrozenClock(NOW + 2 * HOUR))) == first
    assert one(conn, "select count(*) from alert_event") == 2
    with pytest.raises(KeyUsedError):
        act(conn, "acknowledged", 1, key="click-0001")


def test_alert_is_not_opened_again_beside_another_of_the_same(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE, dedup_key="K"), raising("A-2", NOW - timedelta(minutes=5), dedup_key="K")])
    bring(dsn, [told("resolved", NOW - timedelta(minutes=9), actor_role="operator", reason_code="fixed")])
    version = one(conn, "select version from alert_state where subject = 'A-1'")
    with pytest.raises(NotPermittedError, match="alert A-2 stands for the same already"):
        act(conn, "reopened", version, reason="again")
    conn.execute("delete from alert_state where subject = 'A-2'")
    assert act(conn, "reopened", version, reason="again").state == "raised"


def test_decision_waits_for_who_judges_the_rule(dsn: str, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "PATIENCE", "200ms")
    bring(dsn, [raising(at=BEFORE)])
    conn.execute("insert into alert_rule (rule_id) values ('OS-01')")
    with connect(dsn, application="engine") as engine:
        engine.execute("select 1 from alert_rule where rule_id = 'OS-01' for update")
        with pytest.raises(UnavailableError, match="try again"):
            act(conn, "acknowledged", 1)
    assert act(conn, "acknowledged", 1).state == "acknowledged"


def test_numbers_of_persons_in_the_words_reach_neither_event_nor_state(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising(at=BEFORE)])
    act(conn, "suppressed", 1, **{**SILENT, "reason": "asked 0912 345 678"})
    assert rows(conn, "select note from alert_state") == [("asked ***",)]
    assert "345" not in one(conn, "select string_agg(content, '') from audit_line")
