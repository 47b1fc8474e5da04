"""The queue of citizens' reports: open ones within reach, the most urgent and oldest first, a page at a time; found without accents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ioc.clock import local_day
from ioc.contacts.vault import same_caller
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.people.seals import Seals
from ioc.places.names import folded
from ioc.profiles import Profile
from ioc.reports.filing import by_receipt
from ioc.reports.receipts import digest_of
from ioc.reports.terms import digests, words_of
from ioc.streams.report import OPEN, WAITING, WORKING

PAGE = 100
MOST_COUNTED = 1000
LATELY = timedelta(days=7)
SOON_S = 4 * 3600.0
"""Working time before a deadline within which a report is at risk: half a day."""
LOOKED_AT = 2000
"""Ended reports that a word is looked for in: a word of thousands of reports finds none of them."""
SEEN_S = 20
"""How long somebody who looks at a report is said to look at it."""
_PHONE = 9
_NUMBER = 5  # digits of a code's number: 12 is written 00012
_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_NEVER = datetime(1, 1, 2, tzinfo=UTC)

WITH_AGENCIES = tuple(state for state in WORKING if state != "verified")
STAGES: Mapping[str, tuple[str, ...]] = {
    "triage": (*WAITING, "verified", "returned"), "agencies": WITH_AGENCIES, "approval": WITH_AGENCIES, "open": OPEN, "ended": (),
}
"""Stage of the work → states. What is verified, or was sent back by an agency, still waits for somebody here to assign it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the queue is asked for. `sought`: as typed; `due`: '', late or soon; `looked`: an actor who looks at them; `these`: of these alone."""

    jurisdiction: str = ""
    stage: str = "triage"
    category: str = ""
    unit: str = ""
    agency: str = ""
    priority: int = 0
    due: str = ""
    looked: str = ""
    sought: str = ""
    these: Sequence[str] | None = None


class Place(NamedTuple):
    """Where a page ends: of the open reports, or (`urgency` 0) of the ended ones, by the moment of their end."""

    urgency: int
    due_at: datetime
    submitted_at: datetime
    subject: str


class Page(NamedTuple):
    """Codes in the order of work, and where the next page begins; None = this is the last."""

    subjects: list[str]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the queue, of which province, when."""

    who: Principal
    profile: Profile
    seals: Seals
    now: datetime
    real: datetime


def page(conn: Connection, asked: Asked, reader: Reader, after: str = "") -> Page:
    """One page of the queue.

    Raises:
        InputError: a cursor that is none of ours, or a stage that there is not.

    """
    if asked.stage not in STAGES:
        raise InputError(f"there is no stage '{asked.stage[:50]}': {', '.join(STAGES)}")
    place, values = _place(after), _values(conn, asked, reader)
    found: list[Place] = []
    if asked.sought.strip() or asked.stage != "ended":
        found = _open(conn, values, place) if place is None or place.urgency else []
    if len(found) <= PAGE and (asked.sought.strip() or asked.stage == "ended"):
        found += _ended(conn, values, place, PAGE + 1 - len(found), "ended_found" if asked.sought.strip() else "ended")
    more = len(found) > PAGE
    return Page([one.subject for one in found[:PAGE]], msgspec.json.encode(found[PAGE - 1]).hex() if more else None)


def lines(conn: Connection, subjects: Sequence[str], who: Principal) -> list[dict[str, Any]]:
    """How reports within reach stand, by column of the query `lines`, in the order in which they are named."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql()["lines"], {"subjects": list(subjects), "scope": scope_of(who)}).fetchall()


def counts(conn: Connection, jurisdiction: str, reader: Reader) -> dict[str, int]:
    """How many reports stand in each stage; of the ended ones at most MOST_COUNTED + 1 are counted."""
    found = conn.execute(sql()["counts"], {"jurisdiction": jurisdiction, "now": reader.now, **_reach(reader.who)}).fetchall()
    by_stage = {stage: sum(n for state, n, _, _ in found if state in states) for stage, states in STAGES.items()}
    values = _values(conn, Asked(jurisdiction=jurisdiction, stage="ended"), reader)
    ended = len(_ended(conn, values, None, MOST_COUNTED + 1, "ended"))
    return by_stage | {"approval": sum(row[2] for row in found), "ended": ended, "late": sum(row[3] for row in found)}


def jurisdictions(conn: Connection) -> list[str]:
    """For which other jurisdictions reports were filed here."""
    return [row[0] for row in conn.execute(sql()["jurisdictions"])]


def scope_of(who: Principal) -> Jsonb:
    return Jsonb(who.scope(Permission.REPORTS_READ).parameters()["scope"])


def _reach(who: Principal) -> dict[str, Any]:
    """What limits a person: the grants, and all units and agencies that they name where each grant names some."""
    scope = who.scope(Permission.REPORTS_READ)
    units, agencies = ([getattr(grant, name) for grant in scope.grants] for name in ("units", "agencies"))
    return {"scope": scope_of(who), "unlimited": scope.unlimited, "units": _together(units), "agencies": _together(agencies)}


def _together(limits: Sequence[frozenset[str] | None]) -> list[str] | None:
    return None if None in limits else sorted({code for limit in limits if limit for code in limit})


@cache
def sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("queue.sql")).items()}


def _open(conn: Connection, values: Mapping[str, Any], place: Place | None) -> list[Place]:
    after = place or Place(0, _NEVER, _NEVER, "")
    rows = conn.execute(sql()["open"], {
        **values, "after_urgency": after.urgency, "after_due_at": after.due_at, "after_submitted_at": after.submitted_at,
        "after_subject": after.subject, "most": PAGE + 1}, prepare=False)  # what is not asked for is left out of the plan
    return [Place(urgency, due, submitted, subject) for subject, urgency, due, submitted in rows]


def _ended(conn: Connection, values: Mapping[str, Any], place: Place | None, most: int, query: str) -> list[Place]:
    after = place if place and not place.urgency else Place(0, _EVER, _EVER, "")
    rows = conn.execute(sql()[query], {**values, "after_ended_at": after.due_at, "after_subject": after.subject, "most": most}, prepare=False)
    return [Place(0, ended, ended, subject) for subject, ended in rows]


def _values(conn: Connection, asked: Asked, reader: Reader) -> dict[str, Any]:
    categories = {c.code: c.priority for c in reader.profile.categories}
    due = {"late": reader.now, "soon": reader.profile.calendar.add_working_seconds(reader.now, SOON_S)}
    return {
        "jurisdiction": asked.jurisdiction, "category": asked.category, "unit": asked.unit, "agency": asked.agency, "priority": asked.priority,
        "states": list(OPEN if asked.sought.strip() else STAGES[asked.stage]), "asking": asked.stage == "approval" and not asked.sought.strip(),
        "these": None if asked.these is None else list(asked.these), "looked_at": LOOKED_AT, **_reach(reader.who),
        "categories": list(categories), "priorities": list(categories.values()), "usual": Jsonb(categories),
        "ever": _EVER, "due_before": due.get(asked.due, _EVER + LATELY), "looked": asked.looked,
        "seen_after": reader.real - timedelta(seconds=SEEN_S), "ended_since": reader.now - LATELY, **_sought(conn, asked, reader)}


def _sought(conn: Connection, asked: Asked, reader: Reader) -> dict[str, Any]:
    """What is typed, as a code, a receipt, a telephone number, and words; words that names of the province hold are told beside."""
    text = asked.sought.strip()[:200].replace("\0", "")
    words, pieces = sorted(words_of(text)), _pieces(text)
    names = _names(reader) if words else []
    places = [(n, code) for n, word in enumerate(words, start=1) for code, name in names if word in name]
    return {
        "sought": bool(text), "code": text.lower() if len(text) > 1 else "", "pieces": pieces,
        "parts": [piece.zfill(_NUMBER) if piece.isdecimal() else piece for piece in pieces], "found": _known(conn, text, reader),
        "digests": [digests(reader.seals, frozenset({word}))[0] for word in words],
        "named_places": [n for n, _ in places], "named_codes": [code for _, code in places]}


def _known(conn: Connection, text: str, reader: Reader) -> list[str]:
    """Reports of a receipt code or a telephone number, for whoever may know the reporter."""
    if not text or not reader.who.may(Permission.REPORTS_CONTACT):
        return []
    found = [by_receipt(conn, text)] if digest_of(text) else []
    known = [row["subject"] for row in found if row]
    is_number = sum(c.isdecimal() for c in text) >= _PHONE and not any(c.isalpha() for c in text)
    if is_number:
        known += [subject.id for subject in same_caller(conn, reader.seals, "telephone", text)]
    return known


def _pieces(text: str) -> list[str]:
    """Pieces of a code, of which one is a number."""
    pieces = [piece for piece in text.lower().replace(":", "-").split("-") if piece]
    return pieces if any(piece.isdecimal() for piece in pieces) and not any(c.isspace() for c in text) else []


def _names(reader: Reader) -> list[tuple[str, frozenset[str]]]:
    """Words of the names of kinds, places and agencies of the day, by code with its kind."""
    profile, day = reader.profile, local_day(reader.now)
    told = [(f"c:{c.code}", c.name) for c in profile.categories]
    told += [(f"u:{u.code}", u.name) for u in profile.units_on(day)]
    told += [(f"o:{a.code}", a.name) for a in profile.agencies if a.valid_on(day)]
    return [(code, frozenset(folded(name).split())) for code, name in told]


def _place(after: str) -> Place | None:
    if not after:
        return None
    try:
        return msgspec.json.decode(bytes.fromhex(after), type=Place)
    except (ValueError, msgspec.MsgspecError):
        raise InputError("the cursor is none of this queue's: begin with the first page") from None
