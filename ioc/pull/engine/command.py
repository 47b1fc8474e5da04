"""`ioc pull`: ask a system for its present state and publish what changed since it was last asked."""

import argparse
import sys
import threading

from ioc.clock import LOCAL, SystemClock
from ioc.db.connect import connect
from ioc.profiles import load_profile
from ioc.pull.engine.config import source_of
from ioc.pull.engine.run import Totals, keep_running
from ioc.pull.engine.store import Store
from ioc.settings import Settings, environment


def run_pull(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    """Ask once, or again and again; or list what could not be used."""
    from ioc.pull.engine.wiring import pull
    from ioc.streams.engine.kafka import KafkaPublisher

    source = source_of(settings.pull, options.source)
    if options.rejects:
        with connect(settings.dsn(), application="ioc-pull", autocommit=True) as conn:
            for x in Store(conn, source.name).rejects():
                sys.stdout.write(f"{x.reject_id:>6}  {x.last_at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}  {x.subject or '(no code)'}: {x.reason}\n")
        return 0
    profile, clock, dsn = load_profile(settings.profile), SystemClock(), settings.dsn()

    def once() -> Totals:
        return pull(source, profile, environment, lambda: connect(dsn, application="ioc-pull", autocommit=True),
                    lambda: KafkaPublisher(settings), clock, stop, retry=options.retry)

    if options.every:
        keep_running(once, options.every, stop)
        return 0
    done = once()
    sys.stdout.write(f"{done.records} records read, {done.events} events published, {done.rejects} records refused\n")
    return 0
