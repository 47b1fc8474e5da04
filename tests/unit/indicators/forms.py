"""Filled templates as people would hand them in."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from ioc.indicators.catalogue import load_catalogue
from ioc.indicators.columns import TITLES
from ioc.indicators.entry import Desk
from ioc.profiles import load_profile
from tests.profiles import FICTIONAL

TODAY = date(2026, 11, 21)
GOOD: Mapping[str, Any] = {"indicator_id": "disbursement", "period": "2026-10", "numerator": 612, "denominator": 850, "source_text": "Báo cáo 45/BC-STC",
                           "approved_on": "14/11/2026"}


def desk(profile: str = FICTIONAL) -> Desk:
    return Desk(catalogue=load_catalogue(profile), profile=load_profile(profile), source="/vn/99/manual", today=TODAY)


def good(**changed: Any) -> dict[str, Any]:
    """A good row with some cells changed; None empties a cell."""
    return {**GOOD, **changed}


def xlsx(path: Path, rows: Sequence[Mapping[str, Any]], *, sheet: str = "socio_economy", formats: Mapping[str, str] | None = None) -> Path:
    """A workbook; `formats`: address → number format."""
    book = Workbook()
    page: Any = book.active
    page.title = sheet
    page.append(list(TITLES.values()))
    for row in rows:
        page.append([row.get(name) for name in TITLES])
    for address, kind in (formats or {}).items():
        page[address].number_format = kind
    book.save(path)
    return path


def filled(template: Path, row: Mapping[str, Any]) -> Path:
    """A written template with its second row filled in."""
    book = load_workbook(template)
    for place, name in enumerate(TITLES, start=1):
        book.worksheets[0].cell(2, place, row.get(name))
    book.save(template)
    return template


def csv_file(path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def computed(path: Path, value: str) -> Path:
    """The workbook as a spreadsheet saves it: each formula with the value it gave."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"(</f>)<v ?/>|(</f>)<v></v>", b"</f><v>" + value.encode() + b"</v>", parts[sheet])
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path
