"""What each process can do with its own database role, tried: what it needs works, and nothing else does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from ioc.api.app import create_app
from ioc.calendar.periods import period_of
from ioc.clock import FrozenClock
from ioc.db.connect import Connection, connect
from ioc.db.migrate import migrate
from ioc.db.roles import apply_roles, granted, load_roles
from ioc.errors import ConfigurationError
from ioc.indicators.asked import load_asked
from ioc.indicators.catalogue import load_catalogue
from ioc.kpi.engine.compute import Question, compute
from ioc.kpi.engine.registry import sections
from ioc.live.due import store_due
from ioc.live.frames import VARIANTS
from ioc.live.promises import store_promises, working_times
from ioc.manual.drafts import Hand, approve, enter, newest
from ioc.manual.drafts import Office as FiguresOffice
from ioc.moment import now_moment
from ioc.panels.engine.registry import panels
from ioc.people.accounts import By
from ioc.people.principal import Grant, Scope
from ioc.places.stations import load_stations, store_stations
from ioc.relay.kafka import KafkaSender
from ioc.settings import Settings
from ioc.streams.engine import attention
from ioc.streams.engine.broker import Gap
from ioc.streams.engine.memory import MemoryBroker
from tests.conftest import fresh_database
from tests.integration.decisions_desk import decided, decision, person, report
from tests.integration.kpi_ways import PROFILE, REGISTER
from tests.integration.relay_world import Broker, make_worker, work
from tests.integration.streams_db import drain, make_sink, one, picture, rows
from tests.integration.streams_week import ASKED, Asked, answer, ten_days
from tests.integration.streams_wire import NOW, garbage, publish
from tests.integration.web_server import ask, eventually, serving, session
from tests.profiles import FICTIONAL

BY_HAND = load_asked(PROFILE, load_catalogue("soc_trang"))
LOGINS = sorted(role.name for role in load_roles().roles.values() if role.login)
PROCESSES = [name for name in LOGINS if name != "ioc_owner"]
REPORT = "select count(*) from report_state"

FORBIDDEN = [
    # Persons, sessions and contacts are the web process's alone.
    *((role, f"select * from {table}") for role in PROCESSES if role != "ioc_web" for table in ("person", "person_session", "contact", "screen")),
    # The ledger is only ever added to.
    *((role, statement) for role in PROCESSES for statement in (
        "update audit_line set actor = ''", "delete from audit_line", "truncate audit_line", "insert into audit_line (line) values (9)",
        "update audit_head set line = 0", "delete from audit_salt", "select * from audit_salt", "drop function audit_append")),
    # Nobody is more than a role.
    *((role, statement) for role in PROCESSES for statement in (
        "create table mine (n int)", "create table public.mine (n int)", "create schema mine", "create role mine",
        "create function f() returns int language sql as 'select 1'", "alter table report_event disable trigger all", "drop table report_event", "select * from pg_authid",
        "copy report_event to program 'true'", "copy database_mark to '/tmp/x'", "select pg_read_file('/etc/passwd')", "set role ioc_owner",
        "set session authorization postgres", "alter role ioc_owner password 'x'", "update database_mark set kind = 'real'",
        "insert into migration values (9999, 'x', 'x', now())", "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'", "alter system set log_statement = 'all'")),
    # Nobody rewrites what came in or was known.
    *((role, statement) for role in PROCESSES for statement in (
        "update report_event set category = ''", "delete from report_event", "truncate report_event", "delete from report_state",
        "update report_history set state = ''", "delete from report_daily", "delete from event_identity", "update dead_letter set reason = ''",
        "delete from stream_gap", "update stream_gap set closed_at = now()", "update source_key set revoked_at = null",
        "insert into source_key (key_id) values ('x')", "insert into boundary_layer (level) values ('x')", "delete from closed_period")),
    *((role, "insert into camera_event default values") for role in PROCESSES if role != "ioc_sink"),
    *((role, "insert into counter_state default values") for role in PROCESSES if role != "ioc_sink"),
    *((role, "insert into report_event default values") for role in ("ioc_live", "ioc_alerts", "ioc_relay", "ioc_cameras", "ioc_pull")),
    *((role, "select value from dead_letter") for role in PROCESSES if role not in {"ioc_sink", "ioc_web"}),
    *((role, REPORT) for role in ("ioc_cameras", "ioc_pull", "ioc_simulators")),
    *((role, "select * from outbox") for role in PROCESSES if role != "ioc_relay"),
    *((role, "select secret_sealed from webhook") for role in PROCESSES if role != "ioc_relay"),
    *((role, "select * from audit_line") for role in PROCESSES if role not in {"ioc_web", "ioc_relay"}),
    *((role, "create temp table mine (n int)") for role in ("ioc_live", "ioc_relay", "ioc_cameras", "ioc_pull", "ioc_simulators")),
    ("ioc_web", "delete from person"), ("ioc_web", "update live_panel set body = ''"), ("ioc_web", "update sink_position set next_offset = 0"),
    ("ioc_live", "insert into person (login) values ('x')"), ("ioc_sink", "update live_tick set epoch = ''"),
    ("ioc_relay", "update audit_anchor set line = 0"), ("ioc_simulators", "select audit_append('{}', '{}', '{}')"),
]


@pytest.fixture(scope="module", autouse=True)
def _settled(module_conn: Connection) -> None:
    apply_roles(module_conn)  # rights to a database are not copied from its template


def as_role(dsn: str, role: str) -> str:
    return psycopg.conninfo.make_conninfo(dsn, user=role)


@pytest.fixture(scope="module")
def opened(module_dsn: str, module_conn: Connection) -> Iterator[dict[str, Connection]]:
    """A connection of each role."""
    found = {role: connect(as_role(module_dsn, role), application="test", autocommit=True) for role in LOGINS}
    yield found
    for conn in found.values():
        conn.close()


@pytest.mark.parametrize(("role", "statement"), FORBIDDEN)
def test_role_may_not(opened: dict[str, Connection], role: str, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        opened[role].execute(statement.encode())


def test_stranger_may_not_even_connect(module_conn: Connection, module_dsn: str) -> None:
    module_conn.execute("create role stranger login")
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(as_role(module_dsn, "stranger"))
    finally:
        module_conn.execute("drop role stranger")


def test_nobody_connects_as_the_aggregates_owner(module_dsn: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        psycopg.connect(as_role(module_dsn, "ioc_aggregates"))


@pytest.fixture(scope="module")
def week(module_dsn: str, _settled: None) -> str:
    """A week of events and some garbage, brought in by a sink that is only ioc_sink."""
    from random import Random

    broker, random = MemoryBroker(), Random(1)
    publish(broker, ten_days())
    for number in range(20):
        topic, key, headers, value = garbage(random, number)
        broker.send(topic, key, value, [(name, told or b"") for name, told in headers])
    drain(make_sink(as_role(module_dsn, "ioc_sink"), broker.source()))
    return module_dsn


def test_sink_works_as_its_role(week: str, module_conn: Connection, dsn: str) -> None:
    broker = MemoryBroker()
    publish(broker, ten_days())
    drain(make_sink(dsn, broker.source()))
    with connect(dsn, application="test", autocommit=True) as owner:
        assert picture(module_conn) == picture(owner)
    assert one(module_conn, "select count(*) from dead_letter") == 20


def test_letters_reach_their_topic_as_the_sink(week: str, opened: dict[str, Connection], module_conn: Connection) -> None:
    broker = MemoryBroker()
    with opened["ioc_sink"].transaction():
        attention.publish_letters(opened["ioc_sink"], broker, NOW)
    assert one(module_conn, "select count(*) from dead_letter where published_at is null") == 0


def test_gaps_and_pauses_are_noted_as_the_sink(opened: dict[str, Connection]) -> None:
    conn = opened["ioc_sink"]
    attention.store_gaps(conn, [Gap("ioc.report", 9, 0, 4)], NOW)
    attention.store_pause(conn, ("ioc.report", 9), 4, "tried", NOW)
    assert ("ioc.report", 9) in attention.open_pauses(conn)


def test_live_works_as_its_role(week: str, opened: dict[str, Connection]) -> None:
    conn = opened["ioc_live"]
    store_stations(conn, load_stations(PROFILE))
    store_promises(conn, PROFILE, working_times(PROFILE.calendar, NOW.date(), NOW.date()))
    store_due(conn, BY_HAND.due(NOW.date()))
    epoch = session(conn, FrozenClock(NOW))
    assert epoch.publish(panels()) > len(panels()) * (len(VARIANTS) + 1)
    epoch.tick()
    assert [body for (body,) in rows(conn, "select convert_from(body, 'UTF8') from live_panel") if "InsufficientPrivilege" in body] == []


@pytest.mark.parametrize("role", ["ioc_live", "ioc_web", "ioc_alerts"])
@pytest.mark.parametrize("asked", ASKED)
def test_panel_query_works_as_the_role(week: str, opened: dict[str, Connection], role: str, asked: Asked) -> None:
    assert answer(opened[role], asked) == answer(opened["ioc_owner"], asked)


@pytest.mark.parametrize("section", sorted(sections()))
def test_figures_are_counted_as_the_web_process(week: str, opened: dict[str, Connection], section: str) -> None:
    moment = now_moment(NOW)
    question = Question(period=period_of("year", moment.day, PROFILE.periods), moment=moment)
    as_web, as_owner = (compute(opened[role], sections()[section], question, PROFILE, REGISTER) for role in ("ioc_web", "ioc_owner"))
    assert as_web == as_owner


@pytest.fixture(scope="module")
def base(week: str, opened: dict[str, Connection]) -> Iterator[str]:
    session(opened["ioc_live"], FrozenClock(NOW)).tick()
    with serving(create_app(Settings(database=as_role(week, "ioc_web"), profile=FICTIONAL), FrozenClock(NOW))) as address:
        eventually(lambda: ask(address, "/healthz").status == 200)
        yield address


@pytest.mark.parametrize("path", ["/readyz", "/metrics", "/scenarios", *(f"/api/panels/{key}.json" for key in sorted(panels()))])
def test_page_is_served_as_the_web_process(base: str, path: str) -> None:
    assert "permission denied" not in ask(base, path).body.decode()
    assert ask(base, path).status < 500 or path == "/readyz"


def test_decision_is_made_as_the_web_process_and_sent_as_the_relay(module_dsn: str, opened: dict[str, Connection]) -> None:
    report(module_dsn, subject="decided")
    opened["ioc_owner"].execute("insert into webhook (url, topics, secret_sealed, created_at) values ('https://x', '{ioc.report}', '', now())")
    done = decided(opened["ioc_web"], decision("verified", subject="decided"))
    assert done.state == "verified"
    broker, clock = Broker(), FrozenClock(NOW)
    work(make_worker(as_role(module_dsn, "ioc_relay"), KafkaSender(lambda: broker), clock), clock)
    assert [topic for topic, *_ in broker.got] == ["ioc.report"]
    assert rows(opened["ioc_relay"], "select channel, sent_at is null from outbox order by place") == [("kafka", False), ("webhook", True)]


def test_figure_is_entered_and_approved_by_the_web_process_as_its_role(opened: dict[str, Connection]) -> None:
    conn, figure = opened["ioc_web"], next(f for f in BY_HAND.due(NOW.date()) if f.indicator.id == "enterprises_dissolved")
    office = FiguresOffice(clock=FrozenClock(NOW), profile=PROFILE, source="/vn/99/manual")
    for number, (role, version) in enumerate((("focal_point", 0), ("unit_head", 1)), start=41):
        who = person(Grant(role=role, agencies=frozenset({figure.agency})), number=str(number))
        hand = Hand(who=who, by=By(actor=who.actor, at=NOW), version=version, key=f"figure-{number}")
        if version:
            approve(conn, office, figure, hand)
        else:
            enter(conn, office, figure, {"value": "12", "source_text": "Sở Tài chính"}, hand)
    assert newest(conn, [figure.subject], Scope(grants=who.grants))[figure.subject].state == "approved"


def test_web_process_signs_people_in_and_keeps_the_ledger(opened: dict[str, Connection]) -> None:
    conn = opened["ioc_web"]
    with conn.transaction(force_rollback=True):
        person = one(conn, "insert into person (login, name, created_at) values ('an', 'An', now()) returning person_id")
        conn.execute("insert into person_session (digest, csrf, person_id, began_at, active_at, until, address) "
                     "values ('x', 'y', %s, now(), now(), now(), '')", (person,))
        line = one(conn, "select audit_append('{\"at\": \"2026-11-20T01:00:00Z\", \"actor\": \"person:1\", \"action\": \"a\", \"subject\": \"\"}', '{}', '{}')")
        assert one(conn, "select actor from audit_line where line = %s", line) == "person:1"


def test_grants_outlive_no_right_that_is_taken_out(module_conn: Connection, opened: dict[str, Connection]) -> None:
    module_conn.execute("grant select on person to ioc_sink")
    assert opened["ioc_sink"].execute("select login from person").fetchall() == []
    apply_roles(module_conn)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        opened["ioc_sink"].execute("select login from person")


def test_databases_of_one_server_may_be_set_up_at_once(postgres: str) -> None:
    with fresh_database(postgres) as one_dsn, fresh_database(postgres) as other_dsn:
        def again(dsn: str) -> int:
            with connect(dsn, application="test", autocommit=True) as conn:
                for n in range(8):
                    conn.execute(("revoke ioc_aggregates from ioc_live" if n % 2 else "select 1").encode())
                    apply_roles(conn)
                return len(granted(conn, load_roles()))

        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(again, [one_dsn, other_dsn] * 2))
    assert len(set(found)) == 1


def test_owner_migrates_without_being_superuser(postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as conn:
        conn.execute("drop database if exists ioc_owned with (force)")
        conn.execute("create database ioc_owned owner ioc_owner")
    owned = as_role(psycopg.conninfo.make_conninfo(postgres, dbname="ioc_owned"), "ioc_owner")
    try:
        with connect(owned, application="test", autocommit=True) as conn:
            migrate(conn, kind="exercise")
            assert migrate(conn, kind="exercise") == []
        with connect(as_role(owned, "ioc_sink"), application="test") as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("select login from person")
    finally:
        with psycopg.connect(postgres, autocommit=True) as conn:
            conn.execute("drop database ioc_owned with (force)")


def test_one_that_may_not_make_roles_is_told_the_remedy(module_conn: Connection, opened: dict[str, Connection]) -> None:
    from dataclasses import replace

    roles = load_roles()
    more = replace(roles, roles={**roles.roles, "ioc_new": replace(roles.roles["ioc_sink"], name="ioc_new")})
    with pytest.raises(ConfigurationError, match="ioc_new does not exist.*run `ioc roles` once as a superuser"):
        apply_roles(opened["ioc_owner"], more)
