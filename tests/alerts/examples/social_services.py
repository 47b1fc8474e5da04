"""How each rule of health, schools and welfare is raised and cleared."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ioc.clock import start_of
from tests.alerts.world import Example, Told

NINE = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
"""Nine o'clock of a Tuesday, local time."""
WARD, COMMUNE = "31507", "31561"
WEEK = date(2026, 10, 26)
"""Monday of the last week that was over and told by then."""


def minute(n: float) -> datetime:
    return NINE + timedelta(minutes=n)


def social(fact: str, subject: str, at: datetime, unit: str = WARD, **data: Any) -> Told:
    return Told(stream="social", fact=fact, subject=subject, at=at, data={"unit_code": unit, "unit_valid_on": "2026-11-10"} | data)


def cases(disease: str, onset: date, number: int, unit: str = WARD, at: datetime | None = None) -> Told:
    return social("disease_case", f"{disease}/{unit}/{onset}", at or start_of(onset) + timedelta(hours=30), unit, disease_code=disease, onset_on=onset,
                  cases=number)


def years(disease: str, weeks: Mapping[int, int], usual: Sequence[int] = (9, 10, 11)) -> list[Told]:
    """Five years with so many cases in the weeks about this one, then weeks of this year: shift → cases."""
    before = [date.fromisocalendar(WEEK.year - n, WEEK.isocalendar().week, 2) for n in range(5, 0, -1)]
    past = [cases(disease, day + timedelta(weeks=k - 2), usual[k % len(usual)]) for day in before for k in range(4)]
    return [*past, *(cases(disease, WEEK + timedelta(weeks=shift), number) for shift, number in sorted(weeks.items()))]


def health(day: date, facility: str = "BV-1", unit: str = WARD, at: datetime | None = None, **data: Any) -> Told:
    told_at = at or start_of(day) + timedelta(hours=30)
    return social("health_daily", f"{facility}/{day}", told_at, unit, facility_code=facility, day=day, visits=500, **data)


def beds(day: date, occupied: int, facility: str = "BV-1", unit: str = WARD, at: datetime | None = None) -> Told:
    return health(day, facility, unit, at, beds_occupied=occupied, beds_available=100)


def cards(day: date, by_card: int, insured: int = 100, facility: str = "PK-1", unit: str = WARD) -> Told:
    return health(day, facility, unit, insurance_visits=insured, cccd_visits=by_card)


def batch(code: str, due_on: date, unit: str = WARD) -> Told:
    return social("payment_batch_due", code, start_of(due_on) - timedelta(days=10), unit, due_on=due_on, beneficiaries_due=120)


def paid(code: str, at: datetime, unit: str = WARD) -> Told:
    return social("payment_batch_paid", code, at, unit, beneficiaries_paid_by_account=100)


EXAMPLES = {
    "SS-01": Example(
        raising=years("A90", {-1: 40, 0: 60}), raised_at=NINE, severity=4, subject="A90",
        clearing=[cases("A90", WEEK + timedelta(weeks=n), 9, at=NINE + timedelta(days=n)) for n in (1, 2)], cleared_at=NINE + timedelta(days=2),
    ),
    "SS-02": Example(
        raising=[beds(date(2026, 11, 9), 97)], raised_at=NINE, severity=2, subject=WARD,
        clearing=[beds(date(2026, 11, 10), 80)], cleared_at=NINE + timedelta(days=1),
    ),
    "SS-03": Example(
        raising=[batch("AS-1", date(2026, 11, 9))], raised_at=NINE, severity=3, subject=WARD, clearing=[paid("AS-1", minute(60))],
        cleared_at=minute(61),
    ),
    "SS-04": Example(
        raising=[*(cards(date(2026, 11, n), 84) for n in range(3, 9)), cards(date(2026, 11, 9), 35)], raised_at=NINE, severity=2, subject=WARD,
        clearing=[cards(date(2026, 11, 10), 82)], cleared_at=NINE + timedelta(days=1),
    ),
    "SS-05": Example(
        raising=[cases("A05", date(2026, 11, 9), 7, at=minute(-30))], raised_at=NINE, severity=4, subject=WARD, clearing=[],
        cleared_at=NINE + timedelta(days=4),
    ),
}
