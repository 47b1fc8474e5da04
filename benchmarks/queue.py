"""What the queue of reports costs with a million reports in the database.

python -m benchmarks.queue [--reports N] [--open N]     first page, next page, each filter, searches, counts
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.sink import database
from ioc.api.reports_json_words import Teller
from ioc.clock import SystemClock
from ioc.db.connect import Connection, connect
from ioc.people.principal import Grant, Principal
from ioc.people.seals import Seals
from ioc.profiles import load_profile
from ioc.reports.queue import Asked, Reader, counts, jurisdictions, lines, page
from ioc.reports.terms import digests
from ioc.streams.engine.rules import rules_of
from ioc.words import words
from tests.conftest import fresh_database

SEALS = Seals([b"k" * 32])
VOCABULARY = ("duong", "ngap", "den", "rac", "cho", "truoc", "nha", "tran", "hung", "dao", *(f"tu{n}" for n in range(1990)))
TRIES = 15

_STATES = """
insert into report_state (subject, state, version, first_at, since_at, last_at, last_sequence, last_rank, last_source, last_id, simulated,
    recorded_at, jurisdiction, org_code, unit_code, unit_valid_on, category, channel, priority, submitted_at, due_at, ended_at, resolved_at,
    note_count, returned_count, reopened_count)
select 'PA-' || to_char(at, 'YYMMDD') || '-' || lpad(n::text, 7, '0'), state, 3, at, at, at, '', 0, '/bench', n::text, true, at,
    '', case when state in ('submitted', 'needs_info', 'verified') then ''
        else (%(agencies)s::text[])[1 + ((n / 7) %% %(category_count)s + n %% %(unit_count)s) %% %(agency_count)s] end,
    (%(units)s::text[])[1 + n %% %(unit_count)s], '2025-07-01', (%(categories)s::text[])[1 + (n / 7) %% %(category_count)s], 'app',
    case when n %% 3 = 0 then 1 + n %% 4 end, at, at + interval '5 days', case when not is_open then at + interval '3 days' end,
    case when state = 'closed' then at + interval '3 days' end, 0, 0, 0
from (
    select n, n <= %(open)s as is_open,
        case when n <= %(open)s then (array['submitted', 'submitted', 'verified', 'assigned', 'accepted', 'in_progress', 'paused', 'needs_info']
            )[1 + n %% 8] else (array['closed', 'closed', 'closed', 'rejected', 'merged', 'published'])[1 + n %% 6] end as state,
        case when n <= %(open)s then %(now)s - n * interval '30 seconds' else %(now)s - interval '4 days' - n * interval '90 seconds' end as at
    from generate_series(1, %(reports)s) as n
) as told
"""
_WORDS = """
insert into report_words (subject, words)
select subject, array(
    select distinct (%(words)s::bigint[])[1 + floor(power(hashint8(row_number * 31 + k) & 1048575, 2) / power(1048576, 2) * 2000)::int]
    from generate_series(1, 12) as k)
from (select subject, row_number() over () as row_number from report_state) as s
"""


def fill(conn: Connection, reader: Reader, reports: int, still_open: int) -> None:
    profile = reader.profile
    agencies = [a.code for a in profile.agencies if a.valid_to is None]
    units = [u.code for u in profile.units if u.valid_to is None and u.level == "commune"]
    categories = [c.code for c in profile.categories]
    conn.execute("alter table report_state disable trigger user")
    conn.execute(_STATES, {"agencies": agencies, "agency_count": len(agencies), "units": units, "unit_count": len(units), "categories": categories,
                           "category_count": len(categories), "open": still_open, "reports": reports, "now": reader.now})
    conn.execute("alter table report_state enable trigger user")
    conn.execute(_WORDS.encode(), {"words": [digests(SEALS, frozenset({word}))[0] for word in VOCABULARY]})
    conn.execute("vacuum analyze")


def timed(name: str, work: Callable[[], Any]) -> None:
    """Print what a question costs, whole: SQL, and the lines of its page in words."""
    spans: list[float] = []
    for _ in range(TRIES):
        began = time.perf_counter()
        found = work()
        spans.append(1000 * (time.perf_counter() - began))
    shown = len(found) if hasattr(found, "__len__") else ""
    sys.stdout.write(f"{name:<44} first {spans[0]:6.0f}   median {statistics.median(spans):6.0f}   slowest {max(spans):6.0f} ms   {shown}\n")


def measure(conn: Connection, reader: Reader, limited: Reader) -> None:
    teller = Teller(words("vi"), reader.profile, rules_of(reader.profile), SEALS, reader.now, masks=False)

    def shown(asked: Asked, after: str = "", by: Reader = reader) -> list[Any]:
        found = page(conn, asked, by, after)
        return [teller.line(row) for row in lines(conn, found.subjects, by.who)]

    timed("first page, to triage", lambda: shown(Asked()))
    second = page(conn, Asked(), reader).after or ""
    timed("next page", lambda: shown(Asked(), second))
    timed("first page, all open", lambda: shown(Asked(stage="open")))
    timed("first page, ended lately", lambda: shown(Asked(stage="ended")))
    timed("first page, a focal point of one agency", lambda: shown(Asked(stage="open"), by=limited))
    filters = {"stage": "agencies", "category": "TR-ROAD", "unit": "31507", "agency": "H13.05", "priority": 1, "due": "late", "looked": "person:1"}
    for name, value in filters.items():
        timed(f"filter {name} = {value}", lambda given={"stage": "open", name: value}: shown(Asked(**given)))  # type: ignore[misc]
    for sought in ("ngap", "ngap duong", "tu1900 tu1901", "o ga", "261121", "00012", "PA-", "0912345678"):
        timed(f"search '{sought}'", lambda typed=sought: shown(Asked(sought=typed)))  # type: ignore[misc]
    timed("counts of the stages", lambda: counts(conn, "", reader))
    timed("jurisdictions", lambda: jurisdictions(conn))


def main() -> None:
    """Fill a database of its own and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=20_000)
    given = parser.parse_args()
    profile, now = load_profile("soc_trang"), SystemClock().now()
    lead = Principal(kind="person", id="1", name="A", grants=(Grant(role="shift_lead"),))
    focal = Principal(kind="person", id="2", name="B", grants=(Grant(role="focal_point", agencies=frozenset({"H13.05"})),))
    reader, limited = (Reader(who=who, profile=profile, seals=SEALS, now=now, real=now) for who in (lead, focal))
    with database(None) as maintenance, fresh_database(maintenance) as dsn, connect(dsn, application="bench", autocommit=True) as conn:
        began = time.perf_counter()
        fill(conn, reader, given.reports, given.open)
        sys.stdout.write(f"{given.reports} reports, {given.open} open, filled in {time.perf_counter() - began:.0f} s\n")
        measure(conn, reader, limited)


if __name__ == "__main__":
    main()
