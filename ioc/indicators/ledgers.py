"""Our own daily counts of what has a life cycle, summed over days and units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources

from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError

Figures = Mapping[str, Mapping[str, int]]
"""unit (or agency) code → measure → count; what is absent is 0."""

QUERIES = named(resources.files("ioc.indicators").joinpath("ledgers.sql"))
EVER = date(9999, 12, 31)
"""As of this day everything counts that is known today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A stream whose daily counts can be compared and closed. `noun`: what it counts; `listed`: measures whose codes can be listed."""

    stream: str
    noun: str
    measures: Mapping[str, str]
    listed: frozenset[str]


LEDGERS = {
    "dossier": Ledger(
        stream="dossier", noun="hồ sơ", listed=frozenset({"submitted", "received", "resolved", "open"}),
        measures={"carried_in": "kỳ trước chuyển sang", "submitted": "đã nộp", "received": "tiếp nhận", "resolved": "đã giải quyết",
                  "early": "trước hạn", "on_time": "đúng hạn", "late": "trễ trên hệ thống", "refused": "từ chối tiếp nhận", "withdrawn": "rút",
                  "stopped": "dừng giải quyết", "open": "đang giải quyết"},
    ),
    "report": Ledger(
        stream="report", noun="phản ánh", listed=frozenset({"submitted", "resolved", "open"}),
        measures={"carried_in": "kỳ trước chuyển sang", "submitted": "tiếp nhận", "resolved": "đã xử lý", "on_time": "đúng hạn", "late": "trễ hạn",
                  "rejected": "không hợp lệ", "merged": "trùng lặp", "referred": "chuyển nơi khác", "open": "đang xử lý"},
    ),
}


def ledger(stream: str) -> Ledger:
    """Ledger of a stream.

    Raises:
        InputError: a stream without daily counts.

    """
    if stream not in LEDGERS:
        raise InputError(f"'{stream}' has no daily counts to compare or close; known are {', '.join(LEDGERS)}")
    return LEDGERS[stream]


def figures(conn: Connection, stream: str, first_day: date, last_day: date, as_of_day: date = EVER) -> dict[str, dict[str, int]]:
    """Counts of the days from first to last, both included, as they stood at the end of a day; `open` is at the last day's end."""
    rows = conn.execute(QUERIES[ledger(stream).stream].encode(), {"first_day": first_day, "last_day": last_day, "as_of_day": as_of_day})
    found: dict[str, dict[str, int]] = {}
    for unit_code, measure, value in rows:
        found.setdefault(unit_code, {})[measure] = value
    return found


def total(found: Figures, measure: str) -> int:
    """A measure over all units."""
    return sum(by_measure.get(measure, 0) for by_measure in found.values())
