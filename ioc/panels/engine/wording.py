"""Numbers in words, the same way in every panel."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from ioc.clock import end_of
from ioc.panels.engine.contract import Number, Snapshot, Spec
from ioc.words import Words


def text_of(number: Number, words: Words) -> str:
    """A number as a reader sees it: rates by their counts, minutes and days with one decimal."""
    if number.unit == "%":
        return words.share(number.numerator, number.denominator)
    return words.number(number.value, 1 if number.unit == "minutes" else 0)


def labelled(spec: Spec, numbers: Mapping[str, Number], keys: Iterable[str], words: Words) -> list[tuple[str, str, str]]:
    """(label, text, formula) of the named numbers, for a panel's own page."""
    return [(words(spec.definitions[k].label), text_of(numbers[k], words), words(spec.definitions[k].formula)) for k in keys]


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


def since_yesterday(now: Number, then: Number, words: Words) -> Comparison:
    """How a count of what should not be differs from the same hour yesterday."""
    if now.value is None or then.value is None:
        return Comparison(words("Chưa có số liệu hôm qua"), "", "")
    change = now.value - then.value
    if change == 0:
        return Comparison(words("Không đổi so với hôm qua"), "flat", "")
    text = words("{n} so với hôm qua", n=words.number(abs(change)))
    return Comparison(text, "up" if change > 0 else "down", "worse" if change > 0 else "better")
