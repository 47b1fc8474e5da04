"""Text as people typed it, without what cannot be seen: control characters and marks that turn the direction of reading around."""

import re
import unicodedata

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
_HALVES = re.compile("[\ud800-\udfff]")


def words_typed(text: str) -> str:
    """Words over several lines, in NFC: what stands on the screen is what was written, in the order in which it was written."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", _HALVES.sub("", _UNSEEN.sub("", lines))).strip()


def line_typed(text: str) -> str:
    """The same on one line, with single spaces."""
    return " ".join(words_typed(text).split())
