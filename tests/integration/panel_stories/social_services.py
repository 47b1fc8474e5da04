"""A hospital's day, cases of two weeks ago, a school, a batch that is due and one that is late."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.web_story import Story


def tell(story: "Story", prefix: str) -> None:
    from tests.integration.web_story import NOW, ago

    place: dict[str, Any] = {"unit_code": "99004", "unit_valid_on": "2025-07-01"}
    story.tell("social", "health_daily", f"{prefix}-BV/2026-11-18", ago(hours=28), facility_code="BV-1", day="2026-11-18", visits=90, insurance_visits=80,
               cccd_visits=60, beds_occupied=96, beds_available=100, lon_deg=85.13, lat_deg=-20.16, **place)
    for onset, cases in (("2026-11-02", 3), ("2026-11-04", 6), ("2026-11-10", 4)):
        story.tell("social", "disease_case", f"{prefix}-A90/{onset}", ago(days=7), disease_code="A90", onset_on=onset, cases=cases, **place)
    story.tell("social", "school_snapshot", f"{prefix}-school", ago(days=10), day="2026-11-05", pupils=800, dropped_out=2, **place)
    for code, due in (("AS-1", NOW - timedelta(days=4)), ("AS-2", NOW + timedelta(days=3)), ("AS-3", NOW - timedelta(days=40))):
        story.tell("social", "payment_batch_due", f"{prefix}-{code}", ago(days=50), due_on=due.date().isoformat(), beneficiaries_due=120, **place)
