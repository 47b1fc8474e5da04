"""What raises and clears the rules of indices and of the figures' quality."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.alerts.world import Example, Told

UNIT = "31528"
TUESDAY = datetime(2026, 11, 10, tzinfo=UTC)
"""Seven o'clock in Sóc Trăng."""


def at(hours: float = 0, days: int = 0) -> datetime:
    return TUESDAY + timedelta(hours=hours, days=days)


def observed(indicator: str, period: str, when: datetime, *, unit_code: str = UNIT, org_code: str = "", **figures: Any) -> Told:
    """What a source told of a place's indicator."""
    return _told("observed", indicator, period, when, unit_code, org_code, **figures)


def aimed_at(indicator: str, period: str, when: datetime, target: float, *, unit_code: str = UNIT, org_code: str = "") -> Told:
    return _told("target_set", indicator, period, when, unit_code, org_code, target=target)


def _told(fact: str, indicator: str, period: str, when: datetime, unit_code: str, org_code: str, **figures: Any) -> Told:
    place = {"unit_code": unit_code, "org_code": org_code, "unit_valid_on": f"{when:%Y-%m-%d}"}
    return Told(stream="indicator", fact=fact, subject=f"{indicator}/{unit_code or org_code or 'province'}/{period}", at=when,
                data=place | {"indicator_id": indicator, "period": period} | figures)


EXAMPLES = {
    "RI-01": Example(
        raising=[observed("score_766", "2026-11-09", at(), value=48.2)], raised_at=at(1), severity=3, subject=UNIT,
        clearing=[observed("score_766", "2026-11-10", at(1, 1), value=72.0)], cleared_at=at(2, 1),
    ),
    "RI-02": Example(
        raising=[observed("score_766", "2026-11-04", at(days=-5), value=80), observed("score_766", "2026-11-09", at(), value=74.6)],
        raised_at=at(1), severity=3, subject=UNIT, clearing=[observed("score_766", "2026-11-10", at(1, 1), value=76.5)], cleared_at=at(2, 1),
    ),
    "RI-03": Example(
        raising=[observed("par_index_unit", "2024", at(days=-300), rank=3, out_of=43), observed("par_index_unit", "2025", at(), rank=10, out_of=43)],
        raised_at=at(1), severity=2, subject=UNIT, clearing=[observed("par_index_unit", "2025", at(1, 1), rank=6, out_of=43)], cleared_at=at(2, 1),
    ),
    "RI-04": Example(
        raising=[observed("par_plan", "2026-10", at(), numerator=41, denominator=103, unit="%", published_value=40.2)], raised_at=at(1), severity=2,
        subject=UNIT, clearing=[observed("par_plan", "2026-10", at(2), numerator=41, denominator=103, unit="%", published_value=39.81)], cleared_at=at(3),
    ),
    "RI-05": Example(
        raising=[aimed_at("par_plan", "2026-09", at(days=-60), 90)], looks=[at(days=-11)], raised_at=at(), severity=2, subject=UNIT,
        clearing=[observed("par_plan", "2026-09", at(1), value=88)], cleared_at=at(2),
    ),
    "RI-06": Example(
        raising=[observed("par_plan", "2026-09", at(days=-40), unit_code="", value=61)], looks=[at(days=-4)], raised_at=at(), severity=2, subject="H13.02",
        clearing=[observed("par_plan", "2026-10", at(1), unit_code="", value=64)], cleared_at=at(2),
    ),
}
