"""The code by which a citizen finds a report again: as good as a password for this one report, short enough to be read out."""

import hashlib
import re

from ioc.people.seals import Seals

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a figure."""
LENGTH = 12
_ALIKE = str.maketrans("OIL", "011")


def receipt_of(seals: Seals, subject: str) -> str:
    """The receipt code of a report, 60 bits, e.g. '7K3M-9QXT-V2HD': drawn from the keys, so that the same filing is answered the same again."""
    number = int.from_bytes(seals.digest(f"receipt\0{subject}")[:8])
    text = "".join(ALPHABET[number >> 5 * at & 31] for at in range(LENGTH))
    return "-".join(text[at:at + 4] for at in range(0, LENGTH, 4))


def digest_of(receipt: str) -> bytes | None:
    """What the database knows a receipt code by, however it is typed; None = this is none."""
    plain = re.sub(r"[\s-]", "", receipt.upper()).translate(_ALIKE)
    if len(plain) != LENGTH or any(c not in ALPHABET for c in plain):
        return None
    return hashlib.sha256(plain.encode()).digest()
