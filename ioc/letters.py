"""What people do about messages that could not be stored: dead letters, paused partitions, gaps."""

import argparse
import json
import sys
import threading
from pathlib import Path

from ioc.audit.hand import enter
from ioc.clock import SystemClock, second
from ioc.db.connect import Connection, connect
from ioc.errors import InputError
from ioc.settings import Settings
from ioc.streams.engine import attention


def list_letters(settings: Settings, options: argparse.Namespace, stop: threading.Event) -> int:
    del stop
    with _open(settings) as conn:
        for x in attention.letters(conn, reason=options.reason, limit=options.limit):
            replayed = f"  left the desk {second(x.replayed_at)}" if x.replayed_at else ""
            sys.stdout.write(f"{x.letter_id:>6}  {second(x.recorded_at)}  {x.topic}/{x.partition}@{x.offset}  {x.reason}: {x.detail}{replayed}\n")
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
            sys.stdout.write(f"{gap_id:>6}  {second(found_at)}  {gap.topic}/{gap.partition}: offsets {gap.from_offset}–{gap.to_offset} "
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


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="backslashreplace")
