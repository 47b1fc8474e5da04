"""What each command does: builds its parts from the settings and runs them."""

import argparse
import logging
import sys
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from ioc.audit.hand import enter
from ioc.clock import YEARS, SystemClock, end_of, local_day, second
from ioc.db import timescale
from ioc.db.connect import Connection, connect
from ioc.db.migrate import migrate
from ioc.errors import InputError
from ioc.played import clock_of
from ioc.settings import Settings
from ioc.streams.engine import attention

log = logging.getLogger(__name__)

PROMISED_SINCE = date(2019, 1, 1)
"""From here on the database knows working times, for figures of freshness at past moments."""


def run_migrations(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del options, stop
    with connect(settings.dsn(), application="ioc-migrate", autocommit=True) as conn:
        done = migrate(conn, kind=settings.kind)
    sys.stdout.write("\n".join(done or ["the schema is up to date"]) + "\n")
    return 0


def compress(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.streams.engine.registry import streams

    del stop
    before = SystemClock().now() - timedelta(days=options.after_days)
    with _open(settings) as conn:
        for stream in streams().values():
            done = timescale.compress_until(conn, stream.table, before)
            sys.stdout.write(f"{stream.table}: {done} chunks that end before {second(before)} are compressed\n")
    return 0


def create_topics(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.relay.duties import AUDIT_TOPIC
    from ioc.relay.outbox import PUBLIC_TOPIC
    from ioc.streams.engine import kafka
    from ioc.streams.engine.registry import topics

    del stop
    made = kafka.create_topics(settings, [*topics(), attention.DEAD_LETTER_TOPIC, AUDIT_TOPIC, PUBLIC_TOPIC], partitions=options.partitions,
                               replication=options.replication, retention_days=options.retention_days)
    sys.stdout.write("".join(f"created {name}\n" for name in made) or "all topics exist\n")
    return 0


def run_sink(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.profiles import load_profile
    from ioc.streams.engine.kafka import KafkaPublisher, KafkaSource
    from ioc.streams.engine.post import LetterPost
    from ioc.streams.engine.registry import topics
    from ioc.streams.engine.rules import rules_of
    from ioc.streams.engine.sink import Sink

    del options
    dsn, clock = settings.dsn(), clock_of(settings.clock)
    source = KafkaSource(settings, topics())
    LetterPost(lambda: connect(dsn, application="ioc-sink-letters"), lambda: KafkaPublisher(settings), clock).start(stop)
    rules = rules_of(load_profile(settings.profile))
    Sink(source, lambda: connect(dsn, application="ioc-sink"), clock, rules, batch=settings.batch).run(stop)
    return 0


def run_live(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.alerts.register import load_alerts
    from ioc.indicators.asked import LOOK_BACK, load_asked
    from ioc.indicators.catalogue import load_catalogue
    from ioc.live.collector import Collector, Shown
    from ioc.live.due import store_due
    from ioc.live.promises import store_promises, working_times
    from ioc.panels.engine.registry import shown
    from ioc.places.stations import load_stations, store_stations
    from ioc.profiles import load_profile
    from ioc.streams.engine.registry import streams

    del options
    dsn, clock = settings.dsn(), clock_of(settings.clock)
    profile = load_profile(settings.profile).at_speed(clock.rhythm().meant)
    stations = load_stations(profile)
    today = local_day(clock.now())
    times = working_times(profile.calendar, PROMISED_SINCE, today + timedelta(days=400))
    due = load_asked(profile, load_catalogue(settings.profile)).between(today - LOOK_BACK, today + timedelta(days=400))

    def prepare(conn: Connection) -> None:
        if found := timescale.advice(conn):
            log.warning(found)
        store_stations(conn, stations)
        store_promises(conn, profile, times)
        store_due(conn, due)

    seen = Shown(profile=profile, panels=shown(profile), streams=streams(), register=load_alerts(profile))
    Collector(lambda: connect(dsn, application="ioc-live", autocommit=True), clock, seen, prepare).run(stop)
    return 0


def run_cameras(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.cameras.command import check, run

    return check(settings, stop) if options.check else run(settings, stop)


def run_web(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    import uvicorn

    from ioc.api.app import create_app
    from ioc.api.hardening import MOST_HEADERS
    from ioc.api.lines import KEEP_S, Protocol

    del stop  # uvicorn takes the signals itself
    settings = replace(settings, host=options.host or settings.host, port=options.port or settings.port)
    # Open streams never end by themselves: three seconds, then they are cut.
    # Only a proxy that the settings name is believed about the caller's address and about TLS.
    uvicorn.run(create_app(settings, clock_of(settings.clock)), host=settings.host, port=settings.port, log_level="warning",
                timeout_graceful_shutdown=3, server_header=False, lifespan="on", ws="none",
                timeout_keep_alive=KEEP_S, http=Protocol, h11_max_incomplete_event_size=MOST_HEADERS,  # the faster parser reads headers without end
                proxy_headers=bool(settings.proxies), forwarded_allow_ips=settings.proxies or None)
    return 0


def run_broker(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.demo.embedded import serve_broker

    del settings, options
    serve_broker(stop)
    return 0


def demo(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.demo.run import run_demo

    run_demo(settings, stop, days=options.days, simulate=options.simulate, simulators=not options.no_simulators)
    return 0


def catalogue(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.catalogue import text

    del settings, stop
    if options.schemas:
        return _write_schemas(options.schemas)
    found = text()
    if options.check is None:
        sys.stdout.write(found)
        return 0
    if options.check.read_text(encoding="utf-8") == found:
        return 0
    raise InputError(f"{options.check} is not what the program says: run `ioc catalogue > {options.check}`")


def _write_schemas(folder: Path) -> int:
    from ioc.schemas import files

    found = files()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in found.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror}") from None
    sys.stdout.write(f"{len(found) - 1} schemas and index.json written to {folder}\n")
    return 0


def add_source_key(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.api.keys import add_key

    del stop
    wanted = [name.strip() for name in options.streams.split(",") if name.strip()]
    if options.expires and options.expires.year >= YEARS.stop:
        raise InputError(f"--expires {options.expires} lies beyond the year {YEARS.stop - 1}: leave it out for a key without end")
    expires_at = end_of(options.expires) if options.expires else None
    with _open(settings) as conn, conn.transaction():
        now = SystemClock().now()
        key, text = add_key(conn, options.source, wanted, now, expires_at=expires_at, events_per_s=options.events_per_s)
        enter(conn, "source_key.added", f"source_key:{key.key_id}", now, after={"source": key.source, "streams": wanted, "expires_at": expires_at})
    sys.stderr.write(f"key {key.key_id} for {key.source}; it is shown this once, keep it where only the source can read it:\n")
    sys.stdout.write(f"{text}\n")
    return 0


def list_source_keys(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.api.keys import keys

    del options, stop
    now = SystemClock().now()
    with _open(settings) as conn:
        for key in keys(conn):
            used = f"last used {second(key.last_used_at)}" if key.last_used_at else "never used"
            until = f"until {second(key.expires_at)}" if key.expires_at else "without end"
            state = "revoked" if key.revoked_at else "expired" if key.refusal(now) else until
            sys.stdout.write(f"{key.key_id}  {key.source}  {','.join(sorted(key.streams))}  {key.events_per_s:g}/s  {state}  "
                             f"made {second(key.created_at)}  {used}\n")
    return 0


def revoke_source_key(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.api.keys import revoke_key

    del stop
    with _open(settings) as conn, conn.transaction():
        now = SystemClock().now()
        if not revoke_key(conn, options.key, now):
            raise InputError(f"there is no key {options.key} that could be revoked: `ioc source-key list` shows them")
        enter(conn, "source_key.revoked", f"source_key:{options.key}", now)
    sys.stdout.write(f"key {options.key} is revoked; the web processes heed it within seconds\n")
    return 0


def import_open311(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.api.open311 import publish_file
    from ioc.streams.engine.kafka import KafkaPublisher

    del stop
    parts = options.file.stem.split("_")
    jurisdiction = options.jurisdiction or (parts[1] if len(parts) > 1 and parts[0] == "open311" else "")
    if not jurisdiction:
        raise InputError(f"{options.file.name} does not say whose it is: give --jurisdiction, e.g. --jurisdiction chicago")
    requests, events = publish_file(options.file, jurisdiction, lambda: KafkaPublisher(settings))
    sys.stdout.write(f"{requests} requests, {events} events published under the jurisdiction '{jurisdiction}'\n")
    return 0


def _open(settings: Settings) -> Connection:
    return connect(settings.dsn(), application="ioc-cli", autocommit=True)
