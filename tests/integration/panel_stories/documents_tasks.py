"""Documents and tasks: one late and one waiting letter, an overdue task of a resolution, a conference that runs."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.web_story import Story


def tell(story: "Story", prefix: str) -> None:
    """At least one row for every query of the panel."""
    from tests.integration.web_story import NOW, ago

    owner = {"org_code": "X99.9001", "unit_code": "99001", "unit_valid_on": "2025-07-01"}
    task = {**owner, "owner_org": "X99.9001", "source_document": "X99,2026/10/01,40/NQ-HĐND"}
    story.tell("task", "assigned", f"{prefix}-t-late", ago(days=9), due_at=ago(days=3), **task)
    story.tell("task", "acknowledged", f"{prefix}-t-late", ago(days=8), **owner)
    story.tell("task", "assigned", f"{prefix}-t-soon", ago(days=4), due_at=NOW + timedelta(hours=2), **task)
    story.tell("document", "sent", f"{prefix}-d", ago(days=2), from_org="X99", number="12", symbol="VP", issued_on="2026-11-18", **owner)
    for to_org, urgency in (("X99.9001", "express"), ("X99.9004", "normal")):
        story.tell("document", "arrived", f"{prefix}-d>>{to_org}", ago(days=2), from_org="X99", to_org=to_org, urgency=urgency, due_at=ago(days=1), **owner)
    story.tell("document", "accepted", f"{prefix}-d>>X99.9004", ago(days=2, hours=-1), **owner)
    meeting = {**owner, "meeting_id": f"{prefix}-m"}
    story.tell("meeting", "started", f"{prefix}-m", ago(hours=1), **meeting)
    for point in ("P1", "P2"):
        story.tell("meeting", "point_joined", f"{prefix}-m/{point}", ago(minutes=59), point_id=point, started_at=ago(hours=1), **meeting)
    story.tell("meeting", "point_lost", f"{prefix}-m/P2", ago(minutes=5), point_id="P2", **meeting)
