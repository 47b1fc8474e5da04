"""A catalogue of four services, dossiers by three channels, one that the national portal refused, and a target of the year."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.web_story import Story

WHOLE: dict[str, Any] = {"org_code": "", "unit_code": ""}
OWNER: dict[str, Any] = {"org_code": "X99.9001", "unit_code": "99001", "unit_valid_on": "2025-07-01"}
USED, UNUSED, PARTIAL, TOLD = "1.000001", "1.000002", "1.000003", "1.000004"


def tell(story: "Story", prefix: str) -> None:
    now = story.clock.at
    for code, level, integrated in ((USED, "full", True), (UNUSED, "full", False), (PARTIAL, "partial", True), (TOLD, "information", False)):
        story.tell("service", "published", code, now - timedelta(days=6), service_code=code, level=level, national_integrated=integrated, **OWNER)
    told = ((USED, "2", 2), (USED, "app", 1), (UNUSED, "1", 3), (PARTIAL, "3", 1))
    for code, channel, dossiers in told:
        for n in range(dossiers):
            subject = f"{prefix}-on-{code}-{channel}-{n}"
            story.dossier(subject, now - timedelta(days=4, hours=n), now + timedelta(days=9), channel=channel, procedure_code=code, fee_due=True,
                          service_level="partial" if code == PARTIAL else "full")
    first = f"{prefix}-on-{USED}-2-0"
    story.tell("dossier", "paid", first, now - timedelta(days=4) + timedelta(minutes=5), provider="payment-gateway")
    story.tell("platform", "sync_failed", first, now - timedelta(days=3), source_id="dvcqg", dossier_code=first, reason="timeout",
               unit_code="99001", unit_valid_on="2025-07-01")
    story.tell("indicator", "target_set", "full_online_dossiers/province/2026", now - timedelta(days=9), indicator_id="full_online_dossiers",
               period="2026", target=80, unit="%", **WHOLE)
