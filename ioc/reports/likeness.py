"""How alike two reports are: a sum of stated weights over what is known of both; what is not known counts neither for nor against.

The weights are those of a logistic regression on simulated pairs (benchmarks/duplicates.py --fit, docs/measurements.md); the score puts pairs in
order. That it is a probability holds for the simulated province alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from math import exp, log, log1p

from ioc.places.distance import metres
from ioc.places.names import folded
from ioc.reports.photos import likeness

WINDOW = timedelta(days=14)
"""How far apart in time two reports of one cause may lie."""
REACH_M = 500.0
"""How far apart in place: a pin set by hand, or the far end of a street."""
_NEAR_M = 60.0
_UNLIKE = 0.4
"""Likeness of pictures that have nothing to do with each other stays below it (three standard deviations of 64 random bits)."""
_MOST_RARE = 30.0

WEIGHTS: Mapping[str, float] = {
    "place.known": 3.45, "place.near": 0.57, "place.far": -6.06,
    "time.long": -1.71,
    "category.same": -2.45, "category.kindred": -2.98, "category.other": -6.13,
    "words.known": -0.99, "words.rare": 1.01, "words.share": 2.98,
    "photo.known": -0.22, "photo.alike": 4.83,
    "address.known": -0.99, "address.street": 1.28, "address.number": 1.47, "address.other_number": -0.72,
}
"""Feature → its weight in log-odds; `<part>.known` is the part's own offset, so that a part of which nothing is known adds nothing. What all pairs
have, the category, carries the odds before anything else is known.
"""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What is compared of one report. Place in WGS 84 degrees; `words`: keyed digests; `looks`: of its pictures; None, empty = not known."""

    subject: str
    category: str
    submitted_at: datetime
    lon_deg: float | None = None
    lat_deg: float | None = None
    address: str = ""
    words: frozenset[int] = frozenset()
    looks: tuple[int, ...] = ()

    @property
    def place(self) -> tuple[float, float] | None:
        return None if self.lon_deg is None or self.lat_deg is None else (self.lon_deg, self.lat_deg)

    @cached_property
    def street(self) -> frozenset[str]:
        """Words of the address that are no numbers, without accents."""
        return frozenset(w for w in folded(self.address).split() if not w[0].isdigit())

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(re.findall(r"\d+", self.address))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rarity:
    """In how many of so many recent reports a word stands."""

    reports: int = 0
    counts: Mapping[int, int] = field(default_factory=dict)

    def weight(self, word: int) -> float:
        """How much a word tells: its surprise in natural units; of few reports nothing is known, so that all words weigh about 3."""
        return log((self.reports + 20) / (self.counts.get(word, 0) + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """Categories that people take for one another. `with_all`: those that say nothing, as 'other'."""

    pairs: frozenset[frozenset[str]] = frozenset()
    with_all: frozenset[str] = frozenset()

    def of(self, one: str, other: str) -> str:
        """same, kindred or other."""
        if one == other:
            return "same"
        kindred = frozenset((one, other)) in self.pairs or not self.with_all.isdisjoint((one, other))
        return "kindred" if kindred else "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """`score` 0 to 1; `parts`: part → what it adds in log-odds, of those that are known of both; what the reasons say of them."""

    score: float
    parts: Mapping[str, float]
    distance_m: float | None
    apart: timedelta
    kinship: str
    words_alike: int
    looks_alike: float | None
    same_number: bool


def compare(one: Trace, other: Trace, kinship: Kinship, rarity: Rarity, weights: Mapping[str, float] = WEIGHTS) -> Likeness:
    """How likely two reports tell of one cause."""
    told = features(one, other, kinship, rarity)
    parts: dict[str, float] = {}
    for name, value in told.items():
        part = name.partition(".")[0]
        parts[part] = parts.get(part, 0.0) + weights.get(name, 0.0) * value
    return Likeness(
        score=1 / (1 + exp(-max(-50.0, min(50.0, sum(parts.values()))))), parts=parts, distance_m=_distance_m(one, other),
        apart=abs(one.submitted_at - other.submitted_at), kinship=kinship.of(one.category, other.category),
        words_alike=len(one.words & other.words), looks_alike=_looks(one, other), same_number=bool(one.numbers & other.numbers))


def features(one: Trace, other: Trace, kinship: Kinship, rarity: Rarity) -> dict[str, float]:
    """Feature → value, of the parts that are known of both."""
    hours = abs(one.submitted_at - other.submitted_at).total_seconds() / 3600
    told = {f"category.{kinship.of(one.category, other.category)}": 1.0,
            "time.long": min(1.0, log1p(hours) / log1p(WINDOW.total_seconds() / 3600))}
    if (distance_m := _distance_m(one, other)) is not None:
        told |= {"place.known": 1.0, "place.near": exp(-distance_m / _NEAR_M), "place.far": min(1.0, distance_m / REACH_M)}
    if one.words and other.words:
        told |= _wordings(one.words, other.words, rarity)
    if (alike := _looks(one, other)) is not None:
        told |= {"photo.known": 1.0, "photo.alike": max(0.0, alike - _UNLIKE) / (1 - _UNLIKE)}
    if one.street and other.street:
        told |= {"address.known": 1.0, "address.street": len(one.street & other.street) / len(one.street | other.street)}
        if one.numbers and other.numbers:
            told["address.number" if one.numbers & other.numbers else "address.other_number"] = 1.0
    return told


def _wordings(one: frozenset[int], other: frozenset[int], rarity: Rarity) -> dict[str, float]:
    whole = sum(map(rarity.weight, one)) + sum(map(rarity.weight, other))
    shared = sum(map(rarity.weight, one & other))
    return {"words.known": 1.0, "words.rare": min(shared, _MOST_RARE) / _MOST_RARE, "words.share": 2 * shared / whole if whole > 0 else 0.0}


def _distance_m(one: Trace, other: Trace) -> float | None:
    return metres(one.place, other.place) if one.place and other.place else None


def _looks(one: Trace, other: Trace) -> float | None:
    return max((likeness(a, b) for a in one.looks for b in other.looks), default=None)
