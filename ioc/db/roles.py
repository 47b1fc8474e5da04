"""Database roles by least privilege: what roles.toml says is made so, exactly, and only what differs is touched."""

import logging
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, NamedTuple

import psycopg
from psycopg.rows import dict_row

from ioc.db import timescale
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ConfigurationError, ContractError

log = logging.getLogger(__name__)

OWNER = "ioc_owner"
AGGREGATES = "ioc_aggregates"
EVERYBODY = "public"
_SQL = named(resources.files("ioc.db").joinpath("roles.sql"))
_KINDS = {"tables": "table", "sequences": "sequence", "functions": "function"}
_WHAT = re.compile(r"(?P<what>select|insert|update|delete|execute)(\((?P<columns>[a-z_, ]+)\))?(, |$)")
# Roles belong to the whole server: another database of it may be making the same ones at this moment.
_RACES = (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation, psycopg.errors.InternalError_, psycopg.errors.DeadlockDetected)
_TRIES = 20


class Right(NamedTuple):
    """One thing that a role may. `called`: what names the thing in a statement; `column`: '' = the whole of it."""

    role: str
    kind: str
    called: str
    column: str
    what: str


class Thing(NamedTuple):
    """A table, view, sequence or function as the database has it."""

    kind: str
    name: str
    called: str
    owner: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of roles.toml."""

    name: str
    does: str
    login: bool = True
    temp: bool = False
    member: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """roles.toml. `rights`: (kind, name) → role → (right, column) of each thing that was decided on."""

    roles: Mapping[str, Role]
    rights: Mapping[tuple[str, str], Mapping[str, tuple[tuple[str, str], ...]]]


def load_roles() -> Roles:
    """The shipped decisions.

    Raises:
        ContractError: a thing that stands twice, a role that is none, a right that cannot be read.

    """
    raw = tomllib.loads(resources.files("ioc.db").joinpath("roles.toml").read_text(encoding="utf-8"))
    roles = {name: Role(name=name, **{**told, "member": tuple(told.get("member", ()))}) for name, told in raw["roles"].items()}
    rights: dict[tuple[str, str], Mapping[str, tuple[tuple[str, str], ...]]] = {}
    for group, kind in _KINDS.items():
        for told in raw[group]:
            given = {role: _rights(text) for role, text in told.items() if role not in {"why", "names"}}
            if unknown := sorted(set(given) - set(roles)):
                raise ContractError(f"roles.toml: {told['names'][0]} names the role {unknown[0]}, which [roles] lacks")
            for name in told["names"]:
                if (kind, name) in rights:
                    raise ContractError(f"roles.toml: the {kind} {name} stands twice")
                rights[kind, name] = given
    return Roles(roles=roles, rights=rights)


def _rights(text: str) -> tuple[tuple[str, str], ...]:
    found = list(_WHAT.finditer(text))
    if "".join(m[0] for m in found) != text or not text:
        raise ContractError(f"roles.toml: '{text}' cannot be read: it must be like 'select, insert, update(known_to)'")
    return tuple((m["what"], column.strip()) for m in found for column in (m["columns"] or "").split(","))


def things(conn: Connection) -> list[Thing]:
    """Everything of the schema that is no extension's."""
    return [Thing(*row) for row in conn.execute(_SQL["objects"].encode(), {})]


def undecided(conn: Connection, roles: Roles) -> list[str]:
    """A sentence for each thing that roles.toml does not name, and for each that it names and the database lacks."""
    there = {(t.kind, t.name) for t in things(conn)}
    return [
        *(f"nobody decided who may use the {kind} {name}: name it in ioc/db/roles.toml" for kind, name in sorted(there - set(roles.rights))),
        *(f"ioc/db/roles.toml names the {kind} {name}, which the database lacks: take it out" for kind, name in sorted(set(roles.rights) - there)
          if name != "time_bucket"),  # TimescaleDB brings its own
    ]


def granted(conn: Connection, roles: Roles) -> set[Right]:
    """What the database lets our roles, and everybody, do beside what they own."""
    return {Right(*row) for row in conn.execute(_SQL["granted"].encode(), {"roles": list(roles.roles)})}


def apply_roles(conn: Connection, roles: Roles | None = None) -> list[str]:
    """Make the roles and what each may; answers a sentence per change. Nothing to do is nothing done.

    Args:
        conn: an autocommit connection of a superuser, or of the schema's owner where the roles exist or it may make them.
        roles: other decisions than the shipped ones.

    Raises:
        ConfigurationError: the roles are missing and the connected one may not make them, or the schema is another's.

    """
    roles = roles or load_roles()
    for _ in range(_TRIES):
        try:
            with conn.transaction():
                return list(_applied(conn, roles))
        except _RACES as error:
            race = error
        except psycopg.errors.InsufficientPrivilege as error:
            raise ConfigurationError(f"the database's roles cannot be set ({_first_line(error)}): connect as a superuser or as the schema's owner "
                                     "and run `ioc roles`") from error
    raise ConfigurationError(f"the database's roles cannot be set: others keep changing them ({_first_line(race)}); run `ioc roles` again")


def _applied(conn: Connection, roles: Roles) -> Iterator[str]:
    place = _one(conn, "places")
    yield from _make(conn, roles, may_make=place["makes_roles"])
    if place["is_superuser"]:
        yield from _hand_over(conn, place)
    yield from _join(conn, roles, place)
    if timescale.is_timescale(conn):
        yield from _give_aggregates(conn, place)
    # What a function does for everybody is decided too, from its first moment on.
    for owner in sorted({place["person"], OWNER} if place["is_superuser"] else {place["person"]}):
        _run(conn, f"alter default privileges for role {owner} revoke execute on functions from public")
    wanted, found = set(_wanted(conn, roles, place)), granted(conn, roles)
    yield from _change(conn, "revoke", "from", found - wanted)
    yield from _change(conn, "grant", "to", wanted - found)


def _make(conn: Connection, roles: Roles, *, may_make: bool) -> Iterator[str]:
    there = {row[0] for row in conn.execute(_SQL["existing"].encode(), {"roles": list(roles.roles)})}
    missing = [role for role in roles.roles.values() if role.name not in there]
    if missing and not may_make:
        raise ConfigurationError(f"the database role {missing[0].name} does not exist and this one may not make it: run `ioc roles` once as a "
                                 "superuser, or give the owner CREATEROLE")
    for role in missing:
        _run(conn, f"create role {role.name} {'login' if role.login else 'nologin'} nosuperuser nocreatedb nocreaterole nobypassrls")
        yield f"made {role.name}"


def _hand_over(conn: Connection, place: Mapping[str, Any]) -> Iterator[str]:
    """What a superuser migrated belongs to the owner: a function that runs as its owner must not run as a superuser."""
    if place["owner"] == place["person"]:
        _run(conn, f"alter database {place['database']} owner to {OWNER}")
    aggregates = _aggregates(conn)
    for thing in things(conn):
        if thing.owner == place["person"] and thing.form != "identity" and thing.name not in aggregates:
            kind = {"table": "view" if thing.form == "view" else "table"}.get(thing.kind, thing.kind)
            _run(conn, f"alter {kind} {thing.called} owner to {OWNER}")
            yield f"{thing.called} belongs to {OWNER}"


def _join(conn: Connection, roles: Roles, place: Mapping[str, Any]) -> Iterator[str]:
    # Only who may make roles may say who belongs to which; it was said when they were made.
    wanted = {(role.name, group) for role in roles.roles.values() for group in role.member}
    found = {(row[0], row[1]) for row in conn.execute(_SQL["members"].encode(), {"roles": list(roles.roles)})}
    for member, group in sorted(wanted - found if place["makes_roles"] else ()):
        _run(conn, f"grant {group} to {member}")
        yield f"{member} belongs to {group}"
    for member, group in sorted(found - wanted if place["makes_roles"] else ()):
        _run(conn, f"revoke {group} from {member}")
        yield f"{member} belongs to {group} no more"


def _give_aggregates(conn: Connection, place: Mapping[str, Any]) -> Iterator[str]:
    owners = {t.name: t for t in things(conn)}
    given = [owners[name] for name in sorted(_aggregates(conn)) if owners[name].owner != AGGREGATES]
    if not given:
        return
    if not place["is_superuser"]:
        log.warning("the aggregates are not yet %s's, so `ioc live` cannot refresh them: run `ioc roles` once as a superuser", AGGREGATES)
        return
    for thing in given:
        _run(conn, f"alter materialized view {thing.called} owner to {AGGREGATES}")
        yield f"{thing.called} belongs to {AGGREGATES}"


def _aggregates(conn: Connection) -> set[str]:
    return {row[0] for row in conn.execute(_SQL["aggregates"].encode(), {})} if timescale.is_timescale(conn) else set()


def _wanted(conn: Connection, roles: Roles, place: Mapping[str, Any]) -> Iterator[Right]:
    owner = _one(conn, "places")["owner"]
    for role in (r for r in roles.roles.values() if r.login or r.name == AGGREGATES):
        yield Right(role.name, "schema", place["schema"], "", "usage")
        if role.name != owner and role.login:
            yield Right(role.name, "database", place["database"], "", "connect")
            if role.temp:
                yield Right(role.name, "database", place["database"], "", "temporary")
    for thing in things(conn):
        for name, rights in roles.rights.get((thing.kind, thing.name), {}).items():
            if name != thing.owner:
                yield from (Right(name, thing.kind, thing.called, column, what) for what, column in rights)


def _change(conn: Connection, verb: Literal["grant", "revoke"], way: Literal["to", "from"], rights: Iterable[Right]) -> Iterator[str]:
    together: dict[tuple[str, str, str], list[str]] = {}
    for right in sorted(rights):
        together.setdefault((right.kind, right.called, right.role), []).append(f"{right.what} ({right.column})" if right.column else right.what)
    for (kind, called, role), whats in together.items():
        _run(conn, f"{verb} {', '.join(whats)} on {kind} {called} {way} {role}")
        yield f"{verb} {', '.join(whats)} on {called} {way} {role}"


def _run(conn: Connection, statement: str) -> None:
    conn.execute(statement.encode())


def _one(conn: Connection, name: str) -> Mapping[str, Any]:
    with conn.cursor(row_factory=dict_row) as cursor:
        found: Sequence[Mapping[str, Any]] = cursor.execute(_SQL[name].encode(), {}).fetchall()
    return found[0]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
