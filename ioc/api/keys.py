"""Keys of the sources that send over HTTP: made by an operator, shown once, kept as a digest."""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from ioc.api.ask import Database
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.db.migrate import mark
from ioc.db.queries import named
from ioc.errors import InputError, UnavailableError
from ioc.streams.engine import registry
from ioc.streams.engine.envelope import MAX_TEXT

EVENTS_PER_S = 100.0
FRESH = timedelta(seconds=5)
"""How long a revocation may take to be heeded, while the database answers."""
RETRY = timedelta(seconds=10)
STALE = timedelta(minutes=15)
"""How long keys are taken from memory while the database is away: events go to Kafka, which needs no database."""
TOUCH = timedelta(minutes=1)

_KEY = re.compile(r"ioc_([0-9a-f]{10})_([A-Za-z0-9_-]{43})")
_NOBODY = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKey:
    """What one key permits: events of `source` and of what lies below it, of some streams, so many a second."""

    key_id: str
    digest: bytes
    source: str
    streams: frozenset[str]
    events_per_s: float
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def covers(self, source: str) -> bool:
        """Whether an event's source is the key's or lies below it; a path that climbs is nobody's."""
        return (source == self.source or source.startswith(f"{self.source}/")) and not _climbs(source)

    def refusal(self, now: datetime) -> str | None:
        """Why a key that is right permits nothing any more."""
        if self.revoked_at:
            return f"the key {self.key_id} was revoked on {self.revoked_at.date()}: ask the centre for a new one"
        if self.expires_at and now >= self.expires_at:
            return f"the key {self.key_id} expired on {self.expires_at.date()}: ask the centre for a new one"
        return None


def add_key(conn: Connection, source: str, streams: Collection[str], now: datetime, *,
            expires_at: datetime | None = None, events_per_s: float = EVENTS_PER_S) -> tuple[SourceKey, str]:
    """Make a key; the second of the pair is its text, which nobody can read again.

    Raises:
        InputError: a source, stream, moment or rate that no key can have.

    """
    _check(source, streams)
    if expires_at and expires_at <= now:
        raise InputError(f"the key would have expired on {expires_at.date()} already: give a day to come")
    if not 0 < events_per_s <= 1e6:
        raise InputError(f"the rate {events_per_s:g} must be above 0 and at most 1,000,000 events a second")
    secret = secrets.token_urlsafe(32)
    made = SourceKey(key_id=secrets.token_hex(5), digest=hashlib.sha256(secret.encode()).digest(), source=source, streams=frozenset(streams),
                     events_per_s=events_per_s, created_at=now, expires_at=expires_at)
    conn.execute(_sql()["add"].encode(), {
        "key_id": made.key_id, "digest": made.digest, "source": source, "streams": sorted(made.streams), "events_per_s": events_per_s,
        "created_at": now, "expires_at": expires_at})
    return made, f"ioc_{made.key_id}_{secret}"


def _check(source: str, streams: Collection[str]) -> None:
    if not re.fullmatch(r"[!-~]+[^\s/]", source) or len(source) > MAX_TEXT or _climbs(source):
        raise InputError(f"the source '{source}' must be a URI reference of at most {MAX_TEXT} characters without blanks and without a slash "
                         "at its end, e.g. /vn/92/one-stop")
    known = registry.streams()
    if unknown := sorted(set(streams) - set(known)):
        raise InputError(f"there is no stream '{unknown[0]}'; known are {', '.join(known)}")
    if not streams:
        raise InputError("name at least one stream, e.g. --streams dossier")


def _climbs(source: str) -> bool:
    return not {".", ".."}.isdisjoint(re.split(r"[/\\]", source.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/")))


def keys(conn: Connection) -> list[SourceKey]:
    """All keys, oldest first."""
    cursor = conn.execute(_sql()["all"].encode())
    return [SourceKey(key_id=key_id, digest=bytes(digest), source=source, streams=frozenset(streams), events_per_s=events_per_s,
                      created_at=created_at, expires_at=expires_at, revoked_at=revoked_at, last_used_at=last_used_at)
            for key_id, digest, source, streams, events_per_s, created_at, expires_at, revoked_at, last_used_at in cursor]


def revoke_key(conn: Connection, key_id: str, now: datetime) -> bool:
    """Revoke a key; False where there is none that could be."""
    return conn.execute(_sql()["revoke"].encode(), {"key_id": key_id, "at": now}).fetchone() is not None


class KeyRing:
    """The keys as one web process knows them: few, so all are held, and an unknown one costs the database nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: dict[str, SourceKey] = {}
        self._known_at: datetime | None = None
        self._next_at: datetime | None = None
        self._touched: dict[str, datetime] = {}
        self.refuses_simulated = True

    async def find(self, given: str) -> SourceKey | None:
        """The key that a caller shows, None where it is none of ours.

        Raises:
            UnavailableError: the keys cannot be read, and what is in memory is too old.

        """
        await self._refresh()
        match = _KEY.fullmatch(given)
        key = self._keys.get(match[1]) if match else None
        digest = hashlib.sha256((match[2] if match else "").encode()).digest()
        same = hmac.compare_digest(digest, key.digest if key else _NOBODY)
        return key if key and same else None

    async def touch(self, key: SourceKey) -> None:
        """Note that a key was used, once a minute; an absent database is no reason to complain."""
        now = self._clock.now()
        if now - self._touched.get(key.key_id, key.last_used_at or key.created_at - TOUCH) < TOUCH:
            return
        self._touched[key.key_id] = now
        try:
            await self._database.ask(lambda conn: conn.execute(_sql()["touch"].encode(), {"key_id": key.key_id, "at": now}))
        except UnavailableError:
            del self._touched[key.key_id]

    async def _refresh(self) -> None:
        async with self._lock:  # one asks, the others wait for the answer
            now = self._clock.now()
            if self._next_at is None or now >= self._next_at:
                await self._load(now)
            if self._known_at is None or now - self._known_at > STALE:
                raise UnavailableError("the keys cannot be read: the database does not answer")

    async def _load(self, now: datetime) -> None:
        try:
            found, kind = await self._database.ask(lambda conn: (keys(conn), mark(conn)))
        except UnavailableError:
            self._next_at = self._clock.now() + RETRY
            return
        self._keys, self.refuses_simulated = {key.key_id: key for key in found}, kind == "real"
        self._known_at, self._next_at = now, now + FRESH


@cache
def _sql() -> dict[str, str]:
    return named(resources.files("ioc.api").joinpath("keys.sql"))
