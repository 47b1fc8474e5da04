"""Signing in with log-in and password, and the limits on trying: per log-in and per address, in the database, so for all web processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import RefusedError
from ioc.people import passwords
from ioc.people.accounts import Person, is_second_step, person_by_id, person_by_login
from ioc.people.seals import Seals
from ioc.people.tokens import digest_of

WINDOW = timedelta(hours=1)
FREE_OF_LOGIN, FREE_OF_ADDRESS = 5, 30
"""Failures within the window before one has to wait; an address may stand for a whole office."""
LONGEST_WAIT_S = 900
SAME = "the log-in, the password or the code is wrong"
"""One answer for all of them: it tells nobody which log-ins there are."""


class WaitError(RefusedError):
    """Too many failures: try again after `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many failed attempts: try again in {wait_s} s")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: what was typed, from where, when."""

    login: str
    address: str
    at: datetime

    @property
    def tried(self) -> dict[str, bytes]:
        return {"login": digest_of(f"login {self.login.strip().lower()}"), "address": digest_of(f"address {self.address}")}


def charge(conn: Connection, attempt: Attempt) -> Sequence[int]:
    """Count an attempt as failed before it is looked at, so that many at once are not looked at either; answers what to refund if it is right.

    Raises:
        WaitError: the log-in or the address failed too often; the wait doubles with each failure more.

    """
    with conn.transaction():
        for tried in sorted(attempt.tried.values()):
            conn.execute("select pg_advisory_xact_lock(%s)", (int.from_bytes(tried[:8], signed=True),))
        row = conn.execute(_sql()["failures"].encode(), attempt.tried | {"since": attempt.at - WINDOW}).fetchone()
        assert row
        waits = [_left(count - free, last, attempt.at) for count, last, free in ((row[0], row[2], FREE_OF_LOGIN), (row[1], row[3], FREE_OF_ADDRESS))]
        if max(waits) > 0:
            raise WaitError(max(waits))
        return [row[0] for row in conn.execute(_sql()["failed"].encode(), attempt.tried | {"at": attempt.at}).fetchall()]


def _left(beyond: int, last: datetime | None, at: datetime) -> int:
    if beyond < 0 or last is None:
        return 0
    wait_s: int = min(LONGEST_WAIT_S, 15 << min(beyond, 10))
    return max(0, round(wait_s - (at - last).total_seconds()))


def with_password(conn: Connection, attempt: Attempt, password: str) -> Person:
    """The person whose log-in and password these are; a second step may still be owed.

    Raises:
        WaitError: too many failures before.
        RefusedError: wrong, in one sentence for all reasons and after the same work.

    """
    charged = charge(conn, attempt)
    person = person_by_login(conn, attempt.login)
    known = person if person and person.ended_at is None and not person.issuer else None
    if not passwords.is_right(password, known.password_hash if known else None) or known is None:
        raise failed(conn, attempt, known)
    refund(conn, charged)
    if known.password_hash and passwords.is_old(known.password_hash):
        conn.execute("update person set password_hash = %s where person_id = %s", (passwords.hashed(password), known.person_id))
    return known


def with_code(conn: Connection, attempt: Attempt, person_id: int, code: str, seals: Seals) -> Person:
    """The person, whose second step is done now.

    Raises:
        WaitError: too many failures before.
        RefusedError: a wrong code, or one that was used.

    """
    charged = charge(conn, attempt)
    person = person_by_id(conn, person_id)
    if person is None or person.ended_at or not person.totp_sealed or not is_second_step(conn, person, code, seals, attempt.at):
        raise failed(conn, attempt, person)
    refund(conn, charged)
    return person


def refund(conn: Connection, charged: Sequence[int]) -> None:
    """An attempt that was right is no failure."""
    conn.execute(_sql()["refunded"].encode(), {"failures": list(charged)})


def succeeded(conn: Connection, attempt: Attempt) -> None:
    """Forget the log-in's failures (not the address's: one right guess must not buy more)."""
    conn.execute(_sql()["forgotten"].encode(), {"since": attempt.at - WINDOW, "login": attempt.tried["login"]})


def failed(conn: Connection, attempt: Attempt, person: Person | None) -> RefusedError:
    """A line for the ledger; answers what to raise. An unknown log-in stands there as a digest alone: it may be a password."""
    with conn.transaction():
        append(conn, Entry(actor="nobody", action="sign_in.failed", subject=person.subject if person else "", at=attempt.at,
                           address=attempt.address, personal={} if person else {"login": attempt.login[:200]}))
    return RefusedError(SAME)


@cache
def _sql() -> dict[str, str]:
    return named(resources.files("ioc.people").joinpath("sessions.sql"))
