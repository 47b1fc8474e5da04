"""Salt and level with a forecast, the air, a sluice and a bulletin."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.web_story import Story


def tell(story: "Story", prefix: str) -> None:
    from tests.integration.web_story import NOW, ago

    place: dict[str, Any] = {"unit_code": "99013", "unit_valid_on": "2025-07-01"}
    for name, unit, value in (("salinity_gl", "g/l", 5.2), ("level_m", "m", 1.5), ("aqi", "VN_AQI", 62)):
        for hours in (40, 3, 1):
            story.tell("environment", "observation", f"CUA-GIO/{name}", ago(hours=hours), station_id="CUA-GIO", property=name, unit=unit,
                       value=value, quality="good", **place)
    story.tell("environment", "forecast", "CUA-GIO/level_m", ago(hours=30), station_id="CUA-GIO", property="level_m", unit="m",
               valid_at=ago(hours=6), value_low=1.4, value_high=1.6, **place)
    story.tell("environment", "sluice_state", "CONG-CUA-GIO", ago(hours=28), sluice_id="CONG-CUA-GIO", open_pct=100, limit_gl=4, **place)
    story.tell("environment", "bulletin", "BT", ago(hours=12), identifier="BT-1", msg_type="alert", status="exercise", risk_level=2,
               phenomenon="spring_tide", issuer="KTTV", effective_at=ago(hours=12), expires_at=NOW + timedelta(days=1), area_units="99013")
