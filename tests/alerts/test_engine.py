"""The engine: once is once, whoever looks and however often; what people do stands; the clock tells, ends and closes."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from ioc.alerting.engine import Engine
from ioc.alerts.rule import Level, Step
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.streams.engine.registry import streams
from ioc.streams.engine.rules import rules_of
from tests.alerts.dangers import GRAVE, acted, changed, hurt
from tests.alerts.examples.security_traffic import NINE, WARD, incident, minute
from tests.alerts.world import SOURCE, World, only, register, soc_trang, store


@pytest.fixture
def conn(made: tuple[str, Connection]) -> Connection:
    return made[1]


def one(conn: Connection, sql: str) -> Any:
    row = conn.execute(sql.encode()).fetchone()
    assert row
    return row[0]


def test_looking_again_raises_nothing_again(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    assert [world.look(minute(n)) for n in (1, 2, 3)] == [1, 0, 0]


def test_an_engine_that_starts_anew_raises_nothing_again(conn: Connection) -> None:
    World(conn, only(GRAVE)).tell(hurt())
    assert [World(conn, only(GRAVE)).look(minute(n)) for n in (1, 2, 3)] == [1, 0, 0]


def test_two_engines_at_once_raise_each_alert_once(made: tuple[str, Connection]) -> None:
    dsn, conn = made
    store(conn, [hurt(f"SV-{n}") for n in range(40)])
    World(conn, only(GRAVE)).breathe()
    gate = threading.Barrier(2)

    def engine() -> None:
        with connect(dsn, application="test", autocommit=True) as mine:
            session = Engine(lambda: mine, FrozenClock(minute(1)), soc_trang(), only(GRAVE), rules_of(soc_trang()), source=SOURCE).session(mine)
            gate.wait()
            for _ in range(5):
                session.turn(set(streams()))

    threads = [threading.Thread(target=engine) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one(conn, "select count(*) from alert_event") == 40
    assert one(conn, "select count(distinct dedup_key) from alert_state where state = 'raised'") == 40


def test_a_fact_that_comes_late_clears_what_it_contradicts(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    world.tell(incident("cleared", minute(0.5)))
    world.look(minute(10))
    world.look(minute(30))
    assert world.open() == []


def test_a_rule_whose_source_is_silent_is_held(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt(at=NINE - timedelta(days=9)))
    world.silent = frozenset({"incident"})
    assert world.look(NINE) == 0
    assert one(conn, "select state from alert_rule where rule_id = 'ST-03'") == "held"


def test_a_held_rule_resolves_nothing_either(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    world.tell(incident("cleared", minute(2)))
    world.silent = frozenset({"incident"})
    world.look(minute(2) + timedelta(days=9))
    assert [a.state for a in world.open()] == ["raised"]


def test_what_came_and_went_while_the_engine_was_away_is_told_with_its_times(conn: Connection) -> None:
    rule = changed(clear_for_s=60, for_s=0)
    world = World(conn, only(rule))
    world.look(NINE)
    world.tell(hurt(at=minute(20)), incident("cleared", minute(50)))
    world.look(minute(90))
    rows = conn.execute("select type, occurred_at from alert_event order by occurred_at").fetchall()
    assert [type_.split(".")[-2] for type_, _ in rows] == ["raised", "resolved"]
    assert minute(20) <= rows[0][1] <= minute(24)
    assert minute(50) < rows[1][1] <= minute(58)


def test_an_alert_that_nobody_acknowledges_is_told_to_the_next(conn: Connection) -> None:
    world = World(conn, only(changed(escalate=(Step(after_min=10, tell="shift_lead", working=False), Step(after_min=30, tell="leader", working=False)))))
    world.tell(hurt())
    for n in (1, 10.5, 12, 32, 60):
        world.look(minute(n))
    (alert,) = world.open()
    assert (alert.severity, alert.escalation_count, alert.told_role) == (4, 2, "leader")
    assert world.facts(alert.alert_id) == ["raised", "escalated", "escalated"]


def test_an_escalation_in_working_time_waits_for_the_morning(conn: Connection) -> None:
    evening = datetime(2026, 11, 10, 9, 50, tzinfo=UTC)  # 16:50 local, closing at 17:00
    world = World(conn, only(changed(escalate=(Step(after_min=60, tell="leader"),))))
    world.tell(hurt(at=evening))
    world.look(evening + timedelta(minutes=1))
    world.look(evening + timedelta(hours=10))
    assert world.open()[0].escalation_count == 0
    world.look(datetime(2026, 11, 11, 0, 52, tzinfo=UTC))  # 07:52 local: nine minutes of yesterday and fifty-two of today
    assert world.open()[0].escalation_count == 1


def test_nobody_else_is_told_of_what_was_acknowledged(conn: Connection) -> None:
    world = World(conn, only(changed(escalate=(Step(after_min=10, tell="leader", working=False),))))
    world.tell(hurt())
    world.look(minute(1))
    world.tell(acted("acknowledged", world.open()[0].alert_id, minute(2)))
    world.look(minute(20))
    assert world.open()[0].escalation_count == 0


def test_a_suppression_ends_by_itself(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    number = world.open()[0].alert_id
    world.tell(acted("suppressed", number, minute(2), reason_code="test", until_at=minute(60)))
    world.look(minute(59))
    assert world.open()[0].state == "suppressed"
    world.look(minute(61))
    assert (world.open()[0].state, world.facts(number)) == ("raised", ["raised", "suppressed", "unsuppressed"])


def test_a_suppressed_alert_is_resolved_when_its_condition_is_over(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    world.tell(acted("suppressed", world.open()[0].alert_id, minute(2), reason_code="test", until_at=minute(600)), incident("cleared", minute(3)))
    world.look(minute(4))
    world.look(minute(30))
    assert world.open() == []


def test_what_a_person_resolved_comes_back_only_after_its_time(conn: Connection) -> None:
    world = World(conn, only(changed(again_after_s=3600)))
    world.tell(hurt())
    world.look(minute(1))
    first = world.open()[0].alert_id
    world.tell(acted("resolved", first, minute(2)))
    world.look(minute(30))
    assert world.open() == []
    world.look(minute(63))
    assert [a.alert_id != first for a in world.open()] == [True]


def test_an_alert_that_was_opened_again_is_not_doubled(conn: Connection) -> None:
    world = World(conn, only(changed(clear_for_s=0)))
    world.tell(hurt())
    world.look(minute(1))
    number = world.open()[0].alert_id
    world.tell(incident("cleared", minute(2)))
    world.look(minute(3))
    world.tell(acted("reopened", number, minute(4)), incident("reported", minute(5), "SV-2", kind="fire", severity=2))
    world.look(minute(6))
    assert [(a.alert_id, a.state) for a in world.open()] == [(number, "raised")]


def test_a_resolved_alert_is_closed_after_a_day_unless_it_was_grave(conn: Connection) -> None:
    mild = changed(id="T-3", levels=(Level(severity=3, raise_=1),), clear_for_s=0)
    world = World(conn, only(changed(clear_for_s=0), mild))
    world.tell(hurt())
    world.look(minute(1))
    world.tell(incident("cleared", minute(2)))
    for n in (3, 4, 24 * 60 + 10):
        world.look(minute(n))
    assert dict(conn.execute("select rule_id, state from alert_state").fetchall()) == {"ST-03": "resolved", "T-3": "closed"}


def test_an_alert_is_promised_to_kafka_and_to_offices_that_asked_for_letters(conn: Connection) -> None:
    conn.execute("insert into alert_recipient (role, unit_code, address, severity, created_at) values ('shift_lead', '', 'truc@example.vn', 3, now()), "
                 "('shift_lead', '31999', 'other@example.vn', 3, now()), ('auditor', '', 'nobody@example.vn', 1, now())")
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    assert conn.execute("select channel, target from outbox order by place").fetchall() == [("kafka", "ioc.alert"), ("mail", "truc@example.vn")]


def test_agency_that_is_late_with_a_figure_is_reminded_at_its_own_address_until_it_answers(conn: Connection) -> None:
    conn.execute("insert into alert_recipient (role, unit_code, address, severity, created_at) values ('focal_point', 'H13.02', 'snv@example.vn', 2, now()), "
                 "('focal_point', 'H13.08', 'syt@example.vn', 2, now()), ('unit_head', 'H13.02', 'gd@example.vn', 2, now())")
    late = register().rules["RI-06"]
    world = World(conn, only(late), at=datetime(2026, 11, 6, tzinfo=UTC))
    world.tell(hurt())

    def letters() -> list[str]:
        return [to for (to,) in conn.execute("select target from outbox where channel = 'mail' order by place").fetchall()]

    for day, told in ((9, ["snv"]), (10, ["snv"]), (11, ["snv", "snv"]), (12, ["snv", "snv"]), (13, ["snv", "snv", "gd"])):
        world.look(datetime(2026, 11, day, 4, tzinfo=UTC))
        assert letters() == [f"{name}@example.vn" for name in told], day


def test_each_thing_told_is_a_line_of_the_ledger(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    row = conn.execute("select actor, action, subject from audit_line order by line desc limit 1").fetchone()
    assert row == ("system:alerts", "alert.raised", f"alert:{world.open()[0].alert_id}")


def test_a_rule_that_cannot_be_asked_does_not_stop_the_others(conn: Connection) -> None:
    wrong = msgspec.structs.replace(register().rules["ST-01"], parameters={"together_pct": "many", "together_least": 3})
    world = World(conn, only(wrong, GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    assert [a.rule_id for a in world.open()] == ["ST-03"]
    assert one(conn, "select state from alert_rule where rule_id = 'ST-01'") == "failed"


def test_a_rule_that_is_not_decided_is_written_down_as_such(conn: Connection) -> None:
    World(conn, only(changed(unset=("something",)))).look(NINE)
    assert conn.execute("select state, note from alert_rule").fetchall() == [("unset", "something")]


def test_the_role_of_the_engine_may_do_all_that_it_does(made: tuple[str, Connection]) -> None:
    dsn, conn = made
    store(conn, [hurt()])
    World(conn, only(GRAVE)).breathe()
    with connect(psycopg.conninfo.make_conninfo(dsn, user="ioc_alerts"), application="test", autocommit=True) as own:
        known = register()
        session = Engine(lambda: own, FrozenClock(minute(1)), soc_trang(), known, rules_of(soc_trang()), source=SOURCE).session(own)
        session.turn(set(streams()))
    states: dict[str, int] = dict(conn.execute("select state, count(*) from alert_rule group by state").fetchall())
    assert "failed" not in states
    assert one(conn, "select count(*) from alert_state where rule_id = 'ST-03'") == 1


def test_places_come_from_what_was_found(conn: Connection) -> None:
    world = World(conn, only(GRAVE))
    world.tell(hurt())
    world.look(minute(1))
    assert world.open()[0].unit_code == WARD
