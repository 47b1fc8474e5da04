"""Persons, their passwords and roles. Each change is one transaction with its line in the ledger."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.people import passwords, totp
from ioc.people.principal import Grant
from ioc.people.roles import APART, LIMITED, ROLES
from ioc.people.seals import Seals

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,98}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person's account. `issuer`: '' = this centre, else who vouches."""

    person_id: int
    login: str
    name: str
    password_hash: str | None
    must_change: bool
    totp_sealed: bytes | None
    totp_step: int
    issuer: str
    ended_at: datetime | None

    @property
    def subject(self) -> str:
        """As the ledger names it."""
        return f"person:{self.person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who changes an account, from where, when."""

    actor: str
    at: datetime
    address: str = ""


def check_grants(grants: Collection[Grant]) -> None:
    """Raise InputError where roles are unknown, lack a limit they need, or must not meet in one person."""
    names = {g.role for g in grants}
    if unknown := sorted(names - set(ROLES)):
        raise InputError(f"there is no role '{unknown[0]}'; known are {', '.join(ROLES)}")
    for grant in grants:
        if grant.role in LIMITED and not (grant.units or grant.agencies):
            raise InputError(f"the role '{grant.role}' needs a unit or an agency: --units or --agencies")
    for pair in APART:
        if pair <= names:
            raise InputError(f"one person cannot be {' and '.join(sorted(pair))}: give the roles to two")


def add_person(conn: Connection, login: str, name: str, grants: Collection[Grant], by: By, *, password: str | None = None) -> tuple[Person, str]:
    """Make an account; the second of the pair is its one-time password, '' where one was given.

    Raises:
        InputError: a log-in, password or roles that no account can have.

    """
    low = login.strip().lower()
    if not _LOGIN.fullmatch(low):
        raise InputError(f"the log-in '{login}' must be 1 to 100 of a–z, 0–9, '.', '_', '-', '@', with a letter or digit at both ends")
    check_grants(grants)
    if password is not None:
        passwords.check(password, low)
    drawn = "" if password is not None else passwords.one_time()
    with conn.transaction():
        row = conn.execute(_sql()["add"].encode(), {
            "login": low, "name": _name(name), "password_hash": passwords.hashed(password or drawn), "must_change": bool(drawn), "issuer": "",
            "external_id": "", "at": by.at}).fetchone()
        if row is None:
            raise InputError(f"the log-in '{low}' is taken")
        person = person_by_id(conn, row[0])
        assert person
        _grant(conn, person, grants, by)
        _note(conn, by, "person.added", person, {"login": low, "roles": [_plain(g) for g in grants]}, {"name": person.name})
    return person, drawn


def outside_person(conn: Connection, identity: Any, grants: Collection[Grant], by: By) -> Person:
    """The account of somebody whom the province's own sign-on vouches for, made at the first sign-in; its roles are those of the groups.

    Raises:
        InputError: the log-in belongs to somebody else here, or the account was ended.

    """
    asked = {"issuer": identity.issuer, "external_id": identity.external_id}
    with conn.transaction():
        person = _one(conn, **asked)
        if person is None:
            login = identity.login.strip().lower()
            if not _LOGIN.fullmatch(login):
                raise InputError("the sign-on gives a log-in that no account can have: tell the administrator")
            row = conn.execute(_sql()["add"].encode(), asked | {"login": login, "name": _name(identity.name), "password_hash": None,
                                                                "must_change": False, "at": by.at}).fetchone()
            if row is None:
                raise InputError(f"the log-in '{login}' belongs to another account here: tell the administrator")
            person = person_by_id(conn, row[0])
            assert person
            _note(conn, by, "person.added", person, {"login": login, "issuer": identity.issuer}, {"name": person.name})
        if person.ended_at:
            raise InputError("this account was ended: ask the administrator")
        conn.execute(_sql()["renamed"].encode(), {"person_id": person.person_id, "name": _name(identity.name)})
        _set_grants(conn, person, grants, by)
    return person


def set_roles(conn: Connection, person: Person, grants: Collection[Grant], by: By) -> None:
    """Give a person exactly these roles."""
    check_grants(grants)
    with conn.transaction():
        _set_grants(conn, person, grants, by)


def _set_grants(conn: Connection, person: Person, grants: Collection[Grant], by: By) -> None:
    before = grants_of(conn, person.person_id)
    if set(before) == set(grants):
        return
    for role in {g.role for g in before} - {g.role for g in grants}:
        conn.execute(_sql()["withdraw"].encode(), {"person_id": person.person_id, "role": role, "at": by.at})
    _grant(conn, person, grants, by)
    append(conn, Entry(actor=by.actor, action="person.roles", subject=person.subject, at=by.at, address=by.address,
                       before={"roles": [_plain(g) for g in before]}, after={"roles": [_plain(g) for g in grants]}))


def _grant(conn: Connection, person: Person, grants: Iterable[Grant], by: By) -> None:
    for grant in grants:
        conn.execute(_sql()["grant"].encode(), _plain(grant) | {"person_id": person.person_id, "at": by.at})


def _plain(grant: Grant) -> dict[str, Any]:
    limits = {name: getattr(grant, name) for name in ("units", "agencies", "fields")}
    return {"role": grant.role} | {name: None if limit is None else sorted(limit) for name, limit in limits.items()}


def set_password(conn: Connection, person: Person, password: str, by: By) -> None:
    """A person's own new password.

    Raises:
        InputError: it is not fit to be one, or is the old one.

    """
    passwords.check(password, person.login)
    if passwords.is_right(password, person.password_hash):
        raise InputError("the new password is the old one")
    with conn.transaction():
        conn.execute(_sql()["password"].encode(), {"person_id": person.person_id, "password_hash": passwords.hashed(password), "must_change": False})
        _note(conn, by, "person.password", person)


def reset_password(conn: Connection, person: Person, by: By) -> str:
    """A one-time password for somebody who forgot theirs; the second step is taken off too, since a lost telephone is the usual reason."""
    drawn = passwords.one_time()
    with conn.transaction():
        conn.execute(_sql()["password"].encode(), {"person_id": person.person_id, "password_hash": passwords.hashed(drawn), "must_change": True})
        conn.execute(_sql()["totp"].encode(), {"person_id": person.person_id, "totp_sealed": None, "totp_step": 0})
        _note(conn, by, "person.reset", person)
    return drawn


def set_totp(conn: Connection, person: Person, secret: str | None, seals: Seals, by: By, *, step: int = 0) -> None:
    """Keep the secret of a person's second step, sealed; None takes it off."""
    sealed = seals.seal(secret.encode(), about=person.subject.encode()) if secret else None
    with conn.transaction():
        conn.execute(_sql()["totp"].encode(), {"person_id": person.person_id, "totp_sealed": sealed, "totp_step": step})
        _note(conn, by, "person.second_step", person, {"on": secret is not None})


def is_second_step(conn: Connection, person: Person, code: str, seals: Seals, at: datetime) -> bool:
    """Whether a code is right and was not used before."""
    assert person.totp_sealed
    step = totp.step_of(seals.open(person.totp_sealed, about=person.subject.encode()).decode(), code, at)
    if step is None:
        return False
    return conn.execute(_sql()["totp_used"].encode(), {"person_id": person.person_id, "totp_step": step}).fetchone() is not None


def end_person(conn: Connection, person: Person, by: By, reason: str) -> None:
    """End an account; it stays, so that what it did keeps its name.

    Raises:
        InputError: it was ended before.

    """
    with conn.transaction():
        if conn.execute(_sql()["end"].encode(), {"person_id": person.person_id, "at": by.at}).fetchone() is None:
            raise InputError(f"the account '{person.login}' was ended already")
        conn.execute(_sql()["withdraw"].encode(), {"person_id": person.person_id, "role": None, "at": by.at})
        append(conn, Entry(actor=by.actor, action="person.ended", subject=person.subject, at=by.at, reason=reason, address=by.address))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An account as a list shows it."""

    person_id: int
    login: str
    name: str
    ended_at: datetime | None
    has_second_step: bool
    roles: tuple[str, ...]


def people(conn: Connection) -> list[Known]:
    """All accounts, by log-in, also ended ones."""
    return [Known(person_id=number, login=login, name=name, ended_at=ended_at, has_second_step=has, roles=tuple(roles))
            for number, login, name, ended_at, has, roles in conn.execute(_sql()["all"].encode()).fetchall()]


def person_by_login(conn: Connection, login: str) -> Person | None:
    return _one(conn, login=login.strip().lower())


def person_by_id(conn: Connection, person_id: int) -> Person | None:
    return _one(conn, person_id=person_id)


def grants_of(conn: Connection, person_id: int) -> tuple[Grant, ...]:
    """Roles in force."""
    rows = conn.execute(_sql()["grants"].encode(), {"person_id": person_id}).fetchall()
    return tuple(Grant(role=role, **{name: None if limit is None else frozenset(limit) for name, limit in
                                     (("units", units), ("agencies", agencies), ("fields", fields))})
                 for role, units, agencies, fields in rows)


def _one(conn: Connection, **asked: Any) -> Person | None:
    row = conn.execute(_sql()["one"].encode(), dict.fromkeys(("login", "person_id", "issuer", "external_id")) | asked).fetchone()
    return None if row is None else Person(**dict(zip(Person.__dataclass_fields__, row, strict=True)))


def _name(name: str) -> str:
    kept = " ".join(name.split())
    if not 1 <= len(kept) <= 200 or not kept.isprintable():
        raise InputError("a name has 1 to 200 printable characters")
    return kept


def _note(conn: Connection, by: By, action: str, person: Person, after: dict[str, Any] | None = None, personal: dict[str, str] | None = None) -> None:
    append(conn, Entry(actor=by.actor, action=action, subject=person.subject, at=by.at, after=after, address=by.address, personal=personal or {}))


@cache
def _sql() -> dict[str, str]:
    return named(resources.files("ioc.people").joinpath("accounts.sql"))
