"""What each command does: builds its parts from the settings and runs them."""

import argparse
import json
import logging
import sys
import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from ioc.audit.hand import enter
from ioc.clock import LOCAL, YEARS, SystemClock, end_of, local_day
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
            sys.stdout.write(f"{stream.table}: {done} chunks that end before {_local(before)} are compressed\n")
    return 0


def create_topics(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.relay.duties import AUDIT_TOPIC
    from ioc.streams.engine import kafka
    from ioc.streams.engine.registry import topics

    del stop
    made = kafka.create_topics(settings, [*topics(), attention.DEAD_LETTER_TOPIC, AUDIT_TOPIC], partitions=options.partitions,
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
    from ioc.live.collector import Collector
    from ioc.live.promises import store_promises, working_times
    from ioc.panels.engine.registry import shown
    from ioc.places.stations import load_stations, store_stations
    from ioc.profiles import load_profile
    from ioc.streams.engine.registry import streams

    del options
    dsn, clock = settings.dsn(), clock_of(settings.clock)
    profile = load_profile(settings.profile).at_speed(clock.rhythm().meant)
    stations = load_stations(profile)
    times = working_times(profile.calendar, PROMISED_SINCE, local_day(clock.now()) + timedelta(days=400))

    def prepare(conn: Connection) -> None:
        if found := timescale.advice(conn):
            log.warning(found)
        store_stations(conn, stations)
        store_promises(conn, profile, times)

    Collector(lambda: connect(dsn, application="ioc-live", autocommit=True), clock, profile, shown(profile), streams(), prepare).run(stop)
    return 0


def run_web(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    import uvicorn

    from ioc.api.app import create_app
    from ioc.api.hardening import MOST_HEADERS

    del stop  # uvicorn takes the signals itself
    settings = replace(settings, host=options.host or settings.host, port=options.port or settings.port)
    # Open streams never end by themselves: three seconds, then they are cut.
    # Only a proxy that the settings name is believed about the caller's address and about TLS.
    uvicorn.run(create_app(settings, clock_of(settings.clock)), host=settings.host, port=settings.port, log_level="warning",
                timeout_graceful_shutdown=3, server_header=False, lifespan="on", ws="none",
                http="h11", h11_max_incomplete_event_size=MOST_HEADERS,  # the faster parser reads headers without end
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
            used = f"last used {_local(key.last_used_at)}" if key.last_used_at else "never used"
            until = f"until {_local(key.expires_at)}" if key.expires_at else "without end"
            state = "revoked" if key.revoked_at else "expired" if key.refusal(now) else until
            sys.stdout.write(f"{key.key_id}  {key.source}  {','.join(sorted(key.streams))}  {key.events_per_s:g}/s  {state}  "
                             f"made {_local(key.created_at)}  {used}\n")
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


def list_letters(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _open(settings) as conn:
        for x in attention.letters(conn, reason=options.reason, limit=options.limit):
            replayed = f"  replayed {_local(x.replayed_at)}" if x.replayed_at else ""
            sys.stdout.write(f"{x.letter_id:>6}  {_local(x.recorded_at)}  {x.topic}/{x.partition}@{x.offset}  {x.reason}: {x.detail}{replayed}\n")
    return 0


def show_letter(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _open(settings) as conn:
        x = _letter(conn, options.letter)
    sys.stdout.write(json.dumps({
        "letter": x.letter_id, "topic": x.topic, "partition": x.partition, "offset": x.offset, "timestamp_ms": x.timestamp_ms,
        "recorded_at": x.recorded_at.isoformat(), "reason": x.reason, "detail": x.detail,
        "replayed_at": x.replayed_at.isoformat() if x.replayed_at else None, "key": _text(x.key),
        "headers": {name: _text(value) for name, value in x.headers}, "value": _text(x.value),
    }, ensure_ascii=False, indent=2) + "\n")
    return 0


def replay_letters(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    from ioc.streams.engine.kafka import KafkaPublisher

    del stop
    if options.value and len(options.letter) != 1:
        raise InputError("--value corrects one letter: name exactly one")
    value = _read(options.value) if options.value else None
    with _open(settings) as conn:
        found = [_letter(conn, number) for number in options.letter]
        publisher = KafkaPublisher(settings)
        for x in found:
            attention.replay(conn, publisher, x, SystemClock().now(), value=value)
            enter(conn, "dead_letter.replayed", f"dead_letter:{x.letter_id}", SystemClock().now(), after={"corrected": value is not None})
        publisher.close()
    sys.stdout.write(f"{len(found)} sent again; a letter that is still wrong comes back with a new number\n")
    return 0


def resume_partition(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _open(settings) as conn, conn.transaction():
        now = SystemClock().now()
        if not attention.resume(conn, options.topic, options.partition, now):
            raise InputError(f"{options.topic}/{options.partition} is not paused")
        enter(conn, "partition.resumed", f"partition:{options.topic}/{options.partition}", now)
    sys.stdout.write(f"{options.topic}/{options.partition} is read again within seconds\n")
    return 0


def list_gaps(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del options, stop
    with _open(settings) as conn:
        for gap_id, gap, found_at in attention.open_gaps(conn):
            sys.stdout.write(f"{gap_id:>6}  {_local(found_at)}  {gap.topic}/{gap.partition}: offsets {gap.from_offset}–{gap.to_offset} "
                             f"({gap.to_offset - gap.from_offset} events)\n")
    return 0


def close_gap(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _open(settings) as conn, conn.transaction():
        now = SystemClock().now()
        if not attention.close_gap(conn, options.gap, options.note, now):
            raise InputError(f"there is no open gap {options.gap}: `ioc gaps list` shows them")
        enter(conn, "gap.closed", f"gap:{options.gap}", now, reason=options.note)
    sys.stdout.write(f"gap {options.gap} closed\n")
    return 0


def _open(settings: Settings) -> Connection:
    return connect(settings.dsn(), application="ioc-cli", autocommit=True)


def _letter(conn: Connection, number: int) -> attention.Letter:
    found = attention.letter(conn, number)
    if found is None:
        raise InputError(f"there is no dead letter {number}: `ioc dead-letters list` shows them")
    return found


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from None


def _local(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M:%S")


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="backslashreplace")
