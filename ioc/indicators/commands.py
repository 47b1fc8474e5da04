"""The commands of this room: import indicators, reconcile, close periods.

openpyxl is imported by the commands themselves, so that no other command of `ioc` waits for it.
"""

import argparse
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ioc.audit.hand import enter
from ioc.clock import LOCAL, Clock, SystemClock, local_day
from ioc.db.connect import Connection, connect
from ioc.errors import InputError
from ioc.indicators import closed, ledgers
from ioc.indicators.catalogue import load_catalogue
from ioc.indicators.events import province_of, publish, shipped
from ioc.profiles import load_profile
from ioc.settings import Settings
from ioc.streams.engine.broker import Publisher

if TYPE_CHECKING:
    from ioc.indicators.reconcile import Reconciliation

Connect = Callable[[], Publisher]


def import_indicators(settings: Settings, options: argparse.Namespace, stop: threading.Event, *, publisher: Connect | None = None,
                      clock: Clock | None = None) -> int:
    """Publish a filled template, write an empty one, or publish what the profile ships; 1 where rows were left out."""
    from ioc.indicators.entry import Desk
    from ioc.indicators.importing import import_file
    from ioc.indicators.template import write_template

    del stop
    catalogue, profile = load_catalogue(settings.profile), load_profile(settings.profile)
    today = local_day((clock or SystemClock()).now())
    if options.template:
        write_template(options.template, catalogue, profile, today, _file(options))
        sys.stdout.write(f"{options.file}: template of '{options.template}'\n")
        return 0
    send = publisher or (lambda: _kafka(settings))
    if options.shipped:
        events = list(shipped(catalogue, f"/vn/{province_of(profile)}/profile"))
        publish(events, send, simulated=profile.file.fictional)
        sys.stdout.write(f"{len(events)} events of the profile's history and targets published\n")
        return 0
    desk = Desk(catalogue=catalogue, profile=profile, source=f"/vn/{province_of(profile)}/manual", today=today)
    done = import_file(_file(options), desk, send, partial=options.partial)
    sys.stdout.write("".join(f"{flag}\n" for flag in done.flags) + f"{done.events} events published\n")
    if done.errors_file:
        sys.stdout.write(f"{done.refused_rows} rows left out: see {done.errors_file}\n")
    return 1 if done.refused_rows else 0


def run_reconcile(settings: Settings, options: argparse.Namespace, stop: threading.Event, *, clock: Clock | None = None) -> int:
    """Compare a day with what the sources told; 1 where something differs."""
    from ioc.indicators.reconcile import reconcile
    from ioc.indicators.totals import collect_totals, read_totals, store_totals

    del stop
    profile, now = load_profile(settings.profile), (clock or SystemClock()).now()
    day: date = options.day or local_day(now) - timedelta(days=1)
    if options.source and options.source not in (known := {contract.source for contract in profile.file.sources}):
        raise InputError(f"the profile has no source '{options.source}'; known are {', '.join(sorted(known))}")
    with _open(settings) as conn:
        if options.load:
            sys.stdout.write(f"{store_totals(conn, read_totals(options.load, profile, now))} new totals stored\n")
        collect_totals(conn, profile, day)
        found = reconcile(conn, day, source=options.source)
    sys.stdout.write("".join(_told(item) for item in found))
    return 1 if any(item.differences for item in found) else 0


def close_period(settings: Settings, options: argparse.Namespace, stop: threading.Event, *, clock: Clock | None = None) -> int:
    """Freeze a period's figures."""
    del stop
    person = closed.Person(name=options.by, at=(clock or SystemClock()).now(), note=options.note)
    with _open(settings) as conn, conn.transaction():
        done = closed.close_period(conn, options.stream, closed.parse_days(options.period), person)
        _enter(conn, "closed", done, person)
    assert done.figures is not None
    sums = ", ".join(f"{label} {ledgers.total(done.figures, measure)}" for measure, label in ledgers.LEDGERS[done.stream].measures.items())
    sys.stdout.write(f"closed {done.stream} {done.first_day} to {done.last_day}: {sums}\n")
    return 0


def reopen_period(settings: Settings, options: argparse.Namespace, stop: threading.Event, *, clock: Clock | None = None) -> int:
    """Let a closed period move again."""
    del stop
    person = closed.Person(name=options.by, at=(clock or SystemClock()).now(), note=options.reason)
    with _open(settings) as conn, conn.transaction():
        done = closed.reopen_period(conn, options.stream, closed.parse_days(options.period), person)
        _enter(conn, "reopened", done, person)
    sys.stdout.write(f"reopened {done.stream} {done.first_day} to {done.last_day}\n")
    return 0


def _enter(conn: Connection, what: str, done: closed.Closing, person: closed.Person) -> None:
    subject = f"period:{done.stream} {done.first_day}..{done.last_day}"
    enter(conn, f"period.{what}", subject, person.at, after={"by": person.name}, reason=person.note)


def list_periods(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """What is closed, by whom, and what changed since."""
    del stop
    with _open(settings) as conn:
        for item in closed.closings(conn, options.stream):
            at = item.closed_at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
            note = f" ({item.note})" if item.note else ""
            sys.stdout.write(f"{item.stream}  {item.first_day}..{item.last_day}  {item.kind}  {item.action} {at} by {item.closed_by}{note}\n")
            for change in closed.adjustments(conn, item):
                where = change.unit_code or "toàn tỉnh"
                label = ledgers.LEDGERS[item.stream].measures[change.measure]
                sys.stdout.write(f"    {where}, {label}: {closed.worded(change)} ({change.closed} → {change.today})\n")
    return 0


def _told(found: "Reconciliation") -> str:
    from ioc.indicators.reconcile import WHY, verdict

    lines = [f"{found.stream} {found.day}: {verdict(found)}"]
    lines += [f"  '{measure}' is no measure of '{found.stream}': not compared" for measure in found.unknown_measures]
    for item in found.differences:
        label = ledgers.LEDGERS[found.stream].measures[item.measure]
        theirs = "not told" if item.told is None else str(item.told)
        lines.append(f"  {item.unit_code or 'toàn tỉnh'}, {label}: here {item.ours}, source {theirs} ({item.gap:+d})")
        lines += [f"    {clue.subject}: {WHY[clue.why]}" + (f" ({clue.unit_code})" if clue.unit_code else "") for clue in item.clues]
    return "\n".join(lines) + "\n"


def _file(options: argparse.Namespace) -> Path:
    if options.file is None:
        raise InputError("name the FILE: .xlsx or .csv to import, .xlsx to write a template")
    found: Path = options.file
    return found


def _kafka(settings: Settings) -> Publisher:
    from ioc.streams.engine.kafka import KafkaPublisher

    return KafkaPublisher(settings)


def _open(settings: Settings) -> Connection:
    return connect(settings.dsn(), application="ioc-command", autocommit=True)
