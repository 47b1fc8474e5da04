"""Anchors: heads of the chain that were published, so that a ledger written anew as a whole shows."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ConfigurationError, InputError

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.audit").joinpath("anchor.sql")).items()}
_WORD = "ioc-audit"
_TEXT = re.compile(rf"\b{_WORD} (\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ) line (\d{{1,18}}) sha256 ([0-9a-f]{{64}})(?!\w)")
_BEGUN = re.compile(rf"\b{_WORD} \d")
MAX_FILE = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """At a moment the ledger ended with this line. `at`: RFC 3339 in UTC, whole seconds; `place`: where the anchor was found."""

    at: str
    line: int
    hash: bytes
    place: str = ""

    def __str__(self) -> str:
        return f"{_WORD} {self.at} line {self.line} sha256 {self.hash.hex()}"


def head(conn: Connection, now: datetime) -> Anchor:
    """The newest line.

    Raises:
        ConfigurationError: there is none, though every ledger begins with one.

    """
    row = conn.execute(_SQL["head"]).fetchone()
    if row is None:
        raise ConfigurationError("the audit ledger has no head row: it was deleted; restore the database, see `ioc audit verify`")
    return Anchor(at=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", line=row[0], hash=bytes(row[1]), place="audit_head")


def anchor(conn: Connection, now: datetime, place: str = "") -> str:
    """Note the head as published, and answer the line of text to publish. In a transaction that has appended nothing itself."""
    made = head(conn, now)
    conn.execute(_SQL["add"], {"line": made.line, "hash": made.hash, "at": now, "place": place})
    return str(made)


def noted(conn: Connection) -> list[Anchor]:
    """The anchors that the database itself knows of, oldest first."""
    return [Anchor(at=str(at), line=line, hash=bytes(hashed), place=f"audit_anchor {place}".strip())
            for line, hashed, at, place in conn.execute(_SQL["anchors"])]


def written(file: Path) -> list[Anchor]:
    """Anchors in a file that was kept outside: a log, mails put together, lines copied by hand. Text around them does not matter.

    Raises:
        InputError: the file cannot be read, holds no anchor, or one that is damaged.

    """
    try:
        if file.stat().st_size > MAX_FILE:
            raise InputError(f"{file} is larger than {MAX_FILE // 1_000_000} MB: give a file with the lines that hold '{_WORD}' alone")
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error
    found = [one for number, line in enumerate(text.splitlines(), start=1) for one in _in(line, f"{file.name}:{number}")]
    if not found:
        raise InputError(f"{file} holds no anchor: one is a line like '{_WORD} 2026-11-22T10:00:00Z line 1234 sha256 …', see `ioc audit head`")
    return found


def _in(line: str, place: str) -> list[Anchor]:
    found = [Anchor(at=at, line=int(number), hash=bytes.fromhex(hashed), place=place) for at, number, hashed in _TEXT.findall(line)]
    if len(found) != len(_BEGUN.findall(line)):
        raise InputError(f"{place}: an anchor is damaged: '{line.strip()[:120]}'; take the line from another place where it was published")
    return found
