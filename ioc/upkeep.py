"""Commands that look after what the sink has made: compare it with the raw events, fold it again, show the calendar."""

import argparse
import sys
import threading
from typing import TYPE_CHECKING

from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect, reading
from ioc.errors import InputError
from ioc.settings import Settings

if TYPE_CHECKING:
    from ioc.streams.engine.contract import Stream

SHOWN = 20


def recount(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Exit code 1 where a state, an interval or a daily count is not what the raw events say."""
    from ioc.profiles import load_profile
    from ioc.streams.engine import rebuild
    from ioc.streams.engine.rules import rules_of

    rules, wrong = rules_of(load_profile(settings.profile)), 0
    with connect(settings.dsn(), application="ioc-recount") as conn:
        for name in _names(options.stream):
            found = 0
            with reading(conn):
                for found, d in enumerate(rebuild.recount(conn, _folded()[name], rules), start=1):
                    if found <= SHOWN:
                        sys.stdout.write(f"{d.table} {d.key}\n  stored:  {d.stored}\n  counted: {d.counted}\n")
                    if stop.is_set():
                        raise InputError("recount was stopped before its end: what was compared until then is above")
            sys.stdout.write(f"{name}: {found} differences{f', the first {SHOWN} above' if found > SHOWN else ''}\n" if found
                             else f"{name}: all as the raw events say\n")
            wrong += found
    return 1 if wrong else 0


def rebuild(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Fold streams again; sinks wait meanwhile and go on by themselves."""
    del stop
    if bool(options.stream) == options.stale:
        raise InputError("name the streams to fold again, or give --stale for those that were folded by other rules than today's")
    with connect(settings.dsn(), application="ioc-rebuild", autocommit=True) as conn:
        done = refold(conn, settings, options.stream)
    sys.stdout.write("".join(f"{line}\n" for line in done) or "nothing to fold again: all streams stand under today's rules\n")
    return 0


def refold(conn: Connection, settings: Settings, names: list[str]) -> list[str]:
    """Fold the named streams again, or those whose states stand under other rules; answers a line about each."""
    from ioc.profiles import load_profile
    from ioc.streams.engine import rebuild as engine
    from ioc.streams.engine.rules import rules_of

    rules, clock = rules_of(load_profile(settings.profile)), SystemClock()
    found = _names(names) if names else engine.stale(conn, _folded(), rules, clock.now())
    lines = []
    for name in found:
        done = engine.rebuild(conn, _folded()[name], rules, clock.now())
        lines.append(f"{name}: {done.subjects} subjects folded again, {done.changed} came out otherwise")
    return lines


def calendar(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Print a year's days off, swaps and working days."""
    from ioc.calendar.show import text
    from ioc.profiles import load_profile

    del stop
    sys.stdout.write(text(load_profile(settings.profile).calendar, options.year))
    return 0


def _folded() -> "dict[str, Stream]":
    from ioc.streams.engine.registry import streams

    return {name: s for name, s in streams().items() if s.projection}


def _names(asked: list[str]) -> list[str]:
    if unknown := set(asked) - set(_folded()):
        raise InputError(f"{', '.join(sorted(unknown))}: no stream with states; there are {', '.join(_folded())}")
    return asked or list(_folded())
