"""A target of the year with what was reached of it, an enterprise that begins, guests of a month."""

from tests.integration.web_story import Story, ago


def tell(story: Story, prefix: str) -> None:
    story.tell("indicator", "target_set", "export_value/province/2026", ago(days=300), indicator_id="export_value", period="2026", target=3650,
               unit="usd_mn")
    for month in range(1, 11):
        story.tell("indicator", "observed", f"export_value/province/2026-{month:02}", ago(days=310 - 30 * month), indicator_id="export_value",
                   period=f"2026-{month:02}", value=250, unit="usd_mn", manual=True, approved_on="2026-11-05")
    enterprise = "00112233445566aa"
    story.tell("enterprise", "registered", enterprise, ago(days=40), enterprise_ref=enterprise, unit_code="99004", unit_valid_on="2025-07-01",
               org_code="X99.9004")
    story.tell("tourism", "arrivals", f"{prefix}-99004/2026-10", ago(days=18), unit_code="99004", unit_valid_on="2025-07-01", period="2026-10",
               facility_code=f"{prefix}-hotel", arrivals=1200, rooms_occupied=300, rooms_available=900)
