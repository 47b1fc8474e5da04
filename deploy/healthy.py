"""Health check of a container: `python healthy.py PART`, run inside it, ends with 0 where the part does its work.

PART is sink, live, alerts, web, relay, cameras or simulators; the answer is one sentence where it is no.
"""
# ruff: noqa: INP001

import sys
import urllib.request

import psycopg

from ioc.db.connect import connect
from ioc.errors import IocError
from ioc.settings import read_settings

# One row, one boolean each. A sink holds a connection for as long as it works; each container has its own address.
QUESTIONS = {
    "sink": "select exists (select 1 from pg_stat_activity where application_name = 'ioc-sink' "
            "and client_addr is not distinct from inet_client_addr())",
    "live": "select exists (select 1 from live_tick where ticked_at > now() - interval '15 seconds')",
    "alerts": "select exists (select 1 from alert_rule where evaluated_at > now() - interval '2 minutes')",
    "relay": "select exists (select 1 from pg_stat_activity where application_name = 'ioc-relay' "
             "and client_addr is not distinct from inet_client_addr())",
    "cameras": "select exists (select 1 from pg_stat_activity where application_name = 'ioc-cameras' "
               "and client_addr is not distinct from inet_client_addr())",
    "simulators": "select exists (select 1 from source_state "
                  "where simulated and last_recorded_at > now() - interval '5 minutes')",
}


def healthy(part: str) -> bool:
    """Whether a part does its work."""
    settings = read_settings()
    if part == "web":
        with urllib.request.urlopen(f"http://127.0.0.1:{settings.port}/healthz", timeout=5) as answer:
            return bool(answer.read() == b"OK")
    with connect(settings.dsn(), application="ioc-health", autocommit=True) as conn:
        row = conn.execute(QUESTIONS[part].encode()).fetchone()
    return row is not None and row[0]


def main(part: str) -> int:
    """Answer for the container's health check."""
    try:
        if healthy(part):
            return 0
        reason = "it does nothing"
    except (IocError, OSError, psycopg.Error) as error:
        reason = str(error)
    sys.stderr.write(f"{part} is not healthy: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
