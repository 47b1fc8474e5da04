"""Indices as published, the apparatus and the plan, counted by hand."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioc.db.connect import Connection
from tests.integration.kpi_ways import both_ways, bring, figures, lives
from tests.integration.streams_db import sunk
from tests.integration.streams_wire import Wire, event

WHOLE: dict[str, Any] = {"org_code": "", "unit_code": ""}


def told(indicator: str, period: str, minutes: float = 0, *, place: str = "province", **data: Any) -> Wire:
    return event("indicator", "observed", minutes, subject=f"{indicator}/{place}/{period}", indicator_id=indicator, period=period, **WHOLE | data)


def aimed(indicator: str, period: str, target: float) -> Wire:
    return event("indicator", "target_set", 0, subject=f"{indicator}/province/{period}", indicator_id=indicator, period=period, target=target, **WHOLE)


def test_index_shows_its_newest_year_with_rank_movement_and_what_was_printed(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("sipas", "2024", rank=14, out_of=63, value=85.0), told("sipas", "2025", 1, rank=9, out_of=63, value=89.51, published_value=89.51)])
    found = figures(conn, "reform_indices")
    assert {key: found[f"sipas{key}"].value for key in ("", "_published", "_rank", "_out_of", "_moved", "_year", "_age_d")} == {
        "": 89.51, "_published": 89.51, "_rank": 9, "_out_of": 63, "_moved": 5, "_year": 2025, "_age_d": 325}
    assert found["sipas_change"].value == pytest.approx(4.51)
    assert found["pci"].value is None


@pytest.mark.parametrize("before", [("2024", 34), ("2023", 63)])
def test_rank_moves_only_against_the_year_before_and_out_of_as_many(dsn: str, conn: Connection, before: tuple[str, int]) -> None:
    sunk(dsn, [told("par_index", before[0], rank=20, out_of=before[1]), told("par_index", "2025", rank=18, out_of=63)])
    assert figures(conn, "reform_indices")["par_index_moved"].value is None


def test_index_of_the_old_province_is_the_whole_of_its_time_and_another_province_is_not(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("par_index", "2021", place="94", unit_code="94", rank=18, out_of=63), told("pci", "2021", place="77", unit_code="77", value=69.03)])
    found = figures(conn, "reform_indices", at="2022-01-01") | figures(conn, "reform_indices")
    assert (found["par_index_rank"].value, found["par_index_out_of"].value, found["pci"].value) == (18, 63, None)


def test_printed_share_that_its_fraction_denies_keeps_both_and_says_so(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("autonomy_units_province", "2025", numerator=41, denominator=103, published_value=26.21, unit="%", manual=True),
               told("autonomy_communes", "2025", numerator=109, denominator=109, unit="%")])
    found = figures(conn, "reform_indices")
    share = found["autonomy_units_province"]
    assert (round(share.value or 0, 2), share.numerator, share.denominator) == (39.81, 41, 103)
    assert found["autonomy_units_province_told"].value == 26.21
    assert {"published_differs", "manual"} <= set(share.flags)
    assert not {"published_differs", "manual"} & set(found["autonomy_communes"].flags)
    assert (found["published_differs"].value, found["typed_in"].numerator, found["typed_in"].denominator) == (1, 1, 2)


def test_share_without_a_fraction_is_only_as_published(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("iso_9001", "2025", value=100, published_value=100, unit="%")])
    found = figures(conn, "reform_indices")
    assert (found["iso_9001"].value, found["iso_9001_told"].value) == (None, 100)


def test_agency_index_is_shown_by_agency_alone(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("par_index_agency", "2025", place="SNV", org_code="SNV", value=91.5)])
    of_agency = figures(conn, "reform_indices", scope="agency")["par_index_agency"]
    assert (of_agency.org_code, of_agency.value) == ("SNV", 91.5)
    assert figures(conn, "reform_indices")["par_index_agency"].value is None
    assert not [f for f in figures(conn, "reform_indices", scope="unit").values() if f.key.endswith(".par_index_agency")]
    sunk(dsn, [told("par_index_unit", "2025", place="U7", unit_code="U7", value=77.0)])
    assert figures(conn, "reform_indices", scope="unit")["par_index_unit@U7"].value == 77


def test_plan_of_another_year_is_not_this_years(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("par_plan", "2025-12", numerator=40, denominator=40, unit="%"), told("par_plan", "2026-10", numerator=30, denominator=40, unit="%")])
    assert figures(conn, "reform_indices")["par_plan"].value == 75
    assert figures(conn, "reform_indices", at="2026-11-20")["par_plan"].value == 75
    assert figures(conn, "reform_indices", "month", at="2026-09-30")["par_plan"].value is None


def test_index_corrected_later_shows_only_from_then_on_and_to_those_who_knew(dsn: str, conn: Connection) -> None:
    sunk(dsn, [told("papi", "2025", 0, value=45.0)], seconds=-60)
    sunk(dsn, [told("papi", "2025", 120, value=46.0)])
    at_noon, before = "2026-11-20T12:00:00", "2026-11-20T08:30:00"
    assert figures(conn, "reform_indices", at=before)["papi"].value == 45
    assert figures(conn, "reform_indices", at=at_noon)["papi"].value == 46
    assert figures(conn, "reform_indices", at=at_noon, known="2026-11-21T07:59:30Z")["papi"].value == 45
    assert figures(conn, "reform_indices", "day", at=at_noon)["revisions"].value == 1
    assert figures(conn, "reform_indices", "day", at=before)["revisions"].value == 0


def test_target_is_missed_30_days_after_its_period(dsn: str, conn: Connection) -> None:
    sunk(dsn, [aimed("par_plan", "2026-09", 90), aimed("par_plan", "2026-10", 90), aimed("sipas", "2026-08", 90), told("sipas", "2026-08", 5, value=80)])
    found = figures(conn, "reform_indices")
    assert (found["missing"].value, found["targets"].value) == (1, 3)
    assert figures(conn, "reform_indices", at="2026-11-19")["missing"].value == 0


def test_empty_database_tells_no_index(conn: Connection) -> None:
    found = figures(conn, "reform_indices")
    assert {key for key, f in found.items() if f.value is not None} == {"observed", "published_differs", "revisions", "targets", "missing"}


def _data(random: Random) -> dict[str, Any]:
    return {"indicator_id": "par_index", "period": "2025", "org_code": random.choice(["", "SNV"]), "value": random.choice([1.0, 2.0, 3.0]),
            "numerator": 41.0, "denominator": 103.0, "published_value": random.choice([39.81, 26.21]), "unit": "%", "target": 5.0,
            "manual": random.random() < 0.5}


@given(seed=st.integers(0, 10**6))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_daily_counts_and_history_tell_the_same(dsn: str, conn: Connection, seed: int) -> None:
    random = Random(seed)
    bring(dsn, conn, random, lives(random, "indicator", ("observed", "target_set"), 8, _data))
    for kind in ("day", "week"):
        by_counts, by_history = both_ways(conn, "reform_indices", kind=kind)
        assert by_counts == by_history
