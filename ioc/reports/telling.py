"""What citizens tell later about their own reports: more words and pictures, the verdict, that it is not done; by Kafka, once for each form."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple
from uuid import UUID, uuid5

import msgspec
from psycopg.rows import dict_row

from ioc.clock import minute
from ioc.contacts import vault
from ioc.contacts.fields import LONGEST, TEXT
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.people.seals import Seals
from ioc.reports.filing import PURPOSE, Door, Telling, check_key, keep_photo, keep_words, promise
from ioc.reports.intake_rules import IntakeRules
from ioc.reports.photos import Photo
from ioc.streams.engine.fold import permitted
from ioc.streams.report import STREAM

Fact = Literal["info_added", "rated", "reopened"]
FACTS: tuple[Fact, ...] = ("info_added", "rated", "reopened")
MOST_PHOTOS = 15
"""Pictures of before the work that one report holds, whoever goes on sending."""
MOST_ANSWERS = 30
ACTOR = "citizen"
_LATER = re.compile(r"(?:^|\n\n)\[[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}\]\n")
_SPACE = UUID("3b1f5c1e-7a58-5b7e-8f0d-5d0a4d1c9a34")


class Standing(NamedTuple):
    """A report as the citizen's next step finds it. `may`: what can be told now; `waiting`: something was told that it does not show yet."""

    may: frozenset[Fact]
    waiting: bool
    rated: bool
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a citizen tells. `key`: of the form; `rating`: 1 bad, 2 fair, 3 good, of a verdict; `telephone` replaces the one that was told."""

    fact: Fact
    key: str
    words: str = ""
    rating: int | None = None
    telephone: str = ""
    photos: Sequence[Photo] = field(default=())


class NotNowError(InputError):
    """The report is not where this could be told of it: look at it again."""


def standing(conn: Connection, subject: str, rules: IntakeRules, now: datetime) -> Standing | None:
    """Where a report stands for its citizen; None while it is on its way here."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(sql()["standing"], {"subject": subject}).fetchone()
    if row is None:
        return None
    waiting = row["waiting"] > 0
    may = frozenset(fact for fact in FACTS if not waiting and row["answers"] < MOST_ANSWERS and _may(fact, row, rules, now))
    return Standing(may, waiting, row["rating"] is not None or row["rated"] > 0, row)


def tell(conn: Connection, subject: str, answer: Answer, door: Door, rules: IntakeRules) -> bool:
    """Take an answer and promise its event; whether it was new: the same answer under the same key is taken once. `conn` is in autocommit.

    Raises:
        InputError: a key, text or number of pictures that cannot be kept, or a key used for another answer.
        NotNowError: the report is not in the state for it, or the time for it is over.

    """
    _check(answer)
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"telling {subject}",))
        known = conn.execute(sql()["answered"], {"subject": subject, "key": answer.key}).fetchone()
        if known is not None:
            if bytes(known[0]) != _digest(answer):
                raise InputError("this key was used for another answer: a new answer needs a new key")
            return False
        now = door.clock.now()
        found = standing(conn, subject, rules, now)
        if found is None or answer.fact not in found.may:
            raise NotNowError(f"'{answer.fact}' cannot be told of {subject} now: look at it again")
        _tell(conn, subject, answer, door, found.row)
    return True


def _tell(conn: Connection, subject: str, answer: Answer, door: Door, row: Mapping[str, Any]) -> None:
    now = max(door.clock.now(), row["last_at"])
    media = _keep(conn, subject, answer, door, now)
    carried = {name: row[name] for name in ("jurisdiction", "org_code", "unit_code")}
    data = {**carried, "unit_valid_on": row["unit_valid_on"] and str(row["unit_valid_on"]), "actor_role": ACTOR, "rating": answer.rating,
            "text_ref": f"contact:{subject}" if answer.words else "", "media_ref": media}
    event_id = str(uuid5(_SPACE, f"{subject}\0{answer.key}"))
    promise(conn, door, Telling(answer.fact, subject, event_id, now, data, simulated=row["simulated"]))
    conn.execute(sql()["note"], {"subject": subject, "key": answer.key, "fact": answer.fact, "digest": _digest(answer), "version": row["version"],
                                 "told_at": now})


def _keep(conn: Connection, subject: str, answer: Answer, door: Door, now: datetime) -> list[str]:
    if answer.words:
        add_words(conn, door.seals, subject, answer.words, now)
    if answer.telephone:
        vault.keep(conn, door.seals, vault.Subject("report", subject), {"telephone": answer.telephone}, purpose=PURPOSE, at=now)
    if answer.photos:
        row = conn.execute(sql()["pictures"], {"subject": subject}).fetchone()
        assert row
        if row[0] + len(answer.photos) > MOST_PHOTOS:
            raise InputError(f"a report holds {MOST_PHOTOS} pictures")
    return [keep_photo(conn, door.seals, subject, photo, stage="before", by=ACTOR, at=now) for photo in answer.photos]


def add_words(conn: Connection, seals: Seals, subject: str, words: str, at: datetime) -> None:
    """Put words under those that a report has, sealed together: they are read together, and forgotten together.

    Raises:
        InputError: more than the vault keeps of one report.

    """
    of = vault.Subject("report", subject)
    kept = conn.execute(sql()["text"], {"subject": subject}).fetchone()
    before = seals.open(bytes(kept[0]), about=vault.about(of, TEXT)).decode() if kept else ""
    whole = f"{before}\n\n[{minute(at)}]\n{words}".strip()
    if len(whole) > LONGEST[TEXT]:
        raise InputError(f"the report's words and these are longer than {LONGEST[TEXT]} characters")
    vault.keep(conn, seals, of, {TEXT: whole}, purpose=PURPOSE, at=at)
    keep_words(conn, seals, subject, words)


def first_words(whole: str) -> str:
    """What a report's words were before `add_words` put the first others under them."""
    return _LATER.split(whole, 1)[0]


def _may(fact: Fact, row: Mapping[str, Any], rules: IntakeRules, now: datetime) -> bool:
    assert STREAM.projection
    if permitted(STREAM.projection, row["state"], fact) is None:
        return False
    done = row["ended_at"]
    if fact == "rated":
        return row["rating"] is None and not row["rated"] and done is not None and now < done + rules.rate_within
    if fact == "reopened":
        return done is not None and now < done + rules.reopen_within and row["reopened_count"] < rules.most_reopened
    return True


def _check(answer: Answer) -> None:
    check_key(answer.key)
    if (answer.fact == "rated") != (answer.rating is not None):
        raise InputError("a verdict, and nothing else, has a rating of 1 to 3")
    if answer.fact == "info_added" and not (answer.words or answer.photos):
        raise InputError("more information is words or pictures")
    if answer.fact == "reopened" and not answer.words:
        raise InputError("whoever opens a report again says what is not done")


def _digest(answer: Answer) -> bytes:
    told = (answer.fact, answer.words, answer.rating, answer.telephone, [photo.sha256.hex() for photo in answer.photos])
    return hashlib.sha256(msgspec.json.encode(told)).digest()


@cache
def sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("telling.sql")).items()}
