"""Numbers in words, the same way in every panel."""

from collections.abc import Iterable, Mapping

from ioc.panels.engine.contract import Number, Spec
from ioc.words import Words


def text_of(number: Number, words: Words) -> str:
    """A number as a reader sees it: rates by their counts, minutes and days with one decimal."""
    if number.unit == "%":
        return words.share(number.numerator, number.denominator)
    return words.number(number.value, 1 if number.unit == "minutes" else 0)


def labelled(spec: Spec, numbers: Mapping[str, Number], keys: Iterable[str], words: Words) -> list[tuple[str, str, str]]:
    """(label, text, formula) of the named numbers, for a panel's own page."""
    return [(words(spec.definitions[k].label), text_of(numbers[k], words), words(spec.definitions[k].formula)) for k in keys]
