"""Diseases by week against what is usual: mean and two standard deviations of the same weeks of earlier years. Few cases are never told exactly."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Protocol

from ioc.panels.engine.casualties import FEW, is_few
from ioc.panels.engine.charts.bands import Strip
from ioc.words import Words

SD, LEAST_YEARS, LEAST_CASES, DELAY_DAYS = 2, 3, 5, 3
"""As rule SS-01: cases are told some days after the onset, so a week is judged three days after its end."""
FEW_SHOWN = 2.5
"""Under five cases the wall says '<5' and draws the middle, whatever the number."""
DISEASES = {"A90": "Sốt xuất huyết", "B08": "Tay chân miệng", "J11": "Cúm", "A09": "Tiêu chảy", "B01": "Thủy đậu", "A05": "Ngộ độc thực phẩm"}
"""By code of ICD-10."""


class Week(Protocol):
    """Cases of a disease in an ISO week, None = nobody told of any disease; `years` told in which `mean` and `sd` are of."""

    @property
    def disease_code(self) -> str: ...
    @property
    def first_day(self) -> date: ...
    @property
    def cases(self) -> int | None: ...
    @property
    def mean(self) -> float | None: ...
    @property
    def sd(self) -> float | None: ...
    @property
    def years(self) -> int: ...


def whole_week(day: date) -> date:
    """Monday of the newest ISO week that is told whole on a day."""
    told = day - timedelta(days=DELAY_DAYS)
    return told - timedelta(days=told.weekday() + 7)


def masked(cases: float | None) -> float | None:
    """Cases as they may be drawn: 1 to 4 all alike."""
    return FEW_SHOWN if is_few(cases) else cases


def said(cases: float | None, words: Words) -> str:
    """Cases, masked or not, in words."""
    return f"<{FEW}" if is_few(cases) else words.number(cases)


def diseases(rows: Iterable[Week], day: date) -> list[dict[str, Any]]:
    """One row a disease, those above their threshold first: its weeks from the first that was told, masked cases, mean and threshold.

    No threshold where too few years were told.
    """
    rows, last = list(rows), whole_week(day)
    first = min((r.first_day for r in rows if r.cases is not None), default=last)
    kept = sorted((r for r in rows if first <= r.first_day <= last), key=lambda r: (r.disease_code, r.first_day))
    found = [_disease(code, list(held)) for code, held in groupby(kept, key=lambda r: r.disease_code)]
    return sorted(found, key=lambda d: (not d["over"], -(d["newest"] or 0), d["disease_code"]))


def _disease(code: str, weeks: Sequence[Week]) -> dict[str, Any]:
    limits = [_limit(w) for w in weeks]
    newest, limit = weeks[-1].cases, limits[-1]
    over = newest is not None and limit is not None and newest >= LEAST_CASES and newest > limit
    return {"disease_code": code, "weeks": [w.first_day.isoformat() for w in weeks], "cases": [masked(w.cases) for w in weeks],
            "usual": [None if limit is None else w.mean for w, limit in zip(weeks, limits, strict=True)], "limit": limits,
            "newest": masked(newest), "over": over}


def _limit(week: Week) -> float | None:
    if week.years < LEAST_YEARS or week.mean is None or week.sd is None:
        return None
    return round(week.mean + SD * week.sd, 2)


def disease_strips(found: Sequence[Mapping[str, Any]], words: Words) -> list[Strip]:
    """A strip a disease: cases a week, over the band from the mean to the threshold."""
    return [Strip(
        name=words(DISEASES.get(d["disease_code"], d["disease_code"])), x=d["weeks"], y=d["cases"],
        said=("▲ " if d["over"] else "") + said(d["newest"], words), tone="bad" if d["over"] else "in",
        band=(d["usual"], d["limit"]) if any(limit is not None for limit in d["limit"]) else None) for d in found]
