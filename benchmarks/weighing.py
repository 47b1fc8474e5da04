"""How long it takes to find a report's likely duplicates among very many.

python -m benchmarks.weighing [--reports 1000000] [--dsn DSN]
"""

import argparse
import sys
import time
from random import Random

from benchmarks.duplicates import EVERYTHING, PROFILE
from benchmarks.sink import database
from ioc.db.connect import connect
from ioc.profiles import load_profile
from ioc.reports.duplicates import candidates, duplicates, load_kinship, rarity, trace
from tests.conftest import fresh_database

ASKED = 100
STATES = """
insert into report_state (subject, state, version, first_at, last_sequence, last_rank, last_source, last_id, simulated, recorded_at, jurisdiction,
    org_code, unit_code, category, channel, lon_deg, lat_deg, submitted_at, note_count, returned_count, reopened_count)
select 'PA-' || n, case when n %% 50 = 0 then 'submitted' else 'closed' end, 1, at, '', 0, '', '', true, at, '', '', '',
    (array['TR-ROAD', 'EN-WASTE', 'TR-LIGHT', 'EN-NOISE', 'OT-OTHER'])[1 + n %% 5], 'web',
    case when n %% 5 > 0 then 105.98 + (random() + random() - 1) * 0.2 end, case when n %% 5 > 0 then 9.6 + (random() + random() - 1) * 0.2 end,
    at, 0, 0, 0
from (select n, timestamptz '2026-11-21' - n * interval '30 seconds' as at from generate_series(1, %s) as n) as told
"""
"""A million in a year, one in five without a place, thickest in the middle of the town."""
WORDS = """
insert into report_words (subject, words)
select 'PA-' || n, array(select distinct (power(random(), 3) * 20000)::bigint + n * 0 from generate_series(1, 14) order by 1)
from generate_series(1, %s) as n
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--dsn")
    options = parser.parse_args()
    kinship, random = load_kinship(load_profile(PROFILE)), Random(1)
    with database(options.dsn) as server, fresh_database(server) as dsn, connect(dsn, application="benchmark", autocommit=True) as conn:
        for statement in (STATES, WORDS):
            conn.execute(statement.encode(), (options.reports,))
        conn.execute("analyze report_state, report_words")
        start = time.perf_counter()
        rare = rarity(conn, "")
        sys.stdout.write(f"{options.reports:,} reports; rarity of words, once in ten minutes: {1000 * (time.perf_counter() - start):.0f} ms\n")
        spans, compared = [], []
        for _ in range(ASKED):
            report = trace(conn, f"PA-{random.randrange(1, 5000)}", EVERYTHING)
            assert report
            compared.append(len(candidates(conn, report, EVERYTHING, rare)))
            start = time.perf_counter()
            duplicates(conn, report, EVERYTHING, kinship, rare)
            spans.append(1000 * (time.perf_counter() - start))
        spans.sort()
        middle, most = spans[ASKED // 2], spans[ASKED * 95 // 100]
        sys.stdout.write(f"duplicates of one report: median {middle:.0f} ms, 95 % {most:.0f} ms, worst {spans[-1]:.0f} ms; "
                         f"compared {sum(compared) / ASKED:.0f} on average\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
