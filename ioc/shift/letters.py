"""The desk of what could not be taken: dead letters sent again as they are or mended, forwarded, set aside; each act a line of the ledger."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import Any
from uuid import UUID, uuid4

import msgspec
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ioc.audit.ledger import Entry, append_all
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.db.queries import named
from ioc.errors import InputError, NotFoundError
from ioc.people.accounts import By
from ioc.relay import outbox
from ioc.shift.message import REPLAY_OF, Mended, mend, said
from ioc.streams.engine.attention import Letter, letter
from ioc.streams.engine.batch import CHANNEL
from ioc.streams.engine.event import DeadLetter
from ioc.streams.engine.privacy import masked

_SQL = {name: text.encode() for name, text in named(resources.files("ioc.shift").joinpath("letters.sql")).items()}
MOST = 500
"""Letters of one act."""
GROUPS, LATELY = 200, 20
LONGEST_REASON = 500
LONGEST_ID = 200
_SHOWN_FOR = timedelta(days=7)


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Open letters that are alike."""

    topic: str
    source: str
    reason: str
    messages: int
    oldest_at: datetime
    newest_at: datetime


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """One letter of a group."""

    letter_id: int
    recorded_at: datetime
    detail: str


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What was done about one letter. `changed`: fields that were mended; `sent_to`: an address."""

    act: str
    acted_at: datetime
    name: str
    reason: str
    changed: list[str] | None
    sent_to: str | None


class Click(msgspec.Struct, frozen=True, kw_only=True):
    """What was done at once about several."""

    batch: UUID
    act: str
    acted_at: datetime
    name: str
    reason: str
    letters: int
    first_letter: int
    can_undo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """Who acts, with the name that others see. `now`: the moment of the data, by which letters are counted."""

    by: By
    name: str
    now: datetime


def groups(conn: Connection) -> list[Group]:
    return _rows(conn, "groups", Group, {"most": GROUPS})


def alike(conn: Connection, topic: str, source: str, reason: str, *, up_to: int | None = None) -> list[Alike]:
    """Open letters of a group, newest first; those up to a number, so that what came since is not meant."""
    return _rows(conn, "alike", Alike, {"topic": topic, "source": source, "reason": reason, "up_to": up_to, "most": MOST})


def one(conn: Connection, number: int) -> Letter:
    """A letter, open or not.

    Raises:
        NotFoundError: there is none of this number.

    """
    found = letter(conn, number)
    if found is None:
        raise NotFoundError(f"there is no letter {number}")
    return found


def acts(conn: Connection, number: int) -> list[Act]:
    return _rows(conn, "acts", Act, {"letter": number})


def lately(conn: Connection, at: datetime) -> list[Click]:
    """The acts of the last seven days, newest first."""
    return _rows(conn, "lately", Click, {"since": at - _SHOWN_FOR, "most": LATELY})


def contact(conn: Connection, source: str) -> str:
    """Where the source's contact was last written to; '' = nobody has."""
    row = conn.execute(_SQL["contact"], {"source": source}).fetchone()
    return str(row[0]) if row else ""


def replay(conn: Connection, numbers: Sequence[int], hand: Hand) -> int:
    """Send letters again as they are; answers how many were still open.

    Raises:
        InputError: one has no content, or an identity that is taken: it could only come back.

    """
    with conn.transaction():
        left = _leave(conn, numbers, hand)
        found = [one(conn, number) for number in left]
        for x in found:
            if x.value is None or x.reason == "identity":
                raise InputError(f"letter {x.letter_id} would come back as it is: mend it, or set it aside")
            _promise(conn, x, x.key, x.value, x.headers, hand)
        _note(conn, left, "replayed", hand)
    return len(left)


def set_aside(conn: Connection, numbers: Sequence[int], reason: str, hand: Hand) -> int:
    """Take letters from the desk for a reason; answers how many were still open.

    Raises:
        InputError: no reason.

    """
    text = reason.strip()
    if not text or len(text) > LONGEST_REASON or "\0" in text:
        raise InputError(f"letters are set aside for a reason of at most {LONGEST_REASON} characters")
    with conn.transaction():
        left = _leave(conn, numbers, hand)
        _note(conn, left, "set_aside", hand, reason=masked(text))
    return len(left)


def undo(conn: Connection, batch: UUID, hand: Hand) -> int:
    """Lay letters that were set aside by one click on the desk again; answers how many.

    Raises:
        InputError: nothing of it can be undone any more.

    """
    with conn.transaction():
        back = [row[0] for row in conn.execute(_SQL["set_aside"], {"batch": batch})]
        if not back:
            raise InputError("nothing of this can be undone: what was sent is sent, and what was set aside lies here again already")
        conn.execute(_SQL["return"], {"letters": back})
        _note(conn, back, "taken_back", hand)
    return len(back)


def mended(conn: Connection, number: int, given: Mapping[str, str], now: datetime) -> Mended:
    """What a letter would be with what was written, judged as the sink would; nothing is sent.

    Raises:
        InputError: see `mend`.

    """
    found = one(conn, number)
    made = mend(found, {"a.id": next_id(found), **given}, now, refuse_simulated=mark(conn) != "exercise")
    if made.event is None:
        return made
    row = conn.execute(_SQL["known"], {"identity": made.event.identity}).fetchone()
    if row is None or row[0] == made.event.digest:
        return made
    taken = f"the identity (source '{made.event.source}', id '{made.event.id}') was used before with another content"
    return Mended(message=made.message, verdict=DeadLetter(message=made.message, reason="identity", detail=taken), event=None, changed=made.changed)


def next_id(found: Letter) -> str:
    """The id that a mended copy begins with: its own, or where that is taken with another content, one that names it."""
    own = said(found).attributes.get("id", "")
    tail = f"~{found.letter_id}"
    return own[:LONGEST_ID - len(tail)] + tail if found.reason == "identity" else own


def send(conn: Connection, number: int, given: Mapping[str, str], hand: Hand) -> Mended:
    """Send the mended copy, once it is valid; the letter itself stays as it came. Answers the copy, with the verdict where it was not sent.

    Raises:
        InputError: it has left the desk already, or see `mend`.

    """
    with conn.transaction():
        made = mended(conn, number, given, hand.now)
        if made.verdict is not None:
            return made
        if not _leave(conn, [number], hand):
            raise InputError(f"letter {number} has left the desk already")
        message = made.message
        _promise(conn, one(conn, number), message.key, message.value or b"", message.headers, hand)
        _note(conn, [number], "mended", hand, headers=Jsonb([[n, base64.b64encode(v).decode()] for n, v in message.headers]), value=message.value,
              changed=list(made.changed))
    return made


def forward(conn: Connection, number: int, text: tuple[str, str], to: str, hand: Hand) -> None:
    """Write to the source's contact what was wrong, without what the message says of anybody. `text`: subject and body; '' `to` = a file was taken.

    Raises:
        InputError: no mail address.

    """
    with conn.transaction():
        one(conn, number)
        if to:
            outbox.put_mail(conn, to, text[0], text[1], hand.by.at)
        _note(conn, [number], "forwarded", hand, sent_to=to or None)


def _leave(conn: Connection, numbers: Sequence[int], hand: Hand) -> list[int]:
    if len(numbers) > MOST:
        raise InputError(f"at most {MOST} letters at once")
    return sorted(row[0] for row in conn.execute(_SQL["leave"], {"letters": sorted(set(numbers)), "at": hand.now}))


def _promise(conn: Connection, found: Letter, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]], hand: Hand) -> None:
    told = [*((n, v) for n, v in headers if n != REPLAY_OF), (REPLAY_OF, str(found.letter_id).encode())]
    outbox.put(conn, outbox.Post(channel="kafka", target=found.topic, key=key or b"", headers=told, body=value), hand.by.at)


def _note(conn: Connection, letters: Sequence[int], act: str, hand: Hand, **more: Any) -> None:
    """The act in the desk's book, and in the ledger as the transaction's last statement."""
    by, batch = hand.by, uuid4()
    conn.execute("select pg_notify(%s, 'sink')", (CHANNEL,))  # the counter on the wall
    given = {"batch": batch, "act": act, "at": by.at, "actor": by.actor, "name": hand.name, "reason": "", "headers": None, "value": None,
             "changed": None, "sent_to": None, **more}
    with conn.cursor() as cursor:
        cursor.executemany(_SQL["note"], [given | {"letter": number} for number in letters])
    after = {"act": str(batch), "changed": given["changed"]} if given["changed"] is not None else {"act": str(batch)}
    personal = {"sent_to": given["sent_to"]} if given["sent_to"] else {}
    append_all(conn, [Entry(actor=by.actor, action=f"dead_letter.{act}", subject=f"dead_letter:{number}", at=by.at, after=after,
                            reason=given["reason"], address=by.address, personal=personal) for number in letters])


def _rows(conn: Connection, name: str, row: type[Any], parameters: dict[str, Any]) -> list[Any]:
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(_SQL[name], parameters).fetchall()
