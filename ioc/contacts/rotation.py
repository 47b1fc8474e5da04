"""A change of keys: what older keys sealed is sealed again by the newest one, and digests are made by the key that makes them now."""

import hmac
import threading
from dataclasses import dataclass

from psycopg.rows import TupleRow

from ioc.audit.ledger import Entry, append
from ioc.clock import Clock
from ioc.contacts.vault import Subject, about, digest, sql
from ioc.db.connect import Connection
from ioc.people.seals import SealError, Seals

BATCH = 500
ACTOR = "system:rotation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """What a run did. `closed`: numbers of the values that no key opens, left as they were; not `whole` = stopped, the next run goes on."""

    looked: int
    changed: int
    closed: tuple[int, ...]
    whole: bool


def reseal(conn: Connection, seals: Seals, clock: Clock, stop: threading.Event | None = None) -> Resealed:
    """Seal everything under the newest key, in batches that stand each for itself. `conn`: autocommit."""
    looked = changed = last = 0
    closed: list[int] = []
    while not (stop and stop.is_set()):
        with conn.transaction():
            rows = conn.execute(sql()["after"].encode(), {"after": last, "most": BATCH}).fetchall()
            if not rows:
                return Resealed(looked=looked, changed=changed, closed=tuple(closed), whole=True)
            done = [_again(conn, seals, row) for row in rows]
            if done.count(True):
                append(conn, Entry(actor=ACTOR, action="contact.resealed", at=clock.real(), after={"values": done.count(True)}))
        looked, changed, last = looked + len(rows), changed + done.count(True), rows[-1][0]
        closed += [row[0] for row, made in zip(rows, done, strict=True) if made is None]
    return Resealed(looked=looked, changed=changed, closed=tuple(closed), whole=False)


def _again(conn: Connection, seals: Seals, row: TupleRow) -> bool | None:
    """Whether one value was sealed again; None where no key opens it."""
    contact_id, stream, subject, field, sealed, found = row
    bound = about(Subject(stream, subject), field)
    try:
        value = seals.open(bytes(sealed), about=bound).decode()
    except SealError:
        return None
    new = digest(seals, field, value)
    same = found is new is None or (found is not None and new is not None and hmac.compare_digest(bytes(found), new))
    if same and not seals.is_old(bytes(sealed)):
        return False
    conn.execute(sql()["reseal"].encode(), {"contact_id": contact_id, "sealed": seals.seal(value.encode(), about=bound), "digest": new})
    return True
