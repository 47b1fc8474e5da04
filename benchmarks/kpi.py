"""How long the queries behind the figures take over years of events: now, at the end of a past day, and by the time machine.

python -m benchmarks.kpi [--dsn DSN] [--years 1 2 3] [--per-day N]

Dossiers, reports and counter tickets are filled in, as many of each a day; sections without any of them are left out. The period
asked for is the year up to the moment.
"""

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from benchmarks.late import END, STORIES, dsn_option, fill, lives, put
from benchmarks.sink import database
from ioc.calendar.periods import elapsed, period_of
from ioc.clock import end_of, local_day
from ioc.db import timescale
from ioc.db.connect import Connection, connect
from ioc.kpi.engine.compute import parameters
from ioc.kpi.engine.registry import sections
from ioc.moment import Moment, now_moment
from ioc.profiles import load_profile
from tests.conftest import fresh_database

PROFILE = load_profile("soc_trang")
ROUNDS = 20


def moments() -> dict[str, Moment]:
    """The moments that are asked for. The past ones lie a hundred days back, the time machine's within the day."""
    past = end_of(local_day(END) - timedelta(days=100))
    within = past - timedelta(hours=10)
    return {"now": now_moment(END), "past day": Moment(at=past, known=END, live=False),
            "time machine": Moment(at=within, known=within, live=False, time_machine=True)}


def spans_ms(conn: Connection, sql: str, asked: Mapping[str, Any]) -> list[float]:
    """Times of one query with all its rows, sorted, after a first one that warms the caches."""
    spans = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        conn.execute(sql.encode(), asked).fetchall()
        spans.append(1000 * (time.perf_counter() - start))
    return sorted(spans[1:])


def cell(label: str, spans: Sequence[float]) -> str:
    """Median and 95th percentile of sorted times."""
    return f"{label} {statistics.median(spans):7.1f} / {spans[round(0.95 * len(spans)) - 1]:7.1f}"


def measure(conn: Connection) -> Iterator[str]:
    """Lines of one table: section, query, and for each moment the median and the 95th percentile."""
    asked = moments()
    for section in sections().values():
        if not set(section.streams) & set(STORIES):
            continue
        for name, sql in section.sql.items():
            cells = []
            for label, moment in asked.items():
                period = elapsed(period_of("year", moment.day, PROFILE.periods), moment.day)
                cells.append(cell(label, spans_ms(conn, sql, parameters(moment, period, PROFILE))))
            yield f"  {section.key + '.' + name:<24} " + "   ".join(cells)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kpi", description=__doc__)
    dsn_option(parser)
    parser.add_argument("--years", type=float, nargs="+", default=[1.0, 2.0, 3.0])
    parser.add_argument("--per-day", type=int, default=100, help="new subjects of each stream a day")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    with database(options.dsn) as maintenance:
        for years in options.years:
            with fresh_database(maintenance) as dsn, connect(dsn, application="bench", autocommit=True) as conn:
                count = sum(fill(conn, lives(name, years, options.per_day)).events for name in STORIES)
                done = sum(timescale.compress_until(conn, f"{name}_event", END - timedelta(days=30)) for name in STORIES)
                put([f"{years:g} years: {count:,} events, {done} chunks compressed; p50 / p95 in ms"])
                put(measure(conn))
    return 0


if __name__ == "__main__":
    sys.exit(main())
