"""Tokens that browsers keep in cookies: drawn at random, stored as digests only."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> bytes:
    """What the database keeps of a token; a random one needs no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
