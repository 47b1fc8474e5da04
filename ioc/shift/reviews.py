"""Rejections and merges read again: drawn by a keyed lot that nobody can foretell or steer, put before a lead who did not decide them."""

import json
import tomllib
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from importlib.abc import Traversable
from typing import Annotated, Any

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ConfigurationError, InputError, NotFoundError
from ioc.people.accounts import By
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.people.seals import Seals
from ioc.streams.engine.privacy import masked

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.shift").joinpath("reviews.sql")).items()}
FILE = "shift.toml"
AT_ONCE = 5000
MOST = 20
LONGEST = 1000


class Lot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A province's shift.toml. `reread_pct`: of rejections and merges."""

    reread_pct: Annotated[float, msgspec.Meta(ge=0, le=100)] = 5.0


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A decision to be read again, without who made it; the report as it stands."""

    event_id: str
    subject: str
    fact: str
    reason_code: str
    reason: str
    parent_id: str | None
    decided_at: datetime
    category: str
    unit_code: str
    state: str
    submitted_at: datetime | None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """Decisions of one kind and reason code: drawn, of these read again, of these disagreed with."""

    fact: str
    reason_code: str
    drawn: int
    read: int
    disagreed: int


class Disagreed(msgspec.Struct, frozen=True, kw_only=True):
    """A lead's words about a decision, for whoever made it."""

    subject: str
    fact: str
    reason_code: str
    words: str
    read_at: datetime


class Handled(msgspec.Struct, frozen=True, kw_only=True):
    """Reports of a span: those there were to decide upon, those decided upon, and of these the rejected and the merged."""

    had: int
    handled: int
    rejected: int
    merged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a lead says of a drawn decision; disagreement says why."""

    event_id: str
    agrees: bool
    words: str = ""


def load_lot(folder: Traversable) -> Lot:
    """The share of a profile folder; 5 % where it has no shift.toml.

    Raises:
        ConfigurationError: shift.toml says something else than a share.

    """
    file = folder.joinpath(FILE)
    if not file.is_file():
        return Lot()
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Lot, strict=False)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"{FILE}: {error}; it holds one line, e.g. reread_pct = 5") from None


def is_drawn(seals: Seals, event_id: str, lot: Lot) -> bool:
    """Whether a decision falls to the lot: the same for the same key file and event, and unknown to whoever has no key."""
    return int.from_bytes(seals.digest(f"reread\0{event_id}")[:8]) < lot.reread_pct / 100 * 2**64


def draw(conn: Connection, seals: Seals, lot: Lot) -> None:
    """Draw from the decisions that the ledger has told since the last time."""
    with conn.transaction():
        conn.execute(_SQL["begin"])
        row = conn.execute(_SQL["drawn"]).fetchone()
        assert row
        found = conn.execute(_SQL["decisions"], {"after": row[0], "most": AT_ONCE}).fetchall()
        for line in found:
            decision = _decision(*line)
            if is_drawn(seals, decision["event_id"], lot):
                conn.execute(_SQL["put"], decision)
        if found:
            conn.execute(_SQL["move"], {"line": found[-1][0]})


def _decision(line: int, at: datetime, actor: str, subject: str, content: str) -> dict[str, Any]:
    told = json.loads(content)
    data = told["after"]["data"]
    return {"event_id": told["after"]["event_id"], "line": line, "subject": subject.removeprefix("report:"),
            "fact": told["action"].removeprefix("report."), "reason_code": data.get("reason_code") or "", "reason": told.get("reason", ""),
            "parent_id": data.get("parent_id"), "actor": actor, "decided_at": at}


def unread(conn: Connection, who: Principal) -> list[Drawn]:
    """What a lead may read again now, oldest first."""
    return _rows(conn, "unread", Drawn, {"actor": who.actor, "scope": _reach(who), "most": MOST})


def judge(conn: Connection, verdict: Verdict, who: Principal, by: By) -> str:
    """Note a lead's verdict; answers the report's code.

    Raises:
        InputError: a disagreement without a word of why.
        NotFoundError: read already, the lead's own decision, or out of reach.

    """
    words = verdict.words.strip()
    if (not words and not verdict.agrees) or len(words) > LONGEST or "\0" in words:
        raise InputError(f"a disagreement says why, in at most {LONGEST} characters: whoever decided reads it")
    given = {"event_id": verdict.event_id.replace("\0", ""), "agrees": verdict.agrees, "words": masked(words), "actor": who.actor, "at": by.at,
             "scope": _reach(who)}
    with conn.transaction():
        row = conn.execute(_SQL["read"], given).fetchone()
        if row is None:
            raise NotFoundError("this decision is not for you to read again: it was read already, or is your own")
        append(conn, Entry(actor=by.actor, action="review.agreed" if verdict.agrees else "review.disagreed", subject=f"report:{row[0]}", at=by.at,
                           after={"event_id": verdict.event_id}, reason=masked(words), address=by.address))
    return str(row[0])


def shares(conn: Connection, since: datetime, *, actor: str | None = None) -> list[Share]:
    """By reason code, of all or of one person."""
    return _rows(conn, "shares", Share, {"since": since, "actor": actor})


def disagreed(conn: Connection, since: datetime, actor: str) -> list[Disagreed]:
    """One person's own decisions that a lead disagreed with."""
    return _rows(conn, "disagreed", Disagreed, {"since": since, "actor": actor, "most": MOST})


def handled(conn: Connection, since: datetime, who: Principal) -> Handled:
    """Share handled and share rejected since a moment, within a person's reach."""
    scope = Jsonb(who.scope(Permission.REPORTS_TRIAGE).parameters()["scope"])
    found: list[Handled] = _rows(conn, "handled", Handled, {"since": since, "scope": scope})
    return found[0]


def _reach(who: Principal) -> Jsonb:
    return Jsonb(who.scope(Permission.REPORTS_APPROVE).parameters()["scope"])


def _rows(conn: Connection, name: str, row: type[Any], parameters: dict[str, Any]) -> list[Any]:
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(_SQL[name], parameters).fetchall()
