"""At least one row for every query of the counters: a ticket that was called, one that waits, an open desk."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.web_story import Story

PLACE = {"org_code": "X99.9001", "unit_code": "99001", "unit_valid_on": "2025-07-01", "point_id": "OS-99001"}


def tell(story: "Story", prefix: str) -> None:
    """A short morning at one point."""
    opened = story.clock.at - timedelta(hours=2)
    story.tell("counter", "opened", f"{prefix}/Q1", opened, counter_no="1", **PLACE)
    for n, called in ((1, timedelta(minutes=10)), (2, None)):
        ticket = {**PLACE, "ticket_no": f"{prefix}-{n}"}
        story.tell("counter", "ticket_taken", f"{prefix}/{n}", opened + timedelta(minutes=n), **ticket)
        if called:
            story.tell("counter", "ticket_called", f"{prefix}/{n}", opened + called, counter_no="1", **ticket)
            story.tell("counter", "service_ended", f"{prefix}/{n}", opened + called + timedelta(minutes=5), **ticket)
