"""What may be kept of a person, how a value is compared, and how it is shown to those who need not know it."""

import re
import unicodedata

CONTACT = ("name", "telephone", "email", "address")
"""Who reported: shown on request, and each look is a line of the ledger."""
TEXT = "text"
"""The words of the report: sealed since people write names and numbers into them, read by whoever works on the report."""
LONGEST = {**dict.fromkeys(CONTACT, 500), TEXT: 10_000}
"""Field → most characters."""
SOUGHT = frozenset({"telephone", "email"})
"""Fields by which somebody is known again; the others have no digest, since a digest tells which values are equal."""

DOT = "•"
_SHOWN_FROM = 9
"""Digits that a number needs for its first two and last three to be shown: at least four stay hidden."""
_WITH_84 = (11, 12)
"""Digits of a mobile and of a landline number that is written with Vietnam's 84 and no '+'."""
_MAIL = re.compile(r"\s*([^\s@])[^\s@]*@[^\s@]+\.([a-z]{2,4})\s*", re.IGNORECASE | re.ASCII)


def normalised(field: str, value: str) -> str:
    """The form in which values of a field are compared; '' = this value is like no other one.

    A telephone number: digits alone, of Vietnam with the leading 0, of elsewhere with '+'. A mail address: in small letters.
    """
    if field == "telephone":
        return _telephone(value)
    return unicodedata.normalize("NFC", value).strip().casefold() if field == "email" else ""


def mask(field: str, value: str) -> str:
    """A value as those see it who need not know it: enough to tell two apart, too little to find the person."""
    if field == "telephone":
        return _masked_number(_telephone(value))
    if field == "name":
        return _initials(value)
    if field == "email" and (found := _MAIL.fullmatch(value)):
        return f"{found[1]}{DOT * 3}@{DOT * 3}.{found[2].lower()}"
    return DOT * 3


def _telephone(value: str) -> str:
    text = "".join(c if c == "+" else str(unicodedata.decimal(c, "")) for c in unicodedata.normalize("NFKC", value))
    digits = text.replace("+", "")
    abroad = text.startswith("+") or digits.startswith("00")
    if abroad:
        digits = digits.lstrip("0")
    if digits.startswith("84") and (abroad or len(digits) in _WITH_84):
        return "0" + digits[2:].lstrip("0")  # people write +84 (0)912 too
    return f"+{digits}" if abroad and digits else digits


def _masked_number(number: str) -> str:
    digits = number.removeprefix("+")
    if len(digits) < _SHOWN_FROM:
        return DOT * 3
    return f"{digits[:2]}{DOT * 2} {DOT * 3} {digits[-3:]}"


def _initials(name: str) -> str:
    # A word of one letter would be shown whole; what does not begin with a letter is no name.
    parts = [f"{word[0].upper()}." if len(word) > 1 and word[0].isalpha() else DOT for word in unicodedata.normalize("NFC", name).split()[:6]]
    return " ".join(parts) or DOT * 3
