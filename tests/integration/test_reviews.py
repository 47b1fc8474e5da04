"""Random re-reading: a lot that nobody can steer, a lead who did not decide, shares that name no person."""

from pathlib import Path

import pytest

from ioc.audit.ledger import lines
from ioc.db.connect import Connection
from ioc.errors import ConfigurationError, InputError, NotFoundError
from ioc.people.accounts import By
from ioc.people.principal import Grant, Principal
from ioc.people.seals import Seals
from ioc.shift.reviews import Handled, Lot, Verdict, disagreed, draw, handled, is_drawn, judge, load_lot, shares, unread
from tests.integration.decisions_desk import LEAD, OPERATOR, decided, decision, person, report
from tests.integration.streams_db import one, rows
from tests.integration.streams_wire import BASE, NOW
from tests.profiles import BINH_MINH

SEALS, OTHER = Seals([b"k" * 32]), Seals([b"o" * 32])
ALL, NONE = Lot(reread_pct=100), Lot(reread_pct=0)


def rejected(dsn: str, conn: Connection, subject: str = "PA-1", who: Principal = OPERATOR, code: str = "spam") -> None:
    report(dsn, subject=subject)
    decided(conn, decision("rejected", subject=subject, reason="quảng cáo", reason_code=code), who)


def by(who: Principal) -> By:
    return By(actor=who.actor, at=NOW)


def test_lot_is_the_same_for_the_same_key_and_unlike_for_another() -> None:
    ids = [f"e{n}" for n in range(20_000)]
    mine, again, others = ([i for i in ids if is_drawn(seals, i, Lot())] for seals in (SEALS, SEALS, OTHER))
    assert mine == again
    assert 0.04 < len(mine) / len(ids) < 0.06
    assert len(set(mine) & set(others)) < len(mine) / 4


def test_every_decision_meets_the_lot_once(dsn: str, conn: Connection) -> None:
    rejected(dsn, conn)
    draw(conn, SEALS, NONE)
    draw(conn, SEALS, ALL)
    assert one(conn, "select count(*) from review") == 0, "it was drawn from already"
    rejected(dsn, conn, "PA-2")
    draw(conn, SEALS, ALL)
    draw(conn, SEALS, ALL)
    assert rows(conn, "select subject, fact, reason_code, actor from review") == [("PA-2", "rejected", "spam", OPERATOR.actor)]


def test_merge_is_drawn_with_the_report_it_went_into(dsn: str, conn: Connection) -> None:
    report(dsn, subject="PA-2")
    report(dsn, subject="PA-1")
    decided(conn, decision("merged", parent_id="PA-2", reason="cùng một ổ gà"))
    draw(conn, SEALS, ALL)
    assert [(d.fact, d.parent_id, d.reason) for d in unread(conn, LEAD)] == [("merged", "PA-2", "cùng một ổ gà")]


def test_nobody_reads_their_own_decision_again(dsn: str, conn: Connection) -> None:
    rejected(dsn, conn, who=LEAD)
    draw(conn, SEALS, ALL)
    other = person("shift_lead", number="14")
    (found,) = unread(conn, other)
    assert unread(conn, LEAD) == []
    with pytest.raises(NotFoundError):
        judge(conn, Verdict(event_id=found.event_id, agrees=True), LEAD, by(LEAD))
    judge(conn, Verdict(event_id=found.event_id, agrees=True), other, by(other))
    assert unread(conn, other) == []


def test_lead_reads_what_is_in_reach(dsn: str, conn: Connection) -> None:
    rejected(dsn, conn)
    draw(conn, SEALS, ALL)
    far = person(Grant(role="shift_lead", units=frozenset({"U9"})), number="15")
    assert unread(conn, far) == []
    with pytest.raises(NotFoundError):
        judge(conn, Verdict(event_id=one(conn, "select event_id from review"), agrees=True), far, by(far))


def test_disagreement_needs_words_and_reaches_who_decided_alone(dsn: str, conn: Connection) -> None:
    rejected(dsn, conn)
    draw(conn, SEALS, ALL)
    (found,) = unread(conn, LEAD)
    with pytest.raises(InputError, match="why"):
        judge(conn, Verdict(event_id=found.event_id, agrees=False), LEAD, by(LEAD))
    assert judge(conn, Verdict(event_id=found.event_id, agrees=False, words="không phải quảng cáo"), LEAD, by(LEAD)) == "PA-1"
    assert [d.words for d in disagreed(conn, BASE, OPERATOR.actor)] == ["không phải quảng cáo"]
    assert disagreed(conn, BASE, LEAD.actor) == []
    assert [(s.reason_code, s.drawn, s.read, s.disagreed) for s in shares(conn, BASE)] == [("spam", 1, 1, 1)]
    assert shares(conn, BASE, actor=LEAD.actor) == []
    assert lines(conn, limit=1)[0].action == "review.disagreed"


def test_report_is_taken_up_again_by_the_ordinary_decision(dsn: str, conn: Connection) -> None:
    rejected(dsn, conn)
    decided(conn, decision("undone", 2), LEAD)
    assert one(conn, "select state from report_state") == "submitted"


def test_share_rejected_stands_beside_the_share_handled(dsn: str, conn: Connection) -> None:
    rejected(dsn, conn)
    report(dsn, subject="PA-2")
    decided(conn, decision("verified", subject="PA-2"))
    report(dsn, subject="PA-3")
    assert handled(conn, BASE, LEAD) == Handled(had=3, handled=2, rejected=1, merged=0)


def test_share_is_the_provinces_own(tmp_path: Path) -> None:
    assert load_lot(BINH_MINH) == Lot(reread_pct=5.0)
    (tmp_path / "shift.toml").write_text("reread_pct = 12.5", encoding="utf-8")
    assert load_lot(tmp_path).reread_pct == 12.5
    (tmp_path / "shift.toml").write_text("reread_pct = 101", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"shift\.toml"):
        load_lot(tmp_path)
