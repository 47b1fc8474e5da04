"""Working hours: what is worked on a working day, from a date on."""

from datetime import date, time
from importlib.abc import Traversable

import msgspec

from ioc.calendar.table import Line, lines
from ioc.errors import ConfigurationError

FILE = "hours.csv"
COLUMNS = ("valid_from", "weekdays", "segments", "note", "legal_basis")


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """Local (start, end) pairs of a working day in order of time, and the ISO weekdays that are worked (1 = Monday), from a day on."""

    valid_from: date
    weekdays: frozenset[int]
    segments: tuple[tuple[time, time], ...]
    note: str = ""
    legal_basis: str = ""


def load_hours(folder: Traversable) -> tuple[Hours, ...]:
    """Working hours of a profile, in order of time.

    Raises:
        ConfigurationError: a mistake in hours.csv, with its line and the remedy.

    """
    found: dict[date, Hours] = {}
    for line in lines(folder, FILE, COLUMNS):
        hours = _hours(line)
        if hours.valid_from in found:
            raise line.wrong(f"hours from {hours.valid_from} on stand twice: keep one line")
        found[hours.valid_from] = hours
    if not found:
        raise ConfigurationError(f"{FILE}, line 2: no working hours: write at least one line, like 2000-01-01,12345,07:00-11:00 13:00-17:00,,default")
    return tuple(found[day] for day in sorted(found))


def _hours(line: Line) -> Hours:
    weekdays, written = line.cells["weekdays"], line.cells["segments"]
    if not weekdays or not set(weekdays) <= set("1234567"):
        raise line.wrong(f"weekdays '{weekdays}' must be digits from 1 (Monday) to 7 (Sunday), like 12345")
    segments = tuple(_segment(line, text) for text in written.split())
    edges = [moment for segment in segments for moment in segment]
    if not edges or edges != sorted(set(edges)):
        raise line.wrong(f"segments '{written}' must be one or more, in order and apart, like 07:00-11:00 13:00-17:00")
    return Hours(valid_from=line.day("valid_from"), weekdays=frozenset(map(int, weekdays)), segments=segments,
                 note=line.cells["note"], legal_basis=line.cells["legal_basis"])


def _segment(line: Line, text: str) -> tuple[time, time]:
    try:
        start, end = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        raise line.wrong(f"'{text}' is no working time: write it like 07:00-11:00") from None
    if start.tzinfo or end.tzinfo:
        raise line.wrong(f"'{text}' has a time zone: hours are local, write them like 07:00-11:00")
    return start, end
