"""The fatigue ledger: what is counted, which rules it says are to be mended, and how long operators were there."""

import argparse
import threading
from datetime import UTC, datetime, timedelta

import pytest

from ioc.alerts.fatigue import Ledger, Noise, ledger, months, operator_hours, period
from ioc.alerts.fatigue_command import show_fatigue
from ioc.alerts.fatigue_wording import duration, load, reason, row
from ioc.alerts.register import load_alerts
from ioc.db.connect import Connection
from ioc.errors import InputError
from ioc.people import sessions
from ioc.people.accounts import By
from ioc.settings import Settings
from ioc.words import words
from tests.alerts.alert_desk import bring, raising, told
from tests.integration.cast import person
from tests.integration.streams_wire import NOW, Wire
from tests.integration.web_story import PROFILE
from tests.profiles import FICTIONAL

SINCE = NOW - timedelta(days=30)
REGISTER = load_alerts(PROFILE)


def lives(n: int, rule: str, *, gap: timedelta = timedelta(hours=5), alone: int = 0, heeded: int = 0) -> list[Wire]:
    """Alerts of one condition, one after the other: the first `alone` resolve by themselves, the last `heeded` are acknowledged after ten minutes."""
    found = []
    for number in range(n):
        at, subject = NOW - timedelta(days=9) + number * gap, f"{rule}-{number}"
        found.append(raising(subject, at, rule_id=rule, dedup_key=rule))
        if number < alone:
            found.append(told("resolved", at + timedelta(minutes=3), subject))
        elif number >= n - heeded:
            found.append(told("acknowledged", at + timedelta(minutes=10), subject, actor_role="operator"))
    return found


def read(conn: Connection, *, idle_minutes: int | None = 30) -> Ledger:
    return ledger(conn, SINCE, NOW, idle_minutes=idle_minutes)


def faults(found: Ledger) -> dict[str | None, list[str]]:
    return {noise.rule_id: [fault.limit for fault in why] for noise, why in found.to_mend}


def test_ledger_counts_what_was_acted_on_and_what_was_over_by_itself(dsn: str, conn: Connection) -> None:
    bring(dsn, lives(10, "OS-01", alone=4, heeded=3))
    (noise,) = read(conn).rules
    assert (noise.raised, noise.acted, noise.alone, noise.still_open, noise.repeats, noise.noise) == (10, 3, 4, 6, 0, 4)
    assert (noise.acknowledged, noise.ack_s) == (3, 600.0)


def test_repeats_are_raisings_of_the_same_condition_within_the_hour(dsn: str, conn: Connection) -> None:
    other = raising("B-1", NOW - timedelta(days=9) + timedelta(minutes=5), dedup_key="another")
    bring(dsn, [*lives(4, "OS-01", gap=timedelta(minutes=60)), other])
    assert (read(conn).total.raised, read(conn).total.repeats) == (5, 3)


def test_the_first_of_a_period_is_a_repeat_of_the_one_just_before(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising("A-1", SINCE - timedelta(minutes=30), dedup_key="x"), raising("A-2", SINCE + timedelta(minutes=10), dedup_key="x")])
    total = read(conn).total
    assert (total.raised, total.repeats) == (1, 1)


def test_period_is_half_open(dsn: str, conn: Connection) -> None:
    bring(dsn, [raising("A-1", SINCE), raising("A-2", SINCE - timedelta(seconds=1)), raising("A-3", NOW - timedelta(seconds=1))])
    assert (read(conn).total.raised, ledger(conn, SINCE, NOW - timedelta(seconds=1), idle_minutes=None).total.raised) == (2, 1)


def test_nothing_raised_is_a_ledger_of_nothing(conn: Connection) -> None:
    found = read(conn)
    assert (found.total.raised, list(found.rules), found.to_mend, found.hours) == (0, [], (), 0.0)


def test_rule_that_is_over_by_itself_is_to_be_mended(dsn: str, conn: Connection) -> None:
    bring(dsn, [*lives(10, "OS-01", alone=9, heeded=1), *lives(10, "OS-03", alone=8, heeded=2), *lives(9, "OS-04", alone=8, heeded=1)])
    assert faults(read(conn)) == {"OS-01": ["alone"]}  # OS-03 not more than 80 %, OS-04 too few


def test_rule_that_comes_again_and_again_is_to_be_mended(dsn: str, conn: Connection) -> None:
    bring(dsn, lives(10, "OS-01", gap=timedelta(minutes=30), heeded=10))
    assert faults(read(conn)) == {"OS-01": ["repeats"]}


def test_rule_that_nobody_ever_heeds_is_to_be_mended(dsn: str, conn: Connection) -> None:
    bring(dsn, [*lives(5, "OS-01"), *lives(5, "OS-03", heeded=1), *lives(4, "OS-04")])
    assert faults(read(conn)) == {"OS-01": ["ignored"]}


def test_rule_unheeded_this_month_but_heeded_within_thirty_days_is_not_ignored(dsn: str, conn: Connection) -> None:
    heeded = [raising("old", NOW - timedelta(days=20), rule_id="OS-01"), told("acknowledged", NOW - timedelta(days=19), "old", actor_role="operator")]
    bring(dsn, [*heeded, *lives(9, "OS-01", gap=timedelta(hours=20))])
    assert faults(ledger(conn, NOW - timedelta(days=10), NOW, idle_minutes=None)) == {}


def test_rule_that_speaks_too_often_a_day_is_to_be_mended() -> None:
    noise = _noise(raised=610, acted=610)
    assert [f.limit for f in _ledger(noise).faults(noise)] == ["a_day"]
    assert _ledger(_noise(raised=600, acted=600)).to_mend == ()


def test_noisiest_rule_stands_first(dsn: str, conn: Connection) -> None:
    bring(dsn, [*lives(12, "OS-01", heeded=12), *lives(5, "OS-03", alone=3), *lives(4, "OS-04", alone=4)])
    assert [n.rule_id for n in read(conn).rules] == ["OS-04", "OS-03", "OS-01"]


def signed_in(conn: Connection, login: str, began: datetime, *, active_min: float, ended_min: float | None = None, role: str = "operator") -> None:
    """A session of somebody who did the last thing `active_min` after signing in."""
    who = person(conn, login, [role], NOW - timedelta(days=60))
    sessions.begin(conn, who, By(actor="system:test", at=began))
    conn.execute("update person_session set active_at = began_at + make_interval(mins => %s), ended_at = began_at + make_interval(mins => %s) "
                 "where person_id = %s and began_at = %s", (active_min, ended_min, who.person_id, began))


def hours(conn: Connection) -> float:
    return operator_hours(conn, SINCE, NOW, 30)


def test_operator_hours_end_with_the_session_or_with_idleness(conn: Connection) -> None:
    signed_in(conn, "a", NOW - timedelta(days=2), active_min=120, ended_min=130)
    signed_in(conn, "b", NOW - timedelta(days=3), active_min=60)
    assert hours(conn) == pytest.approx(130 / 60 + 90 / 60)


def test_one_person_in_two_browsers_is_there_once(conn: Connection) -> None:
    at = NOW - timedelta(days=2)
    signed_in(conn, "a", at, active_min=55, ended_min=60)
    signed_in(conn, "a", at + timedelta(minutes=30), active_min=55, ended_min=60)
    assert hours(conn) == pytest.approx(1.5)


def test_hours_of_who_may_not_act_and_of_other_times_do_not_count(conn: Connection) -> None:
    signed_in(conn, "auditor", NOW - timedelta(days=2), active_min=60, role="auditor")
    signed_in(conn, "early", SINCE - timedelta(minutes=60), active_min=85, ended_min=90)
    signed_in(conn, "late", NOW - timedelta(minutes=15), active_min=0)
    assert hours(conn) == pytest.approx(0.5 + 0.25)


def test_hours_count_from_the_grant_of_the_role(conn: Connection) -> None:
    signed_in(conn, "a", NOW - timedelta(days=2), active_min=60, ended_min=60)
    conn.execute("update person_role set granted_at = %s", (NOW - timedelta(days=2) + timedelta(minutes=20),))
    assert hours(conn) == pytest.approx(40 / 60)


def test_alerts_per_operator_hour_are_told_or_why_not() -> None:
    vi = words("vi")
    assert "7,00 cảnh báo mỗi giờ trực" in load(_ledger(_noise(raised=70), hours=10), vi)
    assert _ledger(_noise(raised=70), hours=10).is_too_much
    assert not _ledger(_noise(raised=60), hours=10).is_too_much
    assert "không có ai" in load(_ledger(_noise(raised=70), hours=0), vi)
    assert "kịch bản" in load(_ledger(_noise(raised=70), hours=None), vi)


def test_row_shows_counts_instead_of_rates_of_few() -> None:
    found = _ledger(_noise(raised=12, alone=9, ack_s=5400, acknowledged=3), hours=2)
    told_row = row(found, found.rules[0], REGISTER, words("vi"))
    assert (told_row["alone"], told_row["ack"], told_row["an_hour"], told_row["title"]) == ("9 / 12", "1,5 giờ", "6,00", "không còn trong danh mục")
    assert duration(90, words("en")) == "1.5 min"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_says_how_many_and_what_to_do(language: str) -> None:
    noise = _noise(raised=900, alone=800, repeats=400, acted=0)
    told_of = [reason(fault, words(language)) for fault in _ledger(noise).faults(noise)]
    assert len(told_of) == 4
    assert all("900" in text or "30" in text for text in told_of)


def test_month_is_read_and_ends_now() -> None:
    assert period("2026-10", NOW) == (datetime(2026, 9, 30, 17, tzinfo=UTC), datetime(2026, 10, 31, 17, tzinfo=UTC))
    assert period("2026-11", NOW)[1] == NOW
    assert period("", NOW) == (SINCE, NOW)


@pytest.mark.parametrize("text", ["2026-13", "november", "2026-12", "0001-01", "2026-11-01"])
def test_what_is_no_month_of_the_past_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="month"):
        period(text, NOW)


def test_months_go_back_to_the_first_alert(dsn: str, conn: Connection) -> None:
    assert [f"{m:%Y-%m}" for m in months(conn, NOW)] == ["2026-11"]
    bring(dsn, [raising(at=NOW - timedelta(days=60))])
    assert [f"{m:%Y-%m}" for m in months(conn, NOW)] == ["2026-11", "2026-10", "2026-09"]


def test_command_prints_the_rules_and_what_is_to_be_mended(dsn: str, conn: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime(2026, 9, 10, tzinfo=UTC)
    bring(dsn, [raising(f"A-{n}", now + timedelta(hours=n), rule_id="ZZ-99", dedup_key="ZZ-99") for n in range(12)])
    show_fatigue(Settings(database=dsn, profile=FICTIONAL), argparse.Namespace(month="2026-09", lang="vi"), threading.Event())
    shown = capsys.readouterr().out
    assert "ZZ-99" in shown
    assert "11 trên 12 cảnh báo phát lại trong vòng một giờ" in shown


def _noise(**given: float) -> Noise:
    counts = {"raised": 0, "acted": 0, "alone": 0, "repeats": 0, "noise": 0, "still_open": 0, "acknowledged": 0, "ack_s": None,
              "lately": given.get("raised", 0), "acted_lately": given.get("acted", 0)}
    return Noise(rule_id="ZZ-99", simulated=False, **{**counts, **given})  # type: ignore[arg-type]


def _ledger(noise: Noise, *, hours: float | None = 10) -> Ledger:
    return Ledger(since=SINCE, until=NOW, total=noise, rules=[noise], hours=hours)
