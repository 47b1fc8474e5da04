"""What raises and clears the rules of electronic documents, tasks and conferences."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.alerts.world import Example, Told

UNIT, AGENCY, DEPARTMENT = "31528", "H13.1528", "H13.02"
TUESDAY = datetime(2026, 11, 10, tzinfo=UTC)
"""Seven o'clock in Sóc Trăng: work begins."""
PLACE = {"org_code": AGENCY, "unit_code": UNIT, "unit_valid_on": "2026-11-10"}


def at(hours: float = 0, days: int = 0) -> datetime:
    """Hours of the clock after the opening on a day so many after the Tuesday."""
    return TUESDAY + timedelta(days=days, hours=hours)


def copy(number: int, came: datetime, urgency: str = "normal", to_org: str = AGENCY, unit_code: str = UNIT) -> Told:
    """A letter of the Government Office that arrives."""
    head = {"from_org": "000.00.00.G14", "to_org": to_org, "number": str(number), "symbol": "VPCP", "level": "central", "urgency": urgency}
    return Told(stream="document", fact="arrived", subject=f"000.00.00.G14,2026/11/10,{number}/VPCP>>{to_org}", at=came,
                data={"org_code": to_org, "unit_code": unit_code, "unit_valid_on": "2026-11-10"} | head)


def answered(letter: Told, fact: str, when: datetime) -> Told:
    place = {name: letter.data[name] for name in ("org_code", "unit_code", "unit_valid_on")}
    return Told(stream="document", fact=fact, subject=letter.subject, at=when, data=place)


def task(number: int, fact: str, when: datetime, **data: Any) -> Told:
    return Told(stream="task", fact=fact, subject=f"NV-{number}", at=when, data=PLACE | data)


def assigned(number: int, when: datetime, due: datetime) -> Told:
    return task(number, "assigned", when, owner_org=AGENCY, due_at=due.isoformat())


def meeting(fact: str, when: datetime, point: str = "") -> Told:
    about = {"meeting_id": "HN-1", "level": "province"} | ({"point_id": point} if point else {})
    return Told(stream="meeting", fact=fact, subject=f"HN-1/{point}" if point else "HN-1", at=when, data=PLACE | about)


def refusals(refused: int, arrived: int) -> Sequence[Told]:
    letters = [copy(n, at(n / 100), to_org=DEPARTMENT, unit_code="") for n in range(arrived)]
    return [*letters, *(answered(letter, "refused", at(1 + n / 100)) for n, letter in enumerate(letters[:refused]))]


EXPRESS = copy(1, at(), "express")

EXAMPLES = {
    "DT-01": Example(
        raising=[EXPRESS], looks=[at(0.9), at(1.5)], raised_at=at(2.1), severity=3, subject=UNIT,
        clearing=[answered(EXPRESS, "accepted", at(2.2))], cleared_at=at(2.5),
    ),
    "DT-02": Example(
        raising=[assigned(1, at(days=-7), at(10)), task(1, "acknowledged", at(1, -7))], looks=[at(9), at(10.1)],
        raised_at=at(0.1, 7), severity=4, subject=UNIT, clearing=[task(1, "completed", at(1, 7))], cleared_at=at(2, 7),
    ),
    "DT-03": Example(
        raising=[assigned(1, at(days=-12), at(10, 3)), task(1, "reported", at(days=-1), progress_pct=30)], raised_at=at(), severity=2, subject=UNIT,
        clearing=[task(1, "reported", at(1), progress_pct=50)], cleared_at=at(2),
    ),
    "DT-04": Example(
        raising=[assigned(1, at(1), at(10, 20))], looks=[at(9, 1)], raised_at=at(10.1, 1), severity=2, subject=UNIT,
        clearing=[task(1, "acknowledged", at(1, 2))], cleared_at=at(2, 2),
    ),
    "DT-05": Example(
        raising=[meeting("started", at(1)), meeting("point_joined", at(1), UNIT), meeting("point_lost", at(2), UNIT)], looks=[at(2.03)],
        raised_at=at(2.05), severity=3, subject="HN-1", clearing=[meeting("point_joined", at(2.1), UNIT)], cleared_at=at(2.2),
    ),
    "DT-06": Example(
        raising=refusals(3, 20), raised_at=at(3), severity=2, subject=DEPARTMENT,
        clearing=[copy(n, at(4 + n / 100), to_org=DEPARTMENT, unit_code="") for n in range(20, 40)], cleared_at=at(5),
    ),
}
