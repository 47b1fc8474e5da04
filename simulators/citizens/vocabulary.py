"""The words that simulated citizens have: `tellings.toml`, and how a text is spelt by hand."""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random

import msgspec

Ways = tuple[str, ...]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """What citizens tell about one category. `mistaken`: categories that they file it under instead."""

    category: str
    share: float
    mistaken: Ways
    varieties: tuple[Ways, ...]
    traits: tuple[Ways, ...]


class Spots(msgspec.Struct, frozen=True, kw_only=True):
    """Where on a street: ways of saying each."""

    ways: tuple[Ways, ...]


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the matter itself."""

    greetings: Ways
    endings: Ways
    places: Ways
    streets: Ways
    short: tuple[tuple[str, str], ...]


class Vocabulary(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be said."""

    kinds: tuple[Kind, ...]
    spots: Spots
    talk: Talk


@cache
def vocabulary() -> Vocabulary:
    text = resources.files("simulators.citizens").joinpath("tellings.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Vocabulary)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How somebody writes: shares of words without accents, mistyped and shortened."""

    bare: float
    mistyped: float
    shortened: float
    small: bool

    @classmethod
    def drawn(cls, random: Random) -> "Hand":
        return cls(bare=random.choices((0.0, 1.0, 0.2), (55, 35, 10))[0], mistyped=random.choice((0.0, 0.02, 0.05, 0.1)),
                   shortened=random.choice((0.0, 0.0, 0.5)), small=random.random() < 0.4)


def spelt(random: Random, hand: Hand, text: str) -> str:
    """A text as this hand writes it."""
    short = dict(vocabulary().talk.short)
    written = []
    for word in text.split():
        said = short.get(word, word) if random.random() < hand.shortened else word
        said = bare(said) if random.random() < hand.bare else said
        written.append(_mistyped(random, said) if random.random() < hand.mistyped else said)
    whole = " ".join(written)
    return whole.lower() if hand.small else whole


def bare(text: str) -> str:
    """Without accents, as on a keyboard that has none."""
    marked = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in marked if not unicodedata.combining(c))


def _mistyped(random: Random, word: str) -> str:
    if len(word) < 3:
        return word
    at = random.randrange(len(word) - 1)
    match random.randrange(3):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2:]
        case 1:
            return word[:at] + word[at + 1:]
        case _:
            return word[:at] + word[at] + word[at:]
