"""What the database has to know of figures that agencies enter by hand, so that a rule can tell at any moment who is late."""

from collections.abc import Sequence

from ioc.db.connect import Connection
from ioc.indicators.asked import Figure


def store_due(conn: Connection, figures: Sequence[Figure]) -> None:
    """Make the database know which figures are due and when, and nothing else."""
    with conn.transaction(), conn.cursor() as cursor:
        cursor.execute("delete from figure_due")
        cursor.executemany(
            "insert into figure_due (subject, indicator_id, org_code, unit_code, agency, period, due_at) values (%s, %s, %s, %s, %s, %s, %s) "
            "on conflict do nothing",
            [(f.subject, f.indicator.id, f.org_code, f.unit_code, f.agency, f.period.text, f.due_at) for f in figures])
