"""Indicators that people type in: a filled template becomes events, or nothing does and every wrong cell is named."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from ioc.errors import InputError
from ioc.indicators import cells
from ioc.indicators.columns import REQUIRED, TITLES, CellError
from ioc.indicators.entry import Desk, Entry
from ioc.indicators.events import Outgoing, publish
from ioc.indicators.table import ERRORS_TITLE, Table, read_table
from ioc.streams.engine.broker import Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as understood: events of its good rows, errors by cell, and published figures that differ from computed ones."""

    table: Table
    events: Sequence[Outgoing]
    errors: Sequence[CellError]
    flags: Sequence[CellError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an import did; `errors_file` holds the rows that were left out."""

    events: int
    refused_rows: int
    flags: Sequence[CellError]
    errors_file: Path | None


def import_file(file: Path, desk: Desk, connect: Callable[[], Publisher], *, partial: bool = False) -> Outcome:
    """Publish a filled template; with `partial` its good rows, while the others go to FILE.errors.csv.

    Raises:
        InputError: names every wrong cell; nothing was published then.

    """
    reading = read_indicators(file, desk)
    refused = {error.row for error in reading.errors}
    if refused and not partial:
        raise InputError(f"{file.name}: {len(reading.errors)} errors in {len(refused)} rows, nothing was published "
                         "(mend them, or publish the other rows with --partial)\n" + "\n".join(f"  {error}" for error in reading.errors))
    left_out = None
    if refused:  # written first: what cannot be kept must not be published by halves
        left_out = file.with_name(file.name + ".errors.csv")
        left_out.write_text(_left_out(reading), encoding="utf-8-sig")
    publish(reading.events, connect, simulated=desk.profile.file.fictional)
    return Outcome(events=len(reading.events), refused_rows=len(refused), flags=reading.flags, errors_file=left_out)


def read_indicators(file: Path, desk: Desk) -> Reading:
    """Judge all rows of a file.

    Raises:
        InputError: the file has no rows, or is not the template.

    """
    table = read_table(file, TITLES, REQUIRED)
    panel = table.sheet if table.sheet in desk.catalogue.panels else None
    entries = [Entry(row, desk, panel) for row in table.rows]
    first_rows: dict[tuple[str, str], int] = {}
    events: list[Outgoing] = []
    for entry in entries:
        made = entry.events()
        for event in made:
            earlier = first_rows.setdefault((event.subject, event.type), entry.row.number)
            if earlier != entry.row.number:
                entry.refuse("indicator_id", f"row {earlier} already says this of {event.subject}: leave one of them")
        events += [] if entry.errors else made
    return Reading(table=table, events=events, errors=sorted({error for entry in entries for error in entry.errors}),
                   flags=[flag for entry in entries if not entry.errors for flag in entry.flags])


def _left_out(reading: Reading) -> str:
    texts: dict[int, list[str]] = {}
    for error in reading.errors:
        texts.setdefault(error.row, []).append(str(error))
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([*reading.table.header.values(), ERRORS_TITLE])
    for row in reading.table.rows:
        if row.number in texts:
            writer.writerow([*(_harmless(cells.shown(row.cells[name].value)) for name in reading.table.header), " | ".join(texts[row.number])])
    return out.getvalue()


def _harmless(text: str) -> str:
    # A spreadsheet that opens the file must not compute what stands in it.
    return f"'{text}" if text.startswith(("=", "@", "+")) else text
