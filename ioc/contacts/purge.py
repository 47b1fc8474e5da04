"""The end of personal data: by the province's policy, or because the person asked. What remains is that they were kept and when they went."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from ioc.audit.ledger import Entry, append, forget
from ioc.contacts.policy import Retention
from ioc.contacts.vault import Subject
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError, NotFoundError
from ioc.streams.engine.privacy import masked as without_numbers

BATCH = 500
"""Values deleted in one transaction: the ledger and the sinks wait for each only a moment."""
ACTOR = "system:retention"
UNKNOWN = "unknown"
"""Rule of contacts whose subject never came."""
MOST = 100
"""Subjects that are named as open for too long."""


Gone = tuple[int, str, int]
"""What was deleted of a subject: its number in contact_purge, the subject, how many values."""


class Tally(NamedTuple):
    """What one rule deleted, or would delete."""

    rule: str
    values: int
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge did. `overdue`: subjects that are still open though their contact was kept longer than the policy's limit; they stay."""

    tallies: tuple[Tally, ...]
    overdue: tuple[str, ...]
    whole: bool = True


class _Due(NamedTuple):
    """One rule as questions: `ids` finds the next values, `tally` says how many there are."""

    rule: str
    ids: str
    tally: str
    values: dict[str, Any]


def due(conn: Connection, policy: Retention, now: datetime) -> Purged:
    """What a purge would delete now."""
    found = []
    for rule in _rules(policy, now):
        row = conn.execute(sql()[rule.tally].encode(), rule.values).fetchone()
        assert row
        found.append(Tally(rule.rule, *row))
    return Purged(tallies=tuple(found), overdue=_overdue(conn, policy, now))


def purge(conn: Connection, policy: Retention, now: datetime, *, stop: threading.Event | None = None) -> Purged:
    """Delete what the policy no longer lets the centre keep, in batches that stand each for itself: stopped anywhere, it goes on the next time.

    Never anything of an open subject. With the values go the salts of the ledger's lines about the subject. `conn`: autocommit.
    """
    tallies = []
    for rule in _rules(policy, now):
        rows = [row for batch in _batches(conn, rule, policy, now, stop or threading.Event()) for row in batch]
        tallies.append(Tally(rule.rule, sum(count for _, _, count in rows), len({name for _, name, _ in rows})))
    return Purged(tallies=tuple(tallies), overdue=_overdue(conn, policy, now), whole=not (stop and stop.is_set()))


def erase(conn: Connection, subject: Subject, *, actor: str, reason: str, at: datetime) -> int:
    """Delete all that is kept about a subject, open or not, since the person asked for it; answers how many values.

    Raises:
        InputError: no reason given.
        NotFoundError: nothing is kept about it.

    """
    if not reason.strip():
        raise InputError("an erasure needs a reason, e.g. the number of the person's request: it is kept in the ledger")
    with conn.transaction():
        ids = _ids(conn, "of_subject", {"stream": subject.stream, "subject": subject.id})
        if not ids:
            raise NotFoundError(f"nothing is kept about '{subject.name}'")
        rows = _dropped(conn, ids, "erased", at)
        append(conn, Entry(actor=actor, action="contact.erased", subject=subject.name, at=at, after=_told(rows),
                           reason=without_numbers(reason.strip())))
    return sum(count for _, _, count in rows)


def _rules(policy: Retention, now: datetime) -> Iterator[_Due]:
    for rule in policy.rules:
        yield _Due(f"{rule.stream}: {', '.join(rule.fields)}: {rule.text}", "ended", "due",
                   {"stream": rule.stream, "fields": list(rule.fields), "before": now - rule.kept})
    yield _Due(f"{UNKNOWN}: {policy.never_ended_days} days after it was kept", UNKNOWN, "unknown_due", {"before": now - policy.never_ended})


def _batches(conn: Connection, rule: _Due, policy: Retention, now: datetime, stop: threading.Event) -> Iterator[list[Gone]]:
    last = 0
    while not stop.is_set():
        with conn.transaction():
            ids = _ids(conn, rule.ids, {**rule.values, "after": last, "most": BATCH})
            if not ids:
                return
            rows = _dropped(conn, ids, rule.rule, now)
            append(conn, Entry(actor=ACTOR, action="contact.purged", at=now, after={"rule": rule.rule, **_told(rows)}, reason=policy.legal_basis))
        last = ids[-1]
        yield rows


def _dropped(conn: Connection, ids: Sequence[int], rule: str, at: datetime) -> list[Gone]:
    """Delete values, and the salts of their subjects' lines."""
    rows: list[Gone] = conn.execute(sql()["drop"].encode(), {"ids": list(ids), "rule": rule, "at": at}).fetchall()
    salted = conn.execute(sql()["salted"].encode(), {"subjects": [name for _, name, _ in rows]})
    forget(conn, [line for (line,) in salted.fetchall()])
    return rows


def _told(rows: Sequence[Gone]) -> dict[str, Any]:
    """What the ledger says of deleted values: how many, and under which numbers contact_purge names their subjects."""
    numbers = [number for number, _, _ in rows]
    return {"values": sum(count for _, _, count in rows), "subjects": len(rows), "purges": [min(numbers), max(numbers)]}


def _ids(conn: Connection, name: str, values: dict[str, Any]) -> list[int]:
    return [contact_id for (contact_id,) in conn.execute(sql()[name].encode(), values)]


def _overdue(conn: Connection, policy: Retention, now: datetime) -> tuple[str, ...]:
    rows = conn.execute(sql()["overdue"].encode(), {"before": now - policy.never_ended, "most": MOST})
    return tuple(name for (name,) in rows)


@cache
def sql() -> dict[str, str]:
    return named(resources.files("ioc.contacts").joinpath("purge.sql"))
