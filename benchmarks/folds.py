"""How fast lives become states, daily counts and history: in memory alone, and through the database.

python -m benchmarks.folds [--dsn DSN] [--subjects N]
"""

import argparse
import gc
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from benchmarks.late import END, STORIES, Life, dsn_option, event, fill, lives, put
from benchmarks.sink import database
from ioc.db.connect import connect
from ioc.streams.engine.event import Event
from ioc.streams.engine.fold import fold, initial
from ioc.streams.engine.history import intervals
from ioc.streams.engine.registry import streams
from tests.conftest import fresh_database
from tests.rules import RULES

ROUNDS = 5
PER_DAY = 100


def stories(told: Sequence[Life]) -> list[list[Event[Any]]]:
    """The events of each life, in order."""
    random = Random(2)
    return [[event(life, fact, life.began_at + timedelta(hours=hours), random)
             for fact, hours in zip(STORIES[life.stream.name], life.hours, strict=False)] for life in told]


def best_s(work: Callable[[], object]) -> float:
    """Shortest CPU time of some rounds: other programs on the machine do not count."""
    spans = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        spans.append(time.process_time() - start)
    return min(spans)


def in_memory(name: str, subjects: int) -> str:
    """Events folded a second, contributions made of the states they lead to, and intervals made of the changes."""
    projection = streams()[name].projection
    assert projection is not None
    assert projection.daily is not None
    told, contributions = stories(lives(name, subjects / PER_DAY / 365, PER_DAY)), projection.daily.contributions
    number, start = sum(map(len, told)), initial(projection)
    folded = [fold(projection, start, story, RULES) for story in told]
    gc.collect()
    gc.freeze()  # the lives are the benchmark's
    fold_s = best_s(lambda: [fold(projection, start, story, RULES) for story in told])
    made = sum(len(list(contributions(f.name, f.state))) for f in folded)
    count_s = best_s(lambda: [list(contributions(f.name, f.state)) for f in folded])
    rows = sum(len(f.changes) for f in folded)
    row_s = best_s(lambda: [intervals(f.changes) for f in folded])
    return (f"{name:<8} in memory: {number / fold_s:>8,.0f} events folded/s   {made / count_s:>9,.0f} contributions/s   "
            f"{rows / row_s:>9,.0f} intervals/s   ({number / len(told):.1f} events and {rows / len(told):.1f} intervals a subject)")


def through_database(maintenance: str, name: str, subjects: int) -> str:
    """What one writer brings into the database: events, rows of history and rows of the daily counts."""
    stream, told = streams()[name], lives(name, subjects / PER_DAY / 365, PER_DAY)
    assert stream.projection is not None
    assert stream.projection.daily is not None
    with fresh_database(maintenance) as dsn, connect(dsn, application="bench") as conn:
        number, wall_s = fill(conn, told)
        tables = (stream.projection.history_table, stream.projection.daily.table)
        rows, days = (conn.execute(f"select count(*) from {table}".encode()).fetchall()[0][0] for table in tables)
    return f"{name:<8} in database: {number / wall_s:>6,.0f} events/s   {rows / wall_s:>7,.0f} rows of history/s   {days:,} rows of daily counts"


def lines(maintenance: str, subjects: int) -> Iterator[str]:
    """The whole table, one line at a time."""
    for name in STORIES:
        yield in_memory(name, subjects)
        yield through_database(maintenance, name, subjects)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.folds", description=__doc__)
    dsn_option(parser)
    parser.add_argument("--subjects", type=int, default=5_000, help="lives of each stream")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    RULES.calendar.is_working_day(END.date())  # lay the year out now, not while it is measured
    with database(options.dsn) as maintenance:
        put(lines(maintenance, options.subjects))
    return 0


if __name__ == "__main__":
    sys.exit(main())
