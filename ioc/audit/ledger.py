"""Lines of the ledger: appended in the transaction of what they tell of, read newest first, their personal fields forgotten on a purge."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any

from ioc.audit.canonical import canonical, moment, writable
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ContractError

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.audit").joinpath("ledger.sql")).items()}
_SALT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a line tells. `actor`: person:12, screen:3, system:relay, command-line; `action`: report.verified; `subject`: report:PA-1.

    `personal`: name → value of what tells of a person. It enters as a salted digest, so it must stand in no other field.
    """

    actor: str
    action: str
    subject: str = ""
    at: datetime
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str = ""
    address: str = ""
    personal: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as it stands. `personal`: name → digest in hexadecimal."""

    line: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str
    address: str
    personal: Mapping[str, str]
    hash: bytes


def append(conn: Connection, entry: Entry) -> int:
    """Add a line and answer its number. The transaction's last statement, since everybody else who appends waits for its end.

    Raises:
        ContractError: a moment without zone, a value that has no form in the ledger.

    """
    row = conn.execute(_SQL["append"], _parameters(entry)).fetchone()
    assert row
    return int(row[0])


def append_all(conn: Connection, entries: Iterable[Entry]) -> list[int]:
    """As `append`, the lines of one decision about many things: one exchange with the database, so that others wait the shorter."""
    given = [_parameters(entry) for entry in entries]
    numbers: list[int] = []
    if not given:
        return numbers
    with conn.cursor() as cursor:
        cursor.executemany(_SQL["append"], given, returning=True)
        while row := cursor.fetchone():
            numbers.append(int(row[0]))
            if not cursor.nextset():
                break
    return numbers


def _parameters(entry: Entry) -> dict[str, Any]:
    if entry.at.tzinfo is None:
        raise ContractError(f"the moment {entry.at} of {entry.action} has no zone: the ledger takes aware moments")
    salts = {writable(name): secrets.token_bytes(_SALT) for name in entry.personal}
    personal = {writable(name): _digest(salts[writable(name)], value) for name, value in entry.personal.items()}
    return {"content": canonical(_content(entry, personal)), "fields": list(salts), "salts": list(salts.values())}


def _content(entry: Entry, personal: Mapping[str, str]) -> dict[str, Any]:
    told = {"before": entry.before, "after": entry.after, "reason": entry.reason or None, "address": entry.address or None,
            "personal": personal or None}
    return {"at": moment(entry.at), "actor": entry.actor, "action": entry.action, "subject": entry.subject,
            **{name: value for name, value in told.items() if value is not None}}


def _digest(salt: bytes, value: str) -> str:
    return hashlib.sha256(salt + value.encode("utf-8", "surrogatepass")).hexdigest()


def lines(conn: Connection, *, before: int | None = None, limit: int, actor: str | None = None, action: str | None = None,  # noqa: PLR0913 (one filter each)
          subject: str | None = None, since: datetime | None = None, until: datetime | None = None) -> list[Line]:
    """Lines in [since, until) with numbers below `before`, newest first."""
    found = conn.execute(_SQL["lines"], {"before": before, "most": limit, "actor": actor, "action": action, "subject": subject,
                                         "since": since, "until": until})
    return [_line(*row) for row in found]


def _line(*row: Any) -> Line:
    line, at, actor, action, subject, content, hashed = row
    told = json.loads(content)
    return Line(line=line, at=at, actor=actor, action=action, subject=subject, before=told.get("before"), after=told.get("after"),
                reason=told.get("reason", ""), address=told.get("address", ""), personal=told.get("personal", {}), hash=bytes(hashed))


def disclosed(conn: Connection, line: int, field: str, value: str) -> bool:
    """Whether a value is the one that a personal field of a line was made of; False also once its salt is forgotten."""
    row = conn.execute(_SQL["salted"], {"line": line, "field": writable(field)}).fetchone()
    if row is None:
        return False
    content, salt = row
    return hmac.compare_digest(json.loads(content)["personal"][writable(field)], _digest(bytes(salt), value))


def forget(conn: Connection, lines: Collection[int]) -> int:
    """Delete the salts of lines, so that nothing tells any more whose digests they hold; answers how many. The chain stays whole."""
    return conn.execute(_SQL["forget"], {"lines": sorted(lines)}).rowcount
