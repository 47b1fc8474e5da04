"""What the database has to know of the profile's sources and working hours, so that queries can judge how fresh a source was at any moment."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from ioc.calendar.working import WorkingCalendar
from ioc.db.connect import Connection
from ioc.profiles import Profile


def working_times(calendar: WorkingCalendar, first_day: date, last_day: date) -> Sequence[tuple[datetime, datetime]]:
    """Stretches that are worked on the days from first to last, both included."""
    days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
    return [segment for day in days for segment in calendar.segments(day)]


def store_promises(conn: Connection, profile: Profile, times: Sequence[tuple[datetime, datetime]]) -> None:
    """Make the database know what the profile's sources promise and which times are worked, and nothing else.

    A moment outside the times has no figure of freshness.
    """
    with conn.transaction(), conn.cursor() as cursor:
        cursor.execute("delete from source_promise")
        cursor.executemany("insert into source_promise (stream, source, expected_s, expected_closed_s) values (%s, %s, %s, %s)",
                           [(c.stream, c.source, c.expected_s, c.expected_closed_s) for c in profile.file.sources])
        cursor.execute("delete from working_time")
        with cursor.copy("copy working_time (from_at, to_at) from stdin") as copy:
            for row in times:
                copy.write_row(row)
