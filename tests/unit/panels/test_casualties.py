"""What a screen is told of the dead, the injured and the sick: nothing that counts them on one hand."""

from typing import Any

import pytest

from ioc.panels.engine.casualties import for_screens, without_few
from ioc.panels.engine.registry import panels


def figure(**told: Any) -> dict[str, Any]:
    return {"value": None, "numerator": None, "denominator": None, "cases": None, "then": None, "then_cases": None, "unit": "persons", "flags": [], **told}


@pytest.mark.parametrize("few", [1, 2, 3, 4, 0.5])
def test_few_are_told_by_no_part_of_a_figure(few: float) -> None:
    assert without_few(figure(value=few, numerator=few, cases=few)) == figure(flags=["few"])
    assert without_few(figure(value=31.5, numerator=few, denominator=60, cases=few)) == figure(denominator=60, flags=["few"])
    assert without_few(figure(value=8, then=few, then_cases=few)) == figure(value=8, flags=["few"])


def test_none_and_five_are_told_as_they_are() -> None:
    told = figure(value=0, numerator=5, cases=12, then=5, flags=["simulated"])
    assert without_few(told) == told


def test_tables_behind_casualties_keep_what_is_not_few() -> None:
    rows = [{"unit_code": "99001", "cases": 4, "incidence": 40.0, "over": True}, {"unit_code": "99002", "cases": 7, "incidence": 0, "over": False}]
    seen = for_screens(panels()["social_services"], {"numbers": {"cases_week": figure(value=9), "waiting": figure(value=3)}, "tables": {
        "diseases": rows, "by:cases_week": rows, "facilities": rows}})
    hidden = [{"unit_code": "99001", "cases": None, "incidence": 40.0, "over": True, "few": True}, rows[1]]
    assert seen["tables"] == {"diseases": hidden, "by:cases_week": hidden, "facilities": rows}
    assert seen["numbers"]["waiting"]["value"] == 3


def test_numbers_of_casualties_are_known_and_withheld_from_guests() -> None:
    counted = {(key, name): d.guests for key, panel in panels().items() for name, d in panel.definitions.items() if d.casualties}
    assert counted == dict.fromkeys([("security_traffic", "dead"), ("security_traffic", "injured"), ("social_services", "cases_week"),
                                     ("social_services", "incidence_week")], False)
