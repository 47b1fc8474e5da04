"""`ioc contacts`: purge what may be kept no longer, erase what a person asks for, change keys."""

import argparse
import sys
import threading
from datetime import timedelta

from ioc.audit.hand import hand
from ioc.clock import SystemClock
from ioc.contacts.policy import load_retention
from ioc.contacts.purge import Purged, due
from ioc.contacts.purge import erase as erase_subject
from ioc.contacts.purge import purge as purge_by
from ioc.contacts.rotation import reseal as seal_again
from ioc.contacts.vault import Subject
from ioc.db.connect import connect
from ioc.people.seals import read_seals
from ioc.profiles import load_profile
from ioc.settings import Settings


def purge(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Delete what the profile's policy no longer lets the centre keep; run it daily. Needs no keys."""
    policy = load_retention(load_profile(settings.profile).folder)
    with connect(settings.dsn(), application="ioc-contacts", autocommit=True) as conn:
        now = SystemClock().now()
        done = due(conn, policy, now) if options.dry_run else purge_by(conn, policy, now, stop=stop)
    sys.stdout.write(_text(done, policy.never_ended, "would go" if options.dry_run else "gone"))
    return 0 if done.whole else 1


def erase(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Delete all that is kept of one subject's reporter, at the person's request."""
    del stop
    subject = Subject(options.stream, options.subject)
    with connect(settings.dsn(), application="ioc-contacts", autocommit=True) as conn:
        count = erase_subject(conn, subject, actor=hand(), reason=options.reason, at=SystemClock().now())
    sys.stdout.write(f"{subject.name}: {count} values erased\n")
    return 0


def reseal(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Exit code 1 where a value could not be opened, or the run was stopped."""
    del options
    seals = read_seals(settings.keys)
    with connect(settings.dsn(), application="ioc-contacts", autocommit=True) as conn:
        done = seal_again(conn, seals, SystemClock(), stop)
    sys.stdout.write(f"{done.looked} values looked at, {done.changed} sealed again\n")
    if done.closed:
        sys.stdout.write(f"{len(done.closed)} values open with none of the keys of {settings.keys}, first contact_id {done.closed[0]}: "
                         "put the key that sealed them back at the file's end\n")
    if not done.whole:
        sys.stdout.write("stopped before the end: run it again before an old key is taken out\n")
    return 0 if done.whole and not done.closed else 1


def _text(done: Purged, never_ended: timedelta, verb: str) -> str:
    lines = [f"{tally.rule}: {tally.values} values of {tally.subjects} subjects {verb}" for tally in done.tallies]
    if not done.whole:
        lines.append("stopped before the end: the next run goes on")
    if done.overdue:
        lines.append(f"kept for more than {never_ended.days} days since the subject is still open (close it): {', '.join(done.overdue)}")
    return "".join(f"{line}\n" for line in lines)
