"""Arguments of the commands about who may do what: accounts, screens, keys, the ledger, the outbox, contacts, database roles."""

import argparse
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ioc.audit import command as audit
from ioc.contacts import command as contacts
from ioc.db import command as roles
from ioc.db.connect import connect
from ioc.indicators.events import province_of
from ioc.people import command as people
from ioc.people.roles import ROLES
from ioc.played import clock_of
from ioc.profiles import load_profile
from ioc.relay import command as relay
from ioc.settings import Settings

Sub = Any
"""Argparse's own type has no public name."""
Add = Callable[[Sub, str, str, Any], argparse.ArgumentParser]
"""(commands, name, help, what it runs) → its parser."""


def add_commands(sub: Sub, add: Add) -> None:
    """Put the commands on the command line."""
    _users(_what(sub, "user", "accounts of this centre"), add)
    _screens(_what(sub, "screen", "screens on walls"), add)
    keys = _what(sub, "keys", "keys that seal what must not be read in the database")
    add(keys, "new", "put a new key before those of the file", people.new_key).add_argument("file", type=Path, nargs="?", metavar="FILE")
    _audit(_what(sub, "audit", "the ledger of who did what"), add)
    add(sub, "relay", "publish what was decided: Kafka, webhooks, mail, syslog; start as many as you like", run_relay)
    _outbox(_what(sub, "outbox", "messages that are owed to others"), add)
    _webhooks(_what(sub, "webhook", "who is told over HTTP"), add)
    _contacts(_what(sub, "contacts", "what is kept of citizens who report"), add)
    made = add(sub, "roles", "make the database's roles, and say what each may", roles.run)
    made.add_argument("--passwords", type=Path, metavar="DIR", help="set each role's password from the file of its name in DIR")


def run_relay(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """The relay, and the herald that tells citizens beside it."""
    return relay.run(settings, options, stop, beside=_herald)


def _herald(settings: Settings) -> Sequence[relay.Loop]:
    from ioc.reports.herald import Herald

    profile, dsn = load_profile(settings.profile), settings.dsn()
    return [Herald(lambda: connect(dsn, application="ioc-herald", autocommit=True), clock_of(settings.clock), profile,
                   f"/vn/{province_of(profile)}/ioc/intake").run]


def _what(sub: Sub, name: str, text: str) -> Sub:
    return sub.add_parser(name, help=text).add_subparsers(required=True, metavar="WHAT")


def _users(user: Sub, add: Add) -> None:
    new = add(user, "add", "make an account and print its one-time password, this once", people.add_user)
    new.add_argument("login")
    new.add_argument("--name", required=True, help="as colleagues know the person")
    given = add(user, "roles", "give roles, or change their limits", people.set_roles)
    given.add_argument("login")
    given.add_argument("--replace", action="store_true", help="take off all others")
    for made in (new, given):
        made.add_argument("--roles", required=True, nargs="+", choices=tuple(ROLES), metavar="ROLE", help=", ".join(ROLES))
        made.add_argument("--units", metavar="CODE[,CODE]", help="only of these units")
        made.add_argument("--agencies", metavar="CODE[,CODE]", help="only of these agencies")
        made.add_argument("--fields", metavar="CODE[,CODE]", help="only of these fields of work, e.g. categories of reports")
    add(user, "reset", "a new one-time password; signs the person out and takes the second step off", people.reset_user).add_argument("login")
    end = add(user, "end", "nobody signs in by this account any more; what it did keeps its name", people.end_user)
    end.add_argument("login")
    end.add_argument("--reason", required=True, help="kept in the ledger")
    add(user, "list", "accounts and their roles", people.list_users)


def _screens(screen: Sub, add: Add) -> None:
    confirm = add(screen, "confirm", "pair the screen that shows CODE", people.confirm_screen)
    confirm.add_argument("code")
    confirm.add_argument("--name", required=True, help="e.g. the room it hangs in")
    confirm.add_argument("--addresses", metavar="NETWORK", help="it may only ask from here, e.g. 10.1.2.0/24")
    confirm.add_argument("--show", metavar="PATH", help="page that it shows, e.g. /wall/one_stop")
    confirm.add_argument("--guests", action="store_true", help="guests of the house see it: no cameras, units by name, incidents, casualties")
    add(screen, "list", "paired screens and what each last painted", people.list_screens)
    show = add(screen, "show", "point a screen at a page; it goes there within ten seconds", people.show_screen)
    show.add_argument("screen", type=int)
    where = show.add_mutually_exclusive_group(required=True)
    where.add_argument("--page", metavar="PATH", help="e.g. /wall/one_stop")
    where.add_argument("--rotate", metavar="SECONDS", type=int, help="all panels, one after the other, each for so many seconds (5 to 600)")
    where.add_argument("--free", action="store_true", help="pin it to nothing; it stays where it is")
    guests = add(screen, "guests", "set whether guests of the house see a screen", people.set_guests)
    guests.add_argument("screen", type=int)
    guests.add_argument("guests", choices=("on", "off"))
    gone = add(screen, "end", "revoke one screen", people.end_screen)
    gone.add_argument("screen", type=int)
    gone.add_argument("--reason", required=True, help="kept in the ledger")


def _audit(what: Sub, add: Add) -> None:
    verify = add(what, "verify", "find a line that was changed, removed or cut off; exit 1 where there is one", audit.verify)
    verify.add_argument("--anchors", type=Path, nargs="+", metavar="FILE", help="heads that were kept outside the database")
    listing = add(what, "list", "lines, newest first", audit.lines)
    for name, text in (("actor", "e.g. person:12"), ("action", "e.g. report.verified"), ("subject", "e.g. report:PA-1")):
        listing.add_argument(f"--{name}", help=f"only these, {text}")
    listing.add_argument("--before", type=int, metavar="LINE", help="only older than this line")
    listing.add_argument("--limit", type=int, default=50)
    add(what, "head", "the newest line as an anchor: what to keep outside", audit.head)


def _outbox(what: Sub, add: Add) -> None:
    listing = add(what, "list", "what is owed, oldest first", relay.list_outbox)
    listing.add_argument("--failed", action="store_true", help="what was given up instead")
    listing.add_argument("--limit", type=int, default=50)
    add(what, "retry", "try again what was given up", relay.retry).add_argument("id", nargs="+", metavar="ID")


def _webhooks(what: Sub, add: Add) -> None:
    new = add(what, "add", "tell an address from now on, and print its secret, this once", relay.add_webhook)
    new.add_argument("url")
    new.add_argument("--topics", required=True, nargs="+", metavar="TOPIC", help="what it is told of, e.g. ioc.report")
    add(what, "list", "who is told", relay.list_webhooks)
    add(what, "end", "tell it nothing any more", relay.end_webhook).add_argument("webhook", type=int)


def _contacts(what: Sub, add: Add) -> None:
    purge = add(what, "purge", "delete what the policy no longer lets the centre keep; run it daily", contacts.purge)
    purge.add_argument("--dry-run", action="store_true", help="say what would go")
    erase = add(what, "erase", "delete all that is kept of one subject's reporter, at the person's request", contacts.erase)
    erase.add_argument("stream")
    erase.add_argument("subject")
    erase.add_argument("--reason", required=True, help="kept in the ledger")
    add(what, "reseal", "seal everything by the newest key", contacts.reseal)
