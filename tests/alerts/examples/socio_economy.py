"""What raises and clears the rules of the economy, of inspections and of enterprises' petitions."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.alerts.examples.reform_indices import UNIT, aimed_at, at, observed
from tests.alerts.world import Example, Told

AGENCY = "H13.1528"
PLACE = {"org_code": AGENCY, "unit_code": UNIT, "unit_valid_on": "2026-11-10"}
ONE, OTHER = "a1" * 16, "b2" * 16
FEBRUARY = datetime(2026, 2, 3, tzinfo=UTC)
"""After 31 January, by when the year before is to be disbursed."""


def inspection(fact: str, number: int, when: datetime, enterprise: str = ONE, **data: Any) -> Told:
    about = {"enterprise_ref": enterprise, "inspection_ref": f"TT-{enterprise[:4]}-{number}"}
    return Told(stream="enterprise", fact=fact, subject=enterprise, at=when, data=PLACE | about | data)


def planned(number: int, when: datetime, on: str = "2026-12-01", enterprise: str = ONE, **data: Any) -> Told:
    return inspection("inspection_planned", number, when, enterprise, planned_on=on, **data)


def petition(fact: str, when: datetime, number: int = 1, **data: Any) -> Told:
    return Told(stream="report", fact=fact, subject=f"PA-{number}", at=when, data=PLACE | data)


def submitted(when: datetime, due: datetime, number: int = 1, category: str = "BU-ENT", **data: Any) -> Told:
    return petition("submitted", when, number, category=category, channel="app", due_at=due.isoformat(), **data)


def answered(when: datetime, number: int = 1) -> Sequence[Told]:
    """From the desk to the answer, a minute apart."""
    steps: tuple[tuple[str, dict[str, Any]], ...] = (("verified", {}), ("assigned", {"to_org": AGENCY}), ("accepted", {}), ("resolved", {}))
    return [petition(fact, when + timedelta(minutes=n), number, **data) for n, (fact, data) in enumerate(steps)]


def months(indicator: str, *told: int, unit_code: str = UNIT) -> Sequence[Told]:
    """Months of 2026, each told on the fourth of the month after."""
    return [observed(indicator, f"2026-{n:02}", datetime(2026, n + 1, 4, 2, tzinfo=UTC), unit_code=unit_code, value=50.0) for n in told]


EXAMPLES = {
    "SE-01": Example(
        raising=[aimed_at("export_value", "2026", at(days=-300), 1000, unit_code=""),
                 observed("export_value", "2026-10", at(), unit_code="", value=60)],
        raised_at=at(1), severity=3, subject="", clearing=[observed("export_value", "2026-10", at(2), unit_code="", value=84)], cleared_at=at(3),
    ),
    "SE-02": Example(
        raising=[observed("disbursement", "2025-12", FEBRUARY, numerator=80, denominator=100, unit="%")], raised_at=FEBRUARY + timedelta(hours=1),
        severity=3, subject="", clearing=[observed("disbursement", "2025", FEBRUARY + timedelta(days=1), numerator=96, denominator=100, unit="%")],
        cleared_at=FEBRUARY + timedelta(days=1, hours=1),
    ),
    "SE-03": Example(
        raising=[planned(1, at(days=-100), "2026-09-01"), inspection("inspection_conducted", 1, at(days=-70)), planned(2, at())],
        raised_at=at(1), severity=3, subject=ONE, clearing=[inspection("inspection_cancelled", 2, at(2))], cleared_at=at(3),
    ),
    "SE-04": Example(
        raising=[submitted(at(days=-4), at(1))], looks=[at(0.5)], raised_at=at(1.1), severity=3, subject=UNIT, clearing=answered(at(2)), cleared_at=at(3),
    ),
    "SE-05": Example(
        raising=months("budget_revenue", 7, 8, 9), looks=[at(days=-4)], raised_at=at(1), severity=2, subject=UNIT,
        clearing=[observed("budget_revenue", "2026-10", at(2), value=86.0)], cleared_at=at(3),
    ),
}
