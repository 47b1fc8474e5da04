"""What the page of figures entered by hand says: a figure in its unit, and what is wrong with what was typed, for a person at a form."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ioc.calendar.periods import Period, label
from ioc.indicators.asked import Figure
from ioc.indicators.catalogue import UNITS, Indicator
from ioc.indicators.columns import TITLES, CellError
from ioc.profiles import Profile
from ioc.words import NONE, Words

SAID = {
    "value": "Giá trị", "numerator": "Tử số", "denominator": "Mẫu số", "rank": "Hạng", "out_of": "Trên tổng số", "source_text": "Nguồn số liệu",
    "legal_basis": "Căn cứ pháp lý", "note": "Ghi chú",
}
"""Field of the form → its label; the same as the titles of the workbook."""


def unit_word(indicator: Indicator, words: Words) -> str:
    return words(UNITS[indicator.unit])


def period_word(figure: Figure, words: Words) -> str:
    """Tháng 10/2026."""
    return label(Period(figure.period.kind, figure.period.first_day, figure.period.last_day), words.language)


def place_word(figure: Figure, profile: Profile, words: Words) -> str:
    """Whom a figure describes: the province, a unit or an agency, as it was called at the period's end."""
    day = figure.period.last_day
    if figure.unit_code or figure.org_code:
        return profile.owner_name(figure.unit_code, figure.org_code, day, words.language)
    return words("toàn tỉnh")


def agency_word(code: str, profile: Profile, day: date, words: Words) -> str:
    return profile.owner_name("", code, day, words.language)


def figure_word(figures: Mapping[str, Any], indicator: Indicator, words: Words) -> str:
    """A figure as it will stand: 72,00% (612 / 850); its rank where it has one."""
    value, over, under = (figures.get(name) for name in ("value", "numerator", "denominator"))
    parts = []
    if value is not None:
        unit = {"%": "%", "count": ""}.get(indicator.unit, f" {unit_word(indicator, words)}")
        parts.append(words.number(value, indicator.decimals) + unit)
    if under is not None:
        parts.append(f"({_plain(over, words)} / {_plain(under, words)})")
    if figures.get("rank") is not None:
        parts.append(words("hạng {rank}/{out_of}", rank=figures["rank"], out_of=figures["out_of"]))
    return " ".join(parts) or NONE


def _plain(value: Any, words: Words) -> str:
    return words.number(value, 0 if value is None or float(value).is_integer() else 2)


def wrong_fields(errors: Sequence[CellError], words: Words) -> dict[str, str]:
    """Field → what is wrong with it; the first of each."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(error.address if error.address in SAID else "value", said(error, words))
    return found


def said(error: CellError, words: Words) -> str:
    """One error in words; the program's own where it is none of these."""
    for pattern, text in _patterns(words):
        if found := re.search(pattern, error.text):
            return text.format(**found.groupdict())
    return f"{TITLES.get(error.address, error.address)}: {error.text}"


def _patterns(words: Words) -> tuple[tuple[str, str], ...]:
    """The import's sentences → ours, with the same named places."""
    return (
        (r"^'(?P<given>[^']*)' can be (?P<one>\S+) or (?P<other>\S+):",
         words("«{given}» có thể là {one} hoặc {other}: hãy viết rõ một trong hai.")),
        (r"^'(?P<given>.*)' is no number up to", words("«{given}» quá lớn: số lớn nhất là 10^15.")),
        (r"^'(?P<given>.*)' is no number", words("«{given}» không phải là số: viết ví dụ 99,79 hoặc 605859.")),
        (r"^'(?P<given>.*)' is no whole number$", words("«{given}» không phải là số nguyên.")),
        (r"is a whole number, not (?P<given>\S+)$", words("Chỉ tiêu này là số nguyên, không phải {given}.")),
        (r"^'Nguồn số liệu' is empty$", words("Hãy ghi nguồn số liệu: văn bản, báo cáo hoặc hệ thống cho số này.")),
        (r"has no numerator and denominator$", words("Chỉ tiêu này không có tử số, mẫu số: chỉ ghi giá trị.")),
        (r"^numerator and denominator are given together$", words("Tử số và mẫu số phải ghi cùng nhau.")),
        (r"^(?P<given>\S+) is less than 0$", words("{given} nhỏ hơn 0.")),
        (r"^(?P<given>\S+) is no base", words("Mẫu số {given} không dùng được: phải lớn hơn 0.")),
        (r"^a rank is told with", words("Hạng và tổng số được xếp hạng phải ghi cùng nhau.")),
        (r"^(?P<given>\S+) is no rank among (?P<of>\S+)$", words("Không thể có hạng {given} trên tổng số {of}.")),
        (r"^(?P<fraction>\S+) is (?P<rate>\S+%): leave", words("{fraction} là {rate}: để trống giá trị, hoặc sửa tử số, mẫu số.")),
        (r"^the row has neither a value", words("Chưa ghi số liệu: hãy ghi giá trị, hoặc tử số và mẫu số.")),
        (r"^the text must have at most (?P<most>\d+)", words("Quá dài: không quá {most} ký tự.")),
        (r"^the cell is formatted as per cent", words("Ô này không phải là tỷ lệ phần trăm.")),
    )
