"""Scenario files: what is read, and what a file that cannot be used is told."""

from datetime import timedelta
from pathlib import Path

import pytest

from ioc.clock import LOCAL
from ioc.errors import ConfigurationError, InputError
from ioc.profiles.scenarios import scenario, scenarios

HEAD = """
title = "Ngày thường"
title_en = "An ordinary day"
about = "Không có gì."
about_en = "Nothing."
"""
WHEN = """
from = 2026-11-17T07:00:00
until = 2026-11-17T17:00:00
"""
YEAR = """
[year]
of = 2023
received = 10
resolved = 8
late = 2
really_late = 1
online_ratio = 0.5
paid_online_ratio = 0.1
basis = "thử"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    return tmp_path


def write(folder: Path, text: str, name: str = "day") -> str:
    (folder / "scenarios" / f"{name}.toml").write_text(text, encoding="utf-8")
    return str(folder)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        scenarios(write(folder, text))
    assert str(refused.value).startswith("scenarios/day.toml: ")
    return str(refused.value)


def saying(at: str) -> str:
    return f'[[says]]\nat = {at}\npanel = "one_stop"\ntext = "Đông"\ntext_en = "Busy"\n'


def effect(text: str) -> str:
    return f'[[effects]]\nwhat = "dossier.rate"\n{text}\n'


def test_a_file_that_says_only_what_it_must_takes_the_rest_by_default(folder: Path) -> None:
    found = scenario(write(folder, HEAD + WHEN), "day")
    assert (found.days, found.speed, found.scale) == (7, 60.0, 0.09)
    assert (found.streams, found.effects, found.says, found.faults, found.year) == ((), (), (), (), None)


def test_a_moment_without_zone_is_local_and_one_with_zone_is_what_it_says(folder: Path) -> None:
    text = HEAD + "from = 2026-11-17T07:00:00\nuntil = 2026-11-17T10:00:00Z\n" + saying("2026-11-17T08:00:00")
    found = scenario(write(folder, text), "day")
    assert found.start.tzinfo is LOCAL
    assert found.end.utcoffset() == timedelta()
    assert found.end - found.start == timedelta(hours=10)
    assert found.says[0].at - found.start == timedelta(hours=1)


def test_moments_of_effects_are_local_too_and_their_limits_are_kept(folder: Path) -> None:
    text = HEAD + WHEN + effect('from = 2026-11-17T08:00:00\nuntil = 2026-11-17T09:00:00\nby = 3.0\nunits = ["1"]\nonly = ["a", "b"]')
    found = scenario(write(folder, text), "day").effects[0]
    assert (found.start.utcoffset(), found.end - found.start) == (timedelta(hours=7), timedelta(hours=1))
    assert (found.by, found.units, found.only) == (3.0, ("1",), ("a", "b"))


def test_an_effect_may_begin_in_the_history_and_last_beyond_the_end(folder: Path) -> None:
    text = HEAD + WHEN + effect("from = 2026-11-12T08:00:00\nuntil = 2026-11-30T09:00:00")
    assert scenario(write(folder, text), "day").effects[0].by == 1.0


def test_a_year_is_read_whole(folder: Path) -> None:
    found = scenario(write(folder, HEAD + WHEN + YEAR), "day").year
    assert found
    assert (found.received, found.resolved, found.late, found.really_late) == (10, 8, 2, 1)


def test_scenarios_are_listed_by_name_and_other_files_are_left_alone(folder: Path) -> None:
    for name in ("b", "a"):
        write(folder, HEAD + WHEN, name)
    (folder / "scenarios" / "notes.txt").write_text("nothing", encoding="utf-8")
    assert list(scenarios(str(folder))) == ["a", "b"]


def test_a_profile_without_the_folder_has_none(tmp_path: Path) -> None:
    assert scenarios(str(tmp_path)) == {}


def test_a_name_that_is_not_there_is_answered_with_those_that_are(folder: Path) -> None:
    with pytest.raises(InputError, match="there is no scenario 'dya'; this profile has day"):
        scenario(write(folder, HEAD + WHEN), "dya")


def test_a_profile_without_any_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no scenario 'day'; this profile has none"):
        scenario(str(tmp_path), "day")


@pytest.mark.parametrize(("text", "words"), [
    ("title = ", "Invalid value"),
    (HEAD, "missing required field `from`"),
    (HEAD + WHEN + "spede = 60\n", "unknown field `spede`"),
    (HEAD + WHEN + effect("from = 2026-11-17T08:00:00\nuntil = 2026-11-17T09:00:00\nunit = ['1']"), "unknown field `unit`"),
    (HEAD + WHEN + effect("from = 2026-11-17T08:00:00"), "missing required field `until`"),
    (HEAD + WHEN + '[[says]]\nat = 2026-11-17T08:00:00\npanel = "x"\ntext = "x"\n', "missing required field `text_en`"),
    (HEAD + WHEN + 'days = "seven"\n', r"Expected `int`.*days"),
    (HEAD + WHEN + "days = -1\n", r"`int` >= 0.*days"),
    (HEAD + WHEN + "speed = 601.0\n", r"<= 600.*speed"),
    (HEAD + WHEN + "scale = 0.0\n", r"> 0.*scale"),
    (HEAD + "from = 2026-11-17\nuntil = 2026-11-18\n", r"Expected `datetime`.*from"),
    (HEAD + WHEN + YEAR.replace("late = 2", "late = 9"), "really_late ≤ late ≤ resolved ≤ received"),
    (HEAD + WHEN + YEAR.replace('basis = "thử"', ""), "missing required field `basis`"),
], ids=["no TOML", "no beginning", "unknown key", "unknown key of an effect", "effect without end", "saying in one language", "word for a number",
        "negative days", "too fast", "no volume", "date for a moment", "year that does not add up", "year without basis"])
def test_a_bad_file_is_named_with_what_is_wrong(folder: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^scenarios/day\.toml: .*{words}"):
        scenarios(write(folder, text))


@pytest.mark.parametrize("until", ["2026-11-17T07:00:00", "2026-11-16T07:00:00", "2026-11-17T06:00:00+07:00"])
def test_an_end_that_does_not_lie_after_the_beginning_is_refused(folder: Path, until: str) -> None:
    assert "'from' must lie before 'until'" in refusal(folder, HEAD + f"from = 2026-11-17T07:00:00\nuntil = {until}\n")


def test_an_effect_that_ends_before_it_begins_is_named(folder: Path) -> None:
    said = refusal(folder, HEAD + WHEN + effect("from = 2026-11-17T09:00:00\nuntil = 2026-11-17T08:00:00"))
    assert "effect 'dossier.rate': 'from' must lie before 'until'" in said


@pytest.mark.parametrize("at", ["2026-11-17T06:59:59", "2026-11-17T17:00:01", "2026-11-17T11:00:00Z"])
def test_a_saying_outside_the_scenario_is_named(folder: Path, at: str) -> None:
    assert "says 'Busy': " in (said := refusal(folder, HEAD + WHEN + saying(at)))
    assert "lies outside the scenario" in said


@pytest.mark.parametrize("at", ["2026-11-17T07:00:00", "2026-11-17T17:00:00"])
def test_a_saying_may_stand_at_the_beginning_and_at_the_end(folder: Path, at: str) -> None:
    assert len(scenario(write(folder, HEAD + WHEN + saying(at)), "day").says) == 1


def test_text_that_is_not_utf_8_is_refused_in_words(folder: Path) -> None:
    (folder / "scenarios" / "day.toml").write_bytes(HEAD.encode("utf-16"))
    with pytest.raises(ConfigurationError, match=r"^scenarios/day\.toml: .*utf-8"):
        scenarios(str(folder))
