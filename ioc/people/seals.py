"""Seals: what must be kept and not be read in the database is encrypted by keys that lie in a file of their own.

AES-256-GCM (NIST SP 800-38D) by the package `cryptography`; a nonce is drawn for each value. The newest key seals, older ones open.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ioc.errors import ConfigurationError, IocError

KEY_BYTES = 32
MOUNTED = "/run/secrets"
_VERSION = b"\x01"
_ID, _NONCE = 4, 12


class SealError(IocError):
    """A sealed value that none of the keys opens, or that was sealed for another place."""


class Seals:
    """Keys in memory, newest first.

    `about` is authenticated with the value: what was sealed for one row cannot be opened as another's.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ConfigurationError(f"seals need keys of {KEY_BYTES} bytes: make one with `ioc keys new`")
        self._newest = _name(keys[0])
        self._keys = {_name(key): AESGCM(key) for key in keys}
        # Digests outlive a change of keys only under one key: the oldest.
        self._digest_key = hashlib.sha256(b"digest" + keys[-1]).digest()

    def seal(self, plain: bytes, *, about: bytes = b"") -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return _VERSION + self._newest + nonce + self._keys[self._newest].encrypt(nonce, plain, about)

    def open(self, sealed: bytes, *, about: bytes = b"") -> bytes:
        """The plain value.

        Raises:
            SealError: damaged, sealed for something else, or by a key that is not in the file.

        """
        key = self._keys.get(sealed[1:1 + _ID])
        if sealed[:1] != _VERSION or key is None:
            raise SealError("a sealed value was made by a key that the file of IOC_KEYS does not hold: put the old key back at its end")
        rest = sealed[1 + _ID:]
        try:
            return key.decrypt(rest[:_NONCE], rest[_NONCE:], about)
        except (InvalidTag, ValueError):
            raise SealError("a sealed value is damaged, or was moved from another row") from None

    def digest(self, text: str) -> bytes:
        """A keyed digest (HMAC-SHA-256): equal texts are found without being kept."""
        return hmac.new(self._digest_key, text.encode(), hashlib.sha256).digest()

    def is_old(self, sealed: bytes) -> bool:
        """Whether a newer key should seal it again."""
        return sealed[1:1 + _ID] != self._newest


def _name(key: bytes) -> bytes:
    return hashlib.sha256(b"name" + key).digest()[:_ID]


def read_seals(path: str) -> Seals:
    """Seals of a key file: one key a line, base64, newest first.

    Raises:
        ConfigurationError: no file named, not readable, open to others, or a line that is no key.

    """
    if not path:
        raise ConfigurationError("IOC_KEYS is not set: name a key file; `ioc keys new FILE` makes one (keep a copy of it apart from the database's)")
    file = Path(path)
    try:
        if _is_open(file):
            raise ConfigurationError(f"IOC_KEYS: {file} can be read or changed by others: chmod 600 {file}")
        lines = [line.strip() for line in file.read_text("ascii").splitlines() if line.strip()]
        return Seals([base64.b64decode(line, validate=True) for line in lines])
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"IOC_KEYS: {file} cannot be read ({error}): `ioc keys new {file}` makes one") from None
    except binascii.Error:
        raise ConfigurationError(f"IOC_KEYS: {file} has a line that is no key: one base64 key of {KEY_BYTES} bytes a line, newest first") from None


def _is_open(file: Path) -> bool:
    """Whether others can read or change it. A container has one user, to whom its secrets are mounted; a closed folder closes its files."""
    closed = file.is_relative_to(MOUNTED) or not file.parent.stat().st_mode & stat.S_IRWXO
    return bool(file.stat().st_mode & (stat.S_IWGRP | (stat.S_IWOTH if closed else stat.S_IRWXO)))


def add_key(path: Path) -> None:
    """Put a new key before those of the file; makes the file where there is none, readable by its owner alone."""
    old = path.read_text("ascii") if path.exists() else ""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n" + old, "ascii")
    draft.replace(path)
