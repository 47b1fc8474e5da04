"""Names of places as people write them: one key for "Hoà", "Hòa" and "HÒA", for "Hòa Tú II" and "Hòa Tú 2"."""

import re
import unicodedata

_KINDS = {"tp": "thanh pho", "tx": "thi xa", "tt": "thi tran", "h": "huyen", "p": "phuong", "x": "xa", "t": "tinh"}
_LONG = ("thanh pho", "thi xa", "thi tran", "huyen", "phuong", "xa", "tinh")
# "Vi" is a syllable of Vietnamese, "VI" after a name is six; "ii" and "iii" are no syllables in any case.
_ROMAN = re.compile(r"(?<=\W)(?:[IVX]{1,4}|ii|iii)(?=\W|$)")
_NUMBERS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}


def folded(text: str) -> str:
    """Search key of a name: marks off, đ as d, lower case, numbers in figures, single spaces."""
    key = _folded_once(text)
    # Without its mark "IỊ" reads like two: a key must fold to itself, or it would not be found by it.
    return key if key == text else folded(key)


def _folded_once(text: str) -> str:
    figures = _ROMAN.sub(lambda m: str(_NUMBERS.get(m[0].upper(), m[0])), unicodedata.normalize("NFC", text))
    marked = unicodedata.normalize("NFD", figures.casefold().replace("đ", "d"))
    plain = "".join(c for c in marked if not unicodedata.combining(c))
    return " ".join(w.lstrip("0") or "0" if w.isdecimal() else w for w in re.findall(r"\w+", plain))


def written_out(text: str) -> str:
    """Key of a name whose kind may be abbreviated: "P.1", "P1" and "Phường 01" are "phuong 1"."""
    key = re.sub(r"^(p|x)(\d+)$", r"\1 \2", folded(text))
    first, _, rest = key.partition(" ")
    return folded(f"{_KINDS[first]} {rest}") if rest and first in _KINDS else key


def bare(text: str) -> str:
    """Key of a name without its kind: "soc trang" for the province, the city and the ward alike."""
    key = written_out(text)
    for kind in _LONG:
        if key.startswith(kind + " "):
            return key.removeprefix(kind + " ")
    return key
