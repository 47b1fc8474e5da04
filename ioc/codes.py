"""Codes that sub-systems exchange: agencies, dossiers, procedures, services, sectors, documents, reports.

Two generations of agency codes circulate side by side: old ones are read from right to left (QCVN 102:2016/BTTTT), new ones from left to
right (QĐ 20/2020/QĐ-TTg). A dossier's code names its unit and day, but transfers and re-codings happen: it identifies and proves nothing.
"""

import re
import unicodedata
from datetime import date
from typing import Literal

import msgspec

from ioc.errors import InputError

_OLD = re.compile(r"([0-9A-Z]{3})\.([0-9A-Z]{2})\.([0-9A-Z]{2})\.([A-Z]\d{2})", re.ASCII)
_NEW = re.compile(r"[A-Z]\d{2}(?:\.[0-9A-Z]{1,4}){0,3}", re.ASCII)
_ORG = rf"(?:{_OLD.pattern.replace('(', '(?:')}|{_NEW.pattern})"
_DOSSIER = re.compile(rf"({_ORG})-(\d{{6}})-(\d{{4,6}})", re.ASCII)
_PROCEDURE = re.compile(r"\d\.\d{6}", re.ASCII)
_INSTANCE = re.compile(rf"({_PROCEDURE.pattern})\.({_OLD.pattern.replace('(', '(?:')})(?:\.(\d{{2}}))?", re.ASCII)
_SECTOR = re.compile(r"([A-Z]\d{2})-([0-9A-Z]{2,6})", re.ASCII)
_REPORT = re.compile(r"PA-([0-9A-Z]{1,10})-(\d{6})-(\d{4,6})", re.ASCII)


class AgencyCode(msgspec.Struct, frozen=True):
    """Code of an organisation. `levels`: level 1 (province or ministry) first; levels that the code leaves at zero are left out."""

    text: str
    scheme: Literal["old", "new"]
    levels: tuple[str, ...]

    @property
    def level(self) -> int:
        """1 a province or ministry, to 4."""
        return len(self.levels)

    def __str__(self) -> str:
        return self.text


class DossierCode(msgspec.Struct, frozen=True):
    """Code of a dossier. `ymd` and `sequence` are text: what they say about day and order is not relied on."""

    org: AgencyCode
    ymd: str
    sequence: str

    def __str__(self) -> str:
        return f"{self.org}-{self.ymd}-{self.sequence}"


class ServiceCode(msgspec.Struct, frozen=True):
    """A procedure; with `org` its instance in a province, with `number` too an online service of it."""

    procedure: str
    org: AgencyCode | None = None
    number: str | None = None

    def __str__(self) -> str:
        return ".".join(str(part) for part in (self.procedure, self.org, self.number) if part is not None)


class SectorCode(msgspec.Struct, frozen=True):
    """A field of administration: the ministry that keeps it and its code there."""

    ministry: str
    sector: str

    def __str__(self) -> str:
        return f"{self.ministry}-{self.sector}"


class DocumentId(msgspec.Struct, frozen=True):
    """An e-document between agencies (edXML 1.02): who issued it, when, number and symbol."""

    org: AgencyCode
    issued_on: date
    number: str
    symbol: str

    def __str__(self) -> str:
        return f"{self.org},{self.issued_on:%Y/%m/%d},{self.number}/{self.symbol}"


class ReportCode(msgspec.Struct, frozen=True):
    """A citizen's report: the unit where it was made, the day, the number of that day."""

    unit_code: str
    ymd: str
    sequence: str

    def __str__(self) -> str:
        return f"PA-{self.unit_code}-{self.ymd}-{self.sequence}"


def cleaned(text: str) -> str:
    """A code as people and systems mean it: NFC, without blanks around, without invisible characters."""
    normal = unicodedata.normalize("NFC", text)
    return "".join(c for c in normal if unicodedata.category(c) not in {"Cf", "Cc"}).strip()


def read_agency(text: str) -> AgencyCode:
    """Agency code of either generation.

    Raises:
        InputError: neither shape.

    """
    code = cleaned(text).upper()
    if match := _OLD.fullmatch(code):
        levels = list(reversed(match.groups()))
        while len(levels) > 1 and not levels[-1].strip("0"):
            levels.pop()
        return AgencyCode(code, "old", tuple(levels))
    if _NEW.fullmatch(code):
        return AgencyCode(code, "new", tuple(code.split(".")))
    raise _wrong("agency code", text, "000.00.04.H51 (old) or H55.242 (new)")


def read_dossier(text: str) -> DossierCode:
    """Dossier code; its date must be one of the calendar, no more is asked of it.

    Raises:
        InputError: another shape.

    """
    match = _DOSSIER.fullmatch(cleaned(text).upper())
    if not match or not _is_day(match[2]):
        raise _wrong("dossier code", text, "000.00.04.H51-200221-0001 (organisation, day YYMMDD, number of 4 to 6 digits)")
    return DossierCode(read_agency(match[1]), match[2], match[3])


def read_service(text: str) -> ServiceCode:
    """Code of a procedure, of its provincial instance or of an online service.

    Raises:
        InputError: another shape.

    """
    code = cleaned(text).upper()
    if _PROCEDURE.fullmatch(code):
        return ServiceCode(code)
    if match := _INSTANCE.fullmatch(code):
        return ServiceCode(match[1], read_agency(match[2]), match[3])
    raise _wrong("procedure code", text, "1.004946, 1.004946.000.00.00.H51 or 2.000815.000.00.00.H55.02")


def read_sector(text: str) -> SectorCode:
    """Sector code.

    Raises:
        InputError: another shape.

    """
    match = _SECTOR.fullmatch(cleaned(text).upper())
    if not match:
        raise _wrong("sector code", text, "G03-GD10")
    return SectorCode(match[1], match[2])


def read_document(text: str) -> DocumentId:
    """Identifier of an e-document; its symbol keeps its letters' case.

    Raises:
        InputError: another shape, or a day that the calendar does not have.

    """
    parts = [part.strip() for part in cleaned(text).split(",", 2)]
    number, slash, symbol = parts[-1].partition("/")
    if len(parts) != 3 or not slash or not number.strip() or not symbol.strip():
        raise _wrong("document id", text, "000.00.04.G14,2012/08/06,267/VPCP-TTĐT")
    day = re.fullmatch(r"(\d{4})/(\d{1,2})/(\d{1,2})", parts[1], re.ASCII)
    try:
        issued_on = date(*map(int, day.groups())) if day else None
    except ValueError:
        issued_on = None
    if issued_on is None or issued_on.year < 1900:
        raise _wrong("document id", text, "a day YYYY/MM/DD of the calendar, e.g. 000.00.04.G14,2012/08/06,267/VPCP-TTĐT")
    return DocumentId(read_agency(parts[0]), issued_on, number.strip(), symbol.strip())


def read_report(text: str) -> ReportCode:
    """Code of a citizen's report.

    Raises:
        InputError: another shape.

    """
    match = _REPORT.fullmatch(cleaned(text).upper())
    if not match or not _is_day(match[2]):
        raise _wrong("report code", text, "PA-31507-261121-0001")
    return ReportCode(match[1], match[2], match[3])


def _is_day(ymd: str) -> bool:
    try:
        date(2000 + int(ymd[:2]), int(ymd[2:4]), int(ymd[4:]))
    except ValueError:
        return False
    return True


def _wrong(kind: str, text: str, example: str) -> InputError:
    shown = text if len(text) <= 80 else text[:80] + "…"
    return InputError(f"'{shown}' is no {kind}: write it like {example}")
