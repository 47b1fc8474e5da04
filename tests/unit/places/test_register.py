"""Questions to the register: what a code meant, who holds its ground."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ioc.places.register import Register, load_register
from ioc.places.succession import Succession
from ioc.profiles import load_profile
from ioc.profiles.units import Unit, Units
from tests.profiles import FICTIONAL

SOC_TRANG = load_register(load_profile("soc_trang"))
REGISTERS = [SOC_TRANG, load_register(load_profile(FICTIONAL))]
THEN, MERGED, NOW = date(2023, 5, 1), date(2024, 9, 1), date(2026, 11, 21)
SHARED = Path(__file__).parents[4] / "shared" / "data"
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def unit(code: str, valid_from: date, valid_to: date | None) -> Unit:
    return Unit(code=code, name=code, name_en=code, kind="Xã", valid_from=valid_from, valid_to=valid_to, population=1)


def follows(origin: Unit, heir: Unit, share: float) -> Succession:
    return Succession(from_code=origin.code, from_valid_from=origin.valid_from, to_code=heir.code, to_valid_from=heir.valid_from, share=share,
                      effective_on=heir.valid_from, legal_basis="NQ")


@pytest.fixture
def split() -> Register:
    """1 was split into 2 (0.6) and 3 (0.4) on THEN; on MERGED both became 4."""
    one, four = unit("1", date(2020, 1, 1), THEN), unit("4", MERGED, None)
    two, three = unit("2", THEN, MERGED), unit("3", THEN, MERGED)
    return Register(Units((one, two, three, four)), (follows(one, two, 0.6), follows(one, three, 0.4), follows(two, four, 1), follows(three, four, 1)))


def test_code_means_another_unit_at_another_time() -> None:
    names = [SOC_TRANG.at("31522", day) for day in (THEN, MERGED, NOW)]
    assert [u and u.name for u in names] == ["Phường 9", "Phường 1", None]


def test_ground_is_followed_through_both_mergers() -> None:
    assert SOC_TRANG.successors("31513", THEN, NOW) == {("31510", date(2025, 7, 1)): 1.0}
    assert SOC_TRANG.as_today("31513", THEN, MERGED) == "31522"
    assert SOC_TRANG.as_today("31507", THEN, NOW) == "31507"


def test_unit_of_today_knows_what_it_was_made_of() -> None:
    assert [u.name for u in SOC_TRANG.as_was("31510", NOW, THEN)] == ["Phường 2", "Phường 1", "Phường 4", "Phường 3", "Phường 9"]
    assert [u.name for u in SOC_TRANG.as_was("31510", NOW, MERGED)] == ["Phường 2", "Phường 4", "Phường 3", "Phường 1"]


def test_district_is_that_of_the_day_and_none_after_the_reform() -> None:
    district = SOC_TRANG.district_of("31762", THEN)
    assert district is not None
    assert district.name == "Huyện Thạnh Trị"
    assert SOC_TRANG.district_of("31741", NOW) is None


def test_district_went_to_no_unit() -> None:
    assert SOC_TRANG.successors("941", THEN, NOW) == {}
    assert SOC_TRANG.as_today("941", THEN, NOW) is None


def test_split_unit_is_held_by_no_single_one_until_it_is_whole_again(split: Register) -> None:
    early = date(2021, 1, 1)
    assert split.successors("1", early, THEN) == {("2", THEN): 0.6, ("3", THEN): 0.4}
    assert split.as_today("1", early, THEN) is None
    assert split.as_today("1", early, NOW) == "4"


def test_part_of_a_unit_is_not_taken_for_the_whole_that_it_came_from(split: Register) -> None:
    early = date(2021, 1, 1)
    assert split.predecessors("2", THEN, early) == {("1", date(2020, 1, 1)): 0.6}
    assert split.as_today("2", THEN, early) is None


def test_merged_unit_is_not_split_down_to_an_earlier_day() -> None:
    assert SOC_TRANG.as_today("31510", NOW, THEN) is None
    assert SOC_TRANG.as_today("31537", NOW, THEN) == "31537"


def test_reused_code_is_followed_by_the_ground_it_meant() -> None:
    assert [SOC_TRANG.as_today("31522", day, NOW) for day in (THEN, MERGED)] == ["31510", "31510"]
    assert [unit and unit.key for unit in (SOC_TRANG.at("31522", day) for day in (THEN, MERGED))] == [("31522", date(2019, 4, 1)), ("31522", MERGED)]


@pytest.mark.parametrize("day", [THEN, MERGED])
def test_people_of_the_old_communes_are_those_of_the_new(day: date) -> None:
    people = Counter[str | None]()
    for u in SOC_TRANG.units.on(day):
        people[SOC_TRANG.as_today(u.code, day, NOW)] += u.population
    assert people == {u.code: u.population for u in SOC_TRANG.units.on(NOW)}
    assert people.total() == 1_199_653


def test_ground_of_the_new_units_is_that_of_the_province() -> None:
    province = SOC_TRANG.at("94", THEN)
    assert province is not None
    assert sum(u.area_km2 for u in SOC_TRANG.units.on(NOW)) == pytest.approx(province.area_km2, abs=0.02)


@pytest.mark.parametrize(("name", "day", "codes"), [
    ("Sóc Trăng", THEN, ["94", "941"]), ("TP Sóc Trăng", THEN, ["941"]), ("Sóc Trăng", NOW, ["31507"]),
    ("Phường 1", THEN, ["31513", "31732", "31783"]), ("p.1", MERGED, ["31732", "31783", "31522"]),
    ("xã HOÀ TÚ 2", THEN, ["31729"]), ("Long Phú", THEN, ["946", "31639", "31669"]), ("Long Phú", NOW, ["31639"]), ("Cà Mau", NOW, []),
])
def test_name_finds_all_that_bear_it_that_day(name: str, day: date, codes: list[str]) -> None:
    assert [u.code for u in SOC_TRANG.find(name, day)] == codes


def test_level_narrows_a_name() -> None:
    assert [u.code for u in SOC_TRANG.find("Long Phú", THEN, level="commune")] == ["31639", "31669"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(REGISTERS), days)
def test_each_code_has_one_name_on_every_day_and_all_people_live_somewhere(register: Register, day: date) -> None:
    units = register.units.on(day)
    assert len({u.code for u in units}) == len(units)
    assert all(register.at(u.code, day) == u for u in units)
    assert sum(u.population for u in units) == sum(u.population for u in register.units.on(NOW))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(REGISTERS), days, days)
def test_shares_that_went_on_never_make_more_than_a_whole(register: Register, one: date, other: date) -> None:
    early, late = min(one, other), max(one, other)
    for u in register.units.on(early):
        heirs = register.successors(u.code, early, late)
        assert sum(heirs.values()) == pytest.approx(1)
        assert all(u in register.as_was(code, late, early) for code, _ in heirs)


@pytest.mark.skipif(not SHARED.exists(), reason="the public registers to check with are not on this machine")
def test_shipped_register_agrees_with_the_public_ones() -> None:
    with (SHARED / "crosswalk_2025.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 109
    for row in rows:
        old = SOC_TRANG.at(row["old_code"], THEN)
        assert old is not None
        assert (old.name, old.parent_code, str(old.population)) == (row["old_name"], row["old_district_code"], row["pop_2019"])
        assert SOC_TRANG.as_today(row["old_code"], THEN, NOW) == row["new_code"]


def test_day_before_an_end_still_has_the_old_unit() -> None:
    reform = date(2025, 7, 1)
    before, after = (SOC_TRANG.at("31510", d) for d in (reform - timedelta(days=1), reform))
    assert before is not None
    assert after is not None
    assert (before.name, after.name) == ("Phường 2", "Phường Phú Lợi")
