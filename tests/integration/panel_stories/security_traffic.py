"""Incidents, three accidents at one place, what cameras see on a road and detect, and the house's target for the way to the scene."""

from datetime import timedelta

from tests.integration.web_story import NOW, Story, ago

WHERE = {"org_code": "X99.9004", "unit_code": "99004", "unit_valid_on": "2025-07-01"}


def tell(story: Story, prefix: str) -> None:
    for n in range(3):
        accident = f"{prefix}-accident-{n}"
        at = ago(days=10 + n)
        story.tell("incident", "reported", accident, at, kind="traffic_accident", lon_deg=85.1453, lat_deg=-20.1751, **WHERE)
        story.tell("incident", "dispatched", accident, at + timedelta(minutes=1), **WHERE)
        story.tell("incident", "arrived", accident, at + timedelta(minutes=9), **WHERE)
        story.tell("incident", "cleared", accident, at + timedelta(hours=1), reason_code="handled", **WHERE)
    story.tell("incident", "updated", f"{prefix}-accident-0", ago(days=9), dead=1, injured=2, **WHERE)
    story.tell("incident", "reported", f"{prefix}-fire", ago(minutes=20), kind="fire", severity=4, lon_deg=85.15, lat_deg=-20.17, **WHERE)
    story.tell("camera", "status", f"{prefix}-road-camera", ago(minutes=2), online=True, condition="ok", point_id="RD-01")
    story.tell("camera", "traffic_count", f"{prefix}-road-camera", ago(minutes=2), vehicles=9, interval_s=60, mean_speed_kmh=40, point_id="RD-01")
    story.tell("camera", "detection", f"{prefix}-road-camera", ago(hours=30), kind="red_light", confidence_ratio=0.9)
    story.tell("indicator", "target_set", f"arrive_minutes/province/{NOW:%Y}", ago(days=30), indicator_id="arrive_minutes", period=f"{NOW:%Y}",
               target=15, unit="minutes")
