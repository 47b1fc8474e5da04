"""Passwords: argon2id (RFC 9106), and what a new one must be (NIST SP 800-63B: long, and none that everybody tries)."""

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ioc.errors import InputError

LEAST, MOST = 12, 200
_TYPED = 8 * MOST
"""Characters that are looked at: the work of normalising marks grows with their square, and strangers type here too."""
_HASHER = PasswordHasher()  # argon2-cffi's defaults are RFC 9106's second choice: 64 MiB, three passes
_TRIED_BY_ALL = ("password", "matkhau", "123456", "qwerty", "iloveyou", "admin", "abcdef", "111111", "000000", "soctrang", "cantho", "vietnam")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another


def _plain(password: str) -> str:
    return unicodedata.normalize("NFC", password[:_TYPED])  # keyboards differ in how they compose Vietnamese letters


def check(password: str, login: str) -> None:
    """Raise InputError where a password is not fit to be one."""
    plain = _plain(password)
    if not LEAST <= len(plain) <= MOST:
        raise InputError(f"a password has {LEAST} to {MOST} characters: a sentence is easy to remember")
    low = plain.lower()
    rest = low
    for word in (login.lower(), *_TRIED_BY_ALL):
        rest = rest.replace(word, "") if word else rest
    if len(set(low)) < 5 or len(rest) < LEAST // 2:
        raise InputError("this password is among the first that are tried: take one that does not hold the log-in or a well-known word")


def hashed(password: str) -> str:
    return _HASHER.hash(_plain(password))


def is_right(password: str, hash_: str | None) -> bool:
    """Whether a password fits; the same work is done where there is none to fit, so that time tells nothing about the log-in."""
    try:
        return _HASHER.verify(hash_ or _nobody(), _plain(password)[:MOST]) and hash_ is not None
    except (VerificationError, InvalidHashError):
        return False


def is_old(hash_: str) -> bool:
    """Whether it was made by weaker parameters than today's."""
    return _HASHER.check_needs_rehash(hash_)


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


def one_time() -> str:
    """A password to be changed at once: 20 letters in groups, to be read aloud (98 bits)."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(20))
    return "-".join(letters[i:i + 5] for i in range(0, 20, 5))
