"""Random lives of a stream's subjects, and the question whether daily counts and history tell the same of a past day."""

from collections.abc import Callable
from random import Random
from typing import Any

from ioc.db.connect import Connection
from tests.integration.streams_db import empty, sunk
from tests.integration.streams_wire import Wire, event
from tests.integration.test_kpi import figures

DAY_MINUTES = 1440
LATER = "2026-11-21T09:00:00Z"
"""Past all that was brought in, so that `known` = LATER means everything that is known."""

Data = Callable[[Random], dict[str, Any]]


def lives(random: Random, stream: str, facts: tuple[str, ...], subjects: int, data: Data) -> list[Wire]:
    """Facts in any order over the three days before Saturday 21 November, of which the table of transitions forbids some."""
    return [event(stream, random.choice(facts), round(random.uniform(-2 * DAY_MINUTES, DAY_MINUTES)), subject=f"{stream}-{n}", id_=f"{stream}-{n}-{k}",
                  unit_code=random.choice(["U1", "U2"]), sequence=random.choice(["", "", "1"]), **data(random))
            for n in range(subjects) for k in range(random.randrange(1, 7))]


def bring(dsn: str, conn: Connection, random: Random, wires: list[Wire]) -> None:
    """Sink them into an empty database before NOW, out of order and in small batches."""
    empty(conn)
    sunk(dsn, random.sample(wires, len(wires)), seconds=-60, batch=7)


def told_twice(conn: Connection, section: str, kind: str, scope: str = "province") -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures at the end of Friday 20 November: by the daily counts, and by the history as known later."""
    both = (figures(conn, section, kind, at="2026-11-20", scope=scope), figures(conn, section, kind, at="2026-11-20", known=LATER, scope=scope))
    first, second = ({key: (f.value, f.numerator, f.denominator) for key, f in found.items() if f.value or not f.unit_code} for found in both)
    return first, second
