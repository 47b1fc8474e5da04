"""At least one row for every query of citizens' reports: three at one place, so that it is a hot spot."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.web_story import Story


def tell(story: "Story", prefix: str) -> None:
    """Three potholes within a few metres."""
    for n in range(3):
        story.report(f"{prefix}-spot-{n}", story.clock.at - timedelta(days=3, hours=n), story.clock.at + timedelta(days=3),
                     lon_deg=85.2 + n / 10_000, lat_deg=-20.2)
