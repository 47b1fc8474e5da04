"""Words of a report as keyed digests: found and compared without accents, and never readable in the database."""

import re

from ioc.people.seals import Seals
from ioc.places.names import folded

MOST = 400
_SHORTEST = 2
_FILLERS = (
    "va la co cho cua cac mot nhung nay kia do o tai tren duoi trong ngoai thi ma bi duoc da dang se rat qua cung voi tu den hay hoac nen khi "
    "de ve ra vao len xuong roi con chua khong toi em anh chi ong ba xin kinh gui the and of to in on is are at for it this that")
_EMPTY = frozenset(_FILLERS.split())
"""Words that tell nothing of what is meant, folded."""


def words_of(text: str) -> frozenset[str]:
    """Words of a text that tell something, folded (no accents, small letters); the first MOST."""
    found = dict.fromkeys(w for w in re.findall(r"\w+", folded(text)) if len(w) >= _SHORTEST and w not in _EMPTY)
    return frozenset(list(found)[:MOST])


def digests(seals: Seals, words: frozenset[str]) -> list[int]:
    """Signed 64-bit keyed digests of words, sorted: equal words are equal numbers, and nobody without the keys can say which word it is."""
    return sorted(int.from_bytes(seals.digest(f"word\0{word}")[:8], signed=True) for word in words)
