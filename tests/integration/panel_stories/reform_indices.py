"""A published score of QĐ 766 on two days, an index over three years and two sizes of the country, a target that nobody answered."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.web_story import Story

WHOLE: dict[str, Any] = {"org_code": "", "unit_code": ""}


def tell(story: "Story", prefix: str) -> None:
    def observed(indicator: str, period: str, *, place: str = "province", **data: Any) -> None:
        story.tell("indicator", "observed", f"{indicator}/{place}/{period}", at, indicator_id=indicator, period=period, **WHOLE | data)

    del prefix  # an indicator is known by its name, place and period
    at = story.clock.at - timedelta(days=10)
    for day, score in (("2026-11-08", 80.0), ("2026-11-09", 80.1)):
        observed("score_766", day, value=score, published_value=score)
    for year, rank, out_of in (("2023", 20, 63), ("2024", 21, 34), ("2025", 17, 34)):
        observed("par_index", year, rank=rank, out_of=out_of, value=88.4)
    observed("sipas", "2025", value=85.12, unit="%", manual=True, approved_on="2026-11-14")
    observed("pci", "2025", place="77", unit_code="77", rank=4, out_of=34)
    for year, rank in (("2024", 5), ("2025", 1)):
        observed("par_index_unit", year, place="99001", unit_code="99001", rank=rank, out_of=20)
    story.tell("indicator", "target_set", "par_plan/province/2026-09", at, indicator_id="par_plan", period="2026-09", target=90, unit="%", **WHOLE)
    story.tell("indicator", "target_set", "par_plan/77/2014", at, indicator_id="par_plan", period="2014", target=30, unit="%", **WHOLE | {"unit_code": "77"})
