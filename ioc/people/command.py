"""`ioc user`, `ioc screen` and `ioc keys`: accounts, screens and seals from the command line."""

import argparse
import sys
import threading
from datetime import datetime
from pathlib import Path

from ioc.audit.hand import hand
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.errors import InputError
from ioc.people import accounts, screens, seals, sessions
from ioc.people.accounts import By, Person
from ioc.people.heartbeats import Painted, painted, state_of
from ioc.people.principal import Grant
from ioc.settings import Settings


def add_user(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Make an account and print its one-time password, this once."""
    del stop
    with _connected(settings) as conn:
        person, password = accounts.add_person(conn, options.login, options.name, _grants(options), _by())
    sys.stdout.write(f"{person.login} may sign in with the one-time password {password}\n")
    return 0


def set_roles(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _connected(settings) as conn:
        person = _person(conn, options.login)
        kept = [] if options.replace else [g for g in accounts.grants_of(conn, person.person_id) if g.role not in options.roles]
        accounts.set_roles(conn, person, [*kept, *_grants(options)], _by())
    sys.stdout.write(f"{person.login} has its roles\n")
    return 0


def reset_user(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """A new one-time password; sessions end, the second step is taken off."""
    del stop
    with _connected(settings) as conn:
        person = _person(conn, options.login)
        if person.issuer:
            raise InputError(f"'{person.login}' signs on elsewhere ({person.issuer}): the password is there")
        password = accounts.reset_password(conn, person, _by())
        sessions.end_others(conn, person.person_id, "password reset", _by())
    sys.stdout.write(f"{person.login} may sign in with the one-time password {password}\n")
    return 0


def end_user(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _connected(settings) as conn:
        person = _person(conn, options.login)
        accounts.end_person(conn, person, _by(), options.reason)
        sessions.end_others(conn, person.person_id, "account ended", _by())
    sys.stdout.write(f"{person.login} may not sign in any more\n")
    return 0


def list_users(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del options, stop
    with _connected(settings) as conn:
        for row in accounts.people(conn):
            ended = "  ended" if row.ended_at else ""
            sys.stdout.write(f"{row.login:<24} {', '.join(row.roles) or '–':<40} {'two steps' if row.has_second_step else 'one step'}{ended}\n")
    return 0


def confirm_screen(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _connected(settings) as conn:
        number = screens.confirm(conn, options.code, options.name, _by(), addresses=options.addresses, pinned=options.show, guests=options.guests)
    sys.stdout.write(f"screen {number} '{options.name}' is paired\n")
    return 0


def list_screens(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del options, stop
    now = SystemClock().now()
    with _connected(settings) as conn:
        found, last = {s.screen_id: s for s in screens.screens(conn, now).values()}, painted(conn)
    for s in found.values():
        where = f"  only from {s.addresses}" if s.addresses else ""
        guests = "  for guests" if s.guests else ""
        said = _painting(last.get(s.screen_id), now)
        sys.stdout.write(f"{s.screen_id:>4}  {s.name:<32} {said}  pinned to {s.pinned or 'nothing'}{guests}{where}\n")
    return 0


def _painting(last: Painted | None, now: datetime) -> str:
    """What a screen last painted, for a terminal."""
    state = state_of(last, now)
    if last is None:
        return "has said nothing yet"
    since = "never" if last.painted_at is None else f"{max(0, round((now - last.painted_at).total_seconds()))} s ago"
    behind = f", {last.behind} frames behind" if last.behind else ""
    return f"{state}, painted {since}, {last.shown or last.page or 'no page'}, frame {last.frame}{behind}, {last.link}, {last.size}"


def show_screen(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Point a screen at a page or at the rotation, or leave it where it is; it goes there within ten seconds."""
    del stop
    pinned = screens.rotation_path(str(options.rotate)) if options.rotate else None if options.free else options.page
    with _connected(settings) as conn:
        name = screens.edit(conn, options.screen, _by(), pinned=pinned)
    sys.stdout.write(f"'{name}' shows {pinned}\n" if pinned else f"'{name}' is pinned to nothing\n")
    return 0


def set_guests(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Guests of the house see a screen, or do no more."""
    del stop
    with _connected(settings) as conn:
        name = screens.edit(conn, options.screen, _by(), guests=options.guests == "on")
    sys.stdout.write(f"'{name}' shows {'guests what guests may see' if options.guests == 'on' else 'everything'}\n")
    return 0


def end_screen(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _connected(settings) as conn:
        name = screens.end(conn, options.screen, options.reason, _by())
    sys.stdout.write(f"'{name}' shows nothing any more\n")
    return 0


def new_key(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Put a new key before those of the file; what is sealed is sealed again by `ioc contacts reseal`."""
    del stop
    path = options.file or (Path(settings.keys) if settings.keys else None)
    if path is None:
        raise InputError("name the file: ioc keys new FILE, or set IOC_KEYS")
    seals.add_key(path)
    sys.stdout.write(f"{path} has a new key; keep a copy of it, and not where the database's copies lie\n")
    return 0


def _connected(settings: Settings) -> Connection:
    return connect(settings.dsn(), application="ioc-people", autocommit=True)


def _person(conn: Connection, login: str) -> Person:
    person = accounts.person_by_login(conn, login)
    if person is None:
        raise InputError(f"there is no account '{login}': `ioc user list` shows them")
    return person


def _by() -> By:
    return By(actor=hand(), at=SystemClock().now())


def _grants(options: argparse.Namespace) -> list[Grant]:
    limits = {name: frozenset(given.split(",")) if (given := getattr(options, name)) else None for name in ("units", "agencies", "fields")}
    return [Grant(role=role, **limits) for role in options.roles]
