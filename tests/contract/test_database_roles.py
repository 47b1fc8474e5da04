"""ioc/db/roles.toml: everything in the database is decided on, and the database does what was decided."""

import re
from pathlib import Path

import pytest

from ioc.db.connect import Connection
from ioc.db.roles import Right, apply_roles, granted, load_roles, things, undecided

ROLES = load_roles()
ARCHITECTURE = {"ioc_owner", "ioc_sink", "ioc_live", "ioc_alerts", "ioc_relay", "ioc_web", "ioc_cameras"}
PEOPLE = {"person", "person_role", "person_session", "sign_in_failure", "sign_in_step", "screen", "screen_pairing", "contact", "contact_subject"}


def test_everything_in_the_database_is_decided_on(conn: Connection) -> None:
    assert undecided(conn, ROLES) == []


def test_table_that_nobody_decided_on_is_named_with_the_remedy(conn: Connection) -> None:
    conn.execute("create table stray (n int); create function stray_too() returns int language sql as 'select 1'")
    assert undecided(conn, ROLES) == [
        "nobody decided who may use the function stray_too: name it in ioc/db/roles.toml",
        "nobody decided who may use the table stray: name it in ioc/db/roles.toml",
    ]


def test_decision_on_a_table_that_is_gone_is_named(conn: Connection) -> None:
    conn.execute("drop table screen_heartbeat")
    assert undecided(conn, ROLES) == ["ioc/db/roles.toml names the table screen_heartbeat, which the database lacks: take it out"]


def test_roles_of_the_architecture_are_there() -> None:
    assert set(ROLES.roles) >= ARCHITECTURE


def test_migrated_database_gives_exactly_what_was_decided(conn: Connection) -> None:
    decided = {(role, kind, name, column, what) for (kind, name), given in ROLES.rights.items()
               for role, rights in given.items() for what, column in rights}
    names = {thing.called: thing.name for thing in things(conn)}
    found = {(r.role, r.kind, names[r.called], r.column, r.what) for r in granted(conn, ROLES) if r.called in names}
    assert found == decided


def test_everybody_else_may_nothing(conn: Connection) -> None:
    apply_roles(conn)
    everybody = {right for right in granted(conn, ROLES) if right.role == "public"}
    assert everybody <= {Right("public", "schema", "public", "", "usage")}


def test_second_run_changes_nothing(conn: Connection) -> None:
    apply_roles(conn)
    assert apply_roles(conn) == []


@pytest.mark.parametrize("statement", [
    "grant select on person to ioc_sink", "grant update on audit_line to ioc_web", "grant all on all tables in schema public to public",
    "revoke select on dossier_state from ioc_live", "grant update (state) on dossier_history to ioc_alerts",
    "grant execute on all functions in schema public to public", "grant create on schema public to ioc_web", "grant ioc_owner to ioc_web",
])
def test_drift_is_put_right(conn: Connection, statement: str) -> None:
    apply_roles(conn)
    before = granted(conn, ROLES)
    conn.execute(statement.encode())
    assert apply_roles(conn)
    assert granted(conn, ROLES) == before
    assert apply_roles(conn) == []


def test_superuser_owns_nothing_of_the_schema(conn: Connection) -> None:
    assert {thing.owner for thing in things(conn)} == {"ioc_owner"}


def test_no_role_is_more_than_a_role(conn: Connection) -> None:
    risen = conn.execute("select rolname from pg_roles where rolname like 'ioc\\_%%' and (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls "
                         "or rolreplication)", {}).fetchall()
    assert risen == []


def test_only_the_web_process_touches_what_tells_of_people() -> None:
    assert {role for (_, name), given in ROLES.rights.items() if name in PEOPLE for role in given} == {"ioc_web"}


def test_nobody_changes_an_event_or_the_ledger() -> None:
    kept = {name: given for (kind, name), given in ROLES.rights.items() if kind == "table" and re.match(r"\w+_event$|audit_(line|anchor|head|salt)$", name)}
    assert len(kept) > 15
    assert {what for given in kept.values() for rights in given.values() for what, _ in rights} <= {"select", "insert"}
    assert {role for name in ("audit_line", "audit_head", "audit_salt") for role, rights in kept[name].items()
            if ("insert", "") in rights} == set()


def test_roles_are_described_where_people_look() -> None:
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    assert [role for role in ROLES.roles if f"`{role}`" not in text] == []
