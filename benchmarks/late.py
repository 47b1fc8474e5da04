"""What a late event costs once years of dossiers lie behind it: its subject is folded again from the first event, in compressed chunks too.

python -m benchmarks.late [--dsn DSN] [--years 1 2 3] [--per-day N]

`--dsn` (or IOC_TEST_TIMESCALE_DSN) names a server's maintenance database; without it an embedded plain PostgreSQL, which compresses nothing.
"""

import argparse
import gc
import os
import statistics
import sys
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from random import Random
from typing import Any, NamedTuple

from benchmarks.sink import STORY, database
from ioc.db import timescale
from ioc.db.connect import Connection, connect
from ioc.profiles import load_profile
from ioc.streams.engine.batch import BatchWriter, Item
from ioc.streams.engine.contract import Stream
from ioc.streams.engine.event import Event, Message
from ioc.streams.engine.registry import streams
from tests.conftest import fresh_database
from tests.rules import RULES

END = datetime(2026, 11, 20, 10, tzinfo=UTC)
BATCH = 5000
TABLE = "dossier_event"
SIZES = (1, 100, 1000)
COMPRESSED_AFTER = timedelta(days=30)
SERVER = os.environ.get("IOC_TEST_TIMESCALE_DSN")  # noqa: TID251 (the setting of the tests on a native TimescaleDB)
NEVER_ENDED_RATIO = 0.003
UNITS = [unit.code for unit in load_profile("soc_trang").units if unit.valid_to is None]
STORIES: Mapping[str, tuple[str, ...]] = {
    "dossier": STORY,
    "report": ("submitted", "verified", "assigned", "accepted", "in_progress", "resolved", "rated"),
    "counter": ("ticket_taken", "ticket_called", "service_started", "service_ended", "rated"),
}
LONGEST_H: Mapping[str, tuple[float, ...]] = {"dossier": (20, 60, 120), "report": (8, 48, 96), "counter": (0.3, 0.6, 1)}


class Life(NamedTuple):
    """One subject: of which stream, where it lies, when it began, and after how many hours each of its facts came."""

    stream: Stream
    subject: str
    unit: str
    began_at: datetime
    hours: tuple[float, ...]


class Filled(NamedTuple):
    """How many events were written, and how long the writer took."""

    events: int
    write_s: float


def lives(name: str, years: float, per_day: int) -> list[Life]:
    """`per_day` new subjects a day up to END, each with its stream's story; a few never end."""
    random, days, story = Random(1), round(years * 365), STORIES[name]
    found = []
    for number in range(days * per_day):
        longest = random.choice(LONGEST_H[name])
        steps = sorted(random.uniform(0, longest) for _ in story[1:])
        told = len(story) * 3 // 5 if random.random() < NEVER_ENDED_RATIO else len(story)
        began_at = END - timedelta(days=days) + timedelta(days=number / per_day)
        found.append(Life(streams()[name], f"{name[0].upper()}{number:08}", random.choice(UNITS), began_at, (0.0, *steps)[:told]))
    return found


def event(life: Life, fact: str, at: datetime, random: Random) -> Event[Any]:
    """One fact of a life as the decoder would give it."""
    stream = life.stream
    data: dict[str, Any] = {"org_code": f"O{life.unit}", "unit_code": life.unit, "unit_valid_on": at.date()}
    return Event(identity=f"{random.getrandbits(128):032x}", digest=f"{random.getrandbits(128):032x}", stream=stream.name, source="/bench", rest=None,
                 id=f"{life.subject}-{fact}-{at:%d%H%M%S}", type=stream.type_of(fact), fact=fact, subject=life.subject, occurred_at=at, sequence="",
                 rank=list(stream.facts).index(fact), simulated=True, data=stream.schema(**data | _needed(stream, fact, life)))


def _needed(stream: Stream, fact: str, life: Life) -> dict[str, Any]:
    promised = {"channel": "online", "due_at": life.began_at + timedelta(days=4), "committed_n": 3, "committed_unit": "working_day"}
    values = {"channel": "online", "category": "TR-ROAD", "to_org": "STC", "rating": 3, "step_no": 1, "point_id": f"P{life.unit}",
              "ticket_no": life.subject, "counter_no": "1"}
    return promised if (stream.name, fact) == ("dossier", "received") else {name: values[name] for name in stream.facts[fact]}


def events(told: Sequence[Life]) -> Iterator[Event[Any]]:
    """All facts before END, in the order in which they came about."""
    random = Random(2)
    moments = sorted((life.began_at + timedelta(hours=hours), n, step) for n, life in enumerate(told) for step, hours in enumerate(life.hours))
    for at, n, step in moments:
        if at < END:
            yield event(told[n], STORIES[told[n].stream.name][step], at, random)


def fill(conn: Connection, told: Sequence[Life]) -> Filled:
    """Bring lives into the database through the sink's writer, each batch recorded when its last event came."""
    writer, batch, number, write_s = BatchWriter(conn, streams(), RULES), list[Item](), 0, 0.0
    for found in chain(events(told), [None]):
        if found:
            batch.append(_item(found, number))
            number += 1
        if batch and (found is None or len(batch) == BATCH):
            start = time.perf_counter()
            writer.write(batch, found.occurred_at if found else END)
            write_s += time.perf_counter() - start
            batch.clear()
    conn.execute("analyze")
    conn.commit()
    return Filled(number, write_s)


def _item(event: Event[Any], offset: int) -> Item:
    record = Message(topic=streams()[event.stream].topic, partition=0, offset=offset, timestamp_ms=0, key=None, headers=(), value=b"")
    return Item(record, event)


def refold_ms(conn: Connection, told: Sequence[Life], number: int, random: Random, *, rounds: int) -> float:
    """Median time of one batch of late apologies, each two hours after its dossier began."""
    writer, spans = BatchWriter(conn, streams(), RULES), []
    for _ in range(rounds):
        late = [event(d, "apology_issued", d.began_at + timedelta(hours=2), random) for d in random.sample(told, number)]
        start = time.perf_counter()
        writer.write([_item(e, 0) for e in late], END)
        spans.append(1000 * (time.perf_counter() - start))
    return statistics.median(spans)


def measure(dsn: str, years: float, per_day: int) -> Iterator[str]:
    """Lines of one table: years, what lies in the database, and the times of late batches before and after compression."""
    told, random = lives("dossier", years, per_day), Random(3)
    gc.collect()
    gc.freeze()  # the lives are the benchmark's, not the sink's
    with connect(dsn, application="bench") as conn:
        filled = fill(conn, told)
        yield f"{years:g} years: {filled.events:,} events of {len(told):,} dossiers, written at {filled.events / filled.write_s:,.0f} events/s"
        # An apology says more than once only that it was issued: every sample is folded again, whether it was sampled before or not.
        yield f"  as written   {_size_mb(conn):6.0f} MB  {_times(conn, told, random)}"
        if timescale.is_timescale(conn):
            conn.commit()
            start = time.perf_counter()
            done = timescale.compress_until(conn, TABLE, END - COMPRESSED_AFTER)
            conn.commit()
            yield f"  {done} chunks compressed in {time.perf_counter() - start:.1f} s"
            yield f"  compressed   {_size_mb(conn):6.0f} MB  {_times(conn, told, random)}"


def _times(conn: Connection, told: Sequence[Life], random: Random) -> str:
    week = [d for d in told if d.began_at < told[0].began_at + timedelta(days=14)]
    spread = [f"{refold_ms(conn, told, n, random, rounds=7 if n < 1000 else 3):7.0f} ms for {n:,}" for n in SIZES if n <= len(told)]
    old = [f"{refold_ms(conn, week, n, random, rounds=7 if n < 1000 else 3):7.0f} ms for {n:,}" for n in SIZES if n <= len(week)]
    return f"of any age: {', '.join(spread)};  of the first two weeks: {', '.join(old)}"


def _size_mb(conn: Connection) -> float:
    sql = f"hypertable_size('{TABLE}')" if timescale.is_timescale(conn) else f"pg_total_relation_size('{TABLE}')"
    row = conn.execute(f"select {sql} / 1e6").fetchone()
    assert row is not None
    return float(row[0])


def dsn_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dsn", default=SERVER, help="maintenance database of a server to measure on (default: an embedded PostgreSQL)")


def put(lines: Iterable[str]) -> None:
    """Show each line as soon as it is measured."""
    for line in lines:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.late", description=__doc__)
    dsn_option(parser)
    parser.add_argument("--years", type=float, nargs="+", default=[1.0, 2.0, 3.0])
    parser.add_argument("--per-day", type=int, default=100, help="new dossiers a day, of ten events each")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    with database(options.dsn) as maintenance:
        for years in options.years:
            with fresh_database(maintenance) as dsn:
                put(measure(dsn, years, options.per_day))
    return 0


if __name__ == "__main__":
    sys.exit(main())
