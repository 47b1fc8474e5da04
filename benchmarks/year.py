"""How long the province's year 2023 takes through Kafka and the sink, and the panels' queries over one, two and three such years.

python -m benchmarks.year [--dsn DSN] [--years N] [--scale S] [--sinks N] [--keep | --loaded DSN]

Kafka is a real one; the database is the server of DSN (TimescaleDB or not), or the embedded PostgreSQL. The years before are copies of
the first, 53 weeks earlier each, made inside the database. The same moments are asked for each time: the present (the last day of 2023),
a past day, and the wall as it stood; so what grows is only what lies before.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from psycopg.conninfo import make_conninfo

from benchmarks.kpi import cell, spans_ms
from benchmarks.late import dsn_option, put
from benchmarks.sink import cpu_s, database
from ioc.db import timescale
from ioc.db.connect import Connection, connect
from ioc.db.migrate import migrate
from ioc.moment import Moment
from ioc.panels.engine.build import build
from ioc.panels.engine.registry import panels
from ioc.profiles import load_profile
from tests.conftest import fresh_database
from tests.integration.streams_world import create_topics
from tests.real.kafka_server import KafkaServer

PROFILE = load_profile("soc_trang")
SCENARIO, LAST = "soc-trang-2023", 2023
END = datetime(LAST, 12, 31, 17, tzinfo=UTC)
"""24:00 local of the year's last day."""


@contextmanager
def running(command: Sequence[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as out:
        child = subprocess.Popen([sys.executable, "-m", *command], env=environment, stdout=out, stderr=out)
        try:
            yield child
        finally:
            child.terminate()
            child.wait(30)


def load(year: int, scale: float, sinks: int, environment: dict[str, str], folder: Path) -> str:
    """Tell one year and wait until the sinks have written all of it."""
    began = time.perf_counter()
    simulate = ["simulators", SCENARIO, "--from", f"{year}-01-01", "--until", f"{year + 1}-01-01", "--scale", str(scale), "--seed", str(year),
                "--kafka", environment["IOC_KAFKA"]]
    with running(simulate, environment, folder / "simulators.log") as telling:
        cpu = 0.0
        while telling.poll() is None:
            cpu = cpu_s(telling.pid) or cpu
            time.sleep(0.2)
    told_s = time.perf_counter() - began
    if telling.returncode:
        raise SystemExit((folder / "simulators.log").read_text())
    with connect(environment["IOC_DATABASE"], application="bench", autocommit=True) as conn:
        total = told(folder / "simulators.log")
        before, began = events(conn), time.perf_counter()
        arguments = [running(["ioc", "sink"], environment, folder / f"sink-{n}.log") for n in range(sinks)]
        held = [a.__enter__() for a in arguments]
        while events(conn) - before < total:
            if any(s.poll() is not None for s in held):
                raise SystemExit((folder / "sink-0.log").read_text())
            time.sleep(0.5)
        spent = time.perf_counter() - began
        python_s = sum(cpu_s(s.pid) for s in held)
        for a in arguments:
            a.__exit__(None, None, None)
    return (f"{year}: {total:,} events; told in {told_s:.0f} s ({total / told_s:,.0f}/s, {cpu:.0f} s CPU); {sinks} sinks wrote them in {spent:.0f} s "
            f"({total / spent:,.0f}/s, {python_s:.0f} s CPU of Python)")


def told(log: Path) -> int:
    """Events of the last run, from its own words: 'ioc.dossier: 2500000'."""
    return int(log.read_text().rstrip().rpartition("ended: ")[2].partition(" events")[0].replace(" ", ""))


def events(conn: Connection) -> int:
    row = conn.execute("select coalesce(sum(events), 0)::bigint from source_state").fetchone()
    return int(row[0]) if row else 0


def moments() -> dict[str, Moment]:
    past = END - timedelta(days=100)
    within, known = past - timedelta(hours=10), datetime.now(UTC)  # noqa: TID251 (a benchmark: what is known by now is all there is)
    return {"now": Moment(at=END, known=known),
            "past day": Moment(at=past, known=known, live=False),
            "within a day": Moment(at=within, known=known, live=False),
            "as known then": Moment(at=within, known=within, live=False, time_machine=True)}


def queries(conn: Connection) -> Iterator[str]:
    """One line a query: median and 95th percentile in ms at each moment."""
    asked = moments()
    for panel in panels().values():
        for name, sql in panel.sql.items():
            cells = [cell(label, spans_ms(conn, sql, moment.parameters(PROFILE.calendar))) for label, moment in asked.items()]
            yield f"  {panel.spec.key + '.' + name:<32} " + "   ".join(cells)


def year_to_date(conn: Connection) -> str:
    """The last year's figures as the panel shows them, to see that they are those that were published."""
    snapshot = build(conn, panels()["one_stop"], moments()["past day"].__class__(at=END, known=moments()["past day"].known, live=False), PROFILE)
    return json.dumps(snapshot.tables["year_to_date"][0], ensure_ascii=False, default=str)


def size(conn: Connection) -> str:
    row = conn.execute("select pg_size_pretty(pg_database_size(current_database()))").fetchone()
    return str(row[0]) if row else "?"


@contextmanager
def kept_database(maintenance: str) -> Iterator[str]:
    """A new database that stays, to be asked again with --loaded."""
    name = f"ioc_year_{os.getpid()}"
    with connect(maintenance, application="bench", autocommit=True) as conn:
        conn.execute(f"create database {name}".encode())
    dsn = make_conninfo(maintenance, dbname=name)
    with connect(dsn, application="bench", autocommit=True) as conn:
        migrate(conn, kind="exercise")
    put([f"kept: --loaded '{dsn}'"])
    yield dsn


TABLES = ("dossier_event", "event_identity", "dossier_state", "dossier_history", "dossier_daily")
KEPT = {"known_from", "known_to", "recorded_at"}
"""Moments of the centre's own learning: a copy was learnt when its original was."""


def copied(conn: Connection, table: str, n: int) -> None:
    """The table's rows of 2023 once more, n times 53 weeks earlier, as other subjects; without what was open at its end: it was done since."""
    columns = conn.execute("select column_name, data_type from information_schema.columns where table_name = %s order by ordinal_position",
                           (table,)).fetchall()
    subject = "subject" in {name for name, _ in columns}
    cells = [_earlier(name, kind, n) for name, kind in columns]
    done = " where subject not like 'Y%' and subject not in (select subject from dossier_state where finished_at is null)"
    mine = done if subject else " where day >= '2023-01-01'" if table.endswith("_daily") else ""
    names = ", ".join(name for name, _ in columns)
    conn.execute(f"insert into {table} ({names}) select {', '.join(cells)} from {table}{mine}".encode())


def _earlier(name: str, kind: str, n: int) -> str:
    if kind == "timestamp with time zone" and name not in KEPT:
        return f"{name} - interval '{371 * n} days'"
    if kind == "date":
        return f"{name} - {371 * n}"
    if name == "identity":
        return f"md5({name}::text || '{n}')::uuid"
    return f"'Y{n}-' || {name}" if name == "subject" else name


def measure(dsn: str, years: int, options: argparse.Namespace) -> None:
    """Load 2023, ask; lay a copy before it, ask again."""
    with tempfile.TemporaryDirectory(prefix="ioc-bench-", ignore_cleanup_errors=True) as made, \
            connect(dsn, application="bench", autocommit=True) as conn:
        folder = Path(made)
        with KafkaServer(folder / "kafka") as server:
            create_topics(server)
            environment = {k: v for k, v in os.environ.items() if not k.startswith("IOC_")} | {  # noqa: TID251
                "IOC_DATABASE": dsn, "IOC_KAFKA": server.bootstrap, "IOC_KIND": "exercise"}
            put([load(LAST, options.scale, options.sinks, environment, folder)])
        put([f"  {year_to_date(conn)}"])
        for n in range(years):
            if n:
                lay_before(conn, n)
            asked(conn, n + 1)


def lay_before(conn: Connection, n: int) -> None:
    """One more copy of the year before what there is. The identities and compressed chunks are read once for each copy."""
    for table in TABLES:
        if table != "event_identity" or n == 1:  # a set of ids without a year: doubled once, it is as large as two years
            copied(conn, table, n)


def asked(conn: Connection, years: int) -> None:
    before = size(conn)
    done = timescale.compress_until(conn, "dossier_event", END - timedelta(days=30))
    conn.execute("vacuum analyze")
    rows = conn.execute("select count(*) from dossier_event").fetchone()
    put([f"{years} year(s), {rows[0] if rows else 0:,} events, {before}; {done} chunks compressed, then {size(conn)}; p50 / p95 in ms"])
    put(queries(conn))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.year", description=__doc__)
    dsn_option(parser)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--sinks", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="leave the database, and say how it is called")
    parser.add_argument("--loaded", metavar="DSN", help="load nothing through Kafka, ask a database that was kept")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    if options.loaded:
        with connect(options.loaded, application="bench", autocommit=True) as conn:
            put([f"  {year_to_date(conn)}"])
            for n in range(options.years):
                if n:
                    lay_before(conn, n)
                asked(conn, n + 1)
        return 0
    with database(options.dsn) as maintenance, (kept_database if options.keep else fresh_database)(maintenance) as dsn:
        measure(dsn, options.years, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
