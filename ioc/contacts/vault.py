"""The vault: a reporter's contact and words, sealed; shown in scope, each look at a contact a line of the ledger.

Personal data of Law 91/2025/QH15 (in force since 2026-01-01).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import NamedTuple

from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from ioc.audit.ledger import Entry, append
from ioc.contacts.fields import CONTACT, LONGEST, SOUGHT, TEXT, mask, normalised
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import ContractError, ForbiddenError, InputError, NotFoundError
from ioc.people.principal import Principal
from ioc.people.roles import Permission
from ioc.people.seals import Seals
from ioc.streams.engine.privacy import masked as without_numbers

READ = {"report": Permission.REPORTS_READ}
"""Stream → what reading its words needs. The streams are those of the view contact_subject."""
LOOK = {"report": Permission.REPORTS_CONTACT}
"""Stream → what seeing a contact needs, also a masked one: an agency never learns who reported."""
MOST = 100
"""Subjects of one caller that are told, the newest first."""
LONGEST_REASON = 500


class Subject(NamedTuple):
    """Whose contact: the subject of a stream."""

    stream: str
    id: str

    @property
    def name(self) -> str:
        """As it stands in the ledger: report:PA-1."""
        return f"{self.stream}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who wants to see a contact, why, when and from which address."""

    who: Principal
    reason: str
    at: datetime
    address: str = ""


def keep(conn: Connection, seals: Seals, subject: Subject, values: Mapping[str, str], *, purpose: str, at: datetime) -> None:
    """Seal what a reporter told, by field; empty values are not kept, a field told again replaces the earlier one.

    Raises:
        InputError: a stream, field or length that the vault does not have, or no purpose.

    """
    if subject.stream not in LOOK or not subject.id:
        raise InputError(f"nothing is kept about '{subject.name}': contacts belong to {', '.join(LOOK)}")
    if not purpose.strip():
        raise InputError("personal data are kept for a purpose: name it")
    told = {field: _checked(field, value) for field, value in values.items() if value.strip()}
    with conn.transaction():
        for field, value in told.items():
            conn.execute(sql()["keep"].encode(), {
                "stream": subject.stream, "subject": subject.id, "field": field, "sealed": seals.seal(value.encode(), about=about(subject, field)),
                "digest": digest(seals, field, value), "at": at, "purpose": purpose.strip()})


def reveal(conn: Connection, seals: Seals, subject: Subject, look: Look) -> Mapping[str, str]:
    """The contact's fields, once the look stands in the ledger: no line, no value.

    Raises:
        InputError: no reason given.
        ForbiddenError: no role of the person permits it.
        NotFoundError: nothing that the person may see.
        SealError: a value that the keys do not open; nothing is shown then.

    """
    if not look.reason.strip() or len(look.reason) > LONGEST_REASON:
        raise InputError(f"a look at a contact needs a reason of at most {LONGEST_REASON} characters: it is kept in the ledger")
    if conn.info.transaction_status is not TransactionStatus.IDLE:
        raise ContractError("a contact is revealed outside any other transaction: its line must be committed before the value is shown")
    with conn.transaction():
        values = _opened(conn, seals, look.who, subject, LOOK, CONTACT)
        if not values:
            raise _nothing(subject)
        # The reason stays for as long as the ledger does, so that no telephone number may stand in it.
        append(conn, Entry(actor=look.who.actor, action="contact.seen", subject=subject.name, at=look.at, after={"fields": list(values)},
                           reason=without_numbers(look.reason.strip()), address=look.address,
                           personal={field: proof(seals, field, value) for field, value in values.items()}))
    return values


def masked(conn: Connection, seals: Seals, who: Principal, subject: Subject) -> Mapping[str, str]:
    """Which contact fields are kept, each masked; empty where none is, or where the subject is not the person's.

    Raises:
        ForbiddenError: no role of the person permits it.

    """
    return {field: mask(field, value) for field, value in _opened(conn, seals, who, subject, LOOK, CONTACT).items()}


def report_text(conn: Connection, seals: Seals, who: Principal, subject: Subject) -> str:
    """The words of a report, as they were written; without telephone and identity numbers for those who may not know who reported.

    Not a line of the ledger: they are read hundreds of times a shift.

    Raises:
        ForbiddenError: no role of the person permits it.
        NotFoundError: nothing that the person may see.

    """
    values = _opened(conn, seals, who, subject, READ, (TEXT,))
    if not values:
        raise _nothing(subject)
    text = values[TEXT]
    return text if who.may(LOOK[subject.stream]) else without_numbers(text)


def same_caller(conn: Connection, seals: Seals, field: str, value: str) -> list[Subject]:
    """Subjects whose reporter had this telephone number or mail address, the newest first, at most MOST.

    For the centre's own rules (repeat callers); what a person is shown of them is limited by `masked` and `reveal`.

    Raises:
        InputError: a field by which nobody is sought.

    """
    if field not in SOUGHT:
        raise InputError(f"nobody is sought by '{field}': {', '.join(sorted(SOUGHT))}")
    found = digest(seals, field, _clean(value))
    if found is None:
        return []
    rows = conn.execute(sql()["same"].encode(), {"digest": found, "most": MOST})
    return [Subject(stream, subject) for stream, subject in rows]


def about(subject: Subject, field: str) -> bytes:
    """What a sealed value is bound to: moved to another row, it opens no more."""
    return "\0".join(("contact", *subject, field)).encode()


def digest(seals: Seals, field: str, value: str) -> bytes | None:
    """Keyed digest by which an equal value is found; None for fields and values that are not sought."""
    form = normalised(field, value)
    return seals.digest(f"contact\0{field}\0{form}") if form else None


def proof(seals: Seals, field: str, value: str) -> str:
    """What the ledger keeps of a value that was shown, to tell later whether it was this one (`ioc.audit.ledger.disclosed`).

    Keyed: there are so few telephone numbers that a salt alone, which lies beside its digest, would not hide them.
    """
    return seals.digest(f"seen\0{field}\0{value}").hex()


@cache
def sql() -> dict[str, str]:
    return named(resources.files("ioc.contacts").joinpath("vault.sql"))


def _opened(conn: Connection, seals: Seals, who: Principal, subject: Subject,
            needed: Mapping[str, Permission], fields: Collection[str]) -> dict[str, str]:
    permission = needed.get(subject.stream)
    if permission is None:
        raise _nothing(subject)
    scope = who.scope(permission)
    if not scope.grants:
        raise ForbiddenError(f"this needs the permission {permission}, which none of your roles gives")
    rows = conn.execute(sql()["within"].encode(), {
        "stream": subject.stream, "subject": subject.id, "fields": list(fields), "scope": Jsonb(scope.parameters()["scope"])})
    return {field: seals.open(bytes(sealed), about=about(subject, field)).decode() for field, sealed in rows}


def _nothing(subject: Subject) -> NotFoundError:
    return NotFoundError(f"nothing is kept about '{subject.name}' that you may see")


def _checked(field: str, value: str) -> str:
    if field not in LONGEST:
        raise InputError(f"'{field}' is not kept of anybody: {', '.join(LONGEST)}")
    if len(value) > LONGEST[field]:
        raise InputError(f"'{field}' has {len(value)} characters, at most {LONGEST[field]} are kept")
    return _clean(value)


def _clean(value: str) -> str:
    # JSON may carry half a surrogate pair, which no text in UTF-8 can hold.
    return value.strip().encode("utf-8", "replace").decode()
