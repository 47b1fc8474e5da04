"""Control totals: what a source says it counted on a day, per unit and measure, and the codes behind it where it gives them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from ioc.clock import LOCAL, start_of
from ioc.db.connect import Connection
from ioc.db.queries import named
from ioc.errors import InputError
from ioc.indicators import cells
from ioc.indicators.columns import Cell, CellError, Row
from ioc.indicators.ledgers import LEDGERS
from ioc.indicators.table import read_table
from ioc.profiles import Profile

QUERIES = named(resources.files("ioc.indicators").joinpath("totals.sql"))

TITLES = {
    "source": "Hệ thống nguồn", "stream": "Luồng", "day": "Ngày", "unit_code": "Mã đơn vị", "measure": "Chỉ tiêu", "value": "Số liệu",
    "told_at": "Báo lúc", "sent_by": "Người gửi", "subjects": "Mã hồ sơ",
}
REQUIRED = ("source", "stream", "day", "measure", "value", "sent_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One telling. `unit_code`: '' for the whole province; `subjects`: the codes that were counted, empty where they were not given."""

    source: str
    stream: str
    day: date
    unit_code: str
    measure: str
    value: int
    told_at: datetime
    sent_by: str
    subjects: tuple[str, ...] = ()


def store_totals(conn: Connection, rows: Sequence[Total]) -> int:
    """Keep tellings, all or none; answers how many were new. The same telling again is kept once."""
    new = 0
    with conn.transaction(), conn.cursor() as cursor:
        for row in rows:
            key = {"source": row.source, "stream": row.stream, "day": row.day, "unit_code": row.unit_code, "measure": row.measure,
                   "told_at": row.told_at}
            new += cursor.execute(QUERIES["store"].encode(), {**key, "value": row.value, "sent_by": row.sent_by}).rowcount
            if row.subjects:
                cursor.executemany(QUERIES["store_subject"].encode(), [{**key, "subject": subject} for subject in row.subjects])
    return new


def collect_totals(conn: Connection, profile: Profile, day: date) -> int:
    """Keep what sources told of a day by event (`platform.control_total`); answers how many were new.

    A source is known by its address in the profile (/vn/92/one-stop) or by that address's last word (one-stop).
    """
    known = {(name, contract.source, contract.stream) for contract in profile.file.sources if contract.stream in LEDGERS
             for name in (contract.source, contract.source.rsplit("/", 1)[-1])}
    names, sources, streams = ([item[n] for item in sorted(known)] for n in range(3))
    return conn.execute(QUERIES["collect"].encode(), {
        "names": names, "sources": sources, "streams": streams, "day": day, "from_at": start_of(day)}).rowcount


def read_totals(file: Path, profile: Profile, now: datetime) -> list[Total]:
    """Totals of a .csv or .xlsx file; one without a time of telling was told now.

    Raises:
        InputError: names every wrong cell.

    """
    table = read_table(file, TITLES, REQUIRED)
    errors: list[CellError] = []
    found = [_total(row, profile, now, errors) for row in table.rows]
    if errors:
        raise InputError(f"{file.name}: {len(errors)} errors, nothing was stored\n" + "\n".join(f"  {error}" for error in sorted(errors)))
    return [total for total in found if total is not None]


def _total(row: Row, profile: Profile, now: datetime, errors: list[CellError]) -> Total | None:
    readers: dict[str, Callable[[cells.Value], Any]] = dict.fromkeys(TITLES, lambda value: cells.shown(value).strip())
    readers |= {"day": cells.day, "value": _count, "told_at": lambda value: _moment(cells.shown(value), now)}
    before = len(errors)
    said: dict[str, Any] = {"unit_code": "", "told_at": now, "subjects": ""}
    for name, cell in sorted(row.cells.items(), key=lambda item: item[0] != "stream"):  # what is known depends on the stream
        try:
            if _is_filled(name, cell):
                said[name] = readers[name](cell.value)
                _known(name, said, profile)
        except InputError as error:
            errors.append(CellError(row.number, cell.address, str(error)))
    if len(errors) > before:
        return None
    return Total(**{**said, "subjects": tuple(sorted(set(said["subjects"].split())))})


def _is_filled(name: str, cell: Cell) -> bool:
    if cell.trouble or (cell.value is None and name in REQUIRED):
        raise InputError(cell.trouble or f"'{TITLES[name]}' is empty")
    return cell.value is not None


def _known(name: str, said: Mapping[str, Any], profile: Profile) -> None:
    """Refuse a stream, source or measure that is not known; source and measure once the stream beside them is."""
    found, stream = said[name], said.get("stream")
    if name == "stream" and found not in LEDGERS:
        raise InputError(f"'{found}' has no daily counts; known are {', '.join(LEDGERS)}")
    if name == "measure" and stream in LEDGERS and found not in LEDGERS[stream].measures:
        raise InputError(f"'{found}' is not counted for '{stream}'; known are {', '.join(LEDGERS[stream].measures)}")
    if name == "source" and found not in (sources := {contract.source for contract in profile.file.sources}):
        raise InputError(f"the profile has no source '{found}'; known are {', '.join(sorted(sources))}")


def _count(value: cells.Value) -> int:
    found = cells.whole(value)
    if found < 0:
        raise InputError(f"{found} is less than 0")
    return found


def _moment(text: str, now: datetime) -> datetime:
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}' is no moment: write 2026-11-21 06:00") from None
    at = at if at.tzinfo else at.replace(tzinfo=LOCAL)
    if at > now:
        raise InputError(f"'{text}' lies in the future")
    return at
