"""Panel 8 on a small province told event by event, counted by hand: now, in the past, and as it was known then."""

from datetime import date, datetime
from typing import Any

from tests.integration.web_story import Story, ago, counts, seen, told, values

KEY = "socio_economy"
WHERE = {"unit_code": "99004", "unit_valid_on": "2025-07-01", "org_code": "X99.9004"}


def observed(story: Story, indicator: str, period: str, at: datetime, **data: Any) -> None:
    story.tell("indicator", "observed", f"{indicator}/province/{period}", at, indicator_id=indicator, period=period, **data)


def aimed(story: Story, indicator: str, target: float, at: datetime) -> None:
    story.tell("indicator", "target_set", f"{indicator}/province/2026", at, indicator_id=indicator, period="2026", target=target)


def firm(story: Story, fact: str, at: datetime, number: int = 1, **data: Any) -> None:
    ref = f"{number:016x}"
    story.tell("enterprise", fact, ref, at, enterprise_ref=ref, **WHERE, **data)


def months_of_exports(story: Story) -> None:
    """300 a month of 3650 a year from January to October: nearly on plan. Retail sales are far behind, growth is no amount."""
    aimed(story, "export_value", 3650, ago(days=300))
    for month in range(1, 11):
        observed(story, "export_value", f"2026-{month:02}", ago(days=310 - 30 * month), value=300, manual=month == 10)
    aimed(story, "retail_sales", 1000, ago(days=300))
    observed(story, "retail_sales", "2026-06", ago(days=100), value=20)
    aimed(story, "iip_growth", 9, ago(days=300))
    observed(story, "iip_growth", "2026-10", ago(days=10), value=10)


def test_targets_are_those_of_the_headline_the_slowest_first(dsn: str) -> None:
    with told(dsn) as (story, conn):
        months_of_exports(story)
        story.hear()
        shown = seen(conn, KEY)
    targets = shown.tables["targets"]
    assert [(t["indicator_id"], t["last_day"], t["manual"], t["paced"]) for t in targets] == [
        ("retail_sales", date(2026, 6, 30), False, True), ("export_value", date(2026, 10, 31), True, True),
        ("iip_growth", date(2026, 10, 31), False, False)]
    assert [round(t["pace"], 3) for t in targets[:2]] == [round(20 / (1000 * 30 / 365), 3), round(3000 / (3650 * 304 / 365), 3)]
    assert counts(shown.numbers["on_pace"]) == (sum(t["paced"] and t["pace"] >= 0.9 for t in targets), sum(t["paced"] for t in targets)) == (1, 2)


def test_month_told_later_was_not_there_and_not_known(dsn: str) -> None:
    with told(dsn) as (story, conn):
        aimed(story, "export_value", 3650, ago(days=300))
        observed(story, "export_value", "2026-08", ago(days=80), value=300)
        story.hear(ago(days=30))
        observed(story, "export_value", "2026-09", ago(days=40), value=900)
        story.hear()
        found = [seen(conn, KEY, at=at, known=known).tables["targets"][0]["value"] for at, known in (
            (None, None), ("2026-10-01", None), ("2026-10-25", None), ("2026-10-25", "2026-10-25"))]
    assert found == [1200, 300, 1200, 300]


def test_enterprises_are_counted_by_local_month_and_step_that_is_permitted(dsn: str) -> None:
    with told(dsn) as (story, conn):
        firm(story, "registered", datetime.fromisoformat("2026-09-30T18:00:00Z"), 1)  # 1 October, local
        firm(story, "suspended", ago(days=15), 1)
        firm(story, "suspended", ago(days=14), 1)  # what stands still cannot stop
        firm(story, "registered", ago(days=10), 2)
        story.hear(ago(days=5))
        firm(story, "registered", ago(days=9), 3)
        story.hear()
        shown = seen(conn, KEY)
        then = seen(conn, KEY, at="2026-11-16", known="2026-11-16")
    rows = [tuple(r.values()) for r in shown.tables["enterprises"]]
    assert rows == [(date(2026, 10, 1), 1, 0, 0, 0), (date(2026, 11, 1), 2, 0, 1, 0)]
    assert values(shown, "new", "net") == {"new": 3, "net": 2} == {"new": sum(r[1] for r in rows), "net": sum(r[1] - r[3] for r in rows)}
    assert [r["new"] for r in then.tables["enterprises"]] == [1, 1]


def test_guests_of_a_month_are_the_place_s_own_total_before_its_hotels(dsn: str) -> None:
    with told(dsn) as (story, conn):
        for facility, unit, arrivals, sold in (("", "99004", 500, None), ("H1", "99004", 90, None), ("H2", "99007", 40, 2)):
            story.tell("tourism", "arrivals", f"{facility or unit}/2026-10", ago(days=15), unit_code=unit, unit_valid_on="2025-07-01", period="2026-10",
                       facility_code=facility, arrivals=arrivals, rooms_occupied=sold, rooms_available=sold and 9)
        story.tell("tourism", "arrivals", "99004/2026-11", ago(days=1), unit_code="99004", unit_valid_on="2025-07-01", period="2026-11", arrivals=9)
        story.hear()
        found = seen(conn, KEY).tables["guests"]
    assert [tuple(r.values()) for r in found] == [(date(2026, 10, 1), 540, 2, 9)]


def test_second_inspection_and_overdue_petition_are_told_by_unit(dsn: str) -> None:
    with told(dsn) as (story, conn):
        firm(story, "inspection_conducted", ago(days=40), 1, inspection_ref="K1")
        firm(story, "inspection_planned", ago(days=5), 1, inspection_ref="K2", planned_on="2026-12-10")
        story.report("petition", ago(days=20), ago(days=3), reporter_kind="enterprise")
        story.report("citizen", ago(days=20), ago(days=3))
        story.hear()
        shown = seen(conn, KEY)
    assert values(shown, "planned_twice", "conducted_twice", "feedback_overdue") == {"planned_twice": 1, "conducted_twice": 0, "feedback_overdue": 1}
    assert [(r["unit_code"], r["value"]) for r in shown.tables["by:planned_twice"] if r["value"]] == [("99004", 1)]


def test_disbursement_has_its_plan_and_its_investors(dsn: str) -> None:
    with told(dsn) as (story, conn):
        aimed(story, "disbursement", 95, ago(days=300))
        observed(story, "disbursement", "2026-10", ago(days=15), numerator=6, denominator=10, unit="%")
        story.tell("indicator", "observed", "disbursement/X99.01/2026-10", ago(days=15), indicator_id="disbursement", period="2026-10", org_code="X99.01",
                   numerator=1, denominator=4, unit="%")
        story.hear()
        shown = seen(conn, KEY)
    assert (counts(shown.numbers["disbursement"]), shown.numbers["disbursement"].target) == ((6, 10), 95)
    assert [(r["org_code"], r["value"]) for r in shown.tables["by:disbursement"]] == [("X99.01", 25)]
