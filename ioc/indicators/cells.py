"""What a person typed into a cell: numbers in the Vietnamese way, dates, or a question back where it can mean two things."""

import re
from datetime import date, datetime
from decimal import Decimal

from ioc.errors import InputError

Value = str | int | float | date | datetime | bool | None

_PLAIN = re.compile(r"-?\d+", re.ASCII)
_COMMA = re.compile(r"-?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+),\d+", re.ASCII)
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(?:\.\d{3}){2,}", re.ASCII)
_SPACED = re.compile(r"-?[1-9]\d{0,2}(?: \d{3})+(?:,\d+)?", re.ASCII)
_UNCLEAR = re.compile(r"-?[1-9]\d{0,2}\.\d{3}", re.ASCII)
_POINT = re.compile(r"-?\d+\.\d+", re.ASCII)
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
LARGEST = Decimal(10) ** 15


def number(value: Value, *, percent: bool = False) -> Decimal:
    """A cell's number, with as many decimals as were typed: `99,79`, `1.234.567`, `99.79`, or a spreadsheet's own number.

    `percent`: the unit is per cent, so that a sign behind the number is allowed.

    Raises:
        InputError: no number, a number that can be read in two ways, or one beyond 10^15.

    """
    if isinstance(value, bool) or value is None or isinstance(value, date):
        raise InputError(f"'{shown(value)}' is no number")
    found = _written(value, percent=percent) if isinstance(value, str) else Decimal(repr(value))
    if not found.is_finite() or abs(found) > LARGEST:
        raise InputError(f"'{shown(value)}' is no number up to 10^15")
    return found


def _written(text: str, *, percent: bool) -> Decimal:
    typed = " ".join(text.replace("\u2212", "-").split())
    if percent:
        typed = typed.removesuffix("%").rstrip()
    if _UNCLEAR.fullmatch(typed):
        whole = typed.replace(".", "")
        raise InputError(f"'{typed}' can be {whole} or {typed.replace('.', ',')}: write {whole} or {typed.replace('.', ',')}")
    if _THOUSANDS.fullmatch(typed) or _COMMA.fullmatch(typed):
        return Decimal(typed.replace(".", "").replace(",", "."))
    if _SPACED.fullmatch(typed):
        return Decimal(typed.replace(" ", "").replace(",", "."))
    if _PLAIN.fullmatch(typed) or _POINT.fullmatch(typed):
        return Decimal(typed)
    raise InputError(f"'{text}' is no number: write e.g. 99,79 or 605859")


def whole(value: Value) -> int:
    """A cell's whole number.

    Raises:
        InputError: no number, or one with a fraction.

    """
    found = number(value)
    if found != found.to_integral_value():
        raise InputError(f"'{shown(value)}' is no whole number")
    return int(found)


def day(value: Value) -> date:
    """A cell's date: 14/11/2026, 2026-11-14, or a spreadsheet's own.

    Raises:
        InputError: no date, or one that does not exist.

    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if match := _DAY.fullmatch(shown(value).strip()):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(shown(value).strip())
    except ValueError:
        raise InputError(f"'{shown(value)}' is no date: write 14/11/2026 or 2026-11-14") from None


def shown(value: Value) -> str:
    """A cell as a person would type it, decimals with a comma; '' for an empty one."""
    if value is None:
        return ""
    if isinstance(value, float):
        written = format(Decimal(repr(value)), "f")
        return (written.rstrip("0").rstrip(".") if "." in written else written).replace(".", ",")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)
