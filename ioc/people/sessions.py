"""Sessions of persons: begun by a sign-in, ended by the person, by idleness, by time or by an administrator.

A page that updates itself keeps no session alive: only what a person does counts (`active`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from psycopg.types.json import Jsonb

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.people.accounts import By, Person
from ioc.people.principal import Grant, Principal
from ioc.people.tokens import digest_of, new_token

LONGEST = timedelta(hours=13)
"""A shift and its handing over; nobody stays signed in longer."""
STEP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session in force. `must_change`: the person may only choose a new password."""

    session_id: int
    digest: bytes
    active_at: datetime
    until: datetime
    must_change: bool
    principal: Principal


def begin(conn: Connection, person: Person, by: By) -> str:
    """Begin a session, with a new token each time (a token that was there before the sign-in is never taken over); answers the token."""
    token = new_token()
    with conn.transaction():
        row = conn.execute(_sql()["begin"].encode(), {
            "digest": digest_of(token), "csrf": new_token(), "person_id": person.person_id, "at": by.at, "until": by.at + LONGEST,
            "address": by.address}).fetchone()
        assert row
        append(conn, Entry(actor=person.subject, action="session.began", subject=f"session:{row[0]}", at=by.at, address=by.address))
    return token


def sessions(conn: Connection, at: datetime, idle: timedelta) -> dict[bytes, Session]:
    """All sessions in force, by the digest of their token; those whose time is over are ended first."""
    asked = {"at": at, "idle_at": at - idle}
    with conn.transaction():
        for session_id, person_id, why in conn.execute(_sql()["overdue"].encode(), asked).fetchall():
            append(conn, Entry(actor=f"person:{person_id}", action="session.ended", subject=f"session:{session_id}", at=at, reason=why))
    return {s.digest: s for s in _read(conn.execute(_sql()["open"].encode(), asked).fetchall())}


def _read(rows: list[tuple[Any, ...]]) -> Iterator[Session]:
    grants: dict[int, list[Grant]] = {}
    for row in rows:
        limits = {name: None if limit is None else frozenset(limit) for name, limit in zip(("units", "agencies", "fields"), row[9:], strict=True)}
        grants.setdefault(row[0], []).extend([Grant(role=row[8], **limits)] if row[8] else [])
    for session_id, digest, csrf, active_at, until, person_id, name, must_change, *_ in {row[0]: row for row in rows}.values():
        principal = Principal(kind="person", id=str(person_id), name=name, grants=tuple(grants[session_id]), session_id=str(session_id), csrf=csrf)
        yield Session(session_id=session_id, digest=bytes(digest), active_at=active_at, until=until, must_change=must_change, principal=principal)


def active(conn: Connection, session_id: int, at: datetime) -> None:
    """The person did something."""
    conn.execute(_sql()["active"].encode(), {"session_id": session_id, "at": at})


def end(conn: Connection, session_id: int, why: str, by: By) -> None:
    """End a session; nothing where it ended before."""
    with conn.transaction():
        if conn.execute(_sql()["end"].encode(), {"session_id": session_id, "why": why, "at": by.at}).fetchone():
            append(conn, Entry(actor=by.actor, action="session.ended", subject=f"session:{session_id}", at=by.at, reason=why, address=by.address))


def end_others(conn: Connection, person_id: int, why: str, by: By, *, but: int | None = None) -> int:
    """End a person's sessions, but for one; answers how many."""
    with conn.transaction():
        asked = {"person_id": person_id, "session_id": but, "why": why, "at": by.at}
        ended = [row[0] for row in conn.execute(_sql()["end_others"].encode(), asked).fetchall()]
        if ended:
            append(conn, Entry(actor=by.actor, action="session.ended", subject=f"person:{person_id}", at=by.at, reason=why, address=by.address,
                               after={"sessions": ended}))
    return len(ended)


def put_step(conn: Connection, detail: Mapping[str, Any], at: datetime, person_id: int | None = None) -> str:
    """Keep what a sign-in in two steps needs between them; answers the token of the browser's cookie."""
    token = new_token()
    conn.execute(_sql()["old_steps"].encode(), {"at": at})
    conn.execute(_sql()["step"].encode(), {"digest": digest_of(token), "person_id": person_id, "detail": Jsonb(dict(detail)), "until": at + STEP})
    return token


def take_step(conn: Connection, token: str, at: datetime) -> tuple[int | None, dict[str, Any]] | None:
    """The step of a token, once: (person, detail); None where there is none or its five minutes are over."""
    row = conn.execute(_sql()["take_step"].encode(), {"digest": digest_of(token)}).fetchone()
    return None if row is None or row[2] <= at else (row[0], row[1])


@cache
def _sql() -> dict[str, str]:
    return named(resources.files("ioc.people").joinpath("sessions.sql"))
