"""Whether the ledger is whole: every line where it was, as it was, and none gone from the end."""

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

from ioc.audit.anchor import Anchor, noted
from ioc.db.connect import Connection, reading
from ioc.db.queries import named
from ioc.errors import InputError

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.audit").joinpath("chain.sql")).items()}
_CHUNK = 2000
_NOTHING = bytes(32)
"""What stands for the hash of the line before line 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found. `lines`: how many are in order from the first on; `line`, `fault`: the first that is not, and why ('' = the ledger is whole).

    `last`: the hash of the last line in order; `anchors`: how many were given or noted; `anchored`: up to which line they vouch, None = not at all.
    """

    lines: int
    last: bytes
    anchors: int
    anchored: int | None = None
    line: int | None = None
    fault: str = ""

    @property
    def whole(self) -> bool:
        return not self.fault


class _Row(NamedTuple):
    line: int
    at: str
    actor: str
    action: str
    subject: str
    content: str
    hash: bytes


class _End(NamedTuple):
    line: int
    hash: bytes


def verify(conn: Connection, anchors: Iterable[Anchor] = (), stop: threading.Event | None = None) -> Verdict:
    """Read the ledger from its first line to its last, in memory that does not grow with it, beside those who append.

    Args:
        conn: a connection without an open transaction.
        anchors: those kept outside the database; its own are compared too.
        stop: set = give up.

    Raises:
        InputError: it was stopped.

    """
    with reading(conn):
        known: dict[int, list[Anchor]] = defaultdict(list)
        for anchor in (*anchors, *noted(conn)):
            known[anchor.line].append(anchor)
        row = conn.execute(_SQL["head"]).fetchone()
        head = _End(row[0], bytes(row[1])) if row else None
        with conn.cursor(name="audit_chain", binary=True) as cursor:
            cursor.itersize = _CHUNK
            cursor.execute(_SQL["chain"])
            return _verdict(map(_Row._make, cursor), head, known, stop or threading.Event())


def _verdict(rows: Iterator[_Row], head: _End | None, known: Mapping[int, list[Anchor]], stop: threading.Event) -> Verdict:
    tail, anchored = _End(-1, _NOTHING), None
    line, fault = None, ""
    for row in rows:
        if stop.is_set():
            raise InputError(f"the ledger was not read to its end: it was stopped after line {tail.line}")
        published = known.get(row.line, [])
        if fault := _misplaced(row, tail) or _unhashed(row, tail, rows, head) or _differing(row) or _unanchored(row, published):
            line = min(row.line, tail.line + 1)
            break
        anchored = row.line if published else anchored
        tail = _End(row.line, row.hash)
    else:
        line, fault = _ending(tail, head, known)
    return Verdict(lines=tail.line + 1, last=tail.hash, anchors=sum(map(len, known.values())), anchored=anchored, line=line, fault=fault)


def _hash(before: bytes, line: int, content: str) -> bytes:
    return hashlib.sha256(before + line.to_bytes(8, "big", signed=True) + content.encode()).digest()


def _misplaced(row: _Row, tail: _End) -> str:
    """Numbers have no gap, so that one tells of a line that was taken out."""
    if row.line == tail.line + 1:
        return ""
    if row.line <= tail.line:
        return "it stands before line 0, where every ledger begins"
    return f"it is gone: the next that stands there is line {row.line}"


def _unhashed(row: _Row, tail: _End, after: Iterator[_Row], head: _End | None) -> str:
    if row.hash == _hash(tail.hash, row.line, row.content):
        return ""
    following = next(after, None)
    # The rest builds upon this line's hash: the hash was left as it was, and what it is the hash of was not.
    kept = following.hash == _hash(row.hash, following.line, following.content) if following else head is not None and row.hash == head.hash
    if kept:
        return "its content is not what was hashed: it was changed, or the line before it was changed and hashed anew"
    return "it does not follow from the line before it: a line was put in or taken out here, or lines were exchanged"


def _differing(row: _Row) -> str:
    """The columns beside the content repeat it: the console searches by them."""
    try:
        told = json.loads(row.content)
    except ValueError:
        return "its content is no JSON, which the ledger never writes"
    for name in ("at", "actor", "action", "subject"):
        if (shown := getattr(row, name)) != (hashed := told.get(name) if isinstance(told, dict) else None):
            return f"its column '{name}' says '{shown}', its content, which was hashed, '{hashed}'"
    return ""


def _unanchored(row: _Row, anchors: Iterable[Anchor]) -> str:
    for anchor in anchors:
        if anchor.hash != row.hash:
            return (f"it has not the hash that was published on {anchor.at} ({anchor.place}): this line or one before it was changed, "
                    "and all after it hashed anew")
    return ""


def _ending(tail: _End, head: _End | None, known: Mapping[int, list[Anchor]]) -> tuple[int | None, str]:
    """What is wrong with the end of a chain whose lines are all in order, and from which line on."""
    if (furthest := max(known, default=-1)) > tail.line:
        anchor = known[furthest][0]
        return tail.line + 1, f"it is gone, with all after it: line {furthest} was there on {anchor.at} ({anchor.place})"
    if head is None:
        return tail.line + 1, "nothing says whether the ledger ends before it: the head row was deleted"
    if head.line > tail.line:
        return tail.line + 1, f"it is gone, with all after it: the head row says that the ledger ends with line {head.line}"
    if head.line < tail.line:
        return head.line + 1, f"the head row says that the ledger ends with line {head.line}: the row was set back, or lines were put in at the end"
    if head.hash != tail.hash:
        return tail.line, "the head row has another hash for it: the row was changed"
    return None, ""
