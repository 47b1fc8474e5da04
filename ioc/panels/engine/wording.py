"""Numbers in words, the same way in every panel."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from ioc.calendar.deadlines import LAST_BUCKET
from ioc.clock import end_of
from ioc.panels.engine.contract import Definition, Number, Shown, Snapshot
from ioc.profiles import Profile
from ioc.words import SMALL_SAMPLE, Words

_DECIMALS = {"minutes": 1, "hours": 1, "g/l": 1, "m": 2, "km": 1, "km/h": 0, "points": 2}
AGAINST = {"yesterday": "hôm qua", "before": "kỳ trước", "year": "cùng kỳ"}


def text_of(number: Number, words: Words) -> str:
    """A number as a reader sees it: rates by their counts, measures with the decimals of their unit."""
    if number.unit == "%" and (number.denominator is not None or number.value is None):
        return words.share(number.numerator, number.denominator)
    if number.unit == "%":
        return f"{words.number(number.value, 2)}%"
    if number.unit == "s":
        return words.span(number.value)
    return words.number(number.value, _DECIMALS.get(number.unit, 0 if number.value is None or number.value == round(number.value) else 1))


def labelled(definitions: Mapping[str, Definition], numbers: Mapping[str, Number], keys: Iterable[str], words: Words) -> list[Shown]:
    """The named numbers for a panel's own page, each with its target and what it is compared with."""
    return [Shown(k, words(definitions[k].label), text_of(numbers[k], words), words(definitions[k].formula), *beside(numbers[k], words))
            for k in keys]


def beside(number: Number, words: Words) -> tuple[str, Literal["better", "worse", ""]]:
    """(target and comparison in words, whether the number is better or worse than the target, or where there is none, than before)."""
    parts = []
    if number.target is not None:
        parts.append(words("mục tiêu {n}", n=_plain(number.target, number.unit, words)))
    if number.against:
        then = words("chưa có") if number.then is None else _plain(number.then, number.unit, words)
        parts.append(f"{words(AGAINST[number.against])}: {then}")
    return " · ".join(parts), turned(number, number.target if number.target is not None else number.then)


def turned(number: Number, base: float | None) -> Literal["better", "worse", ""]:
    """Whether a number is better or worse than another; nothing where either is unknown, or of a few cases, or no way is good."""
    if number.value is None or base is None or number.value == base or not number.better or "few" in number.flags:
        return ""
    return "better" if (number.value > base) == (number.better == "up") else "worse"


def _plain(value: float, unit: str, words: Words) -> str:
    if unit == "s":
        return words.span(value)
    decimals = 2 if unit == "%" and value != round(value) else _DECIMALS.get(unit, 0 if value == round(value) else 1)
    return words.number(value, decimals) + ("%" if unit == "%" else "")


def bucket_name(bucket: str, words: Words) -> str:
    """Name of a bucket of days (`ioc/calendar/deadlines.py`) on a chart's axis."""
    return words("trên 15") if bucket == LAST_BUCKET else bucket.replace("-", "–")


def of_unit(properties: Mapping[str, Any], words: Words, profile: Profile, day: date) -> tuple[str, str]:
    """What the map says of a feature where its panel has no words of its own: its category, and its unit that day."""
    unit = profile.unit_name(properties.get("unit_code", ""), day, words.language)
    return profile.category_name(properties.get("category", ""), words.language), unit


def last_month(day: date, names: Sequence[str], rows: Iterable[Any]) -> list[dict[str, Any]]:
    """A table's rows of a day and the 30 before it, from the first that is known: a day without a row has 0 in each name."""
    found = {row.day: row for row in rows}
    days = [d for n in range(30, -1, -1) if (d := day - timedelta(days=n)) >= min(found)]
    return [{"day": d.isoformat(), **{name: getattr(found.get(d), name, 0) for name in names}} for d in days]


def whole_days(snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    """A table's rows by day without the day that has not ended: as a point of a line it would look like a fall."""
    ended = snapshot.at >= end_of(snapshot.day)
    return [row for row in snapshot.tables[table] if ended or row["day"] != snapshot.day.isoformat()]


class Comparison(NamedTuple):
    """A difference in words, its arrow, and whether it is good."""

    text: str
    trend: Literal["up", "down", "flat", ""]
    turn: Literal["better", "worse", ""]


def compared(number: Number, words: Words) -> Comparison:
    """How a taken number differs from what it is compared with: in points for a rate, in percent where both are large, else by count."""
    if number.value is None or number.then is None:
        return Comparison(words("Chưa có số liệu cùng kỳ") if number.against == "year" else words("Chưa có số liệu để so sánh"), "", "")
    change = number.value - number.then
    named = words(AGAINST[number.against])
    if number.unit == "%":
        size, text = round(abs(change), 2), words("{n} điểm phần trăm", n=words.number(abs(change), 2))
    elif min(number.value, number.then) >= SMALL_SAMPLE:
        size = round(100 * abs(change) / number.then, 1)
        text = f"{words.number(size, 1)}%"
    else:
        size = round(abs(change), 1)
        text = words.number(size, 0 if size == round(size) else 1)
    if not size:  # what is shown as nought is no change either
        return Comparison(words("Không đổi so với {then}", then=named), "flat", "")
    return Comparison(words("{n} so với {then}", n=text, then=named), "up" if change > 0 else "down", turned(number, number.then))


def since_yesterday(now: Number, then: Number, words: Words) -> Comparison:
    """How a count of what should not be differs from the same hour yesterday."""
    if now.value is None or then.value is None:
        return Comparison(words("Chưa có số liệu hôm qua"), "", "")
    change = now.value - then.value
    if change == 0:
        return Comparison(words("Không đổi so với hôm qua"), "flat", "")
    text = words("{n} so với hôm qua", n=words.number(abs(change)))
    return Comparison(text, "up" if change > 0 else "down", "worse" if change > 0 else "better")
