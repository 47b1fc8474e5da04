"""Notes of a shift, and the shift handed over: frozen, signed by who gives, then by who takes; each signature a line of the ledger."""

from collections.abc import Callable
from datetime import datetime
from importlib import resources
from typing import Any, NamedTuple

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.people.accounts import By
from ioc.shift.book import Book
from ioc.streams.engine.privacy import masked

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.shift").joinpath("handover.sql")).items()}
_LOCK = 4_711_037
LONGEST_NOTE, LONGEST_REASON = 2000, 500


class Began(NamedTuple):
    """Where this shift begins: when the one before was handed over, and its last note. None and 0 = it is the first."""

    at: datetime | None
    last_note: int


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """A shift handed over, and what became of it. `given_by`, `refused_by`: actors of the ledger."""

    handover_id: int
    snapshot: dict[str, Any]
    given_at: datetime
    given_by: str
    given_name: str
    taken_at: datetime | None
    taken_name: str | None
    refused_at: datetime | None
    refused_by: str | None
    refused_name: str | None
    refused_reason: str | None

    @property
    def waits(self) -> bool:
        return self.taken_at is None and self.refused_at is None

    def book(self) -> Book:
        return msgspec.convert(self.snapshot, Book)


def began(conn: Connection) -> Began:
    row = conn.execute(_SQL["taken"]).fetchone()
    return Began(*row) if row else Began(None, 0)


def add_note(conn: Connection, words: str, by: By, name: str, *, corrects: int | None = None) -> int:
    """Keep a note of the shift and answer its number.

    Raises:
        InputError: nothing written, too long, or it corrects what is no note of this shift.

    """
    text = _said(words, LONGEST_NOTE, "a note")
    with conn.transaction():
        # A handover that is being frozen has all notes before it and none after.
        conn.execute("select pg_advisory_xact_lock_shared(%s)", (_LOCK,))
        row = conn.execute(_SQL["note"], {"at": by.at, "author": by.actor, "name": name, "words": text, "corrects": corrects,
                                          "after": began(conn).last_note}).fetchone()
        if row is None:
            raise InputError(f"note {corrects} is none of this shift: only those are corrected, by a further note")
        append(conn, Entry(actor=by.actor, action="shift.noted", subject=f"shift_note:{row[0]}", at=by.at, after={"corrects": corrects},
                           address=by.address))
    return int(row[0])


def give(conn: Connection, book: Callable[[Began], Book], by: By, name: str) -> int:
    """Freeze the book and sign it as who hands over; answers the handover's number.

    Raises:
        InputError: another handover waits.

    """
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
        newest = conn.execute(_SQL["newest_note"]).fetchone()
        assert newest
        row = conn.execute(_SQL["give"], {"snapshot": Jsonb(msgspec.to_builtins(book(began(conn)))), "last_note": newest[0], "at": by.at,
                                          "by": by.actor, "name": name}).fetchone()
        if row is None:
            raise InputError("a handover waits already: it is taken over or refused first")
        _enter(conn, "shift.handed_over", row[0], by)
    return int(row[0])


def take(conn: Connection, handover: int, by: By, name: str) -> None:
    """Sign as who takes over.

    Raises:
        InputError: it does not wait any more, or this person handed it over.

    """
    with conn.transaction():
        if conn.execute(_SQL["take"], {"handover": handover, "at": by.at, "by": by.actor, "name": name}).fetchone() is None:
            raise InputError("this handover cannot be taken over: it does not wait any more, or it is your own, which another lead takes over")
        _enter(conn, "shift.taken_over", handover, by)


def refuse(conn: Connection, handover: int, reason: str, by: By, name: str) -> None:
    """Refuse a handover with the reason, or withdraw one's own; the shift goes on.

    Raises:
        InputError: no reason, or it does not wait any more.

    """
    said = _said(reason, LONGEST_REASON, "the reason")
    with conn.transaction():
        row = conn.execute(_SQL["refuse"], {"handover": handover, "at": by.at, "by": by.actor, "name": name, "reason": said}).fetchone()
        if row is None:
            raise InputError("this handover does not wait any more")
        _enter(conn, "shift.withdrawn" if row[0] == by.actor else "shift.refused", handover, by, said)


def handovers(conn: Connection, *, handover: int | None = None, most: int = 30) -> list[Handover]:
    """The newest handovers first, or the one of a number."""
    with conn.cursor(row_factory=class_row(Handover)) as cursor:
        return cursor.execute(_SQL["handovers"], {"handover": handover, "most": most}).fetchall()


def _enter(conn: Connection, action: str, handover: int, by: By, reason: str = "") -> None:
    append(conn, Entry(actor=by.actor, action=action, subject=f"shift_handover:{handover}", at=by.at, reason=reason, address=by.address))


def _said(words: str, most: int, what: str) -> str:
    """Words as they are kept for ever: without telephone and identity numbers."""
    text = words.strip()
    if not text or len(text) > most or "\0" in text:
        raise InputError(f"{what} has 1 to {most} characters")
    return masked(text)
