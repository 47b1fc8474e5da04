"""Screens on walls: paired by a code that they show and somebody confirms, view-only, never signed out in use, revocable alone.

The token in a screen's cookie is changed each day, by the answer to a request of its own. The old one holds until the new one was seen,
since that answer may be lost; one that is older still was copied from somewhere: it is refused and noted.
"""

import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from ioc.audit.ledger import Entry, append
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError, RefusedError
from ioc.people.accounts import By
from ioc.people.principal import Principal
from ioc.people.tokens import digest_of, new_token

CODE_HOLDS = timedelta(minutes=10)
COLLECT_WITHIN = timedelta(minutes=2)
CHANGE_AFTER = timedelta(days=1)
AGAIN_AFTER = timedelta(seconds=30)
"""A screen that still shows the token before the newest after so long did not get the newest."""
UNUSED = timedelta(days=90)
"""A screen that nobody switched on for so long is no longer trusted."""
MOST_OF_ADDRESS, MOST = 20, 500
ROTATION_S = 20
ROTATION_RANGE_S = range(5, 601)
_PLACE = re.compile(r"/wall(?:/[a-z0-9_]{1,60})?(?:\?[!-~]{0,300})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A screen in force. `addresses`: network it may ask from, None = any; `pinned`: path that it shows; `guests`: guests of the house see it."""

    screen_id: int
    name: str
    digest: bytes
    digest_before: bytes | None
    digest_older: bytes | None
    changed_at: datetime
    addresses: str | None
    pinned: str | None
    paired_at: datetime
    paired_by: str
    seen_at: datetime
    guests: bool = False

    @property
    def principal(self) -> Principal:
        return Principal(kind="screen", id=str(self.screen_id), name=self.name, csrf="", guests=self.guests)

    def allows(self, address: str) -> bool:
        """Whether a request may come from this address."""
        if self.addresses is None:
            return True
        try:
            return ipaddress.ip_address(address) in ipaddress.ip_network(self.addresses, strict=False)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A device that waits: the code it shows, until when, and the screen that it became."""

    code: str
    until: datetime
    screen_id: int | None


def ask_for_pairing(conn: Connection, address: str, at: datetime) -> tuple[str, str]:
    """(token of the device's cookie, code to show), for ten minutes.

    Raises:
        RefusedError: too many devices wait already.

    """
    with conn.transaction():
        conn.execute(_sql()["old_pairings"].encode(), {"at": at})
        row = conn.execute(_sql()["waiting"].encode(), {"address": address, "at": at}).fetchone()
        assert row
        if row[0] >= MOST_OF_ADDRESS or row[1] >= MOST:
            raise RefusedError("too many screens wait to be paired: wait ten minutes, or sign in")
        token, code = new_token(), f"{secrets.randbelow(10**8):08d}"
        conn.execute(_sql()["ask"].encode(), {"digest": digest_of(token), "code": code, "address": address, "at": at, "until": at + CODE_HOLDS})
    return token, code


def pairing(conn: Connection, token: str, at: datetime) -> Pairing | None:
    """What became of a device's pairing; None = it must ask for a new code."""
    row = conn.execute(_sql()["pairing"].encode(), {"digest": digest_of(token)}).fetchone()
    return None if row is None or row[1] <= at else Pairing(code=row[0], until=row[1], screen_id=row[2])


def confirm(conn: Connection, code: str, name: str, by: By, *, addresses: str | None = None, pinned: str | None = None,  # noqa: PLR0913 (what a screen is)
            guests: bool = False) -> int:
    """Make the device that shows this code a screen; answers its number.

    Raises:
        InputError: no screen shows the code now, or a name, network or path that no screen can have.

    """
    kept = checked(name, addresses, pinned, guests=guests)
    with conn.transaction():
        found = conn.execute(_sql()["by_code"].encode(), {"code": "".join(code.split()), "at": by.at}).fetchone()
        if found is None:
            raise InputError("no screen shows this code now: read it again, a code holds for ten minutes")
        row = conn.execute(_sql()["add"].encode(), kept | {"digest": secrets.token_bytes(32), "at": by.at, "by": by.actor}).fetchone()
        assert row
        conn.execute(_sql()["paired"].encode(), {"digest": found[0], "screen_id": row[0], "until": by.at + COLLECT_WITHIN})
        append(conn, Entry(actor=by.actor, action="screen.paired", subject=f"screen:{row[0]}", at=by.at, address=by.address,
                           after=kept | {"device_address": found[1]}))
    return int(row[0])


def collect(conn: Connection, token: str, at: datetime) -> str | None:
    """The screen's first token, once, for the device whose pairing was confirmed; None = not confirmed, or fetched already."""
    with conn.transaction():
        found = pairing(conn, token, at)
        if found is None or found.screen_id is None:
            return None
        fresh = new_token()
        conn.execute(_sql()["collected"].encode(), {"digest": digest_of(token)})
        conn.execute(_sql()["token"].encode(), {"screen_id": found.screen_id, "new": digest_of(fresh), "at": at})
    return fresh


def screens(conn: Connection, at: datetime) -> dict[bytes, Screen]:
    """All screens in force, under each digest that is known of them (newest, the one before, and one that is too old)."""
    found = [Screen(**dict(zip(Screen.__dataclass_fields__, _bytes(row), strict=True))) for row in conn.execute(_sql()["open"].encode()).fetchall()]
    for screen in found:
        if screen.seen_at <= at - UNUSED:
            end(conn, screen.screen_id, "not switched on for 90 days", By(actor="system:web", at=at))
    return {digest: s for s in found if s.seen_at > at - UNUSED for digest in (s.digest_older, s.digest_before, s.digest) if digest}


def _bytes(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)


def change_token(conn: Connection, screen: Screen, shown: bytes, at: datetime) -> str | None:
    """A new token for a screen that showed the token of this digest; None where another request of it changed the token meanwhile."""
    fresh = new_token()
    asked = {"screen_id": screen.screen_id, "digest": screen.digest, "shown": shown, "new": digest_of(fresh), "at": at}
    return fresh if conn.execute(_sql()["change"].encode(), asked).fetchone() else None


def seen(conn: Connection, screen: Screen, at: datetime) -> None:
    """The screen showed its newest token."""
    conn.execute(_sql()["seen"].encode(), {"screen_id": screen.screen_id, "digest": screen.digest, "at": at})


def seen_at(conn: Connection, moments: Mapping[int, datetime]) -> None:
    """So many screens, by number, showed their newest token, and when."""
    conn.execute(_sql()["seen_at"].encode(), {"screens": list(moments), "moments": list(moments.values())})


def replayed(conn: Connection, screen: Screen, address: str, at: datetime) -> None:
    """Somebody showed a token that was replaced long ago."""
    with conn.transaction():
        append(conn, Entry(actor="nobody", action="screen.replayed", subject=f"screen:{screen.screen_id}", at=at, address=address,
                           reason="a token was shown that its screen had replaced"))


def end(conn: Connection, screen_id: int, why: str, by: By) -> str:
    """Revoke one screen; answers its name.

    Raises:
        InputError: there is no such screen in force.

    """
    with conn.transaction():
        row = conn.execute(_sql()["end"].encode(), {"screen_id": screen_id, "why": why, "at": by.at}).fetchone()
        if row is None:
            raise InputError(f"there is no screen {screen_id} in force")
        append(conn, Entry(actor=by.actor, action="screen.ended", subject=f"screen:{screen_id}", at=by.at, reason=why, address=by.address))
    return str(row[0])


def edit(conn: Connection, screen_id: int, by: By, **changes: Any) -> str:
    """Change what is named of a screen: `name`, `addresses` it may stand at, `pinned` path that it shows, `guests`; answers its name.

    Raises:
        InputError: no such screen, or a name, network or path that no screen can have.

    """
    with conn.transaction():
        row = conn.execute(_sql()["one"].encode(), {"screen_id": screen_id}).fetchone()
        if row is None:
            raise InputError(f"there is no screen {screen_id} in force")
        kept = checked(**(dict(zip(("name", "addresses", "pinned", "guests"), row, strict=True)) | changes))
        conn.execute(_sql()["edit"].encode(), kept | {"screen_id": screen_id})
        append(conn, Entry(actor=by.actor, action="screen.changed", subject=f"screen:{screen_id}", at=by.at, address=by.address, after=kept))
    return str(kept["name"])


def checked(name: str, addresses: str | None, pinned: str | None, *, guests: bool = False) -> dict[str, Any]:
    """What a screen keeps of these."""
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= 100 or not plain.isprintable():
        raise InputError("a screen needs a name of 1 to 100 printable characters, e.g. the room it hangs in")
    if pinned and not _PLACE.fullmatch(pinned):
        raise InputError(f"a screen shows a path of the wall, e.g. /wall/one_stop, not '{pinned[:100]}'")
    if addresses and "%" in addresses:  # a zone is a name on one machine; the database knows none
        raise InputError("a network has no zone: leave out the '%' and what follows it")
    try:
        network = str(ipaddress.ip_network(addresses.strip(), strict=False)) if addresses and addresses.strip() else None
    except ValueError:
        raise InputError(f"'{str(addresses)[:100]}' is no network: write e.g. 10.1.2.0/24 or one address") from None
    return {"name": plain, "addresses": network, "pinned": pinned or None, "guests": guests}


def rotation_path(seconds: str) -> str:
    """Path of the wall that shows the panels one after the other.

    Raises:
        InputError: no number of seconds that a panel may stand.

    """
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 5 and int(seconds) in ROTATION_RANGE_S):
        raise InputError(f"a panel stands for 5 to 600 seconds, not '{seconds[:20]}'")
    return f"/wall?rotate={int(seconds)}"


def rotation_of(path: str) -> int | None:
    """Seconds of a path that `rotation_path` made; None = it is another one."""
    seconds = path.removeprefix("/wall?rotate=")
    return int(seconds) if seconds != path and seconds.isdecimal() else None


@cache
def _sql() -> dict[str, str]:
    return named(resources.files("ioc.people").joinpath("screens.sql"))
