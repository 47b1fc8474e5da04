"""Two engines, killed at any moment, and a database that crashes: every danger is told of once, every end of one too, and nothing is lost."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random, SystemRandom

import psycopg
import pytest

from ioc.audit.chain import verify
from ioc.clock import SystemClock, local_day
from ioc.db.connect import Connection, connect
from ioc.errors import UnavailableError
from tests.alerts.world import Told, prepare, store
from tests.conftest import fresh_database
from tests.faults.conftest import Crashable
from tests.integration.streams_db import one, rows
from tests.real.child import Child

pytestmark = pytest.mark.faults

ENGINE = """
import signal, sys, threading
import msgspec
from ioc.alerting.engine import Engine
from ioc.clock import SystemClock, local_day
from ioc.db.connect import connect
from ioc.streams.engine.rules import rules_of
from tests.alerts.world import SOURCE, only, register, soc_trang

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
rule = msgspec.structs.replace(register().rules["ST-03"], every_s=0.05, for_s=0.0, clear_for_s=0.0)
Engine(lambda: connect(sys.argv[1], application="engine", autocommit=True), SystemClock(), soc_trang(), only(rule), rules_of(soc_trang()),
       source=SOURCE).run(stop)
"""


@pytest.fixture
def random() -> Random:
    """Another one each time; its seed is printed where the test fails."""
    seed = SystemRandom().getrandbits(32)
    print("seed", seed)
    return Random(seed)


class Watch:
    """Two engines on one database, and the dangers that they are to find."""

    def __init__(self, dsn: str, folder: Path, random: Random) -> None:
        self.dsn, self._folder, self._random = dsn, folder, random
        self._started = self._told = 0
        self.engines: list[Child] = []
        self.standing: set[str] = set()
        self.over: set[str] = set()

    def start(self) -> None:
        command = [sys.executable, "-c", ENGINE, self.dsn]
        self.engines.append(Child("engine", command, self._folder / f"engine-{self._started}.log"))
        self._started += 1

    def kill(self) -> None:
        """The older engine goes, another comes."""
        self.engines.pop(0).kill()
        self.start()

    def tell(self, number: int) -> None:
        """New dangers, and the end of some that an alert speaks of."""
        with self.open() as conn:
            new = [f"SV-{self._told + n}" for n in range(number)]
            self._told += number
            spoken = [row[0] for row in rows(conn, "select subject_ref from alert_state where state = 'raised' order by subject_ref")]
            ended = self._random.sample(spoken, min(len(spoken), number // 2))
            store(conn, [*(_told("reported", s, kind="fire", severity=4) for s in new), *(_told("cleared", s) for s in ended)])
            conn.execute("notify ioc_data, 'incident'")
        self.standing |= set(new)
        self.standing -= set(ended)
        self.over |= set(ended)

    def open(self) -> Connection:
        return connect(self.dsn, application="test", autocommit=True)

    def until(self, true: Callable[[Connection], bool], timeout_s: float = 60) -> None:
        def asked() -> bool | None:
            try:
                with self.open() as conn:
                    return true(conn) or None
            except (UnavailableError, psycopg.OperationalError):
                return None

        self.engines[-1].wait_for(asked, timeout_s=timeout_s)

    def check(self) -> None:
        """Open is what stands, each once; over is what is over; each fact was promised to Kafka once and stands in the ledger once."""
        self.until(lambda conn: _open(conn) == self.standing)
        with self.open() as conn:
            raised = rows(conn, "select subject_ref, count(*) from alert_state group by 1")
            assert dict(raised) == dict.fromkeys(self.standing | self.over, 1)
            facts = one(conn, "select count(*) from alert_event")
            assert facts == len(self.standing) + 2 * len(self.over)
            assert one(conn, "select count(*) from outbox where target = 'ioc.alert'") == facts
            assert one(conn, "select count(*) from audit_line where actor = 'system:alerts'") == facts
            assert verify(conn).whole


def _told(fact: str, subject: str, **data: object) -> Told:
    at = SystemClock().now()
    place = {"org_code": "H13", "unit_code": "31507", "unit_valid_on": str(local_day(at))}
    return Told(stream="incident", fact=fact, subject=subject, at=at, data=place | data)


def _open(conn: Connection) -> set[str]:
    return {row[0] for row in rows(conn, "select subject_ref from alert_state where state = 'raised'")}


def test_engines_killed_at_any_moment_lose_no_danger_and_double_none(database: Crashable, random: Random, tmp_path: Path, is_long: bool) -> None:  # noqa: FBT001 (a fixture)
    kills = 20
    with fresh_database(database.dsn) as dsn:
        watch = Watch(dsn, tmp_path, random)
        with watch.open() as conn:
            prepare(conn)
        watch.start()
        watch.start()
        for number in range(kills):
            watch.tell(12 if is_long else 6)
            known = len(watch.standing | watch.over) - random.randrange(0, 5)
            watch.until(lambda conn, least=known: one(conn, "select count(*) from alert_state") >= least)  # type: ignore[misc]
            watch.kill()
            if number == kills // 2:
                database.crash()
                threading.Event().wait(3)  # engines wait for it, and so does its next start
                database.start()
                watch.until(lambda conn: one(conn, "select 1") == 1)
        watch.tell(6)
        watch.check()
        for engine in watch.engines:
            engine.end(timeout_s=20)
