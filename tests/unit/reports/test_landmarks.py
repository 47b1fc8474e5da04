"""Named places: found without accents, of their day, refused where they cannot be right."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ioc.errors import ConfigurationError
from ioc.profiles import load_profile
from ioc.reports.intake_rules import load_intake_rules
from ioc.reports.landmarks import landmarks_on, load_landmarks, named_place
from ioc.reports.typed import line_typed, words_typed
from tests.profiles import FICTIONAL

DAY = date(2026, 11, 21)


@pytest.mark.parametrize("profile", ["soc_trang", FICTIONAL])
def test_every_place_lies_near_its_unit_and_has_one_name(profile: str) -> None:
    made = load_profile(profile)
    for one in landmarks_on(load_landmarks(made), DAY):
        unit = made.units.at(one.unit_code, DAY)
        assert unit
        assert abs(one.lat_deg - unit.lat_deg) + abs(one.lon_deg - unit.lon_deg) < 0.2, one.code


def test_place_is_found_without_accents_while_it_is_there() -> None:
    places = load_landmarks(load_profile(FICTIONAL))
    found = named_place(landmarks_on(places, DAY), "CHO  sao khue")
    assert found
    assert found.code == "CHO-SK"
    assert named_place(landmarks_on(places, DAY), "cho trang cu") is None
    assert named_place(landmarks_on(places, date(2025, 8, 1)), "cho trang cu") is not None


@pytest.mark.parametrize(("old", "new", "word"), [
    ("CHO-SK,", "CAU-SK,", "twice"), ("market,99004", "market,00000", "none on"), (",market,", ",castle,", "castle"), ("-20.1730", "-920.1", "-90")])
def test_row_that_cannot_be_right_is_named(changed: Callable[[str, str, str], Path], old: str, new: str, word: str) -> None:
    with pytest.raises(ConfigurationError, match=f"landmarks.csv.*{word}"):
        load_landmarks(load_profile(str(changed("landmarks.csv", old, new))))


def test_rules_name_only_categories_of_the_profile(changed: Callable[[str, str, str], Path]) -> None:
    with pytest.raises(ConfigurationError, match="NONE"):
        load_intake_rules(load_profile(str(changed("citizens.toml", "BU-ENT", "NONE"))))
    assert load_intake_rules(load_profile(FICTIONAL)).most_reopened == 2


def test_typed_words_keep_their_lines_and_lose_what_cannot_be_seen() -> None:
    assert words_typed("a\r\nb\0\u202e c\ud800 ") == "a\nb c"
    assert line_typed(" a\n b\t c ") == "a b c"
