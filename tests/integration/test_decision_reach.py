"""Decisions: whose they are to make, and what they may say."""

from datetime import timedelta
from typing import Any

import pytest

from ioc.audit.ledger import lines
from ioc.db.connect import Connection
from ioc.decisions.verdicts import ConflictError, NotPermittedError
from ioc.errors import ForbiddenError, InputError, NotFoundError
from ioc.people.principal import Grant, Principal
from tests.integration.decisions_desk import (
    LEAD,
    OPERATOR,
    SOURCE,
    counted,
    decided,
    decision,
    person,
    report,
)
from tests.integration.streams_db import one, rows, sunk
from tests.integration.streams_wire import NOW, at, event

FOCAL = Grant(role="focal_point", agencies=frozenset({"STC"}))


@pytest.mark.parametrize("subject", ["PA-1", "PA-none"])
def test_report_out_of_reach_is_as_if_it_were_not_there(dsn: str, conn: Connection, subject: str) -> None:
    report(dsn, "verified", "assigned", to_org="SXD")
    before = counted(conn)
    with pytest.raises(NotFoundError) as found:
        decided(conn, decision("accepted", subject=subject), person(FOCAL))
    assert str(found.value).replace(subject, "X") == "there is no report X that you could decide about"
    assert counted(conn) == before


def test_agency_decides_about_what_was_assigned_to_it(dsn: str, conn: Connection) -> None:
    report(dsn, "verified", "assigned", to_org="STC")
    assert decided(conn, decision("accepted"), person(FOCAL)).state == "accepted"
    decided(conn, decision("returned", 2, reason="not ours"), person(FOCAL))
    decided(conn, decision("assigned", 3, to_org="SXD"))
    with pytest.raises(NotFoundError):
        decided(conn, decision("accepted", 4), person(FOCAL))


def test_imported_report_of_elsewhere_is_nobodys_to_decide(dsn: str, conn: Connection) -> None:
    report(dsn, jurisdiction="chicago")
    with pytest.raises(NotFoundError):
        decided(conn, decision("verified"))


@pytest.mark.parametrize(("fact", "data", "who"), [
    ("verified", {}, person("presenter", "leader", "administrator")),
    ("verified", {}, person(FOCAL)),
    ("accepted", {}, OPERATOR),
    ("extended", {"due_at": at(9000)}, OPERATOR),
    ("paused", {"approved": True}, person(FOCAL)),
    ("assigned", {"to_org": "STC", "due_at": at(9000)}, OPERATOR),
    ("verified", {}, Principal(kind="screen", id="3", name="wall")),
    ("verified", {}, person()),
])
def test_decision_without_the_permission_is_refused(dsn: str, conn: Connection, fact: str, data: dict[str, Any], who: Principal) -> None:
    report(dsn)
    before = counted(conn)
    with pytest.raises(ForbiddenError, match="permission"):
        decided(conn, decision(fact, reason="because", **data), who)
    assert counted(conn) == before


def test_pause_that_the_centre_approves_stops_the_clock(dsn: str, conn: Connection) -> None:
    report(dsn, "verified", "assigned", "accepted", to_org="STC")
    decided(conn, decision("paused", reason="waiting for parts"), person(FOCAL))
    assert one(conn, "select suspended_at from report_state") is None
    decided(conn, decision("in_progress", 2), person(FOCAL))
    decided(conn, decision("paused", 3, approved=True, reason="waiting for parts"), LEAD)
    assert one(conn, "select suspended_at from report_state") is not None


@pytest.mark.parametrize(("fact", "version", "data", "text"), [
    ("rejected", 1, {}, "needs a reason"),
    ("merged", 1, {"parent_id": "PA-2"}, "needs a reason"),
    ("submitted", 1, {}, "only its source tells that"),
    ("abolished", 1, {}, "there is no such fact"),
    ("verified", 1, {"unit_code": "U9"}, "'unit_code' is not told with 'verified'"),
    ("verified", 1, {"priority": 9}, "Expected `int` <= 4"),
    ("verified", 1, {"category": "a\0b"}, "NUL"),
    ("assigned", 1, {"to_org": "STC"}, "'assigned' cannot follow 'submitted'; what can: noted, needs_info, verified, rejected, merged, referred"),
    ("verified", -1, {}, "version"),
])
def test_decision_that_makes_no_sense_says_why(dsn: str, conn: Connection, fact: str, version: int, data: dict[str, Any], text: str) -> None:
    report(dsn)
    before = counted(conn)
    with pytest.raises(InputError) as found:
        decided(conn, decision(fact, version, **data))
    assert text in str(found.value)
    assert counted(conn) == before


def test_decision_comes_after_what_the_person_saw_though_a_source_is_ahead(dsn: str, conn: Connection) -> None:
    ahead = NOW + timedelta(minutes=40)
    sunk(dsn, [{**event("report", "submitted", subject="PA-1"), "time": ahead.isoformat()}])
    assert decided(conn, decision("verified")).state == "verified"
    assert rows(conn, "select occurred_at - %s from report_event where source = %s", ahead, SOURCE) == [(timedelta(microseconds=1),)]
    assert one(conn, "select count(*) from irregularity") == 0


@pytest.mark.parametrize(("kind", "simulated"), [("exercise", True), ("real", False)])
def test_decision_in_an_exercise_is_marked_so(dsn: str, conn: Connection, kind: str, simulated: bool) -> None:  # noqa: FBT001
    conn.execute("update database_mark set kind = %s", (kind,))
    report(dsn)
    decided(conn, decision("verified"))
    assert one(conn, "select simulated from report_event where source = %s", SOURCE) is simulated
    assert ("ce_simulated" in dict(one(conn, "select headers from outbox"))) is simulated


def test_numbers_of_persons_in_a_reason_reach_neither_ledger_nor_event(dsn: str, conn: Connection) -> None:
    report(dsn)
    decided(conn, decision("rejected", reason="  caller 0912 345 678 was rude "))
    assert one(conn, "select note from report_event where source = %s", SOURCE) == "caller *** was rude"
    assert lines(conn, limit=1)[0].reason == "caller *** was rude"
    assert "345 678" not in one(conn, "select string_agg(content, '') from audit_line")


def test_report_is_merged_with_another_and_never_with_itself_or_a_part(dsn: str, conn: Connection) -> None:
    for number in (1, 2, 3):
        report(dsn, subject=f"PA-{number}")
    for other in ("PA-1", "PA-none", "a\0"):
        with pytest.raises(NotPermittedError):
            decided(conn, decision("merged", parent_id=other, reason="the same hole"))
    assert decided(conn, decision("merged", parent_id="PA-2", reason="the same hole")).state == "merged"
    with pytest.raises(NotPermittedError):
        decided(conn, decision("merged", subject="PA-2", parent_id="PA-1", reason="the same hole"))


def test_leader_gives_a_task_that_is_not_there_yet(dsn: str, conn: Connection) -> None:
    given: dict[str, Any] = {"stream": "task", "subject": "NV-1", "owner_org": "STC", "org_code": "VP", "unit_code": "U1", "unit_valid_on": "2026-07-01"}
    assert decided(conn, decision("assigned", 0, **given), person("leader")).version == 1
    assert rows(conn, "select state, owner_org, unit_code from task_state") == [("assigned", "STC", "U1")]
    with pytest.raises(ConflictError):
        decided(conn, decision("assigned", 0, **given), person("leader"))
    assert decided(conn, decision("reported", 1, stream="task", subject="NV-1", progress_pct=40), person(FOCAL)).state == "in_progress"


def test_task_is_given_only_within_reach(dsn: str, conn: Connection) -> None:
    given: dict[str, Any] = {"stream": "task", "subject": "NV-1", "owner_org": "STC", "org_code": "VP", "unit_code": "U1", "unit_valid_on": "2026-07-01"}
    with pytest.raises(NotFoundError):
        decided(conn, decision("assigned", 0, **given), person(Grant(role="leader", units=frozenset({"U2"}))))
    decided(conn, decision("assigned", 0, **given), person("leader"))
    with pytest.raises(NotFoundError):
        decided(conn, decision("assigned", 0, **given | {"unit_code": "U2"}), person(Grant(role="leader", units=frozenset({"U2"}))))
    assert one(conn, "select unit_code from task_state") == "U1"


def test_commanders_and_heads_of_units_decide_about_their_own(dsn: str, conn: Connection) -> None:
    sunk(dsn, [event("incident", "reported", subject="I1", kind="fire"), event("dossier", "received", subject="D1")])
    command = person(Grant(role="incident_command", fields=frozenset({"fire"})))
    assert decided(conn, decision("dispatched", stream="incident", subject="I1", agencies="PC07"), command).state == "dispatched"
    head = person(Grant(role="unit_head", units=frozenset({"U1"})))
    decided(conn, decision("apology_issued", stream="dossier", subject="D1", reason="late by two days"), head)
    assert one(conn, "select apology_at from dossier_state") == NOW
    assert one(conn, "select reason from dossier_event where source = %s", SOURCE) == "late by two days"
