"""Which agencies are suggested: the most special rule that held, agencies of that day, the commune at the end."""

from datetime import date
from pathlib import Path

import pytest

from ioc.errors import ConfigurationError
from ioc.profiles import load_profile
from ioc.reports.duplicates import load_kinship
from ioc.reports.priority import load_dangers
from ioc.reports.routing import FILE, load_routing, suggestions
from ioc.words import words
from tests.profiles import BINH_MINH, FICTIONAL

PROFILE = load_profile(FICTIONAL)
ROUTES = load_routing(PROFILE)
HEAD = "category,unit_code,agency,valid_from,valid_to,reason,reason_en\n"


def suggested(category: str, unit_code: str, day: date = date(2026, 11, 21)) -> list[str]:
    return [one.org for one in suggestions(words("vi"), PROFILE, ROUTES, (category, unit_code), day)]


def test_department_comes_before_the_commune_and_says_why() -> None:
    found = suggestions(words("vi"), PROFILE, ROUTES, ("TR-ROAD", "99004"), date(2026, 11, 21))
    assert [(one.org, one.name) for one in found] == [("X99.05", "Sở Xây dựng"), ("X99.9004", "UBND phường Sao Khuê")]
    assert "xây dựng" in found[0].why


def test_rule_of_a_unit_wins_over_the_rule_of_all_in_its_time() -> None:
    assert suggested("TR-ROAD", "99010", date(2025, 12, 31)) == ["X99.9010", "X99.05"]
    assert suggested("TR-ROAD", "99010", date(2026, 1, 1)) == ["X99.05", "X99.9010"]


def test_agencies_are_those_of_the_day_of_the_report() -> None:
    assert suggested("EN-WATER", "99001", date(2025, 6, 30)) == ["X98.07", "X98.9001"]
    assert suggested("EN-WATER", "99001", date(2025, 7, 1)) == ["X99.06", "X99.9001"]


def test_unknown_category_falls_back_to_the_commune_and_no_place_to_nobody() -> None:
    assert suggested("OT-OTHER", "99004") == ["X99.9004"]
    assert suggested("OT-OTHER", "") == []


@pytest.mark.parametrize(("row", "word"), [
    ("NONE,,X99.05,2025-07-01,,a,b", "no category"), ("TR-ROAD,12345,X99.05,2025-07-01,,a,b", "no unit"),
    ("TR-ROAD,,X98.07,2025-06-01,,a,b", "not there for as long"), ("TR-ROAD,,X99.05,2026-07-01,2026-07-01,a,b", "not after its start"),
    ("TR-ROAD,,X99.05,2025-07-01,,a,b\nTR-ROAD,,X99.05,2025-07-01,,c,d", "stands in line 2")])
def test_rule_that_cannot_hold_is_refused_with_its_line(tmp_path: Path, row: str, word: str) -> None:
    for file in BINH_MINH.iterdir():
        if file.name != FILE:
            (tmp_path / file.name).symlink_to(file)
    (tmp_path / FILE).write_text(HEAD + row + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=word):
        load_routing(load_profile(str(tmp_path)))


def test_shipped_profile_has_rules_words_of_danger_and_kin_for_its_categories() -> None:
    profile = load_profile("soc_trang")
    routed = {route.category for route in load_routing(profile)}
    assert {category.code for category in profile.categories} - routed == {"EM-FIRE", "OT-OTHER"}
    assert len(load_dangers(profile)) > 20
    assert load_kinship(profile).of("TR-ROAD", "EM-HOLE") == "kindred"
