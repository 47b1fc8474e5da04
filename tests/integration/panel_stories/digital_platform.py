"""The digital platform: calls, probes, a reader's lag, a certificate that ends, a security event, a message that is refused."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.web_story import Story


def tell(story: "Story", prefix: str) -> None:
    """At least one row for every query of the panel."""
    from tests.integration.web_story import ago

    for hours in (1, 4):
        story.tell("platform", "api_call_stats", "civil-status", ago(hours=hours), source_id="lgsp", service="civil-status", calls=100, errors=7, p95_ms=600)
        story.tell("platform", "probe", "portal", ago(hours=hours), source_id="portal", status="down" if hours == 4 else "up")
    story.tell("platform", "consumer_lag", "sink/ioc.dossier", ago(minutes=5), source_id="sink", service="ioc.dossier", value=37)
    story.tell("platform", "certificate_expiring", f"{prefix}-cert", ago(days=2), source_id="ca", unit_code="99001", expires_on="2026-11-27",
               holder_kind="device")
    story.tell("platform", "security_event", f"{prefix}-sec", ago(days=2), source_id="soc", severity=3, reason="scan")
    story.tell("platform", "probe", f"{prefix}-refused", ago(days=1), source_id="portal", status="unwell")
    story.hear(ago(seconds=1))  # what was refused at the moment itself is not yet counted
