"""Filing a report: its words and pictures sealed, its event promised to Kafka, a receipt for the citizen; one transaction, once for each key."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

import msgspec
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ioc.clock import Clock, local_day
from ioc.contacts import vault
from ioc.contacts.fields import LONGEST, TEXT
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.people.seals import Seals
from ioc.relay import outbox
from ioc.reports.photos import MOST, Photo
from ioc.reports.receipts import digest_of, receipt_of
from ioc.reports.terms import digests, words_of
from ioc.streams.engine.making import Draft, make

PURPOSE = "handling of the report"
MIN_KEY, MAX_KEY = 8, 200
MAX_ADDRESS = 500
_SPACE = UUID("6c1d1f1e-2f0b-5a55-9a67-1f6a1f2d7a10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What a citizen tells, by one of the centre's doors.

    `category`: of the profile, or of the jurisdiction's own list; checked by whoever opens the door. `contact`: fields of the vault; place in WGS 84
    degrees; `unit_code`: where the sender knows it; `actor`: who files (a key, a person, a form), `key`: the sender's own, the same for the same
    filing.
    """

    category: str
    channel: str
    text: str
    actor: str
    key: str
    jurisdiction: str = ""
    contact: Mapping[str, str] = field(default_factory=dict)
    lon_deg: float | None = None
    lat_deg: float | None = None
    accuracy_m: float | None = None
    address: str = ""
    unit_code: str = ""
    reporter_kind: str = ""
    priority: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    photos: Sequence[Photo] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where reports come in. `source`: CloudEvents source of their events, e.g. /vn/92/ioc/intake."""

    clock: Clock
    seals: Seals
    source: str


class Filed(NamedTuple):
    """The report's code, the citizen's receipt code, and whether it was new."""

    subject: str
    receipt: str
    is_new: bool


def file(conn: Connection, filing: Filing, door: Door) -> Filed:
    """Keep a report and promise its event; the same filing under the same key is answered the same again. `conn` is in autocommit.

    Raises:
        InputError: a text, place or key that cannot be kept, or a key used for another filing.

    """
    _check(filing)
    same = _digest(filing)
    with conn.transaction():
        # Who sends it twice at once waits here for the first.
        conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"filing {filing.actor} {filing.key}",))
        known = conn.execute(sql()["known"], {"actor": filing.actor, "key": filing.key}).fetchone()
        if known is not None:
            if bytes(known[1]) != same:
                raise InputError("this key was used for another report: a new report needs a new key")
            return Filed(known[0], receipt_of(door.seals, known[0]), is_new=False)
        return _file(conn, filing, door, same)


def _file(conn: Connection, filing: Filing, door: Door, same: bytes) -> Filed:
    now, real = door.clock.now(), door.clock.real()
    subject = _number(conn, filing.jurisdiction, now)
    receipt = receipt_of(door.seals, subject)
    event_id = str(uuid5(_SPACE, f"{filing.actor}\0{filing.key}"))
    vault.keep(conn, door.seals, vault.Subject("report", subject), {**filing.contact, TEXT: filing.text}, purpose=PURPOSE, at=now)
    keep_words(conn, door.seals, subject, f"{filing.text} {filing.address}")
    media = [keep_photo(conn, door.seals, subject, photo, stage="before", by=filing.actor, at=now) for photo in filing.photos]
    # Where no unit is told, the sink finds the one in which the point lies.
    place: dict[str, Any] = {"unit_code": filing.unit_code, "unit_valid_on": local_day(now).isoformat()} if filing.unit_code else {}
    if filing.lon_deg is not None:
        place |= {"lon_deg": filing.lon_deg, "lat_deg": filing.lat_deg, "accuracy_m": filing.accuracy_m}
    told = {"jurisdiction": filing.jurisdiction, "category": filing.category, "channel": filing.channel, "reporter_kind": filing.reporter_kind,
            "priority": filing.priority, "address": filing.address, "text_ref": f"contact:{subject}" if filing.text.strip() else "",
            "media_ref": media, **place}
    promise(conn, door, Telling(fact="submitted", subject=subject, event_id=event_id, at=now, data=told))
    conn.execute(sql()["file"], {
        "subject": subject, "jurisdiction": filing.jurisdiction, "category": filing.category, "channel": filing.channel,
        "receipt_digest": digest_of(receipt), "actor": filing.actor, "key": filing.key, "digest": same, "event_id": event_id,
        "lon_deg": filing.lon_deg, "lat_deg": filing.lat_deg, "address": filing.address or None, "attributes": Jsonb(dict(filing.attributes)),
        "filed_at": real})
    return Filed(subject, receipt, is_new=True)


class Telling(NamedTuple):
    """A fact of a report that goes to Kafka: fields that are empty are not told. `simulated`: of a report that is."""

    fact: str
    subject: str
    event_id: str
    at: datetime
    data: Mapping[str, Any]
    simulated: bool = False


def promise(conn: Connection, door: Door, telling: Telling) -> None:
    """Promise one event of a report to Kafka, by which alone it enters; within the caller's transaction.

    Raises:
        InputError: a value that the stream's schema refuses.

    """
    is_exercise = mark(conn) == "exercise"
    data = {name: value for name, value in telling.data.items() if value not in (None, "", [])}
    draft = Draft(stream="report", fact=telling.fact, subject=telling.subject, event_id=telling.event_id, source=door.source, at=telling.at,
                  data=data, simulated=is_exercise or telling.simulated)
    made = make(draft, door.clock.now(), refuse_simulated=not is_exercise)
    outbox.put_event(conn, made.item.message, telling.event_id, made.envelope, door.clock.real())


def keep_photo(conn: Connection, seals: Seals, subject: str, photo: Photo, *, stage: str, by: str, at: datetime) -> str:  # noqa: PLR0913 (the columns)
    """Seal a picture; answers what an event's `media_ref` names it by. `stage`: before or after."""
    number = uuid4()
    values = {name: value for name, value in asdict(photo).items() if name != "jpeg"}
    conn.execute(sql()["photo"], {**values, "media_id": number, "subject": subject, "stage": stage, "kept_at": at, "kept_by": by,
                                  "body": seals.seal(photo.jpeg, about=photo_about(number))})
    return f"photo:{number}"


def photo_about(number: UUID) -> bytes:
    """What a sealed picture is bound to."""
    return f"report_photo\0{number}".encode()


def keep_words(conn: Connection, seals: Seals, subject: str, text: str) -> None:
    """Add a text's words to those by which the report is found."""
    if words := words_of(text):
        conn.execute(sql()["words"], {"subject": subject, "words": digests(seals, words)})


def by_receipt(conn: Connection, receipt: str) -> dict[str, Any] | None:
    """What a receipt code opens, by column of the query `by_receipt`; None = no such code."""
    found = digest_of(receipt)
    if found is None:
        return None
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql()["by_receipt"], {"receipt_digest": found}).fetchone()


@cache
def sql() -> dict[str, bytes]:
    return {name: text.encode() for name, text in named(resources.files("ioc.reports").joinpath("filing.sql")).items()}


def _number(conn: Connection, jurisdiction: str, now: datetime) -> str:
    day = f"{local_day(now):%y%m%d}"
    series = f"{jurisdiction}:{day}" if jurisdiction else f"PA-{day}"
    row = conn.execute(sql()["number"], {"series": series}).fetchone()
    assert row
    return f"{series}-{row[0]:05}"


def check_key(key: str) -> None:
    """Raise InputError where a sender's key cannot be one."""
    if not MIN_KEY <= len(key) <= MAX_KEY or not key.isprintable():
        raise InputError(f"the idempotency key has {MIN_KEY} to {MAX_KEY} printable characters")


def _check(filing: Filing) -> None:
    check_key(filing.key)
    if len(filing.text) > LONGEST[TEXT]:
        raise InputError(f"the text has {len(filing.text)} characters, at most {LONGEST[TEXT]} are taken")
    if len(filing.address) > MAX_ADDRESS or "\0" in filing.address + filing.text:
        raise InputError(f"the address has at most {MAX_ADDRESS} characters, and no text holds the character NUL")
    if (filing.lon_deg is None) != (filing.lat_deg is None):
        raise InputError("a place is given whole, longitude and latitude, or not at all")
    if len(filing.photos) > MOST:
        raise InputError(f"a report has at most {MOST} pictures")


def _digest(filing: Filing) -> bytes:
    values = {name: value for name, value in asdict(filing).items() if name not in {"photos", "key", "actor"}}
    values["photos"] = [photo.sha256.hex() for photo in filing.photos]
    return hashlib.sha256(msgspec.json.encode(values, order="deterministic")).digest()
