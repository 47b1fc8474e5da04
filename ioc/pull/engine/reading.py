"""Values as sources write them → values as events carry them. An empty text, None and .NET's year 1 are 'not given'."""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from ioc.clock import LOCAL
from ioc.errors import InputError
from ioc.streams.engine.decode import AHEAD, EARLIEST

_FORMATS = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M"}
_OTHERS = ("%Y/%m/%d %H:%M:%S", "%d/%m/%Y %H:%M:%S")
MOST = 4000


def folded(text: str) -> str:
    """A name as it is compared: NFC, single blanks, small letters."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def kept(raw: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """Named values of a record as texts; names are compared without case, since databases fold it."""
    given = {key.casefold(): value for key, value in raw.items() if isinstance(key, str)}
    return {name: text for name in names if (text := text_of(given.get(name.casefold())))}


def text_of(value: object) -> str:
    """A single value as text; '' for what is not given or no single value."""
    if isinstance(value, datetime):
        return (value.astimezone(LOCAL) if value.tzinfo else value).strftime("%Y%m%d%H%M%S")
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, str | int | float | Decimal):
        return unicodedata.normalize("NFC", str(value)).replace("\0", "�").strip()[:MOST]
    return ""


def rows_of(raw: Mapping[str, Any], name: str) -> list[Mapping[str, Any]] | None:
    """A list within a record, as such or as JSON text; None where it is given and is no list of objects."""
    value = next((v for k, v in raw.items() if isinstance(k, str) and k.casefold() == name.casefold()), None)
    if isinstance(value, str | bytes) and value:
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError):
            return None
    if isinstance(value, Mapping):
        # XML and some JSON writers wrap a list in one element, or leave a single row bare.
        inner = list(value.values())
        value = inner[0] if len(inner) == 1 and isinstance(inner[0], list) else [value]
    if not value:
        return []
    return value if isinstance(value, list) and all(isinstance(row, Mapping) for row in value) else None


def moment(name: str, text: str | None) -> datetime | None:
    """A source's moment in UTC; it is in local time of the province unless it says its zone.

    Raises:
        InputError: no moment, a day without time, a year before 1990, a moment outside the calendar.

    """
    if not text or text.startswith("0001"):
        return None
    found = _moment(text)
    if found is None:
        raise InputError(f"{name} is '{text[:40]}': write yyyyMMddHHmmss, e.g. 20261120143000")
    if found.year < EARLIEST.year:
        raise InputError(f"{name} is '{text[:40]}', before {EARLIEST.year}: leave it empty where it is not known")
    try:
        # By way of local time, in which it is shown: neither may lie outside the calendar.
        return (found.astimezone(LOCAL) if found.tzinfo else found.replace(tzinfo=LOCAL)).astimezone(UTC)
    except OverflowError:
        raise InputError(f"{name} is '{text[:40]}', outside the calendar: leave it empty where it is not known") from None


def _moment(text: str) -> datetime | None:
    for form in ([_FORMATS[len(text)]] if text.isdecimal() and len(text) in _FORMATS else _OTHERS):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 (local unless it says otherwise)
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text) if not text.isdecimal() and len(text) > len("2026-11-20") else None
    except ValueError:
        return None


def past(name: str, text: str | None, observed_at: datetime) -> datetime | None:
    """A told moment; it must have come.

    Raises:
        InputError: no moment, or one that lies more than an hour after the source was asked.

    """
    at = moment(name, text)
    if at is not None and at > observed_at + AHEAD:
        raise InputError(f"{name} is {at.astimezone(LOCAL):%Y-%m-%d %H:%M}, more than an hour ahead of the moment it was read: mend it at the source")
    return at


def whole_number(name: str, text: str | None) -> int | None:
    """A count or an amount.

    Raises:
        InputError: no whole number, or a negative one.

    """
    if not text:
        return None
    try:
        value = Decimal(text)
        if value < 0 or value != int(value):
            raise ValueError  # noqa: TRY301 (one sentence for all)
    except (ArithmeticError, ValueError):
        raise InputError(f"{name} is '{text[:40]}': it must be a whole number from 0") from None
    return int(value)


def person_ref(key: bytes | None, text: str) -> str | None:
    """Keyed hash of what identifies a person (HMAC-SHA256); None without a key: then nothing of a person is kept."""
    person = folded(text)
    return hmac.new(key, person.encode(), hashlib.sha256).hexdigest() if key and person else None
