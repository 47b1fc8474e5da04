"""Commands of the ledger: whether it is whole, what stands in it, where it ends."""

import argparse
import sys
import threading

from ioc.audit import anchor, chain, ledger
from ioc.clock import SystemClock, minute
from ioc.db.connect import connect
from ioc.errors import InputError
from ioc.settings import Settings


def verify(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Exit code 1 where a line was changed, taken out or put in, or the end is gone."""
    kept = [one for file in options.anchors or () for one in anchor.written(file)]
    with connect(settings.dsn(), application="ioc-audit") as conn:
        found = chain.verify(conn, kept, stop)
    if not found.whole:
        sys.stdout.write(f"the audit ledger is broken at line {found.line}: {found.fault}\n"
                         f"the {found.lines} lines before are in order; compare with a backup from before (docs/operations.md)\n")
        return 1
    sys.stdout.write(f"the audit ledger is whole: {found.lines} lines, the last with sha256 {found.last.hex()}\n{_vouched(found, len(kept))}\n")
    return 0


def _vouched(found: chain.Verdict, outside: int) -> str:
    if outside:
        return f"{found.anchors} anchors agree, {outside} of them kept outside; the newest is of line {found.anchored}"
    return (f"{found.anchors} anchors of the database agree; whoever can write all of it anew shows only by anchors kept outside: "
            "give --anchors FILE")


def lines(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Print lines, newest first: number, local time, actor, action, subject, reason."""
    del stop
    if options.limit < 1:
        raise InputError(f"--limit is {options.limit}: give at least 1")
    with connect(settings.dsn(), application="ioc-audit") as conn:
        found = ledger.lines(conn, before=options.before, limit=options.limit, actor=options.actor, action=options.action, subject=options.subject)
    sys.stdout.write("".join(f"{one.line:>9}  {minute(one.at)}  {_told(one)}\n" for one in found) or "no line is so\n")
    return 0


def _told(one: ledger.Line) -> str:
    told = "  ".join(text for text in (f"{one.actor:<16}", f"{one.action:<24}", one.subject, f"({one.reason})" if one.reason else "") if text)
    # What a person typed must not move the terminal's cursor.
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in told)


def head(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Print the newest line as an anchor: what to keep outside."""
    del options, stop
    with connect(settings.dsn(), application="ioc-audit") as conn:
        sys.stdout.write(f"{anchor.head(conn, SystemClock().now())}\n")
    return 0
