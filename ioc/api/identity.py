"""Who asks: the cookies of a request against the sessions and screens in force, which each web process holds in memory.

They are few, so all are read at once, at most every `FRESH_S`; an unknown cookie costs the database one reading in half a second at most. What
one process ends, the others heed within `FRESH_S`. While the database is away, what was known holds, so that screens go on.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from ioc.api.ask import Database
from ioc.api.hardening import cookie_in
from ioc.clock import Clock
from ioc.db.connect import Connection
from ioc.errors import UnavailableError
from ioc.people import screens, sessions
from ioc.people.principal import Principal
from ioc.people.screens import Screen
from ioc.people.sessions import Session
from ioc.people.tokens import digest_of

FRESH_S = 3.0
SOONEST_S = 0.5
STALE_S = 12 * 3600.0
TOUCH = timedelta(seconds=20)
SEEN = timedelta(minutes=5)
"""How often it is kept that a screen was seen, which ninety days without it end; what it shows it tells by its heartbeat."""
GRACE = timedelta(minutes=2)
"""Requests under way while a screen's token changes may still show the one before the last."""

principal: ContextVar[Principal | None] = ContextVar("principal", default=None)
"""Of the request that is being answered."""


def seen_by_guests(asked: str | None = None) -> bool:
    """Whether guests of the house see what is answered now: on a screen that is set so, whatever it asks, or by `guests=1` of somebody's own."""
    who = principal.get()
    return asked == "1" or (who is not None and who.guests)


def on_a_screen(asked: str | None = None) -> bool:
    """Whether what is answered now is for nobody's eyes in particular: a screen's, or those of guests of the house."""
    who = principal.get()
    return seen_by_guests(asked) or who is None or who.kind == "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookies:
    """Names of our cookies. With TLS they are bound to the host by their prefix (RFC 6265bis); the port keeps two centres of one host apart.

    `also`: of a scenario's centre, the port of the demo beside it, whose cookies are read too and never set.
    """

    secure: bool
    port: int
    also: int = 0

    def name(self, what: str, port: int = 0) -> str:
        return ("__Host-" if self.secure else "") + f"ioc_{what}_{port or self.port}"

    def read(self, header: str, what: str) -> str:
        """The cookie's value, '' where there is none."""
        value = cookie_in(header, self.name(what)) or (cookie_in(header, self.name(what, self.also)) if self.also else "")
        return value[:200]

    def setting(self, what: str, value: str, *, max_age_s: int | None = None) -> str:
        """Value of a Set-Cookie header."""
        age = "" if max_age_s is None else f"; Max-Age={max_age_s}"
        return f"{self.name(what)}={value}; Path=/; HttpOnly; SameSite=Lax{age}" + ("; Secure" if self.secure else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who asks. One of `session` and `screen` is there; `set_cookie`: a screen's new token for its answer."""

    principal: Principal
    session: Session | None = None
    screen: Screen | None = None
    set_cookie: str | None = None

    @property
    def must_change(self) -> bool:
        return self.session is not None and self.session.must_change


class Identities:
    """Sessions and screens as one web process knows them."""

    def __init__(self, database: Database, clock: Clock, idle: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._idle = idle
        self._lock = asyncio.Lock()
        self._sessions: Mapping[bytes, Session] = {}
        self._screens: Mapping[bytes, Screen] = {}
        self._numbered: Mapping[int, Screen] = {}
        self._unsaid: dict[int, datetime] = {}
        self._active: dict[int, datetime] = {}
        self._noted: dict[int, datetime] = {}
        self._read_at: float | None = None  # of the machine's steady clock, like the next
        self._asked_at: float | None = None

    async def find(self, session_token: str, screen_token: str, address: str) -> Found | None:
        """Who shows these tokens; None = nobody that is known.

        Raises:
            UnavailableError: nothing is known, since the database was away from the beginning.

        """
        if not session_token and not screen_token:
            return None
        await self._refresh(FRESH_S)
        if self._read_at is None:
            raise UnavailableError("who you are cannot be looked up: the database does not answer")
        found = self._known(session_token, screen_token, address)
        if found is None:
            asked_at = self._asked_at  # another process may have begun it this moment; who shows anything costs one reading
            while asked_at is not None and (wait_s := asked_at + SOONEST_S - time.monotonic()) > 0:  # noqa: ASYNC110 (for a moment)
                await asyncio.sleep(wait_s)  # once more where the loop's timer was early: asked too soon, nothing would be read
            await self._refresh(SOONEST_S)
            found = self._known(session_token, screen_token, address)
        if found and found.screen:
            await self._see(found.screen, digest_of(screen_token))
        return found

    def _known(self, session_token: str, screen_token: str, address: str) -> Found | None:
        session = self._sessions.get(digest_of(session_token)) if session_token else None
        if session and self.holds(session):
            return Found(principal=session.principal, session=session)
        digest = digest_of(screen_token) if screen_token else b""
        screen = self._screens.get(digest)
        if screen is None or not screen.allows(address) or (digest == screen.digest_older and self._now() > screen.changed_at + GRACE):
            return None
        return Found(principal=screen.principal, screen=screen)

    def holds(self, session: Session) -> bool:
        """Whether a session has not ended: neither by time nor by idleness nor by anybody."""
        now = self._now()
        last = max(session.active_at, self._active.get(session.session_id, session.active_at))
        return session.digest in self._sessions and now < session.until and now - last < self._idle

    def still(self, found: Found) -> bool:
        """Whether who was found at the beginning of a long answer still may have it: is here, with the same roles or from the same network,
        before the same eyes.
        """
        if found.session:
            known = self._sessions.get(found.session.digest)
            return known is not None and self.holds(found.session) and known.principal.grants == found.principal.grants
        shown = found.screen
        known_screen = self._numbered.get(shown.screen_id) if shown else None
        return shown is not None and known_screen is not None and (known_screen.addresses, known_screen.guests) == (shown.addresses, shown.guests)

    def unchanged(self, found: Found) -> bool:
        """Whether who was found would be found the same: not ended, with the same rights, and a screen where it is to be."""
        if not self.still(found):
            return False
        if found.session:
            session = self._sessions[found.session.digest]
            return (session.principal, session.must_change) == (found.principal, found.must_change)
        assert found.screen
        screen = self._numbered[found.screen.screen_id]
        return (screen.name, screen.pinned) == (found.screen.name, found.screen.pinned)  # its number, network and guests are the same still

    async def act(self, session: Session) -> None:
        """The person did something; told to the database now and then."""
        now = self._now()
        last, self._active[session.session_id] = self._active.get(session.session_id), now
        if last is None or now - self._noted.get(session.session_id, last - TOUCH) >= TOUCH:
            self._noted[session.session_id] = now
            await self._try(lambda conn: sessions.active(conn, session.session_id, now))

    async def change_due(self, screen: Screen, token: str) -> str | None:
        """A screen's new token: where the newest has served a day, or did not reach the screen, which shows the one before."""
        shown = digest_of(token)
        due = {screen.digest: screens.CHANGE_AFTER, screen.digest_before: screens.AGAIN_AFTER}.get(shown)
        if due is None or self._now() - screen.changed_at < due:
            return None
        try:
            fresh = await self._database.ask(lambda conn: screens.change_token(conn, screen, shown, self._now()))
        except UnavailableError:
            return None
        self.forget()
        return fresh

    def forget(self) -> None:
        """What was changed here holds here at once."""
        self._asked_at = None

    async def watch(self) -> None:
        """Keep the knowledge fresh while long answers are given; for ever."""
        while True:
            await asyncio.sleep(FRESH_S)
            await self._refresh(FRESH_S)

    async def _see(self, screen: Screen, digest: bytes) -> None:
        now = self._now()
        if digest != screen.digest:
            return
        if screen.digest_before and self._is_to_note(screen, now):
            await self._try(lambda conn: screens.seen(conn, screen, now))
        elif now - screen.seen_at > SEEN and self._is_to_note(screen, now, SEEN):
            self._unsaid[screen.screen_id] = now  # with those of the others, at the next reading

    def see_again(self, found: Found) -> None:
        """Note that a screen that was found speaks again."""
        now = self._now()
        if found.screen and self._is_to_note(found.screen, now, SEEN):
            self._unsaid[found.screen.screen_id] = now

    def _is_to_note(self, screen: Screen, now: datetime, after: timedelta = TOUCH) -> bool:
        """Whether it is time to tell the database of a screen; taken as told from here on."""
        if now - self._noted.get(-screen.screen_id, now - after) < after:
            return False
        self._noted[-screen.screen_id] = now
        return True

    async def replay(self, screen_token: str, address: str) -> None:
        """Note where a token was shown that its screen replaced long ago; once in a while for each screen."""
        screen = self._screens.get(digest_of(screen_token)) if screen_token else None
        now = self._now()
        if screen and digest_of(screen_token) == screen.digest_older and now - self._noted.get(-screen.screen_id, now - GRACE) >= GRACE:
            self._noted[-screen.screen_id] = now
            await self._try(lambda conn: screens.replayed(conn, screen, address, now))

    async def _try(self, question: Callable[[Connection], None]) -> None:
        try:
            await self._database.ask(question)
        except UnavailableError:
            return  # what was not noted now is noted the next time

    async def _refresh(self, after_s: float) -> None:
        async with self._lock:  # one asks, the others wait for the answer
            now = time.monotonic()
            if self._asked_at is not None and now - self._asked_at < after_s:
                return
            self._asked_at = now
            unsaid, self._unsaid = self._unsaid, {}
            try:
                self._sessions, self._screens = await self._database.ask(lambda conn: self._read(conn, unsaid))
            except UnavailableError:
                self._unsaid = unsaid | self._unsaid
                self._asked_at = time.monotonic()  # it took its time to say no
                if self._read_at is not None and now - self._read_at > STALE_S:
                    self._sessions = {}  # persons sign in again; screens look on
                return
            self._numbered = {screen.screen_id: screen for screen in self._screens.values()}
            self._read_at = now
            kept = {s.session_id for s in self._sessions.values()} | {-s.screen_id for s in self._screens.values()}
            self._active = {n: at for n, at in self._active.items() if n in kept}
            self._noted = {n: at for n, at in self._noted.items() if n in kept}

    def _read(self, conn: Connection, seen: Mapping[int, datetime]) -> tuple[Mapping[bytes, Session], Mapping[bytes, Screen]]:
        now = self._now()
        if seen:
            screens.seen_at(conn, seen)
        return sessions.sessions(conn, now, self._idle), screens.screens(conn, now)

    def _now(self) -> datetime:
        return self._clock.real()
